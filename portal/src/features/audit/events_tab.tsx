import { useTranslation } from "react-i18next";
import { csvAddress, listEvents } from "../../api/calls";
import type { LogEvent } from "../../api/types";
import { accountKey } from "../../live/keys";
import { formatDateTime, formatExact } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { actorText, EVENT_KINDS, eventText } from "./event_text";

const SHAPE: ListShape = { filters: { kind: "all" } };

// The log of one virtual account, or of the whole account when `va` is not given.
export function EventsTab({ sa, va }: { sa: string; va?: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const columns: Column<LogEvent>[] = [
    {
      id: "at",
      header: t("events_table.at"),
      minWidth: 150,
      cell: (item) => (
        <time dateTime={item.at} title={formatExact(language, item.at)}>
          {formatDateTime(language, item.at)}
        </time>
      ),
    },
    {
      id: "text",
      header: t("events_table.text"),
      isRowHeader: true,
      minWidth: 260,
      cell: (item) => eventText(t, language, item),
    },
    { id: "actor", header: t("events_table.actor"), minWidth: 120, cell: (item) => actorText(t, item) },
  ];
  return (
    <ResourceTable
      id="events"
      title={t("inventory.events")}
      shape={SHAPE}
      columns={columns}
      queryKey={accountKey(sa, "events", va ?? "")}
      fetchPage={(query) => listEvents(sa, va, query)}
      trackBy={(item) => item.event_id}
      filters={[
        {
          name: "kind",
          label: t("events_table.kind"),
          options: ["all", ...EVENT_KINDS].map((value) => ({ value, label: t(`event_kinds.${value}`) })),
        },
      ]}
      csv={(query) => csvAddress(sa, va, "events", query)}
      empty={<Empty title={t("events_table.none")} text={t("events_table.none_text")} />}
    />
  );
}
