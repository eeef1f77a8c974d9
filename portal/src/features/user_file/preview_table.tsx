// What each row of a file would do, and what is wrong with it.
import Pagination from "@cloudscape-design/components/pagination";
import Select from "@cloudscape-design/components/select";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PreviewedRow, UserFileFault, UserFilePreview } from "../../api/types";
import { formatDate, formatNumber } from "../../ui/format";
import { OrDash } from "../../ui/resource_table";
import { useLanguage } from "../../ui/use_language";
import { faultText } from "./fault_text";

export const OUTCOMES = ["faulty", "user_added", "role_added", "end_changed", "nothing"] as const;
export type Outcome = (typeof OUTCOMES)[number];

const LOOKS: Record<Outcome, StatusIndicatorProps.Type> = {
  faulty: "error",
  user_added: "success",
  role_added: "success",
  end_changed: "success",
  nothing: "stopped",
};

// A line of the file: its row, if it could be taken apart, and its faults.
export interface FileLine {
  line: number;
  row: PreviewedRow | undefined;
  faults: UserFileFault[];
  outcome: Outcome;
}

export function linesOf({ rows, faults }: UserFilePreview): FileLine[] {
  const lines = new Map<number, FileLine>();
  for (const row of rows) lines.set(row.line, { line: row.line, row, faults: [], outcome: row.effect ?? "faulty" });
  for (const fault of faults) {
    const known = lines.get(fault.line);
    if (known !== undefined) known.faults.push(fault);
    else lines.set(fault.line, { line: fault.line, row: undefined, faults: [fault], outcome: "faulty" });
  }
  return [...lines.values()].sort((a, b) => a.line - b.line);
}

const PAGE_SIZE = 50;

interface PreviewTableProps {
  lines: FileLine[];
  counts: Record<Outcome, number>;
}

export function PreviewTable({ lines, counts }: PreviewTableProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [shown, setShown] = useState<Outcome | "all">("all");
  const [page, setPage] = useState(1);
  const options = (["all", ...OUTCOMES] as const)
    .filter((value) => value === "all" || counts[value] > 0)
    .map((value) => ({ value, label: value === "all" ? t("user_file.all") : t(`user_file.outcomes.${value}`) }));
  const kept = lines.filter((line) => shown === "all" || line.outcome === shown);
  const pages = Math.ceil(kept.length / PAGE_SIZE);
  const roleOf = ({ row }: FileLine) => (row?.wish === undefined ? row?.role : t(`roles.${row.wish.role}`));
  const placeOf = ({ row }: FileLine) =>
    row?.wish !== undefined && row.wish.virtual_account_id === undefined
      ? t("users.whole_account")
      : row?.virtual_account;
  const endOf = ({ row }: FileLine) =>
    row?.wish?.ends_at === undefined ? row?.ends_on : formatDate(language, row.wish.ends_at);
  return (
    <Table
      variant="embedded"
      ariaLabels={{ tableLabel: t("text_file.preview") }}
      items={kept.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)}
      trackBy={(line) => String(line.line)}
      wrapLines
      filter={
        <Select
          inlineLabelText={t("user_file.show")}
          selectedOption={options.find((option) => option.value === shown) ?? null}
          options={options}
          expandToViewport
          onChange={({ detail }) => {
            setShown(OUTCOMES.find((each) => each === detail.selectedOption.value) ?? "all");
            setPage(1);
          }}
        />
      }
      pagination={
        pages > 1 ? (
          <Pagination
            currentPageIndex={page}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        ) : undefined
      }
      columnDefinitions={[
        {
          id: "line",
          header: t("text_file.line"),
          isRowHeader: true,
          minWidth: 60,
          cell: (line) => formatNumber(language, line.line),
        },
        {
          id: "outcome",
          header: t("user_file.outcome"),
          minWidth: 190,
          cell: (line) => (
            <>
              <StatusIndicator type={LOOKS[line.outcome]}>{t(`user_file.outcomes.${line.outcome}`)}</StatusIndicator>
              {line.faults.map((fault) => (
                <div key={`${fault.column} ${fault.code}`}>{faultText(t, fault)}</div>
              ))}
            </>
          ),
        },
        {
          id: "mail",
          header: t("user_file.columns.mail"),
          minWidth: 200,
          cell: ({ row }) => <OrDash>{row?.mail}</OrDash>,
        },
        {
          id: "role",
          header: t("user_file.columns.role"),
          minWidth: 150,
          cell: (line) => <OrDash>{roleOf(line)}</OrDash>,
        },
        {
          id: "virtual_account",
          header: t("user_file.columns.virtual_account"),
          minWidth: 190,
          cell: (line) => <OrDash>{placeOf(line)}</OrDash>,
        },
        {
          id: "ends_on",
          header: t("user_file.columns.ends_on"),
          minWidth: 110,
          cell: (line) => <OrDash>{endOf(line)}</OrDash>,
        },
      ]}
    />
  );
}
