// The state of a list - search, filters, order, page - in the address of the page, so that it can be sent to somebody
// and survives a reload. Pages are reached by cursor: the address holds the present one, the history entry those before.
import { useCallback, useLayoutEffect, useMemo, useRef } from "react";
import { useLocation, useNavigate } from "react-router";

export interface ListState {
  search: string;
  sort: string;
  filters: Record<string, string>;
  page: number;
  cursor: string;
}

export interface ListShape {
  // Keeps two lists on one page apart: their parameters start with this.
  prefix?: string;
  // Filter name -> value when the address says nothing.
  filters?: Record<string, string>;
  sort?: string;
}

// The cursors of the pages seen so far; index 0 is page 1 and always "".
export type Trail = readonly string[];

const named = (shape: ListShape, name: string) => (shape.prefix === undefined ? name : `${shape.prefix}.${name}`);

export function readListState(parameters: URLSearchParams, shape: ListShape): ListState {
  const get = (name: string) => parameters.get(named(shape, name)) ?? "";
  const cursor = get("cursor");
  const page = Number.parseInt(get("page"), 10);
  const filters: Record<string, string> = {};
  for (const [name, fallback] of Object.entries(shape.filters ?? {})) filters[name] = get(name) || fallback;
  return {
    search: get("search"),
    sort: get("sort") || (shape.sort ?? ""),
    filters,
    cursor,
    // A page number without its cursor means nothing.
    page: cursor !== "" && page > 1 ? page : 1,
  };
}

// Answers new parameters; what equals the default is left out, and parameters of others stay as they are.
export function writeListState(parameters: URLSearchParams, shape: ListShape, state: ListState): URLSearchParams {
  const next = new URLSearchParams(parameters);
  const put = (name: string, value: string, fallback: string) => {
    if (value === fallback) next.delete(named(shape, name));
    else next.set(named(shape, name), value);
  };
  put("search", state.search, "");
  put("sort", state.sort, shape.sort ?? "");
  for (const [name, fallback] of Object.entries(shape.filters ?? {})) put(name, state.filters[name] ?? "", fallback);
  put("cursor", state.page > 1 ? state.cursor : "", "");
  put("page", state.page > 1 ? String(state.page) : "", "");
  return next;
}

// The pages one can go to from here: those of the trail and, when the list goes on, the next one.
export function extendTrail(trail: Trail, state: ListState, nextCursor: string | undefined): Trail {
  const known = trail.slice(0, state.page);
  while (known.length < state.page) known.push("");
  known[state.page - 1] = state.page === 1 ? "" : state.cursor;
  return nextCursor === undefined ? known : [...known, nextCursor];
}

// Moves to a page of the trail. A page whose cursor is not known (the address came from elsewhere) falls back to the
// nearest known page before it; page 1 is always known.
export function goToPage(state: ListState, trail: Trail, page: number): ListState {
  let wanted = Math.max(1, Math.min(page, trail.length));
  while (wanted > 1 && (trail[wanted - 1] ?? "") === "") wanted -= 1;
  return { ...state, page: wanted, cursor: wanted === 1 ? "" : (trail[wanted - 1] ?? "") };
}

export type ListChange = Partial<Pick<ListState, "search" | "sort" | "filters">>;

// Any change of what is listed starts at the first page again. Filters that the change does not name stay.
export function changeList(state: ListState, change: ListChange): ListState {
  return { ...state, ...change, filters: { ...state.filters, ...change.filters }, page: 1, cursor: "" };
}

interface HistoryState {
  trails?: Record<string, Trail>;
}

export function useListState(shape: ListShape) {
  const location = useLocation();
  const navigate = useNavigate();
  const state = useMemo(() => readListState(new URLSearchParams(location.search), shape), [location.search, shape]);
  const history = location.state as HistoryState | null;
  const key = shape.prefix ?? "";
  const trail = useMemo(() => history?.trails?.[key] ?? [], [history, key]);
  // Somebody types, goes on to a filter and chooses, all before the page is drawn anew: each change builds on the last.
  const latest = useRef(state);
  useLayoutEffect(() => {
    latest.current = state;
  }, [state]);

  const go = useCallback(
    (next: ListState, nextTrail: Trail, replace: boolean) => {
      // The address is read anew: two changes in one tick must not undo each other.
      const parameters = writeListState(new URLSearchParams(window.location.search), shape, next);
      navigate(
        { search: parameters.toString() },
        { replace, preventScrollReset: true, state: { ...history, trails: { ...history?.trails, [key]: nextTrail } } },
      );
    },
    [navigate, shape, history, key],
  );
  const change = useCallback(
    (part: ListChange) => {
      latest.current = changeList(latest.current, part);
      go(latest.current, [], true);
    },
    [go],
  );
  const turnTo = useCallback(
    (page: number, nextCursor: string | undefined) => {
      const known = extendTrail(trail, state, nextCursor);
      go(goToPage(state, known, page), known, false);
    },
    [go, state, trail],
  );
  return { state, trail, change, turnTo };
}
