// @vitest-environment jsdom
// The one table of the portal, in each of the states a person may meet.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import i18next from "i18next";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { initReactI18next } from "react-i18next";
import { createMemoryRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { ListQuery } from "../src/api/parameters";
import { ApiProblem } from "../src/api/problem";
import type { Page } from "../src/api/types";
import en from "../src/i18n/en.json";
import type { ListShape } from "../src/ui/list_state";
import { ResourceTable } from "../src/ui/resource_table";

interface Thing {
  id: string;
}

const SHAPE: ListShape = { filters: { status: "all" } };
let host: HTMLDivElement;
let root: Root;

beforeAll(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  window.matchMedia = ((query: string) => ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  })) as unknown as typeof window.matchMedia;
  await i18next.use(initReactI18next).init({
    lng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
  });
});

beforeEach(() => {
  host = document.createElement("div");
  document.body.append(host);
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
});

type Fetch = (query: ListQuery) => Promise<Page<Thing>>;

async function show(fetchPage: Fetch, address = "/") {
  const router = createMemoryRouter(
    [
      {
        path: "*",
        element: (
          <ResourceTable
            id="things"
            title="Things"
            shape={SHAPE}
            columns={[{ id: "id", header: "Name", isRowHeader: true, cell: (item: Thing) => item.id }]}
            queryKey={["things"]}
            fetchPage={fetchPage}
            trackBy={(item) => item.id}
            searchLabel="Search things"
            empty={<p>Make one first.</p>}
          />
        ),
      },
    ],
    { initialEntries: [address] },
  );
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await act(async () =>
    root.render(
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>,
    ),
  );
  return router;
}

const text = () => host.textContent ?? "";
const until = (words: string) => act(() => vi.waitFor(() => expect(text()).toContain(words)));

function press(name: string) {
  const button = [...host.querySelectorAll("button")].find(
    (each) => each.textContent?.trim() === name || each.getAttribute("aria-label") === name,
  );
  if (button === undefined) throw new Error(`there is no button ${name}`);
  return act(async () => button.click());
}

it("shows the rows and how many there are", async () => {
  await show(async () => ({ items: [{ id: "one" }, { id: "two" }], total: { value: 10_000, capped: true } }));
  await until("two");
  expect(text()).toContain("(10,000+)");
});

it("says what went wrong, and shows the rows once it works again", async () => {
  let broken = true;
  await show(async () => {
    if (broken) throw new ApiProblem({ code: "storage_unavailable", status: 503, request_id: "req_7" });
    return { items: [{ id: "one" }] };
  });
  await until("The database cannot be used at present");
  expect(text()).toContain("req_7");
  broken = false;
  await press("Try again");
  await until("one");
  expect(text()).not.toContain("The database cannot be used at present");
});

it("says what to do when there is nothing", async () => {
  await show(async () => ({ items: [] }));
  await until("Make one first.");
});

it("tells a search without matches from an empty list, and clears it", async () => {
  const router = await show(
    async (query) => ({ items: query.search === undefined ? [{ id: "one" }] : [] }),
    "/?search=zzz&status=odd",
  );
  await until("Nothing matches");
  expect(text()).not.toContain("Make one first.");
  await press("Clear the filters");
  await until("one");
  expect(router.state.location.search).toBe("");
});

it("asks for the page that the address names", async () => {
  const asked: ListQuery[] = [];
  await show(async (query) => {
    asked.push(query);
    return { items: [{ id: "fifty-one" }] };
  }, "/?page=2&cursor=c2&search=f");
  await until("fifty-one");
  expect(asked).toEqual([{ limit: 50, search: "f", cursor: "c2" }]);
});
