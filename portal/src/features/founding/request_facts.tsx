// What a request for a Smart Account asks for, for whoever made it and whoever decides.
import Box from "@cloudscape-design/components/box";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import { useTranslation } from "react-i18next";
import type { AccountRequestStatus, OwnAccountRequest, ReceivedAccountRequest } from "../../api/types";
import { formatDateTime } from "../../ui/format";
import { Quoted } from "../../ui/quoted";
import { OrDash } from "../../ui/resource_table";
import { useLanguage } from "../../ui/use_language";
import type { Fact } from "../requests/requester_facts";
import { HeadquartersText } from "./headquarters_text";

const STATUS: Record<AccountRequestStatus, StatusIndicatorProps.Type> = {
  PENDING: "pending",
  APPROVED: "success",
  DECLINED: "error",
  WITHDRAWN: "stopped",
};

export function RequestStatus({ status }: { status: AccountRequestStatus }) {
  const { t } = useTranslation();
  return <StatusIndicator type={STATUS[status]}>{t(`account_request_status.${status}`)}</StatusIndicator>;
}

type Request = OwnAccountRequest | ReceivedAccountRequest;

export function MemberList({ members }: { members: Request["members"] }) {
  const { t } = useTranslation();
  if (members.length === 0) return <OrDash />;
  return (
    <ul className="menkyo-checklist">
      {members.map((member) => (
        <li key={`${member.mail} ${member.role}`}>
          {member.mail} <Box variant="small">{t(`roles.${member.role}`)}</Box>
        </li>
      ))}
    </ul>
  );
}

export function RequestFacts({ request, more = [] }: { request: Request; more?: Fact[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const items = [
    { label: t("account.name"), value: request.name },
    { label: t("account.domain"), value: request.domain },
    { label: t("account.type"), value: t(`account_types.${request.type}`) },
    { label: t("founding.headquarters"), value: <HeadquartersText address={request.headquarters} /> },
    { label: t("common.status"), value: <RequestStatus status={request.status} /> },
    { label: t("account_requests.created_at"), value: formatDateTime(language, request.created_at) },
    ...more,
    { label: t("founding.note"), value: <Quoted text={request.note} /> },
    {
      label: t("founding.members"),
      value: <MemberList members={request.members} />,
    },
  ];
  if (request.status === "DECLINED" || request.reason !== undefined)
    items.push({ label: t("account_requests.reason"), value: <Quoted text={request.reason} /> });
  return <KeyValuePairs columns={3} items={items} />;
}
