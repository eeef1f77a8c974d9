// A customer's account as somebody of the operator's staff sees it: first why, then, for an hour, its users.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router";
import { endAssistance, getAssistance, openAssistance } from "../../api/calls";
import { idempotencyKeys } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { AssistedAccount } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDateTime } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { AssistedUsers } from "./assisted_users";

export function Assisted() {
  const { t } = useTranslation();
  const { sa = "" } = useParams();
  const query = useQuery({ queryKey: ["operator", "assistance", sa], queryFn: () => getAssistance(sa) });
  const name = query.data?.name ?? t("assistance.title");
  return (
    <InnerPage
      title={name}
      description={query.data?.domain}
      way={[
        { text: t("operator.title"), href: "/operator" },
        { text: t("assistance.back"), href: "/operator?tab=accounts" },
      ]}
    >
      {query.isPending && <PageLoading />}
      {query.isError && <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />}
      {query.isSuccess && <Help account={query.data} />}
    </InnerPage>
  );
}

function Help({ account }: { account: AssistedAccount }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const flash = useFlash();
  const navigate = useNavigate();
  const [ending, setEnding] = useState(false);
  const { assistance } = account;
  if (account.locked_against_staff)
    return (
      <Alert type="warning" header={t("assistance.locked_title")}>
        {t("assistance.locked_text")}
      </Alert>
    );
  if (assistance === undefined) return <Why sa={account.smart_account_id} />;
  return (
    <SpaceBetween size="l">
      <Alert
        type="info"
        header={t("assistance.until", { time: formatDateTime(language, assistance.ends_at) })}
        action={<Button onClick={() => setEnding(true)}>{t("assistance.end")}</Button>}
      >
        {t("assistance.reason_given", { reason: assistance.reason })}
      </Alert>
      <AssistedUsers sa={account.smart_account_id} />
      {ending && (
        <Confirm
          title={t("assistance.end_title")}
          confirm={t("assistance.end")}
          action={() => endAssistance(account.smart_account_id)}
          onClose={() => setEnding(false)}
          onDone={() => {
            flash({ type: "success", content: t("assistance.ended", { name: account.name }) });
            navigate("/operator?tab=accounts");
          }}
        >
          {t("assistance.end_text", { name: account.name })}
        </Confirm>
      )}
    </SpaceBetween>
  );
}

const SHORTEST = 10;
const LONGEST = 500;

function Why({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [keys] = useState(idempotencyKeys);
  const open = useMutation({
    mutationFn: (text: string) => openAssistance(sa, text, keys.keyFor(text)),
    onSuccess: (account) => queryClient.setQueryData(["operator", "assistance", sa], account),
  });
  const text = reason.trim();
  const length = [...text].length;
  const wrong = length < SHORTEST || length > LONGEST;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!wrong) open.mutate(text);
      }}
    >
      <Form
        actions={
          <Button variant="primary" formAction="submit" loading={open.isPending}>
            {t("assistance.open")}
          </Button>
        }
      >
        <Container
          header={
            <Header variant="h2" description={t("assistance.why_text")}>
              {t("assistance.why_title")}
            </Header>
          }
        >
          <SpaceBetween size="m">
            {open.isError && <ProblemAlert problem={asProblem(open.error)} />}
            <FormField
              label={t("assistance.reason")}
              description={t("assistance.reason_help")}
              errorText={tried && wrong ? t("assistance.reason_length") : undefined}
              stretch
            >
              <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} />
            </FormField>
          </SpaceBetween>
        </Container>
      </Form>
    </form>
  );
}
