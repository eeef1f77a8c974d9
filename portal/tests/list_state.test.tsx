// @vitest-environment jsdom
// What somebody does to a list before the page is drawn anew.
import { act } from "react";
import { createRoot } from "react-dom/client";
import { createMemoryRouter } from "react-router";
import { RouterProvider } from "react-router/dom";
import { expect, it, vi } from "vitest";
import { type ListShape, useListState } from "../src/ui/list_state";

const SHAPE: ListShape = { filters: { status: "all", kind: "all" } };

it("takes a search and filters one right after the other", async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  let list: ReturnType<typeof useListState> | undefined;
  function Probe() {
    list = useListState(SHAPE);
    return null;
  }
  const router = createMemoryRouter([{ path: "*", element: <Probe /> }]);
  const root = createRoot(document.createElement("div"));
  await act(async () => root.render(<RouterProvider router={router} />));
  await act(async () => {
    list?.change({ filters: { status: "odd" } });
    list?.change({ search: "site" });
    list?.change({ filters: { kind: "one" } });
  });
  expect(list?.state).toMatchObject({ search: "site", filters: { status: "odd", kind: "one" } });
  await act(async () => router.navigate("/?kind=two"));
  await act(async () => list?.change({ search: "site" }));
  expect(list?.state).toMatchObject({ search: "site", filters: { status: "all", kind: "two" } });
  act(() => root.unmount());
});
