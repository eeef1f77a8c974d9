import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { changePassword } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import type { PasswordPolicy } from "../../api/types";
import { useMe } from "../../app/session";
import { useFlash } from "../../ui/flash";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { PasswordAgain, PasswordField } from "./password_field";
import { keepsAllRules } from "./password_rules";

const EMPTY = { current: "", first: "", second: "" };

export function ChangePassword({ policy }: { policy: PasswordPolicy }) {
  const { t } = useTranslation();
  const { person } = useMe();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [entries, setEntries] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const { current, first, second } = entries;
  const isKept = keepsAllRules(policy, first);
  const change = useMutation({
    mutationFn: () => changePassword(current, first),
    onSuccess: () => {
      setEntries(EMPTY);
      setTried(false);
      flash({ type: "success", content: t("change_password.done") });
      void queryClient.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const problem = change.isError ? asProblem(change.error) : null;
  const isWrong = problem?.code === "wrong_credentials";
  const refused = problem === null ? undefined : fieldText(t, fieldError(problem, "/password"));
  const put = (part: Partial<typeof EMPTY>) => {
    setEntries({ ...entries, ...part });
    change.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (current !== "" && isKept && first === second) change.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container
        header={
          <Header variant="h2" description={t("change_password.description")}>
            {t("change_password.title")}
          </Header>
        }
      >
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" loading={change.isPending} formAction="submit">
              {t("change_password.submit")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && !isWrong && refused === undefined && <ProblemAlert problem={problem} />}
            {/* Not shown: tells a password manager whose password this is. */}
            <input type="text" name="username" autoComplete="username" readOnly hidden value={person.mail} />
            <FormField
              label={t("change_password.current")}
              errorText={
                tried && current === "" ? t("sign_in.password_missing") : isWrong && t("change_password.wrong")
              }
            >
              <Input
                type="password"
                name="current-password"
                autoComplete="current-password"
                value={current}
                onChange={({ detail }) => put({ current: detail.value })}
              />
            </FormField>
            <PasswordField
              label={t("password.new")}
              policy={policy}
              value={first}
              error={refused ?? (tried && !isKept ? t("password.rules_broken") : undefined)}
              onChange={(value) => put({ first: value })}
            />
            <PasswordAgain
              differs={tried && first !== second}
              value={second}
              onChange={(value) => put({ second: value })}
            />
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
