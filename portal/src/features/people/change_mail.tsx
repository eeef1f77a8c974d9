// Another mail address for oneself: asking for it, and what waits to be confirmed at both ends.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { askMailChange, getMyMailChange, sendMailChangeMail, withdrawMailChange } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import type { PendingMailChange } from "../../api/types";
import { useMe } from "../../app/session";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDateTime } from "../../ui/format";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { useCountdown } from "../../ui/use_countdown";
import { useLanguage } from "../../ui/use_language";
import { isMail } from "./is_mail";
import { MailboxLink } from "./mailbox_link";

const MAIL_CHANGE = ["mail_change"] as const;
const EMPTY = { mail: "", password: "" };

export function ChangeMail({ hasMailbox }: { hasMailbox: boolean }) {
  const { t } = useTranslation();
  const { person } = useMe();
  const change = useQuery({ queryKey: MAIL_CHANGE, queryFn: getMyMailChange });
  const pending = change.data?.pending;
  return (
    <Container
      header={
        <Header variant="h2" description={t("mail_change.description")}>
          {t("mail_change.title")}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          items={[
            {
              label: t("mail_change.present"),
              value: (
                <>
                  {person.mail}
                  <Box variant="small" display="block">
                    {t("mail_change.lost")}
                  </Box>
                </>
              ),
            },
          ]}
        />
        {change.isError && <ProblemAlert problem={asProblem(change.error)} onRetry={() => change.refetch()} />}
        {pending !== undefined && <Pending change={pending} hasMailbox={hasMailbox} />}
        {pending !== undefined && <Header variant="h3">{t("mail_change.other")}</Header>}
        <AskForm />
      </SpaceBetween>
    </Container>
  );
}

function Pending({ change, hasMailbox }: { change: PendingMailChange; hasMailbox: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [wait, setWait] = useCountdown();
  const [withdrawing, setWithdrawing] = useState(false);
  const look = () => queryClient.invalidateQueries({ queryKey: MAIL_CHANGE });
  const again = useMutation({
    mutationFn: sendMailChangeMail,
    onError: (error) => setWait(asProblem(error).retry_after_s ?? 0),
    onSettled: look,
  });
  return (
    <section aria-label={t("mail_change.pending")}>
      <SpaceBetween size="m">
        <Header variant="h3">{t("mail_change.pending")}</Header>
        <KeyValuePairs
          columns={2}
          items={[
            { label: t("mail_change.new"), value: change.mail },
            { label: t("mail_change.expires_at"), value: formatDateTime(language, change.expires_at) },
            { label: t("mail_change.new_end"), value: <End isConfirmed={change.is_new_confirmed} /> },
            { label: t("mail_change.old_end"), value: <End isConfirmed={change.is_old_confirmed} /> },
          ]}
        />
        <Box variant="p">{t("mail_change.pending_help")}</Box>
        {hasMailbox && <MailboxLink />}
        <div aria-live="polite">
          {again.isSuccess && <Alert type="success">{t("mail_change.sent_again")}</Alert>}
          {again.isError && <Refused error={again.error} />}
        </div>
        <SpaceBetween direction="horizontal" size="xs">
          <Button loading={again.isPending} disabled={wait > 0} onClick={() => again.mutate()}>
            {wait > 0 ? t("mail_change.again_in", { seconds: wait }) : t("mail_change.again")}
          </Button>
          <Button onClick={() => setWithdrawing(true)}>{t("mail_change.withdraw")}</Button>
        </SpaceBetween>
      </SpaceBetween>
      {withdrawing && (
        <Confirm
          title={t("mail_change.withdraw_title")}
          confirm={t("mail_change.withdraw")}
          action={withdrawMailChange}
          onClose={() => setWithdrawing(false)}
          onDone={() => {
            flash({ type: "success", content: t("mail_change.withdrawn") });
            void look();
          }}
        >
          {t("mail_change.withdraw_text", { mail: change.mail })}
        </Confirm>
      )}
    </section>
  );
}

function End({ isConfirmed }: { isConfirmed: boolean }) {
  const { t } = useTranslation();
  return (
    <StatusIndicator type={isConfirmed ? "success" : "pending"}>
      {t(isConfirmed ? "mail_change.confirmed" : "mail_change.open")}
    </StatusIndicator>
  );
}

function Refused({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const problem = asProblem(error);
  if (problem.code === "conflict") return <Alert type="info">{t("mail_change.over")}</Alert>;
  if (problem.code !== "too_many_requests") return <ProblemAlert problem={problem} />;
  // Without a time to wait for, it was sent often enough.
  return (
    <Alert type="info">{t(problem.retry_after_s === undefined ? "mail_change.enough" : "mail_change.too_soon")}</Alert>
  );
}

function AskForm() {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [entries, setEntries] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const ask = useMutation({
    mutationFn: () => askMailChange(entries.mail.trim(), entries.password),
    onSuccess: (change) => {
      setEntries(EMPTY);
      setTried(false);
      queryClient.setQueryData(MAIL_CHANGE, change);
      flash({ type: "success", content: t("mail_change.sent") });
    },
  });
  const problem = ask.isError ? asProblem(ask.error) : null;
  const isWrong = problem?.code === "wrong_credentials";
  const refused = problem === null ? undefined : fieldText(t, fieldError(problem, "/mail"));
  const put = (part: Partial<typeof EMPTY>) => {
    setEntries({ ...entries, ...part });
    ask.reset();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (isMail(entries.mail) && entries.password !== "") ask.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Form
        variant="embedded"
        actions={
          <Button variant="primary" loading={ask.isPending} formAction="submit">
            {t("mail_change.submit")}
          </Button>
        }
      >
        <SpaceBetween size="l">
          {problem !== null && !isWrong && refused === undefined && <ProblemAlert problem={problem} />}
          <FormField
            label={t("mail_change.new")}
            errorText={tried && !isMail(entries.mail) ? t("sign_in.mail_missing") : refused}
          >
            <Input
              type="email"
              name="new-mail"
              autoComplete="off"
              value={entries.mail}
              onChange={({ detail }) => put({ mail: detail.value })}
            />
          </FormField>
          <FormField
            label={t("sign_in.password")}
            errorText={
              tried && entries.password === "" ? t("sign_in.password_missing") : isWrong && t("change_password.wrong")
            }
          >
            <Input
              type="password"
              name="password-for-mail"
              autoComplete="current-password"
              value={entries.password}
              onChange={({ detail }) => put({ password: detail.value })}
            />
          </FormField>
        </SpaceBetween>
      </Form>
    </form>
  );
}
