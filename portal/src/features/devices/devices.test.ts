import { describe, expect, it } from "vitest";
import { newcomers } from "./newcomers";
import { EMPTY_TOKEN_FORM, tokenRequest } from "./token_form";

describe("the form for a registration token", () => {
  it("makes a request with the defaults, without what was not given", () => {
    expect(tokenRequest({ ...EMPTY_TOKEN_FORM, description: "  Lab " })).toEqual({
      request: { description: "Lab", expires_in_days: 30, export_controlled_allowed: true },
    });
  });

  it.each([
    ["0", false],
    ["1", true],
    ["365", true],
    ["366", false],
    ["1.5", false],
    ["1e2", false],
    ["-1", false],
    ["", false],
    ["３０", false],
  ])("days %s", (days, isGood) => {
    expect("request" in tokenRequest({ ...EMPTY_TOKEN_FORM, expires_in_days: days })).toBe(isGood);
  });

  it("names every field to mend at once", () => {
    const form = { ...EMPTY_TOKEN_FORM, description: "x".repeat(201), expires_in_days: "x", max_uses: "101" };
    expect(tokenRequest(form)).toEqual({ wrong: ["description", "expires_in_days", "max_uses"] });
  });

  it("passes the uses and the export switch on", () => {
    expect(tokenRequest({ ...EMPTY_TOKEN_FORM, max_uses: "100", export_controlled_allowed: false })).toEqual({
      request: { description: "", expires_in_days: 30, max_uses: 100, export_controlled_allowed: false },
    });
  });
});

describe("newly registered product instances", () => {
  const device = (display_name: string, registered_at: string) => ({ display_name, registered_at });
  const old = device("old", "2026-01-01T00:00:00Z");
  const fresh = device("fresh", "2026-01-02T00:00:00Z");

  it("are not announced when the page is first shown", () => {
    expect(newcomers(null, [old, fresh]).names).toEqual([]);
  });

  it("are announced once", () => {
    const first = newcomers(null, [old]);
    const second = newcomers(first.seen, [fresh, old]);
    expect(second.names).toEqual(["fresh"]);
    expect(newcomers(second.seen, [fresh, old]).names).toEqual([]);
  });

  it("are not mixed up with a page that shows older ones", () => {
    expect(newcomers(newcomers(null, [fresh]).seen, [old]).names).toEqual([]);
  });

  it("are noticed in a list that was empty", () => {
    expect(newcomers(newcomers(null, []).seen, [old]).names).toEqual(["old"]);
  });
});
