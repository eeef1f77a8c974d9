import { describe, expect, it } from "vitest";
import { isLeft } from "./leaving";

describe("a page", () => {
  const at = (pathname: string) => ({ pathname });

  it("is not left while only its list changes", () => {
    expect(isLeft("/list", { location: at("/list"), navigation: {} })).toBe(false);
    expect(isLeft("/list", { location: at("/list"), navigation: { location: at("/list") } })).toBe(false);
  });

  it("is left while the next one loads, and when the next one is not drawn yet", () => {
    expect(isLeft("/list", { location: at("/list"), navigation: { location: at("/list/1") } })).toBe(true);
    expect(isLeft("/list", { location: at("/list/1"), navigation: {} })).toBe(true);
  });
});
