import { describe, expect, it } from "vitest";
import { keepsAllRules, keptRules } from "./password_rules";

describe("a composed password", () => {
  const kept = (password: string) => [...keptRules("composed", password)].sort();
  const hasLength = (password: string) => keptRules("composed", password).has("length");

  it("sees each rule by itself", () => {
    expect(kept("")).toEqual([]);
    expect(kept("abc")).toEqual(["lower"]);
    expect(kept("ABC")).toEqual(["upper"]);
    expect(kept("123")).toEqual(["digit"]);
    expect(kept("~")).toEqual(["symbol"]);
    expect(keepsAllRules("composed", "Correct-horse-7")).toBe(true);
    expect(keepsAllRules("composed", "Correct-horse-x")).toBe(false);
  });

  it("has 12 to 60 characters", () => {
    expect(hasLength("x".repeat(11))).toBe(false);
    expect(hasLength("x".repeat(12))).toBe(true);
    expect(hasLength("x".repeat(60))).toBe(true);
    expect(hasLength("x".repeat(61))).toBe(false);
    // Six characters that take two UTF-16 units each are six.
    expect(hasLength("😀".repeat(6))).toBe(false);
  });

  it("may have every ASCII symbol, but neither letters of other scripts nor a space for one", () => {
    for (const symbol of "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") expect(kept(symbol), symbol).toEqual(["symbol"]);
    expect(kept("あア字é ")).toEqual([]);
  });

  it("is the same from a full-width keyboard", () => {
    expect(kept("Ａｂ１！")).toEqual(["digit", "lower", "symbol", "upper"]);
  });
});

it("a password that must only be long enough has 15 to 200 characters of any kind", () => {
  expect(keepsAllRules("long_enough", "x".repeat(14))).toBe(false);
  expect(keepsAllRules("long_enough", "x".repeat(15))).toBe(true);
  expect(keepsAllRules("long_enough", "長".repeat(200))).toBe(true);
  expect(keepsAllRules("long_enough", "x".repeat(201))).toBe(false);
});
