// One's own request for a Smart Account: how it stands, and what to do meanwhile.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getMyAccountRequest, withdrawAccountRequest } from "../../api/calls";
import type { OwnAccountRequest } from "../../api/types";
import { Crumbs } from "../../app/crumbs";
import { PageFrame } from "../../app/page";
import { ProblemPage } from "../../app/problem_page";
import { Confirm } from "../../ui/confirm";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { RequestFacts } from "./request_facts";

// Somebody else decides, at any moment.
const LOOK_AGAIN_MS = 15_000;

export function OwnRequest() {
  const { t } = useTranslation();
  const { request: id = "" } = useParams();
  const request = useQuery({
    queryKey: ["account_requests", id],
    queryFn: () => getMyAccountRequest(id),
    refetchInterval: (query) => (query.state.data?.status === "PENDING" ? LOOK_AGAIN_MS : false),
  });
  if (request.isPending) return <PageLoading />;
  if (request.isError) return <ProblemPage error={request.error} onRetry={() => request.refetch()} />;
  const title = t("account_requests.own_title");
  return (
    <PageFrame
      title={title}
      crumbs={
        <Crumbs
          crumbs={[
            { text: t("home.title"), href: "/" },
            { text: title, href: `/account_requests/${id}` },
          ]}
        />
      }
    >
      <SpaceBetween size="l">
        <Header variant="h1">{title}</Header>
        <Standing request={request.data} />
        <Facts request={request.data} />
      </SpaceBetween>
    </PageFrame>
  );
}

function Standing({ request }: { request: OwnAccountRequest }) {
  const { t } = useTranslation();
  switch (request.status) {
    case "PENDING":
      return (
        <Alert type="info" header={t("account_requests.pending_title")}>
          {t(`account_requests.pending.${request.decider === "staff" ? "staff" : "administrators"}`)}{" "}
          {t("account_requests.pending_help")}
        </Alert>
      );
    case "APPROVED":
      return (
        <Alert type="success" header={t("account_requests.approved_title")}>
          <RouteLink to={`/accounts/${request.smart_account_id ?? ""}/manage`}>{t("home.manage")}</RouteLink>
        </Alert>
      );
    case "DECLINED":
      return (
        <Alert type="warning" header={t("account_requests.declined_title")}>
          {t("account_requests.declined_help")} <RouteLink to="/accounts/new">{t("founding.again")}</RouteLink>
        </Alert>
      );
    case "WITHDRAWN":
      return (
        <Alert type="info" header={t("account_requests.withdrawn_title")}>
          <RouteLink to="/accounts/new">{t("founding.again")}</RouteLink>
        </Alert>
      );
  }
}

function Facts({ request }: { request: OwnAccountRequest }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            request.status === "PENDING" && (
              <Button onClick={() => setAsking(true)}>{t("account_requests.withdraw")}</Button>
            )
          }
        >
          {request.name}
        </Header>
      }
    >
      <RequestFacts request={request} />
      {asking && (
        <Confirm
          title={t("account_requests.withdraw_title")}
          confirm={t("account_requests.withdraw")}
          action={() => withdrawAccountRequest(request.account_request_id)}
          onClose={() => setAsking(false)}
          onDone={() => {
            setAsking(false);
            void queryClient.invalidateQueries({ queryKey: ["account_requests"] });
          }}
        >
          {t("account_requests.withdraw_text", { name: request.name })}
        </Confirm>
      )}
    </Container>
  );
}
