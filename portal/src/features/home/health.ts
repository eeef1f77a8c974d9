import type { OverviewTotals } from "../../api/types";

export interface HealthFinding {
  key: "short" | "expiring" | "silent";
  type: "error" | "warning";
  count: number;
}

// What somebody should look at, worst first. A shortage is never made good by a surplus elsewhere.
export function healthLines(totals: OverviewTotals): HealthFinding[] {
  const lines: HealthFinding[] = [];
  if (totals.short > 0) lines.push({ key: "short", type: "error", count: totals.short });
  if (totals.expiring > 0) lines.push({ key: "expiring", type: "warning", count: totals.expiring });
  if (totals.silent_device_count > 0) lines.push({ key: "silent", type: "warning", count: totals.silent_device_count });
  return lines;
}
