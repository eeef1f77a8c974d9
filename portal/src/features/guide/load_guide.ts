// The guide in one language, together with the texts that it names.
import type { Language } from "../../api/types";
import { loadAllTexts } from "../../i18n";
import type { Guide } from "./guide";

const LOADERS: Record<Language, () => Promise<{ guide: Guide }>> = {
  ja: () => import("./guide_ja"),
  en: () => import("./guide_en"),
};

export async function loadGuide(language: Language): Promise<Guide> {
  const [{ guide }] = await Promise.all([LOADERS[language](), loadAllTexts(language)]);
  return guide;
}
