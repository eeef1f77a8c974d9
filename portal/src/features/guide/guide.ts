// The guide: what it says stands in ja.json and en.json, with the texts of the portal itself as [[key]]; its pictures are
// taken by the browser tests (e2e/guide.test.ts), which write the pages of docs/guide from the same words.

export interface Chapter {
  title: string;
  intro: string;
  // What is to be done, in order; each step has a picture.
  steps: Record<string, string>;
}

export interface Words {
  title: string;
  intro: string;
  back: string;
  // By the first digit of their chapters' numbers.
  parts: Record<string, string>;
  chapters: Record<string, Chapter>;
}

export interface Guide {
  words: Words;
  // Where the picture of a step is: "1-1-open" -> address.
  pictures: ReadonlyMap<string, string>;
}

export const PICTURE_SIZE = { width: 1120, height: 760 };

// Files as Vite gives them: path -> address.
export function picturesOf(files: Record<string, string>): ReadonlyMap<string, string> {
  return new Map(Object.entries(files).map(([path, address]) => [path.replace(/^.*\/|\.webp$/g, ""), address]));
}

export interface Part {
  number: string;
  title: string;
  chapters: { number: string; title: string }[];
}

export function partsOf({ parts, chapters }: Words): Part[] {
  const all = Object.entries(chapters).map(([number, { title }]) => ({ number, title }));
  return Object.entries(parts).map(([number, title]) => ({
    number,
    title,
    chapters: all.filter((each) => each.number.startsWith(`${number}-`)),
  }));
}

// A text in pieces: what stands between [[ and ]] is the key of a text of the portal.
export function piecesOf(text: string): { kind: "text" | "key"; text: string }[] {
  return text
    .split(/\[\[|\]\]/)
    .map((piece, index) => ({ kind: index % 2 === 1 ? ("key" as const) : ("text" as const), text: piece }))
    .filter((piece) => piece.text !== "");
}
