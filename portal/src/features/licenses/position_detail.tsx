// One license in one virtual account: where it comes from, what stands in for what, and who uses it.
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { getLicense } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { LicensePosition, LicensePositionDetail, Lot } from "../../api/types";
import { accountKey } from "../../live/keys";
import { formatDate, formatNumber, localName, localProductName } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { OrDash } from "../../ui/resource_table";
import { RouteLink } from "../../ui/route_link";
import { Empty, PageLoading } from "../../ui/states";
import { Compliance, LotStatus } from "../../ui/status";
import { useLanguage } from "../../ui/use_language";
import { loanSentence, sortedLoans } from "./loans";

interface PositionDetailProps {
  sa: string;
  va: string;
  id: string;
  onClose: () => void;
}

export function PositionDetail({ sa, va, id, onClose }: PositionDetailProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const query = useQuery({
    queryKey: accountKey(sa, "licenses", va, "detail", id),
    queryFn: () => getLicense(sa, va, id),
  });
  const title = query.data === undefined ? t("licenses.one") : localName(language, query.data.position);
  return (
    <Modal visible size="large" header={title} closeAriaLabel={t("common.close")} onDismiss={onClose}>
      {query.isPending && <PageLoading />}
      {query.isError && <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />}
      {query.isSuccess && (
        <SpaceBetween size="l">
          <Facts position={query.data.position} />
          <Loans detail={query.data} />
          <Lots lots={query.data.lots} />
          <Devices sa={sa} va={va} detail={query.data} />
        </SpaceBetween>
      )}
    </Modal>
  );
}

function Facts({ position }: { position: LicensePosition }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (value: number) => formatNumber(language, value);
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: t("common.status"), value: <Compliance status={position.status} /> },
        { label: t("quantities.owned"), value: number(position.owned) },
        { label: t("quantities.in_use"), value: number(position.in_use) },
        { label: t("quantities.balance"), value: number(position.balance) },
        { label: t("licenses.code"), value: position.code },
        { label: t("licenses.family"), value: position.family_code },
        { label: t("quantities.borrowed"), value: number(position.borrowed) },
        { label: t("quantities.lent"), value: number(position.lent) },
        { label: t("quantities.short"), value: number(position.short) },
        { label: t("quantities.reserved"), value: number(position.reserved) },
        { label: t("licenses.enforced"), value: t(position.enforced ? "common.yes" : "common.no") },
        { label: t("licenses.export_controlled"), value: t(position.export_controlled ? "common.yes" : "common.no") },
      ]}
    />
  );
}

function Loans({ detail }: { detail: LicensePositionDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const loans = sortedLoans(detail.loans);
  if (loans.length === 0) return null;
  return (
    <section>
      <Header variant="h3">{t("loans.title")}</Header>
      <ul>
        {loans.map((loan) => (
          <li key={`${loan.lender_code}/${loan.borrower_code}`}>{loanSentence(t, language, loan)}</li>
        ))}
      </ul>
    </section>
  );
}

function Lots({ lots }: { lots: Lot[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Table
      variant="borderless"
      wrapLines
      ariaLabels={{ tableLabel: t("lots.title") }}
      header={<Header variant="h3">{t("lots.title")}</Header>}
      items={lots}
      trackBy="lot_id"
      empty={<Empty title={t("lots.none")} text={t("lots.none_text")} />}
      columnDefinitions={[
        {
          id: "type",
          header: t("licenses.types"),
          isRowHeader: true,
          minWidth: 110,
          cell: (lot) => t(`license_types.${lot.license_type}`),
        },
        {
          id: "quantity",
          header: t("lots.quantity"),
          minWidth: 90,
          cell: (lot) => formatNumber(language, lot.quantity),
        },
        {
          id: "term",
          header: t("lots.term"),
          minWidth: 190,
          cell: (lot) =>
            lot.ends_at === undefined
              ? t("lots.term_open", { start: formatDate(language, lot.starts_at) })
              : t("lots.term_closed", {
                  start: formatDate(language, lot.starts_at),
                  end: formatDate(language, lot.ends_at),
                }),
        },
        { id: "status", header: t("common.status"), minWidth: 120, cell: (lot) => <LotStatus status={lot.status} /> },
        {
          id: "source",
          header: t("lots.source"),
          minWidth: 150,
          cell: (lot) => (
            <>
              {t(`lot_sources.${lot.source_kind}`, { defaultValue: lot.source_kind })}
              <Box variant="small" display="block" color="text-body-secondary">
                {lot.source_reference}
              </Box>
            </>
          ),
        },
        {
          id: "subscription",
          header: t("lots.subscription"),
          minWidth: 140,
          cell: (lot) => <OrDash>{lot.subscription}</OrDash>,
        },
      ]}
    />
  );
}

function Devices({ sa, va, detail }: { sa: string; va: string; detail: LicensePositionDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const address = (id: string) => `/accounts/${sa}/licenses/${va}?tab=devices&detail=${encodeURIComponent(id)}`;
  const rest = detail.device_count - detail.devices.length;
  return (
    <Table
      variant="borderless"
      wrapLines
      ariaLabels={{ tableLabel: t("devices.title") }}
      header={
        <Header variant="h3" counter={`(${formatNumber(language, detail.device_count)})`}>
          {t("devices.title")}
        </Header>
      }
      items={detail.devices}
      trackBy="device_id"
      empty={<Empty title={t("devices.none_using")} />}
      footer={rest > 0 && <Box>{t("devices.not_shown", { count: rest, formatted: formatNumber(language, rest) })}</Box>}
      columnDefinitions={[
        {
          id: "name",
          header: t("devices.one"),
          isRowHeader: true,
          minWidth: 150,
          cell: (item) => <RouteLink to={address(item.device_id)}>{item.display_name}</RouteLink>,
        },
        {
          id: "product",
          header: t("devices.product"),
          minWidth: 150,
          cell: (item) => localProductName(language, item),
        },
        {
          id: "quantity",
          header: t("quantities.in_use"),
          minWidth: 90,
          cell: (item) => formatNumber(language, item.quantity),
        },
      ]}
    />
  );
}
