// The queue of requests to succeed as administrator, for the operator's staff.
import { useTranslation } from "react-i18next";
import { listSuccessions } from "../../api/calls";
import type { QueuedSuccession } from "../../api/types";
import { formatContact, formatDateTime, formatNumber } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { statusFilter } from "../requests/status_filter";
import { SuccessionStatusText } from "./succession_facts";

const SHAPE: ListShape = { prefix: "successions", filters: { status: "all" } };
const STATES = ["PENDING", "WAITING", "GRANTED", "DECLINED", "WITHDRAWN", "STOPPED", "LAPSED"] as const;

export function SuccessionsTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<QueuedSuccession>[] = [
    {
      id: "domain",
      header: t("account.domain"),
      isRowHeader: true,
      minWidth: 150,
      cell: (item) => <RouteLink to={`/operator/successions/${item.succession_id}`}>{item.domain}</RouteLink>,
    },
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
    { id: "status", header: t("common.status"), cell: (item) => <SuccessionStatusText status={item.status} /> },
    {
      id: "objections",
      header: t("successions.objections"),
      cell: (item) => formatNumber(language, item.objection_count),
    },
  ];
  return (
    <ResourceTable
      id="successions"
      title={t("successions.queue_title")}
      description={t("successions.queue_description")}
      shape={SHAPE}
      columns={columns}
      queryKey={["operator", "successions"]}
      fetchPage={listSuccessions}
      trackBy={(item) => item.succession_id}
      filters={[
        statusFilter(
          t,
          STATES.map((value) => ({ value, label: t(`succession_status.${value}`) })),
        ),
      ]}
      empty={<Empty title={t("account_requests.none")} text={t("account_requests.none_text")} />}
    />
  );
}
