import words from "./en.json";
import { type Guide, picturesOf } from "./guide";

const files = import.meta.glob<string>("../../../../docs/guide/en/images/*.webp", {
  eager: true,
  query: "?url",
  import: "default",
});

export const guide: Guide = { words, pictures: picturesOf(files) };
