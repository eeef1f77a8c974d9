import { expect, test } from "vitest";
import { dayOf, endOfDay } from "./end_date";

test("a day ends within itself, wherever somebody looks", () => {
  for (const day of ["2026-01-31", "2028-02-29", "2026-12-31"]) expect(dayOf(endOfDay(day))).toBe(day);
  expect(dayOf(undefined)).toBe("");
});
