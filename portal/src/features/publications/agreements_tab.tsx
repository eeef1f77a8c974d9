// The agreements of an account: those in force, accepted or not, and who accepted what when.
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listAgreementAcceptances } from "../../api/calls";
import { asProblem } from "../../api/problem";
import type { Agreement } from "../../api/types";
import { accountKey } from "../../live/keys";
import { formatDate, formatDateTime } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { ProblemAlert } from "../../ui/problem_alert";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";
import { ReviewDialog } from "./review_dialog";
import { titleIn } from "./titles";
import { useAgreements } from "./use_agreements";

const SHAPE: ListShape = { prefix: "acceptances" };

interface Reading {
  agreement: Agreement;
  isInForce: boolean;
}

export function AgreementsTab({ sa }: { sa: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [reading, setReading] = useState<Reading | null>(null);
  const agreements = useAgreements(sa);
  const read = (agreement: Agreement, isInForce: boolean, word: string) => (
    <Button
      variant="inline-link"
      ariaLabel={`${word}: ${titleIn(language, agreement)}`}
      onClick={() => setReading({ agreement, isInForce })}
    >
      {word}
    </Button>
  );
  const title = {
    id: "title",
    header: t("publications.title_column"),
    isRowHeader: true,
    minWidth: 200,
    cell: (item: Agreement) => titleIn(language, item),
  };
  const inForce: TableProps.ColumnDefinition<Agreement>[] = [
    title,
    {
      id: "product",
      header: t("publications.product"),
      minWidth: 100,
      cell: (item) => item.product_code ?? <OrDash />,
    },
    {
      id: "edition",
      header: t("publications.edition"),
      minWidth: 150,
      cell: (item) =>
        t("publications.edition_of", { edition: item.edition, date: formatDate(language, item.published_at) }),
    },
    {
      id: "status",
      header: t("common.status"),
      minWidth: 120,
      cell: (item) => (
        <StatusIndicator type={item.accepted_at === undefined ? "pending" : "success"}>
          {t(item.accepted_at === undefined ? "agreements.open" : "agreements.accepted")}
        </StatusIndicator>
      ),
    },
    {
      id: "actions",
      header: t("common.actions"),
      minWidth: 110,
      cell: (item) => read(item, true, t(item.accepted_at === undefined ? "agreements.review" : "agreements.read")),
    },
  ];
  const accepted: Column<Agreement>[] = [
    title,
    {
      id: "edition",
      header: t("publications.edition"),
      cell: (item) => t("publications.edition_number", { edition: item.edition }),
    },
    {
      id: "accepted_at",
      header: t("agreements.accepted_at"),
      minWidth: 150,
      cell: (item) => formatDateTime(language, item.accepted_at ?? ""),
    },
    {
      id: "accepted_by",
      header: t("agreements.accepted_by"),
      minWidth: 120,
      cell: (item) => item.accepted_by ?? <OrDash />,
    },
    { id: "actions", header: t("common.actions"), cell: (item) => read(item, false, t("agreements.read")) },
  ];
  return (
    <SpaceBetween size="l">
      <Table
        variant="container"
        ariaLabels={{ tableLabel: t("agreements.in_force") }}
        loading={agreements.isPending}
        loadingText={t("common.loading")}
        items={agreements.data?.items ?? []}
        trackBy={(item) => item.publication_id}
        header={
          <Header variant="h2" description={t("agreements.text")}>
            {t("agreements.in_force")}
          </Header>
        }
        empty={
          agreements.isError ? (
            <ProblemAlert problem={asProblem(agreements.error)} onRetry={() => agreements.refetch()} />
          ) : (
            <Empty title={t("agreements.none")} text={t("agreements.none_text")} />
          )
        }
        columnDefinitions={inForce}
        wrapLines
      />
      <ResourceTable
        id="agreement_acceptances"
        title={t("agreements.history")}
        shape={SHAPE}
        columns={accepted}
        queryKey={accountKey(sa, "agreements", "", "acceptances")}
        fetchPage={(query) => listAgreementAcceptances(sa, query)}
        trackBy={(item) => `${item.publication_id} ${item.edition}`}
        empty={<Empty title={t("agreements.none_accepted")} text={t("agreements.none_accepted_text")} />}
      />
      {reading !== null && <ReviewDialog sa={sa} {...reading} onClose={() => setReading(null)} />}
    </SpaceBetween>
  );
}
