// Somebody else's request for a Smart Account, with what there is to do about it.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { decideAccountRequest, getAccountRequest } from "../../api/calls";
import type { ReceivedAccountRequest } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { accountKey } from "../../live/keys";
import { useFlash } from "../../ui/flash";
import { PageLoading } from "../../ui/states";
import { DecisionForm } from "../requests/decision_form";
import { useRequesterFacts } from "../requests/requester_facts";
import { RequestFacts } from "./request_facts";

const queueOf = (sa: string | undefined) =>
  sa === undefined ? ["operator", "account_requests"] : accountKey(sa, "account_requests");

export function DecideRequest() {
  const { t } = useTranslation();
  const { sa, request: id = "" } = useParams();
  const request = useQuery({ queryKey: [...queueOf(sa), id], queryFn: () => getAccountRequest(sa, id) });
  if (request.isPending) return <PageLoading />;
  if (request.isError) return <ProblemPage error={request.error} onRetry={() => request.refetch()} />;
  const list = sa === undefined ? "/operator?tab=account_requests" : `/accounts/${sa}/manage?tab=account_requests`;
  return (
    <InnerPage
      title={t("account_requests.one")}
      heading={request.data.name}
      description={t("account_requests.one_description")}
      way={[{ text: t(sa === undefined ? "operator.title" : "manage.title"), href: list }]}
    >
      <Warnings request={request.data} />
      <Facts request={request.data} />
      {request.data.status === "PENDING" && (
        <Decide key={request.data.version} sa={sa} request={request.data} onStale={() => request.refetch()} />
      )}
    </InnerPage>
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
  return (
    <Container header={<Header variant="h2">{t("account_requests.information")}</Header>}>
      <RequestFacts request={request} more={useRequesterFacts(request)} />
    </Container>
  );
}

function Decide({ sa, request, onStale }: { sa?: string; request: ReceivedAccountRequest; onStale: () => void }) {
  const { t } = useTranslation();
  const flash = useFlash();
  const queryClient = useQueryClient();
  return (
    <DecisionForm
      choices={[
        { value: "approve", description: t("account_requests.approve_text", { domain: request.domain }) },
        { value: "decline", description: t("account_requests.decline_text") },
      ]}
      decide={(decided) => decideAccountRequest(sa, request.account_request_id, request.version, decided)}
      onDone={(done) => {
        flash({ type: "success", content: t(`account_requests.done.${done.status}`, { name: done.name }) });
        void queryClient.invalidateQueries({ queryKey: queueOf(sa) });
      }}
      onStale={onStale}
    />
  );
}
