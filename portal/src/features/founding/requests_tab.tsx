// Requests for Smart Accounts that wait for those who read this: administrators of an account, or the operator's staff.
import { useTranslation } from "react-i18next";
import { listAccountRequests } from "../../api/calls";
import type { AccountRequestEntry } from "../../api/types";
import { accountKey } from "../../live/keys";
import { formatContact, formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { statusFilter } from "../requests/status_filter";
import { decisionPage } from "./decision_page";
import { RequestStatus } from "./request_facts";

const SHAPE: ListShape = { prefix: "requests", filters: { status: "all" } };
const STATES = ["PENDING", "APPROVED", "DECLINED", "WITHDRAWN"] as const;

export function RequestsTab({ sa }: { sa?: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<AccountRequestEntry>[] = [
    {
      id: "name",
      header: t("account.name"),
      isRowHeader: true,
      minWidth: 180,
      cell: (item) => <RouteLink to={decisionPage(sa, item.account_request_id)}>{item.name}</RouteLink>,
    },
    { id: "domain", header: t("account.domain"), minWidth: 150, cell: (item) => item.domain },
    {
      id: "requester",
      header: t("account_requests.requester"),
      minWidth: 180,
      cell: (item) => formatContact(language, item.requester),
    },
    {
      id: "created_at",
      header: t("account_requests.created_at"),
      cell: (item) => formatDateTime(language, item.created_at),
    },
    { id: "status", header: t("common.status"), minWidth: 120, cell: (item) => <RequestStatus status={item.status} /> },
  ];
  return (
    <ResourceTable
      id="account_requests"
      title={t("account_requests.title")}
      description={t(sa === undefined ? "account_requests.staff_description" : "account_requests.description")}
      shape={SHAPE}
      columns={columns}
      queryKey={sa === undefined ? ["operator", "account_requests"] : accountKey(sa, "account_requests")}
      fetchPage={(query) => listAccountRequests(sa, query)}
      trackBy={(item) => item.account_request_id}
      filters={[
        statusFilter(
          t,
          STATES.map((value) => ({ value, label: t(`account_request_status.${value}`) })),
        ),
      ]}
      empty={<Empty title={t("account_requests.none")} text={t("account_requests.none_text")} />}
    />
  );
}
