import { type Guide, picturesOf } from "./guide";
import words from "./ja.json";

const files = import.meta.glob<string>("../../../../docs/guide/ja/images/*.webp", {
  eager: true,
  query: "?url",
  import: "default",
});

export const guide: Guide = { words, pictures: picturesOf(files) };
