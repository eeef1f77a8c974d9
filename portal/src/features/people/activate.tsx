// Makes the account that somebody signed up for: the link proves the address, the password that it is the same person.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input, { type InputProps } from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { activateAccount } from "../../api/calls";
import { type ApiProblem, asProblem } from "../../api/problem";
import { enterSession } from "../../app/session";
import { useFlash } from "../../ui/flash";
import { RouteLink } from "../../ui/route_link";
import { LinkProblem } from "./link_problem";

export function Activate({ token, mail }: { token: string; mail: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const flash = useFlash();
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const input = useRef<InputProps.Ref>(null);
  const activate = useMutation({
    mutationFn: async () => {
      await activateAccount(token, password);
      await enterSession();
    },
    onSuccess: () => {
      flash({ type: "success", header: t("activate.done"), content: t("activate.done_text") });
      navigate("/me/profile", { replace: true });
    },
    onError: () => {
      setPassword("");
      input.current?.focus();
    },
  });
  const problem = activate.isError ? asProblem(activate.error) : null;
  const isWrong = problem?.code === "wrong_credentials";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(password === "");
    if (password === "") input.current?.focus();
    else activate.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container
        header={
          <Header variant="h1" description={t("activate.description")}>
            {t("activate.title")}
          </Header>
        }
      >
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" loading={activate.isPending} formAction="submit">
              {t("activate.submit")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && !isWrong && <ActivationProblem problem={problem} />}
            <FormField label={t("sign_in.mail")}>
              <Input name="username" autoComplete="username" readOnly value={mail} onChange={() => undefined} />
            </FormField>
            <FormField
              label={t("activate.password")}
              description={t("activate.why")}
              errorText={missing ? t("sign_in.password_missing") : isWrong && t("activate.wrong")}
            >
              <Input
                ref={input}
                type="password"
                name="password"
                autoComplete="current-password"
                autoFocus
                value={password}
                onChange={({ detail }) => setPassword(detail.value)}
              />
            </FormField>
            {isWrong && (
              <Box>
                {t("activate.forgotten")} <RouteLink to="/sign_up">{t("link.sign_up")}</RouteLink>
              </Box>
            )}
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}

function ActivationProblem({ problem }: { problem: ApiProblem }) {
  const { t } = useTranslation();
  // Somebody made an account with this address by another way meanwhile.
  if (problem.code === "conflict") {
    return (
      <Alert type="info">
        {t("activate.known")} <RouteLink to="/sign_in">{t("sign_in.title")}</RouteLink>
      </Alert>
    );
  }
  return <LinkProblem problem={problem} />;
}
