import { expect, it } from "vitest";
import type { PreviewedRow } from "../../api/types";
import { batchesOf } from "./batches";

const row = (n: number, effect: PreviewedRow["effect"], ends_at?: string): PreviewedRow => ({
  line: n,
  mail: "",
  role: "",
  virtual_account: "",
  ends_on: "",
  wish: { mail: `u${n}@example.com`, role: "sa_user", ends_at },
  effect,
});

it("leaves out what is so already, and puts what ends last", () => {
  const rows = [
    row(2, "end_changed", "2027-03-31T14:59:59Z"),
    row(3, "nothing"),
    row(4, "user_added"),
    { ...row(5, undefined), wish: undefined },
    row(6, "role_added"),
  ];
  expect(batchesOf(rows).map((batch) => batch.map((wish) => wish.mail))).toEqual([
    ["u4@example.com", "u6@example.com", "u2@example.com"],
  ]);
});

it("makes portions that the server takes", () => {
  const rows = Array.from({ length: 101 }, (_, n) => row(n, "user_added"));
  expect(batchesOf(rows).map((batch) => batch.length)).toEqual([50, 50, 1]);
  expect(batchesOf([])).toEqual([]);
});
