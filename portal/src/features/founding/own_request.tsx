// One's own request for a Smart Account: how it stands, and what to do meanwhile.
import Alert from "@cloudscape-design/components/alert";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getMyAccountRequest, withdrawAccountRequest } from "../../api/calls";
import type { OwnAccountRequest } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { RouteLink } from "../../ui/route_link";
import { PageLoading } from "../../ui/states";
import { LOOK_AGAIN_MS, Withdrawable } from "../requests/withdrawable";
import { RequestFacts } from "./request_facts";

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
  const { name, status } = request.data;
  return (
    <InnerPage title={t("account_requests.own_title")}>
      <Standing request={request.data} />
      <Withdrawable
        title={name}
        isOpen={status === "PENDING"}
        question={t("account_requests.withdraw_text", { name })}
        queryKey={["account_requests"]}
        withdraw={() => withdrawAccountRequest(id)}
      >
        <RequestFacts request={request.data} />
      </Withdrawable>
    </InnerPage>
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
