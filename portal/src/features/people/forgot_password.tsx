// Asking for a link to set a new password with. The answer is the same whether or not the address has an account.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { forgotPassword } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import { PageFrame } from "../../app/page";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { useLanguage } from "../../ui/use_language";
import { isMail } from "./is_mail";
import { MailboxLink } from "./mailbox_link";
import { ServiceGate } from "./service_gate";

export function ForgotPassword() {
  const { t } = useTranslation();
  const [sentTo, setSentTo] = useState<string | null>(null);
  return (
    <PageFrame title={t(sentTo === null ? "forgot_password.title" : "forgot_password.sent")} narrow>
      {sentTo === null ? <MailForm onDone={setSentTo} /> : <Sent mail={sentTo} />}
    </PageFrame>
  );
}

function MailForm({ onDone }: { onDone: (mail: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [mail, setMail] = useState("");
  const [missing, setMissing] = useState(false);
  const ask = useMutation({
    mutationFn: (given: string) => forgotPassword(given, language),
    onSuccess: (_, given) => onDone(given),
  });
  const problem = ask.isError ? asProblem(ask.error) : null;
  const refused = problem === null ? undefined : fieldText(t, fieldError(problem, "/mail"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!isMail(mail));
    if (isMail(mail)) ask.mutate(mail.trim());
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container
        header={
          <Header variant="h1" description={t("forgot_password.description")}>
            {t("forgot_password.title")}
          </Header>
        }
        footer={<RouteLink to="/sign_in">{t("forgot_password.back")}</RouteLink>}
      >
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" loading={ask.isPending} formAction="submit">
              {t("forgot_password.submit")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && refused === undefined && <ProblemAlert problem={problem} />}
            <FormField label={t("sign_in.mail")} errorText={missing ? t("sign_in.mail_missing") : refused}>
              <Input
                type="email"
                name="username"
                autoComplete="username"
                autoFocus
                value={mail}
                onChange={({ detail }) => {
                  setMail(detail.value);
                  ask.reset();
                }}
              />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}

function Sent({ mail }: { mail: string }) {
  const { t } = useTranslation();
  return (
    <Container
      header={<Header variant="h1">{t("forgot_password.sent")}</Header>}
      footer={<RouteLink to="/sign_in">{t("forgot_password.back")}</RouteLink>}
    >
      <Box variant="p">{t("forgot_password.sent_text", { mail })}</Box>
      <Box variant="p">{t("forgot_password.sent_help")}</Box>
      <ServiceGate>{(service) => service.has_mailbox && <MailboxLink />}</ServiceGate>
    </Container>
  );
}
