// The guide says the same in both languages, names texts that there are, and is what lies in docs/guide.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guidePathOf } from "../src/app/chapter_of";
import en from "../src/features/guide/en.json";
import { type Guide, partsOf, piecesOf, type Words } from "../src/features/guide/guide";
import { guide as english } from "../src/features/guide/guide_en";
import { guide as japanese } from "../src/features/guide/guide_ja";
import ja from "../src/features/guide/ja.json";
import texts from "../src/i18n/en.json";

const DOCS = join(import.meta.dirname, "../../docs/guide");
const GUIDES: [string, Guide][] = [
  ["ja", japanese],
  ["en", english],
];

const chaptersOf = (words: Words) => Object.keys(words.chapters);
const stepsOf = (words: Words) =>
  Object.entries(words.chapters).flatMap(([number, { steps }]) =>
    Object.keys(steps).map((step) => `${number}-${step}`),
  );
const keysOf = (words: Words) =>
  Object.values(words.chapters)
    .flatMap(({ intro, steps }) => [intro, ...Object.values(steps)])
    .flatMap((text) => piecesOf(text).filter((piece) => piece.kind === "key"))
    .map((piece) => piece.text);
const hasText = (key: string) =>
  typeof key.split(".").reduce((tree: unknown, name) => (tree as Record<string, unknown>)?.[name], texts) === "string";

describe("the guide", () => {
  it("has the same chapters and steps in both languages, each in a part", () => {
    expect(stepsOf(ja)).toEqual(stepsOf(en));
    for (const words of [ja, en]) {
      const inParts = partsOf(words).flatMap((part) => part.chapters.map((each) => each.number));
      expect(inParts).toEqual(chaptersOf(words));
      expect(inParts).toEqual([...inParts].sort());
    }
  });

  it("names texts that the portal has", () => {
    for (const words of [ja, en]) {
      expect(keysOf(words).length).toBeGreaterThan(20);
      expect(keysOf(words).filter((key) => !hasText(key))).toEqual([]);
    }
  });

  it.each(GUIDES)(
    "has every chapter and every picture of docs/guide/%s, and no other",
    (language, { words, pictures }) => {
      const pages = readdirSync(join(DOCS, language)).filter((file) => file.endsWith(".md") && file !== "README.md");
      expect(pages.sort()).toEqual(chaptersOf(words).map((number) => `${number}.md`));
      const files = readdirSync(join(DOCS, language, "images"));
      expect(files.sort()).toEqual(
        stepsOf(words)
          .map((step) => `${step}.webp`)
          .sort(),
      );
      expect([...pictures.keys()].sort()).toEqual(stepsOf(words).sort());
      for (const file of files) {
        // A WebP file (RFC 9649).
        expect(readFileSync(join(DOCS, language, "images", file)).toString("latin1", 0, 16), file).toMatch(
          /^RIFF....WEBPVP8/s,
        );
      }
    },
  );
});

describe("the link from a page to the guide", () => {
  const path = (address: string) => {
    const { pathname, search } = new URL(address, "http://portal.example");
    return guidePathOf({ pathname, search });
  };

  it.each([
    ["/sign_up", "1-1"],
    ["/sign_in?return_to=%2F", "1-2"],
    ["/me/profile", "1-3"],
    ["/", "2-1"],
    ["/accounts/new", "2-2"],
    ["/account_requests/sar_1", "2-3"],
    ["/accounts/sa_1/account_requests/sar_1", "2-4"],
    ["/accounts/sa_1/manage?tab=account_requests", "2-4"],
    ["/accounts/sa_1/manage", "3-1"],
    ["/accounts/sa_1/manage?tab=users", "3-1"],
    ["/accounts/sa_1/manage?tab=account_requests&inner=access", "4-2"],
    ["/accounts/sa_1/manage?tab=agreements", "3-3"],
    ["/accounts/sa_1/manage?tab=custom_tags", "3-4"],
    ["/accounts/sa_1/manage?tab=user_groups", "3-5"],
    ["/accounts/sa_1/manage?tab=programs", "3-6"],
    ["/me/programs", "3-6"],
    ["/access_request?domain=tsubaki.example", "4-1"],
    ["/access_requests/asr_1", "4-1"],
    ["/accounts/sa_1/access_requests/asr_1", "4-2"],
    ["/enquiries", "5-1"],
    ["/successions/suc_1", "5-2"],
    ["/accounts/sa_1/licenses/va_1?tab=devices", "3-2"],
  ])("leads from %s to chapter %s", (address, chapter) => {
    expect(path(address)).toBe(`/help/${chapter}`);
    expect(chaptersOf(en)).toContain(chapter);
  });

  it("leads to the contents from pages that no chapter is about", () => {
    for (const address of ["/privacy", "/operator", "/help", "/help/1-1"]) expect(path(address)).toBe("/help");
  });
});
