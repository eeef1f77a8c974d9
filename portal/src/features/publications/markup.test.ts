import { describe, expect, it } from "vitest";
import { isTarget, readInline, readMarkup } from "./markup";

describe("the markup of published texts", () => {
  it("has headings, paragraphs and lists", () => {
    expect(readMarkup("## One\n\na\nb\n\n- x\n- y\n\n1. z\n### Two")).toEqual([
      { kind: "heading", level: 2, content: [{ kind: "text", text: "One" }] },
      {
        kind: "paragraph",
        content: [
          { kind: "text", text: "a" },
          { kind: "text", text: "\n" },
          { kind: "text", text: "b" },
        ],
      },
      { kind: "list", ordered: false, items: [[{ kind: "text", text: "x" }], [{ kind: "text", text: "y" }]] },
      { kind: "list", ordered: true, items: [[{ kind: "text", text: "z" }]] },
      { kind: "heading", level: 3, content: [{ kind: "text", text: "Two" }] },
    ]);
  });

  it("has strong words, code and links", () => {
    expect(readInline("a **b** `c` [d](/e) <mailto:f@g.example>")).toEqual([
      { kind: "text", text: "a " },
      { kind: "strong", text: "b" },
      { kind: "text", text: " " },
      { kind: "code", text: "c" },
      { kind: "text", text: " " },
      { kind: "link", text: "d", target: "/e" },
      { kind: "text", text: " " },
      { kind: "link", text: "f@g.example", target: "mailto:f@g.example" },
    ]);
  });

  it("takes everything else as text", () => {
    for (const text of [
      "<script>alert(1)</script>",
      "<img src=x onerror=alert(1)>",
      "[x](javascript:alert)",
      "[x](data:text/html,y)",
      "<javascript:alert>",
      "[x](//evil.example)",
      "[x](/\\evil.example)",
      "{operator}",
      "**",
    ]) {
      expect(readInline(text)).toEqual([{ kind: "text", text }]);
    }
  });

  it("leads only where it may", () => {
    for (const target of [
      "/privacy",
      "/",
      "https://a.example/b?c#d",
      "http://a.example",
      "mailto:a@b.example",
      "tel:+81-3",
    ])
      expect(isTarget(target), target).toBe(true);
    for (const target of ["", "privacy", "//a.example", "JAVASCRIPT:x", "ftp://a", "https://", 'https://a"b', "/a b"])
      expect(isTarget(target), target).toBe(false);
  });

  it("reads a long text of one character in no time", () => {
    for (const each of ["*", "<", "[", "`", "#", "- "]) {
      const start = performance.now();
      readMarkup(each.repeat(30_000));
      expect(performance.now() - start, each).toBeLessThan(500);
    }
  });
});
