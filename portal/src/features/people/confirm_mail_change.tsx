// Behind the link to either end of a change of a mail address: says what will happen and waits for the button, because
// programs that look into mails follow their links. Nobody needs to be signed in here.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { confirmMailChange } from "../../api/calls";
import { type ApiProblem, asProblem } from "../../api/problem";
import { RouteLink } from "../../ui/route_link";
import { LinkProblem } from "./link_problem";

interface ConfirmMailChangeProps {
  token: string;
  end: "confirm_mail" | "approve_mail_change";
  mail: string;
  newMail: string;
}

export function ConfirmMailChange({ token, end, mail, newMail }: ConfirmMailChangeProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const confirm = useMutation({
    mutationFn: () => confirmMailChange(token),
    // Whoever is signed in here may be the person whose address this is.
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ["me"] });
      void queryClient.invalidateQueries({ queryKey: ["mail_change"] });
    },
  });
  if (confirm.isSuccess) {
    return confirm.data.is_changed ? (
      <Done title={t("mail_changed.done")} text={t("mail_changed.done_text", { mail: newMail })}>
        <RouteLink to="/">{t("home.title")}</RouteLink>
      </Done>
    ) : (
      <Done
        title={t(`mail_change_link.${end}.done`)}
        text={t(`mail_change_link.${end}.done_text`, { new_mail: newMail })}
      />
    );
  }
  return (
    <Container header={<Header variant="h1">{t(`mail_change_link.${end}.title`)}</Header>}>
      <SpaceBetween size="l">
        {confirm.isError && <Refused problem={asProblem(confirm.error)} />}
        <div>
          <Box variant="p">{t(`mail_change_link.${end}.text`, { mail, new_mail: newMail })}</Box>
          <Box variant="p">{t(`mail_change_link.${end}.next`, { new_mail: newMail })}</Box>
        </div>
        <Button variant="primary" loading={confirm.isPending} onClick={() => confirm.mutate()}>
          {t(`mail_change_link.${end}.submit`)}
        </Button>
        <Alert type={end === "confirm_mail" ? "info" : "warning"}>
          {t(`mail_change_link.${end}.stranger`)}
          {end === "approve_mail_change" && (
            <div>
              <RouteLink to="/forgot_password">{t("mail_change_link.approve_mail_change.stranger_link")}</RouteLink>
            </div>
          )}
        </Alert>
      </SpaceBetween>
    </Container>
  );
}

function Done({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <Container header={<Header variant="h1">{title}</Header>}>
      <SpaceBetween size="m">
        <div>{text}</div>
        {children}
      </SpaceBetween>
    </Container>
  );
}

function Refused({ problem }: { problem: ApiProblem }) {
  const { t } = useTranslation();
  if (problem.code === "conflict") return <Alert type="warning">{t("mail_changed.taken")}</Alert>;
  return <LinkProblem problem={problem} />;
}
