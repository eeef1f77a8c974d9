import { expect, it } from "vitest";
import { keptRules, PASSWORD_RULES } from "./password_rules";

const kept = (password: string) => [...keptRules(password)].sort();

it("sees each rule by itself", () => {
  expect(kept("")).toEqual([]);
  expect(kept("abc")).toEqual(["lower"]);
  expect(kept("ABC")).toEqual(["upper"]);
  expect(kept("123")).toEqual(["digit"]);
  expect(kept("~")).toEqual(["symbol"]);
  expect(kept("Correct-horse-7").length).toBe(PASSWORD_RULES.length);
});

it("counts characters, from 12 to 60", () => {
  expect(keptRules("x".repeat(11)).has("length")).toBe(false);
  expect(keptRules("x".repeat(12)).has("length")).toBe(true);
  expect(keptRules("x".repeat(60)).has("length")).toBe(true);
  expect(keptRules("x".repeat(61)).has("length")).toBe(false);
  // Six characters that take two UTF-16 units each are six.
  expect(keptRules("😀".repeat(6)).has("length")).toBe(false);
});

it("takes every ASCII symbol, and neither letters of other scripts nor a space for one", () => {
  for (const symbol of "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") expect(keptRules(symbol).has("symbol"), symbol).toBe(true);
  expect(keptRules("あア字é ").size).toBe(0);
});
