// The guide under docs/guide: its words are those that the portal itself shows, its pictures are taken while the tests
// walk through it, so that neither can tell of a portal that is not there.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import en from "../../src/features/guide/en.json";
import { type Chapter, PICTURE_SIZE, partsOf, piecesOf, type Words } from "../../src/features/guide/guide";
import ja from "../../src/features/guide/ja.json";
import type { Desk, Language } from "../person";

const GUIDE = join(import.meta.dirname, "../../../docs/guide");

const WORDS: Record<Language, Words> = { ja, en };

const withButtons = (t: Desk["t"], text: string) =>
  piecesOf(text)
    .map((piece) => (piece.kind === "key" ? `**${t(piece.text)}**` : piece.text))
    .join("");

function chapterPage(t: Desk["t"], words: Words, number: string, { title, intro, steps }: Chapter): string {
  const lines = Object.entries(steps).flatMap(([step, text], index) => [
    `${index + 1}. ${withButtons(t, text)}`,
    "",
    `   ![${t("guide.picture", { title, step: index + 1 })}](images/${number}-${step}.webp)`,
    "",
  ]);
  return [`# ${number} ${title}`, "", withButtons(t, intro), "", ...lines, `[${words.back}](README.md)`, ""].join("\n");
}

// File name -> text.
export function guidePages(t: Desk["t"], language: Language): Map<string, string> {
  const words = WORDS[language];
  const contents = partsOf(words).flatMap((part) => [
    `## ${part.number} ${part.title}`,
    "",
    ...part.chapters.map(({ number, title }) => `- [${number} ${title}](${number}.md)`),
    "",
  ]);
  const pages = new Map([["README.md", [`# ${words.title}`, "", words.intro, "", ...contents].join("\n")]]);
  for (const [number, chapter] of Object.entries(words.chapters))
    pages.set(`${number}.md`, chapterPage(t, words, number, chapter));
  return pages;
}

export const readGuide = (language: Language, file: string) => readFileSync(join(GUIDE, language, file), "utf8");

export function writeGuide(language: Language, pages: Map<string, string>, pictures: Map<string, Buffer>) {
  mkdirSync(join(GUIDE, language, "images"), { recursive: true });
  for (const [file, text] of pages) writeFileSync(join(GUIDE, language, file), text);
  for (const [name, picture] of pictures) writeFileSync(join(GUIDE, language, "images", `${name}.webp`), picture);
}

// The pictures of one walk through the guide.
export class Camera {
  readonly pictures = new Map<string, Buffer>();
  readonly #wanted: Set<string>;

  constructor(language: Language) {
    this.#wanted = new Set(
      Object.entries(WORDS[language].chapters).flatMap(([number, { steps }]) =>
        Object.keys(steps).map((step) => `${number}-${step}`),
      ),
    );
  }

  // A frame is drawn around what the step is about.
  async take(page: Page, step: string, subject?: Locator) {
    if (!this.#wanted.has(step)) throw new Error(`the guide has no step ${step}`);
    await page.setViewportSize(PICTURE_SIZE);
    const mark = (style: string) =>
      subject?.first().evaluate((element, outline) => {
        const { style, tagName } = element as HTMLElement;
        style.outline = outline;
        // Tables cut off what stands out of their rows.
        style.outlineOffset = tagName === "TR" ? "-3px" : "";
      }, style);
    await subject?.first().evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      if (top < 0 || bottom > window.innerHeight - 40) element.scrollIntoView({ block: "center" });
    });
    await mark("3px solid #d13212");
    const png = await page.screenshot();
    await mark("");
    this.pictures.set(step, await toWebp(page, png));
  }

  missing(): string[] {
    return [...this.#wanted].filter((step) => !this.pictures.has(step));
  }
}

// A third of the size; the browser can do it, on a page of its own that has no policy of the portal's.
async function toWebp(page: Page, png: Buffer): Promise<Buffer> {
  const blank = await page.context().newPage();
  const text = await blank.evaluate(async (source) => {
    const image = new Image();
    image.src = `data:image/png;base64,${source}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.8);
  }, png.toString("base64"));
  await blank.close();
  return Buffer.from(text.slice(text.indexOf(",") + 1), "base64");
}
