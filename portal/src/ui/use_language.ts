import { useTranslation } from "react-i18next";
import type { Language } from "../api/types";

// The language of the page; a component that calls it renders again when the language changes.
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === "en" ? "en" : "ja";
}
