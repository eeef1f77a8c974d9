// What a request to succeed as administrator says, for whoever made it and whoever decides.
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useTranslation } from "react-i18next";
import type { OwnSuccession, ReceivedSuccession, SuccessionStatus } from "../../api/types";
import { formatDateTime } from "../../ui/format";
import { Quoted } from "../../ui/quoted";
import { useLanguage } from "../../ui/use_language";
import type { Fact } from "../requests/requester_facts";

const STATUS: Record<SuccessionStatus, StatusIndicatorProps.Type> = {
  PENDING: "pending",
  WAITING: "in-progress",
  GRANTED: "success",
  DECLINED: "error",
  WITHDRAWN: "stopped",
  STOPPED: "error",
  LAPSED: "stopped",
};

export function SuccessionStatusText({ status }: { status: SuccessionStatus }) {
  const { t } = useTranslation();
  return <StatusIndicator type={STATUS[status]}>{t(`succession_status.${status}`)}</StatusIndicator>;
}

interface SuccessionFactsProps {
  succession: OwnSuccession | ReceivedSuccession;
  more?: Fact[];
}

export function SuccessionFacts({ succession, more = [] }: SuccessionFactsProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const items = [
    { label: t("account.domain"), value: succession.domain },
    { label: t("common.status"), value: <SuccessionStatusText status={succession.status} /> },
    { label: t("account_requests.created_at"), value: formatDateTime(language, succession.created_at) },
    ...more,
    { label: t("successions.proof"), value: <Quoted text={succession.proof} /> },
  ];
  const { status, due_at } = succession;
  if (due_at !== undefined && (status === "WAITING" || status === "GRANTED"))
    items.push({ label: t("successions.due_at"), value: formatDateTime(language, due_at) });
  if (succession.reason !== undefined)
    items.push({ label: t("account_requests.reason"), value: <Quoted text={succession.reason} /> });
  return <KeyValuePairs columns={3} items={items} />;
}
