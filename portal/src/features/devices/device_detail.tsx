// One product instance: what it is, what it uses and how that is covered, and the way to remove it.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { getDevice, removeDevice } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { DeviceDetail } from "../../api/types";
import { accountKey } from "../../live/keys";
import { Confirm } from "../../ui/confirm";
import { useFlash } from "../../ui/flash";
import { formatDateTime, formatNumber, localName, localProductName } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { OrDash } from "../../ui/resource_table";
import { Empty, PageLoading } from "../../ui/states";
import { Authorization, Compliance } from "../../ui/status";
import { useLanguage } from "../../ui/use_language";

interface DeviceDetailsProps {
  sa: string;
  va: string;
  id: string;
  onClose: () => void;
}

export function DeviceDetails({ sa, va, id, onClose }: DeviceDetailsProps) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const flash = useFlash();
  const [removing, setRemoving] = useState(false);
  const query = useQuery({
    queryKey: accountKey(sa, "devices", va, "detail", id),
    queryFn: () => getDevice(sa, va, id),
  });
  const device = query.data;
  const mayRemove = device?.status === "registered" && device.abilities.includes("license_work");
  if (removing && device !== undefined) {
    return (
      <Confirm
        title={t("devices.remove_title", { name: device.display_name })}
        confirm={t("devices.remove")}
        action={() => removeDevice(sa, va, id)}
        onClose={() => setRemoving(false)}
        onDone={() => {
          onClose();
          flash({ type: "success", content: t("devices.removed", { name: device.display_name }) });
          void queryClient.invalidateQueries({ queryKey: ["account", sa] });
        }}
      >
        {t("devices.remove_text")}
      </Confirm>
    );
  }
  return (
    <Modal
      visible
      size="large"
      header={device?.display_name ?? t("devices.one")}
      closeAriaLabel={t("common.close")}
      onDismiss={onClose}
      footer={
        mayRemove && (
          <Box float="right">
            <Button onClick={() => setRemoving(true)}>{t("devices.remove")}</Button>
          </Box>
        )
      }
    >
      {query.isPending && <PageLoading />}
      {query.isError && <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />}
      {device !== undefined && (
        <SpaceBetween size="l">
          <Facts device={device} />
          <Uses device={device} />
        </SpaceBetween>
      )}
    </Modal>
  );
}

const UDI_PARTS = ["product_id", "serial_number", "version_id", "uuid", "host_identifier", "mac_address"] as const;

function Facts({ device }: { device: DeviceDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const optional = [
    { label: t("devices.host_name"), value: device.host_name },
    { label: t("devices.software_version"), value: device.software_version },
    { label: t("devices.agent_version"), value: device.agent_version },
  ].filter((item) => item.value !== undefined && item.value !== "");
  return (
    <KeyValuePairs
      columns={3}
      items={[
        { label: t("devices.product"), value: `${localProductName(language, device)} (${device.product_code})` },
        { label: t("common.status"), value: t(`device_status.${device.status}`) },
        { label: t("devices.authorization"), value: <Authorization state={device.authorization_state} /> },
        { label: t("devices.registered_at"), value: formatDateTime(language, device.registered_at) },
        { label: t("devices.last_contact"), value: formatDateTime(language, device.last_contact_at) },
        { label: t("devices.identity_expires_at"), value: formatDateTime(language, device.identity_expires_at) },
        ...optional,
        ...UDI_PARTS.filter((part) => device.udi[part]).map((part) => ({
          label: t(`udi.${part}`),
          value: device.udi[part],
        })),
      ]}
    />
  );
}

function Uses({ device }: { device: DeviceDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Table
      variant="borderless"
      wrapLines
      ariaLabels={{ tableLabel: t("devices.uses") }}
      header={<Header variant="h3">{t("devices.uses")}</Header>}
      items={device.uses}
      trackBy="entitlement_id"
      empty={<Empty title={t("devices.no_uses")} text={t("devices.no_uses_text")} />}
      columnDefinitions={[
        {
          id: "name",
          header: t("licenses.one"),
          isRowHeader: true,
          minWidth: 160,
          cell: (use) => (
            <>
              {localName(language, use)}
              <Box variant="small" display="block" color="text-body-secondary">
                {use.code}
              </Box>
            </>
          ),
        },
        {
          id: "quantity",
          header: t("quantities.in_use"),
          minWidth: 90,
          cell: (use) => formatNumber(language, use.quantity),
        },
        { id: "status", header: t("common.status"), minWidth: 120, cell: (use) => <Compliance status={use.status} /> },
        {
          id: "covered_by",
          header: t("devices.covered_by"),
          minWidth: 150,
          cell: (use) => (
            <OrDash>
              {use.covered_by
                .map((each) =>
                  t("devices.covered_by_item", { code: each.code, formatted: formatNumber(language, each.quantity) }),
                )
                .join(t("common.list_separator"))}
            </OrDash>
          ),
        },
      ]}
    />
  );
}
