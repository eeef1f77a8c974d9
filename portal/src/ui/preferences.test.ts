import { expect, it } from "vitest";
import { parsePreferences } from "./preferences";
import { fileName } from "./save_text";

it("believes only what makes sense of the stored preferences", () => {
  const defaults = { page_size: 50, hidden: [], wrap_lines: false };
  expect(parsePreferences(null)).toEqual(defaults);
  expect(parsePreferences("{")).toEqual(defaults);
  expect(parsePreferences("null")).toEqual(defaults);
  expect(parsePreferences('{"page_size":5000,"hidden":"x","wrap_lines":1}')).toEqual(defaults);
  expect(parsePreferences('{"page_size":100,"hidden":["a",1],"wrap_lines":true}')).toEqual({
    page_size: 100,
    hidden: ["a"],
    wrap_lines: true,
  });
});

it("makes file names that every file system takes", () => {
  expect(fileName("token", "東京/本社", "a: b?")).toBe("token-東京-本社-a-b");
  expect(fileName("token", "../..", "")).toBe("token-..-..");
});
