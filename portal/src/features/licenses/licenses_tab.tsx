import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useTranslation } from "react-i18next";
import { csvAddress, listLicenses } from "../../api/calls";
import type { LicensePosition, VirtualAccount } from "../../api/types";
import { accountKey } from "../../live/keys";
import { formatDate, formatNumber, localName } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { Compliance } from "../../ui/status";
import { useDetail } from "../../ui/use_detail";
import { useLanguage } from "../../ui/use_language";
import { Shortage } from "./overview";
import { PositionDetail } from "./position_detail";

const SHAPE: ListShape = { filters: { status: "all" }, sort: "name" };

export function LicensesTab({ sa, virtualAccount }: { sa: string; virtualAccount: VirtualAccount }) {
  const { t } = useTranslation();
  const va = virtualAccount.virtual_account_id;
  const detail = useDetail();
  const columns = useColumns(detail.open);
  return (
    <>
      <ResourceTable
        id="licenses"
        title={t("inventory.licenses")}
        shape={SHAPE}
        columns={columns}
        queryKey={accountKey(sa, "licenses", va)}
        fetchPage={(query) => listLicenses(sa, va, query)}
        trackBy={(item) => item.entitlement_id}
        searchLabel={t("licenses.search")}
        filters={[
          {
            name: "status",
            label: t("common.status"),
            options: ["all", "in_compliance", "out_of_compliance"].map((value) => ({
              value,
              label: t(`compliance.${value}`),
            })),
          },
        ]}
        csv={(query) => csvAddress(sa, va, "licenses", query)}
        empty={<Empty title={t("licenses.none")} text={t("licenses.none_text")} />}
      />
      {detail.id !== undefined && <PositionDetail sa={sa} va={va} id={detail.id} onClose={detail.close} />}
    </>
  );
}

function useColumns(open: (id: string) => void): Column<LicensePosition>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (value: number) => formatNumber(language, value);
  return [
    {
      id: "name",
      header: t("licenses.one"),
      isRowHeader: true,
      sort: "name",
      minWidth: 210,
      cell: (item) => (
        <>
          <Button variant="inline-link" onClick={() => open(item.entitlement_id)}>
            {localName(language, item)}
          </Button>
          <Box variant="small" display="block" color="text-body-secondary">
            {item.code}
          </Box>
          <Marks position={item} />
        </>
      ),
    },
    { id: "status", header: t("common.status"), minWidth: 130, cell: (item) => <Compliance status={item.status} /> },
    { id: "owned", header: t("quantities.owned"), numeric: true, cell: (item) => number(item.owned) },
    { id: "in_use", header: t("quantities.in_use"), numeric: true, cell: (item) => number(item.in_use) },
    {
      id: "reserved",
      header: t("quantities.reserved"),
      numeric: true,
      hiddenAtFirst: true,
      cell: (item) => number(item.reserved),
    },
    {
      id: "substitution",
      header: t("quantities.substitution"),
      numeric: true,
      minWidth: 120,
      cell: (item) => <Substitution position={item} />,
    },
    { id: "balance", header: t("quantities.balance"), numeric: true, cell: (item) => number(item.balance) },
    {
      id: "short",
      header: t("quantities.short"),
      numeric: true,
      sort: "-short",
      cell: (item) => <Shortage quantity={item.short} />,
    },
    {
      id: "next_end",
      header: t("quantities.next_end"),
      sort: "next_end_at",
      minWidth: 130,
      cell: (item) => (
        <OrDash>
          {item.next_end_at && (
            <>
              {formatDate(language, item.next_end_at)}
              {item.expiring > 0 && (
                <Box display="block">
                  <StatusIndicator type="warning">
                    {t("quantities.expiring_count", { count: item.expiring, formatted: number(item.expiring) })}
                  </StatusIndicator>
                </Box>
              )}
            </>
          )}
        </OrDash>
      ),
    },
    {
      id: "types",
      header: t("licenses.types"),
      cell: (item) => item.license_types.map((type) => t(`license_types.${type}`)).join(t("common.list_separator")),
    },
  ];
}

function Marks({ position }: { position: LicensePosition }) {
  const { t } = useTranslation();
  if (!position.enforced && !position.export_controlled) return null;
  return (
    <SpaceBetween direction="horizontal" size="xxs">
      {position.enforced && <Badge>{t("licenses.enforced")}</Badge>}
      {position.export_controlled && <Badge color="severity-medium">{t("licenses.export_controlled")}</Badge>}
    </SpaceBetween>
  );
}

function Substitution({ position }: { position: LicensePosition }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (position.borrowed === 0 && position.lent === 0) return <OrDash />;
  return (
    <>
      {position.borrowed > 0 && (
        <div>{t("quantities.borrowed_count", { formatted: formatNumber(language, position.borrowed) })}</div>
      )}
      {position.lent > 0 && (
        <div>{t("quantities.lent_count", { formatted: formatNumber(language, position.lent) })}</div>
      )}
    </>
  );
}
