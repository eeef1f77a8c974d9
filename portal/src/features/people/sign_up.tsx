// Asking for an account. Whoever asks is told the same whether or not the address has one: the mail says more.
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
import { signUp } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import type { NewSignUp, PasswordPolicy } from "../../api/types";
import { PageFrame } from "../../app/page";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { RouteLink } from "../../ui/route_link";
import { useLanguage } from "../../ui/use_language";
import { likelyCountry } from "./country_field";
import { IntroductionFields, NO_INTRODUCTION } from "./introduction_fields";
import { isMail } from "./is_mail";
import { PasswordField } from "./password_field";
import { keepsAllRules } from "./password_rules";
import { ServiceGate } from "./service_gate";
import { SignUpSent } from "./sign_up_sent";
import { SupportContact } from "./support_contact";

const EMPTY = { mail: "", password: "", ...NO_INTRODUCTION };
type Entries = typeof EMPTY;
type Field = keyof Entries;

export function SignUp() {
  const { t } = useTranslation();
  // Kept while the mail is waited for, so that a mistyped address can be corrected.
  const language = useLanguage();
  const [entries, setEntries] = useState({ ...EMPTY, country: likelyCountry(language) });
  const [handle, setHandle] = useState<string | null>(null);
  return (
    <PageFrame title={t(handle === null ? "sign_up.title" : "sign_up.sent")} narrow>
      <ServiceGate>
        {(service) =>
          handle === null ? (
            <SignUpForm
              policy={service.password_policy}
              entries={entries}
              onChange={setEntries}
              onDone={(started) => setHandle(started.handle)}
            />
          ) : (
            <SignUpSent
              mail={entries.mail.trim()}
              handle={handle}
              hasMailbox={service.has_mailbox}
              onBack={() => setHandle(null)}
            />
          )
        }
      </ServiceGate>
      <SupportContact />
    </PageFrame>
  );
}

interface SignUpFormProps {
  policy: PasswordPolicy;
  entries: Entries;
  onChange: (entries: Entries) => void;
  onDone: (started: { handle: string }) => void;
}

function SignUpForm({ policy, entries, onChange, onDone }: SignUpFormProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [tried, setTried] = useState(false);
  const ask = useMutation({ mutationFn: (request: NewSignUp) => signUp(request), onSuccess: onDone });
  const problem = ask.isError ? asProblem(ask.error) : null;
  // What the server refused is shown until the field is changed.
  const [changed, setChanged] = useState<Field[]>([]);
  const wrong: Record<Field, string | undefined> = {
    mail: isMail(entries.mail) ? undefined : t("sign_in.mail_missing"),
    password: keepsAllRules(policy, entries.password) ? undefined : t("password.rules_broken"),
    given_name: entries.given_name.trim() === "" ? t("fields.empty") : undefined,
    family_name: entries.family_name.trim() === "" ? t("fields.empty") : undefined,
    native_name: undefined,
    country: entries.country === "" ? t("sign_up.country_choose") : undefined,
  };
  const refused = (field: Field) =>
    problem === null || changed.includes(field) ? undefined : fieldText(t, fieldError(problem, `/${field}`));
  const errorOf = (field: Field) => (tried ? wrong[field] : undefined) ?? refused(field);
  const put = (field: Field, value: string) => {
    setChanged([...changed, field]);
    onChange({ ...entries, [field]: value });
  };
  const isElsewhere = problem !== null && !problem.fields.some((each) => each.path.slice(1) in EMPTY);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setChanged([]);
    if (Object.values(wrong).some((text) => text !== undefined)) return;
    const request: NewSignUp = {
      mail: entries.mail.trim(),
      password: entries.password,
      given_name: entries.given_name.trim(),
      family_name: entries.family_name.trim(),
      country: entries.country,
      language,
    };
    const native = entries.native_name.trim();
    if (native !== "") request.native_name = native;
    ask.mutate(request);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container
        header={
          <Header variant="h1" description={t("sign_up.description")}>
            {t("sign_up.title")}
          </Header>
        }
        footer={
          <>
            {t("sign_up.known")} <RouteLink to="/sign_in">{t("sign_in.title")}</RouteLink>
          </>
        }
      >
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" loading={ask.isPending} formAction="submit">
              {t("sign_up.submit")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {isElsewhere && <ProblemAlert problem={problem} />}
            <FormField label={t("sign_in.mail")} errorText={errorOf("mail")}>
              <Input
                type="email"
                name="mail"
                autoComplete="username"
                autoFocus
                value={entries.mail}
                onChange={({ detail }) => put("mail", detail.value)}
              />
            </FormField>
            <PasswordField
              label={t("sign_in.password")}
              policy={policy}
              value={entries.password}
              error={errorOf("password")}
              onChange={(value) => put("password", value)}
            />
            <IntroductionFields entries={entries} errorOf={errorOf} onChange={put} />
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
