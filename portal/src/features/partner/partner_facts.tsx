// What a partner asks for, for the partner and for its customer.
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useTranslation } from "react-i18next";
import type { OwnPartnerRequest, PartnerRequestStatus, ReceivedPartnerRequest } from "../../api/types";
import { formatDateTime } from "../../ui/format";
import { Quoted } from "../../ui/quoted";
import { useLanguage } from "../../ui/use_language";
import { MemberList } from "../founding/request_facts";
import type { Fact } from "../requests/requester_facts";

const STATUS: Record<PartnerRequestStatus, StatusIndicatorProps.Type> = {
  PENDING_CUSTOMER_ACCEPTANCE: "pending",
  ACCEPTED: "success",
  DECLINED_BY_CUSTOMER: "error",
  WITHDRAWN: "stopped",
  LAPSED: "stopped",
};

export function PartnerStatus({ status }: { status: PartnerRequestStatus }) {
  const { t } = useTranslation();
  return <StatusIndicator type={STATUS[status]}>{t(`partner_request_status.${status}`)}</StatusIndicator>;
}

interface PartnerFactsProps {
  request: OwnPartnerRequest | ReceivedPartnerRequest;
  // Who is on the other side.
  other: Fact[];
}

export function PartnerFacts({ request, other }: PartnerFactsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const items = [
    ...other,
    { label: t("account.name"), value: request.name },
    { label: t("account.domain"), value: <span className="menkyo-domain">{request.domain}</span> },
    { label: t("common.status"), value: <PartnerStatus status={request.status} /> },
    { label: t("account_requests.created_at"), value: formatDateTime(language, request.created_at) },
    request.decided_at === undefined
      ? { label: t("partner_requests.lapses_at"), value: formatDateTime(language, request.lapses_at) }
      : { label: t("account_requests.decided_at"), value: formatDateTime(language, request.decided_at) },
    { label: t("partner_requests.note"), value: <Quoted text={request.note} /> },
    { label: t("partner_requests.members"), value: <MemberList members={request.members} /> },
    { label: t("partner_requests.members_note"), value: <Quoted text={request.members_note} /> },
  ];
  if (request.status === "DECLINED_BY_CUSTOMER")
    items.push({ label: t("account_requests.reason"), value: <Quoted text={request.reason} /> });
  return <KeyValuePairs columns={3} items={items} />;
}
