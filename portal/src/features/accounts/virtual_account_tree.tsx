import Box from "@cloudscape-design/components/box";
import Input from "@cloudscape-design/components/input";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ApiProblem } from "../../api/problem";
import type { VirtualAccount } from "../../api/types";
import { formatNumber } from "../../ui/format";
import { ProblemAlert } from "../../ui/problem_alert";
import { Empty } from "../../ui/states";
import { buildTree, filterTree } from "../../ui/tree";
import { Tree } from "../../ui/tree_view";
import { useLanguage } from "../../ui/use_language";

interface VirtualAccountTreeProps {
  items: VirtualAccount[];
  selected: string | undefined;
  complete: boolean;
  problem: ApiProblem | null;
  onRetry: () => void;
  onSelect: (virtual_account_id: string) => void;
}

// Trees up to this size are shown with their first level open.
const OPEN_AT_MOST = 60;

export function VirtualAccountTree({ items, selected, complete, problem, onRetry, onSelect }: VirtualAccountTreeProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [search, setSearch] = useState("");
  const wanted = useDeferredValue(search.trim().toLocaleLowerCase(language));
  const [chosen, setChosen] = useState<Set<string> | null>(null);
  const roots = useMemo(
    () =>
      buildTree(
        items,
        (item) => item.virtual_account_id,
        (item) => item.parent_id,
      ),
    [items],
  );
  const found = useMemo(
    () =>
      wanted === ""
        ? null
        : filterTree(roots, (item) => `${item.name} ${item.number}`.toLocaleLowerCase(language).includes(wanted)),
    [roots, wanted, language],
  );
  const opened = useMemo(() => {
    const open = new Set(chosen ?? (items.length <= OPEN_AT_MOST ? roots.map((root) => root.id) : []));
    // The way to the selected one is open until the person closes it.
    if (chosen === null) for (const id of ancestorsOf(items, selected)) open.add(id);
    return open;
  }, [chosen, items, roots, selected]);

  if (problem !== null && items.length === 0) return <ProblemAlert problem={problem} onRetry={onRetry} />;
  return (
    <SpaceBetween size="xs">
      <Input
        type="search"
        value={search}
        placeholder={t("virtual_accounts.search")}
        ariaLabel={t("virtual_accounts.search")}
        clearAriaLabel={t("table.clear_search")}
        onChange={({ detail }) => setSearch(detail.value)}
      />
      {found !== null && (
        <LiveRegion>
          <Box variant="small">
            {t("virtual_accounts.found", {
              count: found.match_count,
              formatted: formatNumber(language, found.match_count),
            })}
          </Box>
        </LiveRegion>
      )}
      {complete && items.length === 0 ? (
        <Empty title={t("virtual_accounts.none")} text={t("virtual_accounts.none_text")} />
      ) : (
        <Tree
          label={t("virtual_accounts.title")}
          roots={found?.roots ?? roots}
          expanded={found?.expanded ?? opened}
          selected={selected}
          onExpandedChange={setChosen}
          onSelect={(item) => onSelect(item.virtual_account_id)}
          text={(item) => item.name}
        />
      )}
      {!complete && problem === null && (
        <StatusIndicator type="loading">
          {t("virtual_accounts.loading", { formatted: formatNumber(language, items.length) })}
        </StatusIndicator>
      )}
      {problem !== null && <ProblemAlert problem={problem} onRetry={onRetry} />}
    </SpaceBetween>
  );
}

// The parents of a virtual account, nearest first; what the person may not see ends the way.
export function ancestorsOf(items: readonly VirtualAccount[], id: string | undefined): string[] {
  const byId = new Map(items.map((item) => [item.virtual_account_id, item]));
  const way: string[] = [];
  let parent = byId.get(id ?? "")?.parent_id;
  while (parent !== undefined && !way.includes(parent)) {
    way.push(parent);
    parent = byId.get(parent)?.parent_id;
  }
  return way;
}
