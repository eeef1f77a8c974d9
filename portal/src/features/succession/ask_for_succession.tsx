// Asking the operator for the administrator's role in an account that has nobody left. What follows looks the same
// whether or not there is such an account.
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { askForSuccession } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import type { NewSuccession } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { FormCard } from "../../ui/form_card";
import { useRefusal } from "../../ui/problem_alert";

export function AskForSuccession() {
  const { t } = useTranslation();
  return (
    <InnerPage title={t("successions.title")} description={t("successions.description")}>
      <AskForm />
    </InnerPage>
  );
}

function AskForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [domain, setDomain] = useState("");
  const [proof, setProof] = useState("");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const ask = useMutation({
    mutationFn: (wish: NewSuccession) => askForSuccession(wish, keys.keyFor(wish)),
    onSuccess: (made) => {
      void queryClient.invalidateQueries({ queryKey: ["successions"] });
      void navigate(`/successions/${made.succession_id}`);
    },
  });
  const { problem, errorOf } = useRefusal(ask);
  const emptyOr = (text: string, error: string | undefined) =>
    tried && text.trim() === "" ? t("fields.empty") : error;
  const submit = () => {
    setTried(true);
    if (domain.trim() === "" || proof.trim() === "") return;
    ask.mutate({ domain: domain.trim(), proof: proof.trim() });
  };
  return (
    <FormCard submit={t("successions.submit")} pending={ask.isPending} problem={problem} onSubmit={submit}>
      <FormField
        label={t("account.domain")}
        description={t("successions.domain_help")}
        errorText={emptyOr(domain, errorOf("domain"))}
      >
        <Input name="domain" value={domain} onChange={({ detail }) => setDomain(detail.value)} />
      </FormField>
      <FormField
        label={t("successions.proof")}
        description={t("successions.proof_help")}
        errorText={emptyOr(proof, errorOf("proof"))}
      >
        <Textarea name="proof" rows={6} value={proof} onChange={({ detail }) => setProof(detail.value)} />
      </FormField>
    </FormCard>
  );
}
