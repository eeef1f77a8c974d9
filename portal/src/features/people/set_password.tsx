// Behind a one-time link: choose a password, then sign in with it.
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
import { setPassword } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import type { PasswordPolicy } from "../../api/types";
import { leaveSession } from "../../app/session";
import { fieldText } from "../../ui/problem_alert";
import { LinkProblem } from "./link_problem";
import { PasswordAgain, PasswordField } from "./password_field";
import { keepsAllRules } from "./password_rules";

interface SetPasswordProps {
  token: string;
  mail: string;
  policy: PasswordPolicy;
}

export function SetPassword({ token, mail, policy }: SetPasswordProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [tried, setTried] = useState(false);
  const isKept = keepsAllRules(policy, first);
  const save = useMutation({
    mutationFn: () => setPassword(token, first),
    onSuccess: async () => {
      await leaveSession();
      navigate("/sign_in?password_set=1", { replace: true });
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
            {problem !== null && refused === undefined && <LinkProblem problem={problem} />}
            <FormField label={t("sign_in.mail")}>
              <Input name="username" autoComplete="username" readOnly value={mail} onChange={() => undefined} />
            </FormField>
            <PasswordField
              label={t("password.new")}
              policy={policy}
              value={first}
              error={refused ?? (tried && !isKept ? t("password.rules_broken") : undefined)}
              autoFocus
              onChange={(value) => {
                setFirst(value);
                save.reset();
              }}
            />
            <PasswordAgain differs={tried && first !== second} value={second} onChange={setSecond} />
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
