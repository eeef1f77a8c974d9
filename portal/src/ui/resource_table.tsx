// The one table of the portal: search, filters, order, columns, CSV and pages by cursor, and words for every state.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ListQuery } from "../api/parameters";
import { asProblem } from "../api/problem";
import type { Page } from "../api/types";
import { formatTotal } from "./format";
import { useIsLeaving } from "./leaving";
import { listQuery, nextSort, sortField } from "./list_query";
import { type ListShape, useListState } from "./list_state";
import { PAGE_SIZES, type TablePreferences, useTablePreferences } from "./preferences";
import { ProblemAlert } from "./problem_alert";
import { Empty } from "./states";
import { useLanguage } from "./use_language";

export interface Column<T> {
  id: string;
  header: string;
  cell: (item: T) => ReactNode;
  // The sort word of the API; "-word" sorts the other way. A column without one cannot be sorted by.
  sort?: string;
  isRowHeader?: boolean;
  numeric?: boolean;
  minWidth?: number;
  hiddenAtFirst?: boolean;
}

export interface Filter {
  name: string;
  label: string;
  options: { value: string; label: string }[];
}

interface ResourceTableProps<T, P extends Page<T>> {
  id: string;
  title: string;
  description?: ReactNode;
  headingTag?: "h1" | "h2" | "h3";
  shape: ListShape;
  columns: Column<T>[];
  queryKey: readonly unknown[];
  fetchPage: (query: ListQuery) => Promise<P>;
  trackBy: (item: T) => string;
  searchLabel?: string;
  filters?: Filter[];
  actions?: ReactNode;
  csv?: (query: ListQuery) => string;
  empty: ReactNode;
  onPage?: (page: P) => void;
  variant?: TableProps.Variant;
  selection?: Selection<T>;
}

// What is chosen stays chosen on other pages and after another search.
export interface Selection<T> {
  items: T[];
  onChange: (items: T[]) => void;
  labels: { group: string; all: string; item: (item: T) => string };
}

const SEARCH_PAUSE_MS = 300;
// A filter with more choices can be searched.
const SEARCHED_BEYOND = 60;

export function ResourceTable<T, P extends Page<T>>(props: ResourceTableProps<T, P>) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [preferences, setPreferences] = useTablePreferences(props.id);
  const { state, trail, change, turnTo } = useListState(props.shape);
  const query = listQuery(state, preferences.page_size);
  const { onPage } = props;
  const result = useQuery({
    queryKey: [...props.queryKey, query],
    queryFn: () => props.fetchPage(query),
    placeholderData: keepPreviousData,
  });
  const page = result.data;
  useEffect(() => {
    if (page !== undefined) onPage?.(page);
  }, [page, onPage]);

  const hidden = new Set(hiddenColumns(props.columns, preferences));
  const isNarrowed =
    state.search !== "" || Object.values(state.filters).some((value) => value !== "" && value !== "all");
  const pages = Math.max(trail.length, state.page + (page?.next_cursor === undefined ? 0 : 1));
  return (
    <Table<T>
      variant={props.variant ?? "container"}
      ariaLabels={{
        tableLabel: props.title,
        ...(props.selection && {
          selectionGroupLabel: props.selection.labels.group,
          allItemsSelectionLabel: () => props.selection?.labels.all ?? "",
          itemSelectionLabel: (_: unknown, item: T) => props.selection?.labels.item(item) ?? "",
        }),
      }}
      selectionType={props.selection && "multi"}
      selectedItems={props.selection?.items}
      onSelectionChange={({ detail }) => props.selection?.onChange(detail.selectedItems)}
      header={
        <Header
          variant={props.headingTag === "h1" ? "h1" : "h2"}
          headingTagOverride={props.headingTag}
          counter={page?.total && `(${formatTotal(language, page.total)})`}
          description={props.description}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {props.csv && (
                <Button href={props.csv(query)} download iconName="download">
                  {t("table.csv")}
                </Button>
              )}
              {props.actions}
            </SpaceBetween>
          }
        >
          {props.title}
        </Header>
      }
      items={result.isError ? [] : (page?.items ?? [])}
      trackBy={props.trackBy}
      loading={result.isPending}
      loadingText={t("common.loading")}
      wrapLines={preferences.wrap_lines}
      columnDefinitions={props.columns.map((column) => ({
        id: column.id,
        header: column.numeric ? <div className="menkyo-numeric">{column.header}</div> : column.header,
        cell: column.numeric ? (item: T) => <div className="menkyo-numeric">{column.cell(item)}</div> : column.cell,
        isRowHeader: column.isRowHeader,
        minWidth: column.minWidth,
        sortingField: sortField(column.sort),
        ariaLabel:
          column.sort === undefined ? undefined : (data: TableProps.LabelData) => sortLabel(column.header, data),
      }))}
      visibleColumns={props.columns.filter((column) => !hidden.has(column.id)).map((column) => column.id)}
      sortingColumn={{ sortingField: sortField(state.sort) }}
      sortingDescending={state.sort.startsWith("-")}
      onSortingChange={({ detail }) =>
        change({ sort: nextSort(props.columns, detail.sortingColumn.sortingField, state.sort) })
      }
      empty={
        result.isError ? (
          <ProblemAlert problem={asProblem(result.error)} onRetry={() => result.refetch()} />
        ) : isNarrowed ? (
          <Empty
            title={t("table.no_match")}
            text={t("table.no_match_text")}
            action={
              <Button onClick={() => change({ search: "", filters: props.shape.filters ?? {} })}>
                {t("table.clear_filters")}
              </Button>
            }
          />
        ) : (
          props.empty
        )
      }
      filter={
        (props.searchLabel !== undefined || props.filters !== undefined) && (
          <div className="menkyo-filters">
            {props.searchLabel !== undefined && (
              <SearchField label={props.searchLabel} value={state.search} onChange={(search) => change({ search })} />
            )}
            {props.filters?.map((filter) => (
              <FilterSelect
                key={filter.name}
                filter={filter}
                value={state.filters[filter.name] ?? ""}
                onChange={(value) => change({ filters: { [filter.name]: value } })}
              />
            ))}
          </div>
        )
      }
      pagination={
        pages > 1 ? (
          <Pagination
            currentPageIndex={state.page}
            pagesCount={pages}
            openEnd={page?.next_cursor !== undefined}
            disabled={result.isFetching && result.isPlaceholderData}
            onChange={({ detail }) => turnTo(detail.currentPageIndex, page?.next_cursor)}
          />
        ) : undefined
      }
      preferences={<Preferences columns={props.columns} preferences={preferences} onChange={setPreferences} />}
    />
  );

  function sortLabel(header: string, data: TableProps.LabelData) {
    if (!data.sorted) return t("table.not_sorted", { column: header });
    return t(data.descending ? "table.sorted_descending" : "table.sorted_ascending", { column: header });
  }
}

function hiddenColumns<T>(columns: Column<T>[], preferences: TablePreferences): string[] {
  const known = new Set(preferences.hidden);
  return columns
    .filter(
      (column) => !column.isRowHeader && (column.hiddenAtFirst ? !known.has(`+${column.id}`) : known.has(column.id)),
    )
    .map((column) => column.id);
}

function SearchField({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  const isLeaving = useIsLeaving();
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  // The address may change under the field (back button, "clear filters"); the field follows it.
  if (known !== value) {
    setKnown(value);
    setText(value);
  }
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => {
      // A search that waited must not call back a link that was followed meanwhile.
      if (!isLeaving()) onChange(text.trim());
    }, SEARCH_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange, isLeaving]);
  return (
    <TextFilter
      filteringText={text}
      filteringPlaceholder={label}
      filteringAriaLabel={label}
      filteringClearAriaLabel={t("table.clear_search")}
      onChange={({ detail }) => setText(detail.filteringText)}
    />
  );
}

function FilterSelect({
  filter,
  value,
  onChange,
}: {
  filter: Filter;
  value: string;
  onChange: (value: string) => void;
}) {
  const selected = filter.options.find((option) => option.value === value) ?? filter.options[0] ?? null;
  return (
    <Select
      inlineLabelText={filter.label}
      selectedOption={selected}
      options={filter.options}
      filteringType={filter.options.length > SEARCHED_BEYOND ? "auto" : "none"}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? "")}
      expandToViewport
    />
  );
}

function Preferences<T>(props: {
  columns: Column<T>[];
  preferences: TablePreferences;
  onChange: (next: TablePreferences) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const hidden = new Set(hiddenColumns(props.columns, props.preferences));
  return (
    <CollectionPreferences
      title={t("table.preferences")}
      confirmLabel={t("common.save")}
      cancelLabel={t("common.cancel")}
      preferences={{
        pageSize: props.preferences.page_size,
        wrapLines: props.preferences.wrap_lines,
        visibleContent: props.columns.filter((column) => !hidden.has(column.id)).map((column) => column.id),
      }}
      pageSizePreference={{
        title: t("table.page_size"),
        options: PAGE_SIZES.map((value) => ({
          value,
          label: t("table.rows", { count: value, formatted: formatTotal(language, { value, capped: false }) }),
        })),
      }}
      wrapLinesPreference={{ label: t("table.wrap_lines"), description: t("table.wrap_lines_text") }}
      visibleContentPreference={{
        title: t("table.columns"),
        options: [
          {
            label: t("table.columns_shown"),
            options: props.columns.map((column) => ({
              id: column.id,
              label: column.header,
              editable: !column.isRowHeader,
            })),
          },
        ],
      }}
      onConfirm={({ detail }) => {
        const visible = new Set(detail.visibleContent ?? []);
        props.onChange({
          page_size: detail.pageSize ?? props.preferences.page_size,
          wrap_lines: detail.wrapLines ?? false,
          hidden: props.columns.flatMap((column) => {
            if (column.hiddenAtFirst) return visible.has(column.id) ? [`+${column.id}`] : [];
            return visible.has(column.id) ? [] : [column.id];
          }),
        });
      }}
    />
  );
}

// A dash for a value that is not there, so that an empty cell never looks like a fault.
export function OrDash({ children }: { children?: ReactNode }) {
  return children === undefined || children === null || children === "" ? (
    <Box variant="span" color="text-status-inactive">
      –
    </Box>
  ) : (
    children
  );
}
