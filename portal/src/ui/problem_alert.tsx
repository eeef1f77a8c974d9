import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import { type ApiProblem, asProblem, fieldError } from "../api/problem";

export interface ProblemText {
  title: string;
  help: string;
}

// The words for a problem. A code that this version of the portal does not know still gets an honest sentence.
export function problemText(t: TFunction, problem: ApiProblem): ProblemText {
  const known = t(`problems.${problem.code}.title`, { defaultValue: "" }) !== "";
  const code = known ? problem.code : "unknown";
  const values = { count: problem.retry_after_s ?? 30, code: problem.code };
  return { title: t(`problems.${code}.title`, values), help: t(`problems.${code}.help`, values) };
}

// The words for the error of one field; the server's own sentence when its code has no translation.
export function fieldText(t: TFunction, field: { code: string; detail: string } | undefined): string | undefined {
  if (field === undefined) return undefined;
  const text = t(`fields.${field.code}`, { defaultValue: "" });
  if (text !== "") return text;
  return field.detail === "" ? t("fields.other") : field.detail;
}

// What the server refused, and what it says of each field.
export function useRefusal({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const problem = error === null ? null : asProblem(error);
  const errorOf = (field: string) => (problem === null ? undefined : fieldText(t, fieldError(problem, `/${field}`)));
  return { problem, errorOf };
}

export function ProblemAlert({ problem, onRetry }: { problem: ApiProblem; onRetry?: () => void }) {
  const { t } = useTranslation();
  const text = problemText(t, problem);
  return (
    <div role="alert">
      <Alert
        type="error"
        header={text.title}
        statusIconAriaLabel={t("common.error")}
        action={onRetry && <Button onClick={onRetry}>{t("common.retry")}</Button>}
      >
        {text.help}
        {problem.request_id !== undefined && (
          <Box variant="small" display="block" color="text-body-secondary">
            {t("common.request_id", { id: problem.request_id })}
          </Box>
        )}
      </Alert>
    </div>
  );
}
