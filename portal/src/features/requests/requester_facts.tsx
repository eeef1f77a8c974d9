// Who asked and who decided, as whoever decides a request is told.
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ReceivedAccessRequest } from "../../api/types";
import { formatContact, formatDateTime } from "../../ui/format";
import { OrDash } from "../../ui/resource_table";
import { useLanguage } from "../../ui/use_language";

export interface Fact {
  label: string;
  value: ReactNode;
}

type Asked = Pick<ReceivedAccessRequest, "requester" | "company_name" | "phone" | "decided_at" | "decided_by">;

export function useRequesterFacts(request: Asked): Fact[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const { requester, company_name, phone, decided_at, decided_by } = request;
  const facts = [
    { label: t("account_requests.requester"), value: formatContact(language, requester) },
    { label: t("account_requests.company"), value: <OrDash>{company_name}</OrDash> },
    { label: t("account_requests.phone"), value: <OrDash>{phone}</OrDash> },
  ];
  if (decided_at === undefined) return facts;
  const at = formatDateTime(language, decided_at);
  const value = decided_by === undefined ? at : t("account_requests.decided_by", { at, name: decided_by });
  return [...facts, { label: t("account_requests.decided_at"), value: <>{value}</> }];
}
