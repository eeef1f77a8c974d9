// Numbers and times as the language writes them. Formatters are costly to make, so each is made once.
import type { Language } from "../api/types";

const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();
const relatives = new Map<string, Intl.RelativeTimeFormat>();

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const found = cache.get(key);
  if (found !== undefined) return found;
  const made = make();
  cache.set(key, made);
  return made;
}

export function formatNumber(language: Language, value: number): string {
  return cached(numbers, language, () => new Intl.NumberFormat(language)).format(value);
}

// "10,000+" when the server stopped counting.
export function formatTotal(language: Language, total: { value: number; capped: boolean }): string {
  return `${formatNumber(language, total.value)}${total.capped ? "+" : ""}`;
}

// `time_zone` is for tests; people see the time of their own browser.
export function formatDate(language: Language, instant: string, time_zone?: string): string {
  return format(language, "date", instant, { dateStyle: "medium", timeZone: time_zone });
}

export function formatDateTime(language: Language, instant: string, time_zone?: string): string {
  return format(language, "date_time", instant, { dateStyle: "medium", timeStyle: "short", timeZone: time_zone });
}

// To the second and with the zone: for places where people compare with other logs.
export function formatExact(language: Language, instant: string, time_zone?: string): string {
  return format(language, "exact", instant, { dateStyle: "medium", timeStyle: "long", timeZone: time_zone });
}

function format(language: Language, kind: string, instant: string, options: Intl.DateTimeFormatOptions): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return "–";
  const key = `${language}/${kind}/${options.timeZone ?? ""}`;
  return cached(dates, key, () => new Intl.DateTimeFormat(language, options)).format(at);
}

const DAY_S = 86_400;
// Unit, its length, and from how many of it on it is used: days are told up to ninety, the span after which the
// licenses of a silent product instance are released, so that "last month" never hides which side of it one is on.
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number, number][] = [
  ["year", 365 * DAY_S, 2],
  ["month", 30 * DAY_S, 4],
  ["day", DAY_S, 1],
  ["hour", 3_600, 1],
  ["minute", 60, 1],
];

// "3 days ago", "in 5 months".
export function formatRelative(language: Language, instant: string, now: number): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  if (Number.isNaN(seconds)) return "–";
  const formatter = cached(relatives, language, () => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
  for (const [unit, length, least] of STEPS) {
    if (Math.abs(seconds) >= length * least) return formatter.format(Math.trunc(seconds / length), unit);
  }
  return formatter.format(0, "minute");
}

// Japanese names put the family name first.
export function formatName(language: Language, person: { given_name: string; family_name: string }): string {
  return language === "ja"
    ? `${person.family_name} ${person.given_name}`
    : `${person.given_name} ${person.family_name}`;
}

// Whom to write to: "Hana Mori <hana@example.com>".
export function formatContact(
  language: Language,
  person: { given_name: string; family_name: string; mail: string },
): string {
  return `${formatName(language, person)} <${person.mail}>`;
}

// As the person wants to be called, where it said so; else its name in the language's own order and script.
export function calledName(
  language: Language,
  person: { given_name: string; family_name: string; native_name?: string; preferred_name?: string },
): string {
  if (person.preferred_name !== undefined) return person.preferred_name;
  return language === "ja" && person.native_name !== undefined ? person.native_name : formatName(language, person);
}

export function localName(language: Language, record: { name_en: string; name_ja: string }): string {
  const wanted = language === "ja" ? record.name_ja : record.name_en;
  return wanted === "" ? record.name_en : wanted;
}

export function localProductName(language: Language, record: { product_name_en: string; product_name_ja: string }) {
  return localName(language, { name_en: record.product_name_en, name_ja: record.product_name_ja });
}
