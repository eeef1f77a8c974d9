import { describe, expect, it } from "vitest";
import { listQuery, nextSort, sortField } from "./list_query";

const STATE = { search: "", sort: "", filters: { status: "all" }, page: 1, cursor: "" };

describe("the query of a list", () => {
  it("leaves out what says nothing", () => {
    expect(listQuery(STATE, 50)).toEqual({ limit: 50 });
  });

  it("carries search, filters, order and cursor", () => {
    const state = { search: "a", sort: "-short", filters: { status: "out_of_compliance" }, page: 2, cursor: "c" };
    expect(listQuery(state, 20)).toEqual({
      limit: 20,
      search: "a",
      sort: "-short",
      status: "out_of_compliance",
      cursor: "c",
    });
  });
});

describe("the order of a list", () => {
  const columns = [{ sort: "name" }, {}, { sort: "-short" }];

  it("is the one order that the chosen column has", () => {
    expect(nextSort(columns, sortField("-short"), "name")).toBe("-short");
    expect(nextSort(columns, sortField("name"), "-short")).toBe("name");
    expect(nextSort(columns, sortField("-short"), "-short")).toBe("-short");
  });

  it("stays as it is for a column without one", () => {
    expect(nextSort(columns, undefined, "name")).toBe("name");
    expect(nextSort(columns, "other", "name")).toBe("name");
  });
});
