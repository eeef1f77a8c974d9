// The form of whoever decides somebody's request: a choice, what it needs, and a reason.
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { FormCard } from "../../ui/form_card";
import { OptionalLabel } from "../../ui/optional_label";
import { useRefusal } from "../../ui/problem_alert";

export type Choice = "approve" | "decline";

interface Decided {
  decision: Choice;
  reason?: string;
}

// How far the form is, for the fields in the middle of it.
interface Progress {
  tried: boolean;
  errorOf: (field: string) => string | undefined;
}

interface DecisionFormProps<Done> {
  choices: { value: Choice; description: string }[];
  // Whoever is declined is owed a reason.
  needsReason?: boolean;
  // What approving needs beside the choice, and whether all of it is there.
  terms?: (progress: Progress) => ReactNode;
  isComplete?: boolean;
  decide: (decided: Decided) => Promise<Done>;
  onDone: (done: Done, decision: Choice) => void;
  onStale: () => void;
}

export function DecisionForm<Done>(props: DecisionFormProps<Done>) {
  const { choices, needsReason = false, terms, isComplete = true, decide, onDone, onStale } = props;
  const { t } = useTranslation();
  const [choice, setChoice] = useState<Choice | null>(null);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const deciding = useMutation({
    mutationFn: decide,
    onSuccess: (done, { decision }) => onDone(done, decision),
  });
  const { problem, errorOf } = useRefusal(deciding);
  const reasonMissing = needsReason && choice === "decline" && reason.trim() === "";
  const submit = () => {
    setTried(true);
    if (choice === null || reasonMissing || (choice === "approve" && !isComplete)) return;
    deciding.mutate({ decision: choice, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) });
  };
  const reasonLabel = t("account_requests.reason");
  return (
    <FormCard
      title={t("account_requests.actions")}
      submit={t("account_requests.submit")}
      pending={deciding.isPending}
      problem={problem}
      onSubmit={submit}
      onStale={onStale}
    >
      <FormField
        label={t("account_requests.decision")}
        errorText={tried && choice === null ? t("account_requests.decision_missing") : undefined}
      >
        <RadioGroup
          value={choice}
          onChange={({ detail }) => setChoice(detail.value === "approve" ? "approve" : "decline")}
          items={choices.map((each) => ({ ...each, label: t(`account_requests.${each.value}`) }))}
        />
      </FormField>
      {choice === "approve" && terms && <SpaceBetween size="l">{terms({ tried, errorOf })}</SpaceBetween>}
      <FormField
        label={needsReason ? reasonLabel : <OptionalLabel>{reasonLabel}</OptionalLabel>}
        description={t("account_requests.reason_help")}
        errorText={tried && reasonMissing ? t("account_requests.reason_missing") : errorOf("reason")}
      >
        <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} />
      </FormField>
    </FormCard>
  );
}
