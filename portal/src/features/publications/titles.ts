import type { Language } from "../../api/types";

// What comes in both languages, in the reader's.
export const titleIn = (language: Language, text: { title_ja: string; title_en: string }) =>
  language === "ja" ? text.title_ja : text.title_en;
export const bodyIn = (language: Language, text: { body_ja: string; body_en: string }) =>
  language === "ja" ? text.body_ja : text.body_en;
