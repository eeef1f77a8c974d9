// How a person wants a table to look, remembered in this browser.
import { useCallback, useState } from "react";

export interface TablePreferences {
  page_size: number;
  hidden: string[];
  wrap_lines: boolean;
}

export const PAGE_SIZES = [20, 50, 100, 200] as const;
const DEFAULTS: TablePreferences = { page_size: 50, hidden: [], wrap_lines: false };

// Reads what was stored, which may come from another version or from nowhere.
export function parsePreferences(text: string | null): TablePreferences {
  if (text === null) return DEFAULTS;
  try {
    const value = JSON.parse(text) as Partial<TablePreferences> | null;
    const size = PAGE_SIZES.find((each) => each === value?.page_size);
    const hidden = Array.isArray(value?.hidden) ? value.hidden.filter((id) => typeof id === "string") : [];
    return { page_size: size ?? DEFAULTS.page_size, hidden, wrap_lines: value?.wrap_lines === true };
  } catch {
    return DEFAULTS;
  }
}

export function useTablePreferences(id: string): [TablePreferences, (next: TablePreferences) => void] {
  const key = `menkyo.table.${id}`;
  const [preferences, set] = useState(() => {
    try {
      return parsePreferences(localStorage.getItem(key));
    } catch {
      return DEFAULTS;
    }
  });
  const store = useCallback(
    (next: TablePreferences) => {
      set(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Without storage the preference lasts as long as the page.
      }
    },
    [key],
  );
  return [preferences, store];
}
