// Asking the operator for the administrator's role in an account that has nobody left. What follows looks the same
// whether or not there is such an account.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { askForSuccession } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem, fieldError } from "../../api/problem";
import type { NewSuccession } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";

export function AskForSuccession() {
  const { t } = useTranslation();
  const title = t("successions.title");
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: title, href: "/succession" },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header variant="h1" description={t("successions.description")}>
          {title}
        </Header>
        <AskForm />
      </SpaceBetween>
    </PageFrame>
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
  const problem = ask.isError ? asProblem(ask.error) : null;
  const errorOf = (field: string, text: string) =>
    tried && text.trim() === ""
      ? t("fields.empty")
      : fieldText(t, problem === null ? undefined : fieldError(problem, `/${field}`));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (domain.trim() === "" || proof.trim() === "" || ask.isPending) return;
    ask.mutate({ domain: domain.trim(), proof: proof.trim() });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={ask.isPending}>
            {t("successions.submit")}
          </Button>
        }
      >
        <SpaceBetween size="l">
          {problem !== null && <ProblemAlert problem={problem} />}
          <Container>
            <SpaceBetween size="l">
              <FormField
                label={t("account.domain")}
                description={t("successions.domain_help")}
                errorText={errorOf("domain", domain)}
              >
                <Input name="domain" value={domain} onChange={({ detail }) => setDomain(detail.value)} />
              </FormField>
              <FormField
                label={t("successions.proof")}
                description={t("successions.proof_help")}
                errorText={errorOf("proof", proof)}
              >
                <Textarea name="proof" rows={6} value={proof} onChange={({ detail }) => setProof(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
