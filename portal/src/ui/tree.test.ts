import { describe, expect, it } from "vitest";
import { buildTree, filterTree, treeKey, visibleRows, windowOf } from "./tree";

interface Item {
  id: string;
  parent?: string;
}

const build = (items: Item[]) =>
  buildTree(
    items,
    (item) => item.id,
    (item) => item.parent,
  );
const ids = (rows: { id: string }[]) => rows.map((row) => row.id).join(" ");
const SMALL: Item[] = [
  { id: "a" },
  { id: "b" },
  { id: "a1", parent: "a" },
  { id: "a2", parent: "a" },
  { id: "a1x", parent: "a1" },
];

describe("building a tree", () => {
  it("puts children below their parents whatever the order", () => {
    const roots = build([...SMALL].reverse());
    expect(ids(visibleRows(roots, new Set(["a", "a1"])))).toBe("b a a2 a1 a1x");
    expect(visibleRows(roots, new Set(["a", "a1"])).map((row) => row.level)).toEqual([1, 1, 2, 2, 3]);
  });

  it("shows as a root what lies below something the person may not see", () => {
    const roots = build([
      { id: "x", parent: "hidden" },
      { id: "y", parent: "x" },
    ]);
    expect(ids(roots)).toBe("x");
    expect(roots[0]?.children[0]?.level).toBe(2);
  });

  it("loses nothing when records name each other as parents", () => {
    const roots = build([
      { id: "x", parent: "y" },
      { id: "y", parent: "x" },
      { id: "z", parent: "z" },
    ]);
    expect(
      ids(visibleRows(roots, new Set(["x", "y", "z"])))
        .split(" ")
        .sort(),
    ).toEqual(["x", "y", "z"]);
  });

  it("takes ten thousand nodes without delay", () => {
    const items = Array.from({ length: 10_000 }, (_, i) =>
      i < 10 ? { id: `n${i}` } : { id: `n${i}`, parent: `n${Math.floor(i / 10)}` },
    );
    const started = performance.now();
    const rows = visibleRows(build(items), new Set(items.map((item) => item.id)));
    expect(rows).toHaveLength(10_000);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("searching a tree", () => {
  it("keeps the matches and the way to them, opened", () => {
    const found = filterTree(build(SMALL), (item) => item.id === "a1x" || item.id === "b");
    expect(found.match_count).toBe(2);
    expect(ids(visibleRows(found.roots, found.expanded))).toBe("a a1 a1x b");
  });

  it("finds nothing where nothing is", () => {
    expect(filterTree(build(SMALL), () => false)).toMatchObject({ roots: [], match_count: 0 });
  });
});

describe("keys in a tree", () => {
  const roots = build(SMALL);
  const open = new Set(["a"]);
  const rows = visibleRows(roots, open);
  const key = (focused: string, name: string) => treeKey(rows, open, focused, name);

  it.each([
    ["a", "ArrowDown", { focus: "a1" }],
    ["a", "ArrowUp", null],
    ["a2", "ArrowDown", { focus: "b" }],
    ["b", "ArrowDown", null],
    ["b", "Home", { focus: "a" }],
    ["a", "End", { focus: "b" }],
    ["a", "ArrowRight", { focus: "a1" }],
    ["a1", "ArrowRight", { expand: "a1" }],
    ["a2", "ArrowRight", null],
    ["a", "ArrowLeft", { collapse: "a" }],
    ["a2", "ArrowLeft", { focus: "a" }],
    ["b", "ArrowLeft", null],
    ["a", "x", null],
  ])("%s %s", (focused, name, expected) => {
    expect(key(focused, name)).toEqual(expected);
  });

  it("begins at the first row when the focused one is gone", () => {
    expect(key("gone", "ArrowDown")).toEqual({ focus: "a" });
  });
});

describe("the window over the rows", () => {
  it("holds the rows in view and some more", () => {
    expect(windowOf(10_000, 36, 3_600, 720, 5)).toEqual({ first: 95, last: 125 });
    expect(windowOf(10_000, 36, 0, 720, 5)).toEqual({ first: 0, last: 25 });
    expect(windowOf(3, 36, 0, 720, 5)).toEqual({ first: 0, last: 3 });
  });

  it("is empty rather than wrong when the list has shrunk below the scroll position", () => {
    const { first, last } = windowOf(3, 36, 9_000, 720, 5);
    expect(last).toBeGreaterThanOrEqual(first);
  });
});
