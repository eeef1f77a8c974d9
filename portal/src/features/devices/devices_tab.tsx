import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import LiveRegion from "@cloudscape-design/components/live-region";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { csvAddress, listDevices } from "../../api/calls";
import type { Device, VirtualAccount } from "../../api/types";
import { accountKey } from "../../live/keys";
import { formatDateTime, formatNumber, formatRelative, localProductName } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { Authorization } from "../../ui/status";
import { useDetail } from "../../ui/use_detail";
import { useLanguage } from "../../ui/use_language";
import { DeviceDetails } from "./device_detail";
import { newcomers, type Seen } from "./newcomers";

const SHAPE: ListShape = { filters: { status: "registered" }, sort: "name" };

export function DevicesTab({ sa, virtualAccount }: { sa: string; virtualAccount: VirtualAccount }) {
  const { t } = useTranslation();
  const va = virtualAccount.virtual_account_id;
  const detail = useDetail();
  const columns = useColumns(detail.open);
  const [announcement, announce] = useState("");
  const seen = useRef<Seen | null>(null);
  const onPage = useCallback(
    (page: { items: Device[] }) => {
      const result = newcomers(seen.current, page.items);
      seen.current = result.seen;
      if (result.names.length > 0) announce(t("devices.registered_now", { names: result.names.join(", ") }));
    },
    [t],
  );
  return (
    <>
      <LiveRegion hidden>{announcement}</LiveRegion>
      <ResourceTable
        id="devices"
        title={t("devices.title")}
        shape={SHAPE}
        columns={columns}
        queryKey={accountKey(sa, "devices", va)}
        fetchPage={(query) => listDevices(sa, va, query)}
        trackBy={(item) => item.device_id}
        searchLabel={t("devices.search")}
        filters={[
          {
            name: "status",
            label: t("common.status"),
            options: ["registered", "removed", "all"].map((value) => ({ value, label: t(`device_status.${value}`) })),
          },
        ]}
        csv={(query) => csvAddress(sa, va, "devices", query)}
        empty={<Empty title={t("devices.none")} text={t("devices.none_text")} />}
        onPage={onPage}
      />
      {detail.id !== undefined && <DeviceDetails sa={sa} va={va} id={detail.id} onClose={detail.close} />}
    </>
  );
}

function useColumns(open: (id: string) => void): Column<Device>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  return [
    {
      id: "name",
      header: t("devices.one"),
      isRowHeader: true,
      sort: "name",
      minWidth: 190,
      cell: (item) => (
        <>
          <Button variant="inline-link" onClick={() => open(item.device_id)}>
            {item.display_name}
          </Button>
          {item.status === "removed" && (
            <Box variant="small" display="block" color="text-body-secondary">
              {t("device_status.removed")}
            </Box>
          )}
        </>
      ),
    },
    { id: "product", header: t("devices.product"), minWidth: 150, cell: (item) => localProductName(language, item) },
    {
      id: "state",
      header: t("devices.authorization"),
      minWidth: 160,
      cell: (item) => <Authorization state={item.authorization_state} />,
    },
    {
      id: "last_contact",
      header: t("devices.last_contact"),
      sort: "-last_contact_at",
      minWidth: 160,
      cell: (item) => (
        <span title={formatDateTime(language, item.last_contact_at)}>
          {item.silent ? (
            <StatusIndicator type="warning">
              {formatRelative(language, item.last_contact_at, Date.now())}
            </StatusIndicator>
          ) : (
            formatRelative(language, item.last_contact_at, Date.now())
          )}
        </span>
      ),
    },
    {
      id: "entitlements",
      header: t("quantities.entitlements"),
      numeric: true,
      cell: (item) => formatNumber(language, item.entitlement_count),
    },
    {
      id: "registered_at",
      header: t("devices.registered_at"),
      sort: "registered_at",
      minWidth: 160,
      cell: (item) => formatDateTime(language, item.registered_at),
    },
    {
      id: "serial_number",
      header: t("udi.serial_number"),
      hiddenAtFirst: true,
      cell: (item) => <OrDash>{item.udi.serial_number}</OrDash>,
    },
    {
      id: "alerts",
      header: t("devices.alerts"),
      cell: (item) =>
        item.alerts.length === 0 ? (
          <OrDash />
        ) : (
          item.alerts.map((alert) => (
            <StatusIndicator key={alert} type="warning">
              {t(`device_alerts.${alert}`, { defaultValue: alert })}
            </StatusIndicator>
          ))
        ),
    },
  ];
}
