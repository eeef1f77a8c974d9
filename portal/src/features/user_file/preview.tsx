// What a file would change, and the button that changes it.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem";
import type { UserFilePreview } from "../../api/types";
import { FilePreview } from "../../ui/file_preview";
import { formatNumber } from "../../ui/format";
import { problemText } from "../../ui/problem_alert";
import { useLanguage } from "../../ui/use_language";
import { linesOf, OUTCOMES, type Outcome, PreviewTable } from "./preview_table";
import { useGranting } from "./use_granting";

interface PreviewProps {
  sa: string;
  preview: UserFilePreview;
  // The file was read as something changed meanwhile: what is done stays done.
  onAgain: () => void;
  onDone: (count: number) => void;
}

export function Preview({ sa, preview, onAgain, onDone }: PreviewProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const lines = useMemo(() => linesOf(preview), [preview]);
  const counts = useMemo(() => countsOf(lines.map((line) => line.outcome)), [lines]);
  const { total, granted, send } = useGranting(sa, preview.rows, onDone);
  const number = (count: number) => ({ count, formatted: formatNumber(language, count) });
  const faulty = counts.faulty + preview.more_faults;
  const problem = send.isError ? problemText(t, asProblem(send.error)) : null;
  const hasChanged = send.isError && asProblem(send.error).code === "invalid";
  return (
    <FilePreview
      action={
        <Button
          variant="primary"
          disabled={faulty > 0 || total === 0 || send.isError}
          loading={send.isPending}
          onClick={() => send.mutate()}
        >
          {t("user_file.grant", number(total))}
        </Button>
      }
      counts={OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) =>
        t("user_file.count", {
          what: t(`user_file.outcomes.${outcome}`),
          rows: t("user_file.rows", number(counts[outcome])),
        }),
      )}
      isFaulty={faulty > 0}
      isEmpty={total === 0}
    >
      {send.isPending && (
        <ProgressBar
          value={(100 * granted) / total}
          label={t("user_file.granting")}
          description={t("user_file.keep_open")}
          additionalInfo={t("user_file.progress", { done: formatNumber(language, granted), ...number(total) })}
        />
      )}
      {problem !== null && (
        <div role="alert">
          <Alert
            type="error"
            statusIconAriaLabel={t("common.error")}
            header={hasChanged ? t("user_file.changed_title") : problem.title}
            action={
              hasChanged ? (
                <Button onClick={onAgain}>{t("user_file.preview_again")}</Button>
              ) : (
                <Button onClick={() => send.mutate()}>{t("user_file.go_on")}</Button>
              )
            }
          >
            {!hasChanged && `${problem.help} `}
            {t("user_file.interrupted", { done: formatNumber(language, granted), ...number(total) })}
          </Alert>
        </div>
      )}
      <PreviewTable lines={lines} counts={counts} />
    </FilePreview>
  );
}

function countsOf(outcomes: Outcome[]): Record<Outcome, number> {
  const counts = { faulty: 0, user_added: 0, role_added: 0, end_changed: 0, nothing: 0 };
  for (const outcome of outcomes) counts[outcome] += 1;
  return counts;
}
