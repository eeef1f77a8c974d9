// Asking for access to somebody's Smart Account, or writing to its administrators, by its domain. What follows looks
// the same whether or not there is such an account.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { askForAccess } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { NewAccessRequest } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { FormCard } from "../../ui/form_card";
import { OptionalLabel } from "../../ui/optional_label";
import { useRefusal } from "../../ui/problem_alert";

export function AskForAccess() {
  const { t } = useTranslation();
  return (
    <InnerPage title={t("access.title")} description={t("access.description")}>
      <AskForm />
    </InnerPage>
  );
}

function AskForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [parameters] = useSearchParams();
  const [domain, setDomain] = useState(parameters.get("domain") ?? "");
  const [purpose, setPurpose] = useState<NewAccessRequest["purpose"]>("access");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const ask = useMutation({
    mutationFn: (request: NewAccessRequest) => askForAccess(request, keys.keyFor(request)),
    onSuccess: (made) => {
      void queryClient.invalidateQueries({ queryKey: ["access_requests"] });
      void navigate(`/access_requests/${made.access_request_id}`);
    },
  });
  const { problem, errorOf } = useRefusal(ask);
  const textMissing = purpose === "message" && text.trim() === "";
  const submit = () => {
    setTried(true);
    if (domain.trim() === "" || textMissing) return;
    ask.mutate({ domain: domain.trim(), purpose, text: text.trim() });
  };
  const textLabel = t("access.text");
  return (
    <FormCard submit={t("access.submit")} pending={ask.isPending} problem={problem} onSubmit={submit}>
      <FormField
        label={t("account.domain")}
        description={t("access.domain_help")}
        errorText={tried && domain.trim() === "" ? t("fields.empty") : errorOf("domain")}
      >
        <Input name="domain" value={domain} onChange={({ detail }) => setDomain(detail.value)} />
      </FormField>
      <FormField label={t("access.purpose")}>
        <RadioGroup
          value={purpose}
          onChange={({ detail }) => setPurpose(detail.value === "message" ? "message" : "access")}
          items={(["access", "message"] as const).map((value) => ({
            value,
            label: t(`access.purposes.${value}`),
            description: t(`access.purpose_texts.${value}`),
          }))}
        />
      </FormField>
      <FormField
        label={purpose === "message" ? textLabel : <OptionalLabel>{textLabel}</OptionalLabel>}
        description={t("access.text_help")}
        errorText={tried && textMissing ? t("fields.empty") : errorOf("text")}
      >
        <Textarea name="text" value={text} onChange={({ detail }) => setText(detail.value)} />
      </FormField>
    </FormCard>
  );
}
