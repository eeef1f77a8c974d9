import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useTranslation } from "react-i18next";
import { isRouteErrorResponse, useNavigate, useRouteError } from "react-router";
import { ApiProblem } from "../api/problem";
import { ProblemAlert } from "../ui/problem_alert";
import { PageFrame } from "./page";

export function NotFound() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <PageFrame title={t("errors.not_found")} narrow>
      <Alert
        type="warning"
        header={t("errors.not_found")}
        action={<Button onClick={() => navigate("/")}>{t("errors.home")}</Button>}
      >
        {t("errors.not_found_text")}
      </Alert>
    </PageFrame>
  );
}

// Anything a page throws ends here; the rest of the portal keeps working.
export function PageError() {
  const { t } = useTranslation();
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  return (
    <PageFrame title={t("errors.broken")} narrow>
      {error instanceof ApiProblem ? (
        <ProblemAlert problem={error} onRetry={() => window.location.reload()} />
      ) : (
        <Alert
          type="error"
          header={t("errors.broken")}
          action={<Button onClick={() => window.location.reload()}>{t("errors.reload")}</Button>}
        >
          {t("errors.broken_text")}
        </Alert>
      )}
    </PageFrame>
  );
}
