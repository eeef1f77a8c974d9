// The languages of the portal. A language is fetched when it is first needed, together with Cloudscape's own texts.
import type { I18nProviderProps } from "@cloudscape-design/components/i18n";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "../api/types";

export const LANGUAGES: readonly Language[] = ["ja", "en"];

// Each language is named in itself, so that whoever cannot read the page still finds theirs.
export const LANGUAGE_NAMES: Record<Language, string> = { ja: "日本語", en: "English" };

const STORAGE_KEY = "menkyo.language";

type Messages = I18nProviderProps["messages"][number];

const loaders: Record<Language, () => Promise<[{ default: object }, { default: Messages }]>> = {
  ja: () => Promise.all([import("./ja.json?entry"), import("@cloudscape-design/components/i18n/messages/all.ja")]),
  en: () => Promise.all([import("./en.json?entry"), import("@cloudscape-design/components/i18n/messages/all.en")]),
};
const restLoaders: Record<Language, () => Promise<{ default: object }>> = {
  ja: () => import("./ja.json?rest"),
  en: () => import("./en.json?rest"),
};

const componentMessages = new Map<Language, Messages>();

export function messagesOf(language: Language): Messages[] {
  const messages = componentMessages.get(language);
  return messages === undefined ? [] : [messages];
}

async function load(language: Language): Promise<void> {
  if (componentMessages.has(language)) return;
  const [texts, messages] = await loaders[language]();
  i18next.addResourceBundle(language, "translation", texts.default);
  componentMessages.set(language, messages.default);
}

const rest = new Map<Language, Promise<void>>();

// What the pages behind the sign-in say, too.
export function loadAllTexts(language = currentLanguage()): Promise<void> {
  const known = rest.get(language);
  if (known !== undefined) return known;
  const loading = restLoaders[language]().then((texts) => {
    i18next.addResourceBundle(language, "translation", texts.default, true);
  });
  rest.set(language, loading);
  // Whoever asks again tries again.
  loading.catch(() => rest.delete(language));
  return loading;
}

// The language remembered in this browser, else the first of the browser's languages that we speak, else English.
export function preferredLanguage(remembered: string | null, wanted: readonly string[]): Language {
  for (const tag of remembered === null ? wanted : [remembered, ...wanted]) {
    const primary = tag.toLowerCase().split("-")[0];
    const found = LANGUAGES.find((language) => language === primary);
    if (found !== undefined) return found;
  }
  return "en";
}

export async function startTranslation(): Promise<void> {
  const language = preferredLanguage(readStored(), navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    partialBundledLanguages: true,
    interpolation: { escapeValue: false },
    returnNull: false,
    missingInterpolationHandler: () => "–",
    react: { useSuspense: false },
  });
  await speak(language);
}

// Named for what it does to the page: from now on the page is in `language`.
export async function speak(language: Language): Promise<void> {
  await load(language);
  if (rest.size > 0) await loadAllTexts(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // A browser that refuses storage still shows the page; it only forgets the choice.
  }
}

export function currentLanguage(): Language {
  return i18next.language === "en" ? "en" : "ja";
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
