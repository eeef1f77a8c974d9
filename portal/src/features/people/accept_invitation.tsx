// Behind the link of an invitation: whoever was named by a mail address says who it is, and sets a password.
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
import { useNavigate } from "react-router";
import { acceptInvitation } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import type { AcceptedInvitation, OneTimeLink, PasswordPolicy } from "../../api/types";
import { enterSession } from "../../app/session";
import { useFlash } from "../../ui/flash";
import { fieldText } from "../../ui/problem_alert";
import { useLanguage } from "../../ui/use_language";
import { likelyCountry } from "./country_field";
import { IntroductionFields, NO_INTRODUCTION } from "./introduction_fields";
import { LinkProblem } from "./link_problem";
import { PasswordAgain, PasswordField } from "./password_field";
import { keepsAllRules } from "./password_rules";

interface AcceptInvitationProps {
  token: string;
  link: OneTimeLink;
  policy: PasswordPolicy;
}

export function AcceptInvitation({ token, link, policy }: AcceptInvitationProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const navigate = useNavigate();
  const flash = useFlash();
  const [entries, setEntries] = useState({
    ...NO_INTRODUCTION,
    given_name: link.given_name ?? "",
    family_name: link.family_name ?? "",
    country: likelyCountry(language),
    password: "",
    again: "",
  });
  type Field = keyof typeof entries;
  const [tried, setTried] = useState(false);
  const accept = useMutation({
    mutationFn: async (request: AcceptedInvitation) => {
      await acceptInvitation(request);
      await enterSession();
    },
    onSuccess: () => {
      flash({ type: "success", header: t("invitation.done"), content: t("invitation.done_text") });
      navigate("/", { replace: true });
    },
  });
  const problem = accept.isError ? asProblem(accept.error) : null;
  const wrong: Partial<Record<Field, string | undefined>> = {
    password: keepsAllRules(policy, entries.password) ? undefined : t("password.rules_broken"),
    given_name: entries.given_name.trim() === "" ? t("fields.empty") : undefined,
    family_name: entries.family_name.trim() === "" ? t("fields.empty") : undefined,
    country: entries.country === "" ? t("sign_up.country_choose") : undefined,
  };
  const errorOf = (field: Field) =>
    (tried ? wrong[field] : undefined) ??
    (problem === null ? undefined : fieldText(t, fieldError(problem, `/${field}`)));
  const put = (field: Field, value: string) => {
    setEntries({ ...entries, [field]: value });
    accept.reset();
  };
  const isElsewhere = problem !== null && !problem.fields.some((each) => each.path.slice(1) in entries);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).some((text) => text !== undefined) || entries.password !== entries.again) return;
    const request: AcceptedInvitation = {
      token,
      password: entries.password,
      given_name: entries.given_name.trim(),
      family_name: entries.family_name.trim(),
      country: entries.country,
      language,
    };
    const native = entries.native_name.trim();
    if (native !== "") request.native_name = native;
    accept.mutate(request);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container
        header={
          <Header variant="h1" description={t("invitation.description")}>
            {t("invitation.title")}
          </Header>
        }
      >
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" loading={accept.isPending} formAction="submit">
              {t("invitation.submit")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {isElsewhere && <LinkProblem problem={problem} />}
            <FormField label={t("sign_in.mail")}>
              <Input name="username" autoComplete="username" readOnly value={link.mail} onChange={() => undefined} />
            </FormField>
            <IntroductionFields entries={entries} errorOf={errorOf} onChange={put} />
            <PasswordField
              label={t("password.new")}
              policy={policy}
              value={entries.password}
              error={errorOf("password")}
              onChange={(value) => put("password", value)}
            />
            <PasswordAgain
              differs={tried && entries.password !== entries.again}
              value={entries.again}
              onChange={(value) => put("again", value)}
            />
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
