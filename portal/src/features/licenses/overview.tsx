// All virtual accounts at a glance, and their sums. Shortage and surplus stand apart: one never hides the other.
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { listOverview } from "../../api/calls";
import type { OverviewTotals, VirtualAccountOverview, VirtualAccountOverviewList } from "../../api/types";
import { useTitle } from "../../app/page";
import { accountKey } from "../../live/keys";
import { formatNumber } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, ResourceTable } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty } from "../../ui/states";
import { Compliance } from "../../ui/status";
import { useLanguage } from "../../ui/use_language";
import { HoldingNote } from "../partner/holding_note";
import { useLicenseManager } from "./layout";

const SHAPE: ListShape = { filters: { status: "all" } };

export function Overview() {
  const { t } = useTranslation();
  const { account } = useLicenseManager();
  const sa = account.smart_account_id;
  const [totals, setTotals] = useState<OverviewTotals | null>(null);
  const onPage = useCallback((page: { totals: OverviewTotals }) => setTotals(page.totals), []);
  useTitle(t("licenses.title_of", { account: account.name }));
  const columns = useColumns(sa);
  return (
    <SpaceBetween size="l">
      <HoldingNote account={account} />
      {totals !== null && <Totals totals={totals} />}
      <ResourceTable<VirtualAccountOverview, VirtualAccountOverviewList>
        id="overview"
        title={t("overview.title")}
        shape={SHAPE}
        columns={columns}
        queryKey={accountKey(sa, "overview")}
        fetchPage={(query) => listOverview(sa, query)}
        trackBy={(item) => item.virtual_account_id}
        searchLabel={t("virtual_accounts.search")}
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
        empty={<Empty title={t("virtual_accounts.none")} text={t("virtual_accounts.none_text")} />}
        onPage={onPage}
      />
    </SpaceBetween>
  );
}

function useColumns(sa: string): Column<VirtualAccountOverview>[] {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (value: number) => formatNumber(language, value);
  return [
    {
      id: "name",
      header: t("virtual_accounts.one"),
      isRowHeader: true,
      minWidth: 170,
      cell: (item) => (
        <>
          {item.path_names.length > 1 && (
            <Box variant="small" display="block" color="text-body-secondary">
              {item.path_names.slice(0, -1).join(" / ")}
            </Box>
          )}
          <RouteLink to={`/accounts/${sa}/licenses/${item.virtual_account_id}`}>{item.name}</RouteLink>
        </>
      ),
    },
    { id: "status", header: t("common.status"), cell: (item) => <Compliance status={item.status} />, minWidth: 130 },
    {
      id: "short",
      header: t("quantities.short"),
      numeric: true,
      cell: (item) => <Shortage quantity={item.short} />,
    },
    { id: "surplus", header: t("quantities.surplus"), numeric: true, cell: (item) => number(item.surplus) },
    { id: "owned", header: t("quantities.owned"), numeric: true, cell: (item) => number(item.owned) },
    { id: "in_use", header: t("quantities.in_use"), numeric: true, cell: (item) => number(item.in_use) },
    { id: "borrowed", header: t("quantities.borrowed"), numeric: true, cell: (item) => number(item.borrowed) },
    {
      id: "expiring",
      header: t("quantities.expiring"),
      numeric: true,
      cell: (item) =>
        item.expiring > 0 ? <StatusIndicator type="warning">{number(item.expiring)}</StatusIndicator> : number(0),
    },
    {
      id: "devices",
      header: t("devices.title"),
      numeric: true,
      cell: (item) => (
        <>
          {number(item.device_count)}
          {item.silent_device_count > 0 && (
            <Box variant="small" display="block" color="text-status-warning">
              {t("devices.silent_count", {
                count: item.silent_device_count,
                formatted: number(item.silent_device_count),
              })}
            </Box>
          )}
        </>
      ),
    },
    {
      id: "entitlements",
      header: t("quantities.entitlements"),
      numeric: true,
      hiddenAtFirst: true,
      cell: (item) => number(item.entitlement_count),
    },
    {
      id: "short_entitlements",
      header: t("quantities.short_entitlements"),
      numeric: true,
      hiddenAtFirst: true,
      cell: (item) => number(item.short_entitlement_count),
    },
  ];
}

export function Shortage({ quantity }: { quantity: number }) {
  const language = useLanguage();
  const text = formatNumber(language, quantity);
  return quantity > 0 ? <StatusIndicator type="error">{text}</StatusIndicator> : text;
}

function Totals({ totals }: { totals: OverviewTotals }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (value: number) => formatNumber(language, value);
  const isGood = totals.out_of_compliance_count === 0;
  return (
    <Container
      header={
        <Header variant="h2" description={t("overview.totals_text")}>
          {t("overview.totals")}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <Box fontSize="heading-m" fontWeight="bold">
          <StatusIndicator type={isGood ? "success" : "error"}>
            {isGood
              ? t("overview.all_good")
              : t("overview.not_good", {
                  count: totals.out_of_compliance_count,
                  formatted: number(totals.out_of_compliance_count),
                })}
          </StatusIndicator>
        </Box>
        <dl className="menkyo-totals">
          <TotalFigure label={t("quantities.short")} value={number(totals.short)} isAlarming={totals.short > 0} />
          <TotalFigure label={t("quantities.surplus")} value={number(totals.surplus)} />
          <TotalFigure label={t("quantities.owned")} value={number(totals.owned)} />
          <TotalFigure label={t("quantities.in_use")} value={number(totals.in_use)} />
          <TotalFigure label={t("quantities.borrowed")} value={number(totals.borrowed)} />
          <TotalFigure label={t("quantities.expiring")} value={number(totals.expiring)} />
          <TotalFigure label={t("devices.title")} value={number(totals.device_count)} />
          <TotalFigure label={t("devices.silent")} value={number(totals.silent_device_count)} />
        </dl>
      </SpaceBetween>
    </Container>
  );
}

function TotalFigure({ label, value, isAlarming = false }: { label: string; value: string; isAlarming?: boolean }) {
  return (
    <div>
      <dt>
        <Box variant="awsui-key-label">{label}</Box>
      </dt>
      <dd>
        <Box fontSize="heading-xl" fontWeight="light" color={isAlarming ? "text-status-error" : "inherit"}>
          {value}
        </Box>
      </dd>
    </div>
  );
}
