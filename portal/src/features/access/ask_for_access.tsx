// Asking for access to somebody's Smart Account, or writing to its administrators, by its domain. What follows looks
// the same whether or not there is such an account.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { askForAccess } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem, fieldError } from "../../api/problem";
import type { NewAccessRequest } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";

export function AskForAccess() {
  const { t } = useTranslation();
  const title = t("access.title");
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: title, href: "/access_request" },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header variant="h1" description={t("access.description")}>
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
  const problem = ask.isError ? asProblem(ask.error) : null;
  const errorOf = (field: string) => fieldText(t, problem === null ? undefined : fieldError(problem, `/${field}`));
  const textMissing = purpose === "message" && text.trim() === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (domain.trim() === "" || textMissing || ask.isPending) return;
    ask.mutate({ domain: domain.trim(), purpose, text: text.trim() });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={ask.isPending}>
            {t("access.submit")}
          </Button>
        }
      >
        <SpaceBetween size="l">
          {problem !== null && <ProblemAlert problem={problem} />}
          <Container>
            <SpaceBetween size="l">
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
                label={
                  purpose === "message" ? (
                    t("access.text")
                  ) : (
                    <>
                      {t("access.text")} <i>– {t("common.optional")}</i>
                    </>
                  )
                }
                description={t("access.text_help")}
                errorText={tried && textMissing ? t("fields.empty") : errorOf("text")}
              >
                <Textarea name="text" value={text} onChange={({ detail }) => setText(detail.value)} />
              </FormField>
            </SpaceBetween>
          </Container>
        </SpaceBetween>
      </Form>
    </form>
  );
}
