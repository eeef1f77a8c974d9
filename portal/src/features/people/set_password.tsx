// The page behind a one-time link: choose a password, then sign in with it.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { getOneTimeLink, setPassword } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import { PageFrame } from "../../app/page";
import { leaveSession } from "../../app/session";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { keptRules, PASSWORD_RULES } from "./password_rules";

export function SetPassword() {
  const { t } = useTranslation();
  const { token = "" } = useParams();
  const link = useQuery({
    queryKey: ["one_time_link", token],
    queryFn: () => getOneTimeLink(token),
    staleTime: 60_000,
  });
  return (
    <PageFrame title={t("set_password.title")} narrow>
      {link.isPending && <PageLoading />}
      {link.isError && (
        <SpaceBetween size="l">
          <Header variant="h1">{t("set_password.title")}</Header>
          <ProblemAlert problem={asProblem(link.error)} onRetry={() => link.refetch()} />
        </SpaceBetween>
      )}
      {link.isSuccess && <PasswordForm token={token} mail={link.data.mail} />}
    </PageFrame>
  );
}

function PasswordForm({ token, mail }: { token: string; mail: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [tried, setTried] = useState(false);
  const isKept = keptRules(first).size === PASSWORD_RULES.length;
  const save = useMutation({
    mutationFn: () => setPassword(token, first),
    onSuccess: async () => {
      await leaveSession();
      navigate("/sign-in?password_set=1", { replace: true });
    },
  });
  const problem = save.isError ? asProblem(save.error) : null;
  const refused = problem === null ? undefined : fieldText(t, fieldError(problem, "/password"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isKept && first === second) save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container header={<Header variant="h1">{t("set_password.title")}</Header>}>
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" loading={save.isPending} formAction="submit">
              {t("set_password.submit")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && refused === undefined && <ProblemAlert problem={problem} />}
            <FormField label={t("sign_in.mail")}>
              <Input name="username" autoComplete="username" readOnly value={mail} onChange={() => undefined} />
            </FormField>
            <FormField
              label={t("set_password.first")}
              errorText={refused ?? (tried && !isKept ? t("set_password.rules_broken") : undefined)}
            >
              <Input
                type="password"
                name="new-password"
                autoComplete="new-password"
                autoFocus
                value={first}
                onChange={({ detail }) => {
                  setFirst(detail.value);
                  save.reset();
                }}
              />
            </FormField>
            <Checklist password={first} />
            <FormField
              label={t("set_password.second")}
              errorText={tried && first !== second ? t("set_password.different") : undefined}
            >
              <Input
                type="password"
                name="new-password-again"
                autoComplete="new-password"
                value={second}
                onChange={({ detail }) => setSecond(detail.value)}
              />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}

function Checklist({ password }: { password: string }) {
  const { t } = useTranslation();
  const kept = keptRules(password);
  return (
    <section aria-label={t("set_password.rules")} aria-live="polite">
      <ul className="menkyo-checklist">
        {PASSWORD_RULES.map((rule) => (
          <li key={rule}>
            <StatusIndicator
              type={kept.has(rule) ? "success" : "pending"}
              iconAriaLabel={t(kept.has(rule) ? "set_password.kept" : "set_password.open")}
            >
              {t(`password_rules.${rule}`)}
            </StatusIndicator>
          </li>
        ))}
      </ul>
    </section>
  );
}
