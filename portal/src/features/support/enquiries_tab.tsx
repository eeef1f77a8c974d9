// The queue of enquiries for the operator's staff.
import { useTranslation } from "react-i18next";
import { listEnquiries } from "../../api/calls";
import type { QueuedEnquiry } from "../../api/types";
import { formatContact, formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { statusFilter } from "../requests/status_filter";
import { EnquiryStatusText } from "./enquiry_facts";

const SHAPE: ListShape = { prefix: "enquiries", filters: { status: "all" } };
const STATES = ["OPEN", "ANSWERED", "CLOSED"] as const;

export function EnquiriesTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<QueuedEnquiry>[] = [
    {
      id: "number",
      header: t("enquiries.number"),
      isRowHeader: true,
      minWidth: 130,
      cell: (item) => (
        <RouteLink to={`/operator/enquiries/${item.enquiry_id}`}>
          {t("enquiries.number_of", { number: item.number })}
        </RouteLink>
      ),
    },
    { id: "subject", header: t("enquiries.subject"), cell: (item) => t(`enquiry_subjects.${item.subject}`) },
    {
      id: "requester",
      header: t("enquiries.requester"),
      minWidth: 180,
      cell: (item) => formatContact(language, item.requester),
    },
    { id: "changed_at", header: t("enquiries.changed_at"), cell: (item) => formatDateTime(language, item.changed_at) },
    { id: "status", header: t("common.status"), cell: (item) => <EnquiryStatusText status={item.status} /> },
  ];
  return (
    <ResourceTable
      id="operator_enquiries"
      title={t("enquiries.queue_title")}
      description={t("enquiries.queue_description")}
      shape={SHAPE}
      columns={columns}
      queryKey={["operator", "enquiries"]}
      fetchPage={listEnquiries}
      trackBy={(item) => item.enquiry_id}
      filters={[
        statusFilter(
          t,
          STATES.map((value) => ({ value, label: t(`enquiry_status.${value}`) })),
        ),
      ]}
      empty={<Empty title={t("enquiries.none")} text={t("account_requests.none_text")} />}
    />
  );
}
