// A partner's own request for a customer: how it stands, and the way to withdraw it.
import Alert from "@cloudscape-design/components/alert";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { getMyPartnerRequest, withdrawPartnerRequest } from "../../api/partner_calls";
import type { OwnPartnerRequest } from "../../api/types";
import { InnerPage } from "../../app/inner_page";
import { ProblemPage } from "../../app/problem_page";
import { formatDateTime } from "../../ui/format";
import { PageLoading } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { LOOK_AGAIN_MS, Withdrawable } from "../requests/withdrawable";
import { PartnerFacts } from "./partner_facts";

const isOpen = (status: OwnPartnerRequest["status"] | undefined) => status === "PENDING_CUSTOMER_ACCEPTANCE";

export function OwnPartnerRequestPage() {
  const { t } = useTranslation();
  const { request: id = "" } = useParams();
  const request = useQuery({
    queryKey: ["partner_requests", id],
    queryFn: () => getMyPartnerRequest(id),
    refetchInterval: (query) => (isOpen(query.state.data?.status) ? LOOK_AGAIN_MS : false),
  });
  if (request.isPending) return <PageLoading />;
  if (request.isError) return <ProblemPage error={request.error} onRetry={() => request.refetch()} />;
  const { name, status, customer_mail } = request.data;
  return (
    <InnerPage
      title={t("partner_requests.one")}
      way={[{ text: t("partner_requests.title"), href: "/partner_requests" }]}
    >
      <Standing request={request.data} />
      <Withdrawable
        title={name}
        isOpen={isOpen(status)}
        question={t("partner_requests.withdraw_text", { name })}
        queryKey={["partner_requests"]}
        withdraw={() => withdrawPartnerRequest(id)}
      >
        <PartnerFacts
          request={request.data}
          other={[{ label: t("partner_requests.customer"), value: customer_mail }]}
        />
      </Withdrawable>
    </InnerPage>
  );
}

const TYPES = {
  PENDING_CUSTOMER_ACCEPTANCE: "info",
  ACCEPTED: "success",
  DECLINED_BY_CUSTOMER: "warning",
  WITHDRAWN: "info",
  LAPSED: "warning",
} as const;

function Standing({ request }: { request: OwnPartnerRequest }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { status, customer_mail, lapses_at } = request;
  return (
    <Alert type={TYPES[status]} header={t(`partner_requests.standing.${status}`)}>
      {t(`partner_requests.standing_help.${status}`, {
        mail: customer_mail,
        at: formatDateTime(language, lapses_at),
      })}
    </Alert>
  );
}
