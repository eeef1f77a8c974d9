import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useTranslation } from "react-i18next";
import { isRouteErrorResponse, useNavigate, useRouteError } from "react-router";
import { ApiProblem } from "../api/problem";
import { MessagePage, ProblemPage } from "./problem_page";

export function NotFound() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <MessagePage title={t("errors.not_found")}>
      <Alert type="warning" action={<Button onClick={() => navigate("/")}>{t("errors.home")}</Button>}>
        {t("errors.not_found_text")}
      </Alert>
    </MessagePage>
  );
}

// Anything a page throws ends here; the rest of the portal keeps working.
export function PageError() {
  const { t } = useTranslation();
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFound />;
  if (error instanceof ApiProblem) return <ProblemPage error={error} onRetry={() => window.location.reload()} />;
  return (
    <MessagePage title={t("errors.broken")}>
      <Alert type="error" action={<Button onClick={() => window.location.reload()}>{t("errors.reload")}</Button>}>
        {t("errors.broken_text")}
      </Alert>
    </MessagePage>
  );
}
