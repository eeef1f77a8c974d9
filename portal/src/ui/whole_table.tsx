// A list that is small enough to be shown whole, without pages, filters or preferences.
import Header from "@cloudscape-design/components/header";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem";
import { formatNumber } from "./format";
import { ProblemAlert } from "./problem_alert";
import { Empty } from "./states";
import { useLanguage } from "./use_language";

interface WholeTableProps<T> {
  title: string;
  description: string;
  query: UseQueryResult<{ items: T[] }>;
  trackBy: (item: T) => string;
  columns: TableProps.ColumnDefinition<T>[];
  actions?: ReactNode;
  none: { title: string; text: string };
}

export function WholeTable<T>({ title, description, query, trackBy, columns, actions, none }: WholeTableProps<T>) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <Table
      variant="container"
      ariaLabels={{ tableLabel: title }}
      loading={query.isPending}
      loadingText={t("common.loading")}
      items={query.data?.items ?? []}
      trackBy={trackBy}
      header={
        <Header
          variant="h2"
          counter={query.data && `(${formatNumber(language, query.data.items.length)})`}
          description={description}
          actions={actions}
        >
          {title}
        </Header>
      }
      empty={
        query.isError ? (
          <ProblemAlert problem={asProblem(query.error)} onRetry={() => query.refetch()} />
        ) : (
          <Empty {...none} />
        )
      }
      columnDefinitions={columns}
      wrapLines
    />
  );
}
