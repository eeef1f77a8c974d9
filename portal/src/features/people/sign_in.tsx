// Signing in takes two steps: the mail address, then the password.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { signIn, startSignIn } from "../../api/calls";
import { asProblem } from "../../api/problem";
import { PageFrame } from "../../app/page";
import { safeReturnTarget } from "../../app/return_target";
import { enterSession } from "../../app/session";
import { ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { isMail } from "./is_mail";
import { SupportContact } from "./support_contact";

export function SignIn() {
  const { t } = useTranslation();
  const [mail, setMail] = useState("");
  const [step, setStep] = useState<"mail" | "password">("mail");
  return (
    <PageFrame title={t("sign_in.title")} narrow>
      {step === "mail" ? (
        <MailStep
          mail={mail}
          onDone={(given) => {
            setMail(given);
            setStep("password");
          }}
        />
      ) : (
        <PasswordStep mail={mail} onBack={() => setStep("mail")} />
      )}
      <SupportContact />
    </PageFrame>
  );
}

// The reason why somebody who was at work finds themselves here.
function Notice() {
  const { t } = useTranslation();
  const [parameters] = useSearchParams();
  if (parameters.get("password_set") !== null) {
    return <Alert type="success">{t("sign_in.password_set")}</Alert>;
  }
  if (parameters.get("expired") !== null) return <Alert type="info">{t("sign_in.expired")}</Alert>;
  return null;
}

function ForgotLink() {
  const { t } = useTranslation();
  return <RouteLink to="/forgot_password">{t("sign_in.forgot")}</RouteLink>;
}

function MailStep({ mail, onDone }: { mail: string; onDone: (mail: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState(mail);
  const [missing, setMissing] = useState(false);
  const input = useRef<InputProps.Ref>(null);
  const start = useMutation({ mutationFn: startSignIn, onSuccess: (_, given) => onDone(given) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = text.trim();
    setMissing(!isMail(given));
    if (isMail(given)) start.mutate(given);
    else input.current?.focus();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container
        header={<Header variant="h1">{t("sign_in.title")}</Header>}
        footer={
          <SpaceBetween direction="horizontal" size="l">
            <RouteLink to="/sign_up">{t("sign_in.create")}</RouteLink>
            <ForgotLink />
          </SpaceBetween>
        }
      >
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" loading={start.isPending} formAction="submit">
              {t("sign_in.next")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            <Notice />
            {start.isError && <ProblemAlert problem={asProblem(start.error)} />}
            <FormField label={t("sign_in.mail")} errorText={missing && t("sign_in.mail_missing")}>
              <Input
                ref={input}
                type="email"
                name="username"
                autoComplete="username"
                autoFocus
                value={text}
                onChange={({ detail }) => setText(detail.value)}
              />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}

function PasswordStep({ mail, onBack }: { mail: string; onBack: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [parameters] = useSearchParams();
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const input = useRef<InputProps.Ref>(null);
  useEffect(() => input.current?.focus(), []);
  const enter = useMutation({
    mutationFn: async () => {
      await signIn(mail, password);
      await enterSession();
    },
    onSuccess: () => {
      navigate(safeReturnTarget(parameters.get("return_to")), { replace: true });
    },
    onError: () => {
      setPassword("");
      input.current?.focus();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(password === "");
    if (password === "") input.current?.focus();
    else enter.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container header={<Header variant="h1">{t("sign_in.title")}</Header>} footer={<ForgotLink />}>
        <Form
          variant="embedded"
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" onClick={onBack}>
                {t("sign_in.other_mail")}
              </Button>
              <Button variant="primary" loading={enter.isPending} formAction="submit">
                {t("sign_in.submit")}
              </Button>
            </SpaceBetween>
          }
        >
          <SpaceBetween size="l">
            {enter.isError && <ProblemAlert problem={asProblem(enter.error)} />}
            <FormField label={t("sign_in.mail")}>
              <Input name="username" autoComplete="username" readOnly value={mail} onChange={() => undefined} />
            </FormField>
            <FormField label={t("sign_in.password")} errorText={missing && t("sign_in.password_missing")}>
              <Input
                ref={input}
                type="password"
                name="password"
                autoComplete="current-password"
                value={password}
                onChange={({ detail }) => setPassword(detail.value)}
              />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
