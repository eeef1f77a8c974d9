import ExpandableSection from "@cloudscape-design/components/expandable-section";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { listImportJobs } from "../../api/calls";
import type { ImportJob } from "../../api/types";
import { formatDateTime, formatNumber } from "../../ui/format";
import type { ListShape } from "../../ui/list_state";
import { type Column, OrDash, ResourceTable } from "../../ui/resource_table";
import { Empty } from "../../ui/states";
import { useLanguage } from "../../ui/use_language";

const SHAPE: ListShape = {};
const LOOK_AGAIN_MS = 2_000;
const STATUS = { running: "in-progress", done: "success", failed: "error" } as const;

export function JobsTab() {
  const { t } = useTranslation();
  const language = useLanguage();
  const queryClient = useQueryClient();
  const [running, setRunning] = useState(false);
  const onPage = useCallback(
    (page: { items: ImportJob[] }) => setRunning(page.items.some((job) => job.status === "running")),
    [],
  );
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => queryClient.invalidateQueries({ queryKey: ["operator", "jobs"] }), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [running, queryClient]);
  const columns: Column<ImportJob>[] = [
    {
      id: "kind",
      header: t("jobs.kind"),
      isRowHeader: true,
      cell: (job) => t(`job_kinds.${job.kind}`, { defaultValue: job.kind }),
    },
    {
      id: "status",
      header: t("common.status"),
      minWidth: 120,
      cell: (job) => <StatusIndicator type={STATUS[job.status]}>{t(`job_status.${job.status}`)}</StatusIndicator>,
    },
    { id: "progress", header: t("jobs.progress"), minWidth: 200, cell: (job) => <Progress job={job} /> },
    { id: "created_at", header: t("jobs.created_at"), cell: (job) => formatDateTime(language, job.created_at) },
    {
      id: "finished_at",
      header: t("jobs.finished_at"),
      cell: (job) => <OrDash>{job.finished_at && formatDateTime(language, job.finished_at)}</OrDash>,
    },
    { id: "problems", header: t("jobs.problems"), minWidth: 260, cell: (job) => <Problems job={job} /> },
  ];
  return (
    <ResourceTable
      id="jobs"
      title={t("operator.jobs")}
      shape={SHAPE}
      columns={columns}
      queryKey={["operator", "jobs"]}
      fetchPage={listImportJobs}
      trackBy={(job) => job.job_id}
      empty={<Empty title={t("jobs.none")} text={t("jobs.none_text")} />}
      onPage={onPage}
    />
  );
}

function Progress({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const text = t("jobs.progress_of", {
    done: formatNumber(language, job.done),
    total: formatNumber(language, job.total),
  });
  if (job.status !== "running") return text;
  const percent = job.total === 0 ? 0 : Math.floor((100 * job.done) / job.total);
  return <ProgressBar value={percent} description={text} ariaLabel={t("jobs.progress")} />;
}

function Problems({ job }: { job: ImportJob }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (job.problems.length === 0) return <OrDash />;
  return (
    <ExpandableSection
      headerText={t("jobs.problem_count", {
        count: job.problems.length,
        formatted: formatNumber(language, job.problems.length),
      })}
    >
      <ul>
        {job.problems.map((problem, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the problems of one answer have no other identity.
          <li key={index}>{problem}</li>
        ))}
      </ul>
    </ExpandableSection>
  );
}
