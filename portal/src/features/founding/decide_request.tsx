// Somebody else's request for a Smart Account, with what there is to do about it.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { decideAccountRequest, getAccountRequest } from "../../api/calls";
import { asProblem, fieldError } from "../../api/problem";
import type { ReceivedAccountRequest } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import { accountKey } from "../../live/keys";
import { useFlash } from "../../ui/flash";
import { formatDateTime, formatName } from "../../ui/format";
import { fieldText, ProblemAlert } from "../../ui/problem_alert";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { RequestFacts } from "./request_facts";

export function DecideRequest() {
  const { t } = useTranslation();
  const { sa, request: id = "" } = useParams();
  const request = useQuery({
    queryKey: [...(sa === undefined ? ["operator", "account_requests"] : accountKey(sa, "account_requests")), id],
    queryFn: () => getAccountRequest(sa, id),
  });
  if (request.isPending) return <PageLoading />;
  if (request.isError) return <ProblemPage error={request.error} onRetry={() => request.refetch()} />;
  const title = t("account_requests.one");
  const list = sa === undefined ? "/operator?tab=account_requests" : `/accounts/${sa}/manage?tab=account_requests`;
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: t(sa === undefined ? "operator.title" : "manage.title"), href: list },
            { text: title, href: "" },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header variant="h1" description={t("account_requests.one_description")}>
          {request.data.name}
        </Header>
        <Warnings request={request.data} />
        <Facts request={request.data} />
        {request.data.status === "PENDING" && (
          <Decide key={request.data.version} sa={sa} request={request.data} onStale={() => request.refetch()} />
        )}
      </SpaceBetween>
    </PageFrame>
  );
}

// What whoever approves should see first.
function Warnings({ request }: { request: ReceivedAccountRequest }) {
  const { t } = useTranslation();
  if (request.status !== "PENDING") return null;
  const lines = (["name_taken", "domain_taken", "look_alike", "shared_mail"] as const).filter((each) => request[each]);
  if (lines.length === 0) return null;
  return (
    <SpaceBetween size="s">
      {lines.map((each) => (
        <Alert key={each} type="warning">
          {t(`account_requests.warnings.${each}`, { domain: request.domain, mail: request.requester.mail })}
        </Alert>
      ))}
    </SpaceBetween>
  );
}

function Facts({ request }: { request: ReceivedAccountRequest }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { requester } = request;
  const more = [
    { label: t("account_requests.requester"), value: `${formatName(language, requester)} <${requester.mail}>` },
    { label: t("account_requests.company"), value: request.company_name ?? "–" },
    { label: t("account_requests.phone"), value: request.phone ?? "–" },
  ];
  if (request.decided_at !== undefined)
    more.push({
      label: t("account_requests.decided_at"),
      value:
        request.decided_by === undefined
          ? formatDateTime(language, request.decided_at)
          : t("account_requests.decided_by", {
              at: formatDateTime(language, request.decided_at),
              name: request.decided_by,
            }),
    });
  return (
    <Container header={<Header variant="h2">{t("account_requests.information")}</Header>}>
      <RequestFacts request={request} more={more} />
    </Container>
  );
}

type Decision = "approve" | "decline";

function Decide({ sa, request, onStale }: { sa?: string; request: ReceivedAccountRequest; onStale: () => void }) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  const [decision, setDecision] = useState<Decision | null>(null);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const decide = useMutation({
    mutationFn: (chosen: Decision) =>
      decideAccountRequest(sa, request.account_request_id, request.version, {
        decision: chosen,
        ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
      }),
    onSuccess: (done) => {
      flash({ type: "success", content: t(`account_requests.done.${done.status}`, { name: done.name }) });
      const key = sa === undefined ? ["operator", "account_requests"] : accountKey(sa, "account_requests");
      void queryClient.invalidateQueries({ queryKey: key });
    },
  });
  const problem = decide.isError ? asProblem(decide.error) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (decision !== null && !decide.isPending) decide.mutate(decision);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Container header={<Header variant="h2">{t("account_requests.actions")}</Header>}>
        <Form
          variant="embedded"
          actions={
            <Button variant="primary" formAction="submit" loading={decide.isPending}>
              {t("account_requests.submit")}
            </Button>
          }
        >
          <SpaceBetween size="l">
            {problem !== null && <ProblemAlert problem={problem} onRetry={onStale} />}
            <FormField
              label={t("account_requests.decision")}
              errorText={tried && decision === null ? t("account_requests.decision_missing") : undefined}
            >
              <RadioGroup
                value={decision}
                onChange={({ detail }) => setDecision(detail.value === "approve" ? "approve" : "decline")}
                items={[
                  {
                    value: "approve",
                    label: t("account_requests.approve"),
                    description: t("account_requests.approve_text", { domain: request.domain }),
                  },
                  {
                    value: "decline",
                    label: t("account_requests.decline"),
                    description: t("account_requests.decline_text"),
                  },
                ]}
              />
            </FormField>
            <FormField
              label={
                <>
                  {t("account_requests.reason")} <i>– {t("common.optional")}</i>
                </>
              }
              description={t("account_requests.reason_help")}
              errorText={fieldText(t, problem === null ? undefined : fieldError(problem, "/reason"))}
            >
              <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} />
            </FormField>
          </SpaceBetween>
        </Form>
      </Container>
    </form>
  );
}
