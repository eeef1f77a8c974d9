import type { TFunction } from "i18next";

// The filter of a queue by status, which begins with all of them.
export function statusFilter(t: TFunction, states: { value: string; label: string }[]) {
  return {
    name: "status",
    label: t("common.status"),
    options: [{ value: "all", label: t("account_requests.all") }, ...states],
  };
}
