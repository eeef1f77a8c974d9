import { describe, expect, it } from "vitest";
import { changeList, extendTrail, goToPage, type ListShape, readListState, writeListState } from "./list_state";

const SHAPE: ListShape = { filters: { status: "all" }, sort: "name" };
const read = (text: string, shape = SHAPE) => readListState(new URLSearchParams(text), shape);

describe("the state of a list in the address", () => {
  it("has defaults when the address says nothing", () => {
    expect(read("")).toEqual({ search: "", sort: "name", filters: { status: "all" }, page: 1, cursor: "" });
  });

  it("survives being written and read", () => {
    const state = {
      search: "東京 a&b",
      sort: "-short",
      filters: { status: "out_of_compliance" },
      page: 3,
      cursor: "c/2+x",
    };
    expect(read(writeListState(new URLSearchParams(), SHAPE, state).toString())).toEqual(state);
  });

  it("writes nothing for defaults and leaves the parameters of others alone", () => {
    const parameters = writeListState(new URLSearchParams("tab=devices&search=old&page=2&cursor=x"), SHAPE, read(""));
    expect(parameters.toString()).toBe("tab=devices");
  });

  it("keeps two lists on one page apart", () => {
    const other: ListShape = { prefix: "products" };
    const parameters = writeListState(new URLSearchParams("search=a"), other, { ...read("", other), search: "b" });
    expect(read(parameters.toString()).search).toBe("a");
    expect(read(parameters.toString(), other).search).toBe("b");
  });

  it("does not believe a page number without its cursor, nor nonsense", () => {
    expect(read("page=4").page).toBe(1);
    expect(read("page=-4&cursor=x").page).toBe(1);
    expect(read("page=x&cursor=x").page).toBe(1);
  });

  it("starts at the first page again when what is listed changes", () => {
    const state = changeList(read("page=3&cursor=c3"), { search: "new" });
    expect(state).toMatchObject({ search: "new", page: 1, cursor: "" });
  });

  it("keeps the filters that a change does not name", () => {
    const state = changeList(
      { ...read("status=odd"), filters: { status: "odd", kind: "all" } },
      { filters: { kind: "one" } },
    );
    expect(state.filters).toEqual({ status: "odd", kind: "one" });
  });
});

describe("pages by cursor", () => {
  it("goes forward and back through the pages it has seen", () => {
    const first = read("");
    const trail1 = extendTrail([], first, "c2");
    const second = goToPage(first, trail1, 2);
    expect(second).toMatchObject({ page: 2, cursor: "c2" });
    const trail2 = extendTrail(trail1, second, "c3");
    expect(trail2).toEqual(["", "c2", "c3"]);
    expect(goToPage(second, trail2, 3)).toMatchObject({ page: 3, cursor: "c3" });
    expect(goToPage(second, trail2, 1)).toMatchObject({ page: 1, cursor: "" });
  });

  it("offers no page after the last", () => {
    const second = { ...read(""), page: 2, cursor: "c2" };
    expect(extendTrail(["", "c2"], second, undefined)).toEqual(["", "c2"]);
    expect(goToPage(second, ["", "c2"], 3).page).toBe(2);
  });

  it("falls back to the first page when the address came without the pages before", () => {
    const third = read("page=3&cursor=c3");
    const trail = extendTrail([], third, "c4");
    expect(trail).toEqual(["", "", "c3", "c4"]);
    expect(goToPage(third, trail, 4)).toMatchObject({ page: 4, cursor: "c4" });
    expect(goToPage(third, trail, 2)).toMatchObject({ page: 1, cursor: "" });
  });

  it("drops what it knew of later pages when the list changed under it", () => {
    expect(extendTrail(["", "old2", "old3", "old4"], { ...read(""), page: 2, cursor: "new2" }, "new3")).toEqual([
      "",
      "new2",
      "new3",
    ]);
  });
});
