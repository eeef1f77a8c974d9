// What a list asks the server for.
import type { ListQuery } from "../api/parameters";
import type { ListState } from "./list_state";

export function listQuery(state: ListState, pageSize: number): ListQuery {
  const query: Record<string, string | number> = { limit: pageSize };
  for (const [name, value] of Object.entries(state.filters)) {
    if (value !== "" && value !== "all") query[name] = value;
  }
  if (state.search !== "") query.search = state.search;
  if (state.sort !== "") query.sort = state.sort;
  if (state.cursor !== "") query.cursor = state.cursor;
  return query;
}

// The words of the API say field and direction in one ("-short"); a table wants the field alone.
export function sortField(sort: string | undefined): string | undefined {
  return sort?.replace(/^-/, "");
}

// The API offers each order one way only, so choosing a column means its one order, and choosing it again keeps it.
export function nextSort(columns: readonly { sort?: string }[], field: string | undefined, current: string): string {
  return columns.find((column) => column.sort !== undefined && sortField(column.sort) === field)?.sort ?? current;
}
