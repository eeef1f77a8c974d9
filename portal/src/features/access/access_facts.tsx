// What a request for access says, for whoever made it and whoever decides.
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useTranslation } from "react-i18next";
import type { AccessRequestStatus, OwnAccessRequest, ReceivedAccessRequest } from "../../api/types";
import { formatDateTime } from "../../ui/format";
import { Quoted } from "../../ui/quoted";
import { useLanguage } from "../../ui/use_language";
import type { Fact } from "../requests/requester_facts";

const STATUS: Record<AccessRequestStatus, StatusIndicatorProps.Type> = {
  PENDING: "pending",
  SENT: "success",
  APPROVED: "success",
  DECLINED: "error",
  WITHDRAWN: "stopped",
  EXPIRED: "stopped",
};

export function AccessStatus({ status }: { status: AccessRequestStatus }) {
  const { t } = useTranslation();
  return <StatusIndicator type={STATUS[status]}>{t(`access_request_status.${status}`)}</StatusIndicator>;
}

interface AccessFactsProps {
  request: OwnAccessRequest | ReceivedAccessRequest;
  more?: Fact[];
}

export function AccessFacts({ request, more = [] }: AccessFactsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const items = [
    { label: t("account.domain"), value: request.domain },
    { label: t("common.status"), value: <AccessStatus status={request.status} /> },
    { label: t("account_requests.created_at"), value: formatDateTime(language, request.created_at) },
    ...more,
    { label: t("access.text"), value: <Quoted text={request.text} /> },
  ];
  if (request.status === "DECLINED" || request.reason !== undefined)
    items.push({ label: t("account_requests.reason"), value: <Quoted text={request.reason} /> });
  return <KeyValuePairs columns={3} items={items} />;
}
