import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useTranslation } from "react-i18next";
import type { ApiProblem } from "../../api/problem";
import { ProblemAlert, problemText } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";

// A link that does not work any more tells nothing about itself, so both ways on are offered.
export function LinkProblem({ problem, onRetry }: { problem: ApiProblem; onRetry?: () => void }) {
  const { t } = useTranslation();
  if (problem.code !== "link_invalid") return <ProblemAlert problem={problem} onRetry={onRetry} />;
  const text = problemText(t, problem);
  return (
    <Alert type="warning" header={text.title}>
      <SpaceBetween size="s">
        {text.help}
        <RouteLink to="/sign_up">{t("link.sign_up")}</RouteLink>
        <RouteLink to="/forgot_password">{t("link.forgot")}</RouteLink>
      </SpaceBetween>
    </Alert>
  );
}
