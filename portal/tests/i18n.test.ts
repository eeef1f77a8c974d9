// Japanese and English say the same things, and say something about everything the server may send.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import i18next, { type TFunction } from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { ApiProblem } from "../src/api/problem";
import type { LogEvent } from "../src/api/types";
import { EVENT_KINDS, eventText } from "../src/features/audit/event_text";
import { healthLines } from "../src/features/home/health";
import { loanSentence, sortedLoans } from "../src/features/licenses/loans";
import { preferredLanguage } from "../src/i18n";
import en from "../src/i18n/en.json";
import { ENTRY_TEXTS } from "../src/i18n/entry_texts";
import ja from "../src/i18n/ja.json";
import { fieldText, problemText } from "../src/ui/problem_alert";

const ROOT = join(import.meta.dirname, "..");

function flatten(tree: object, prefix = ""): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === "string") texts.set(prefix + name, value);
    else for (const [key, text] of flatten(value as object, `${prefix}${name}.`)) texts.set(key, text);
  }
  return texts;
}

const english = flatten(en);
const japanese = flatten(ja);
// Japanese has one form for every number, English two.
const plain = (key: string) => key.replace(/_(one|other)$/, "");
const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe("the two languages", () => {
  it("have the same keys", () => {
    expect([...new Set([...japanese.keys()].map(plain))].sort()).toEqual(
      [...new Set([...english.keys()].map(plain))].sort(),
    );
    for (const key of english.keys())
      if (key.endsWith("_one")) expect(english.has(`${plain(key)}_other`), key).toBe(true);
  });

  it("have no empty text and none with stray space", () => {
    for (const [key, text] of [...english, ...japanese]) {
      expect(text.trim(), key).not.toBe("");
      if (!key.endsWith("list_separator")) expect(text, key).toBe(text.trim());
    }
  });

  it("do not share a text by accident", () => {
    const same = [...english].filter(([key, text]) => japanese.get(key) === text).map(([key]) => key);
    expect(same).toEqual([]);
  });

  it("are each in their own script", () => {
    const kana = /[\u3040-\u30ff\u4e00-\u9fff]/;
    for (const [key, text] of english) expect(kana.test(text), `${key}: ${text}`).toBe(false);
    for (const [key, text] of japanese) {
      const words = text.replace(/\{\{\w+\}\}/g, "");
      if (/[A-Za-z]{4,}/.test(words)) expect(kana.test(words), `${key}: ${text}`).toBe(true);
    }
  });

  it("use the same values, so that nothing is left unsaid", () => {
    for (const [key, text] of japanese) {
      const other = english.get(key) ?? english.get(plain(key)) ?? "";
      expect(values(text), key).toEqual(values(other));
    }
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.includes(".test."))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

describe("the texts and the code", () => {
  const code = sources(join(ROOT, "src")).join("\n");
  const isUsed = (key: string) => {
    if (code.includes(`"${key}"`)) return true;
    // Some keys are put together: `roles.${role}` uses everything below "roles.".
    const parts = key.split(".");
    for (let i = parts.length - 1; i > 0; i -= 1)
      if (code.includes(`\`${parts.slice(0, i).join(".")}.\${`)) return true;
    return false;
  };

  it("has a text for every key that is asked for", () => {
    const keys = [...code.matchAll(/\bt\(\s*"([\w.]+)"/g)].map((match) => match[1] ?? "");
    expect(keys.length).toBeGreaterThan(150);
    const known = new Set([...english.keys()].map(plain));
    expect(keys.filter((key) => !known.has(key))).toEqual([]);
  });

  it("has no text that nobody asks for", () => {
    expect([...new Set([...english.keys()].map(plain))].filter((key) => !isUsed(key))).toEqual([]);
  });
});

describe("in both languages", () => {
  const t: Record<string, TFunction> = {};
  beforeAll(async () => {
    await i18next.init({
      lng: "en",
      fallbackLng: false,
      resources: { en: { translation: en }, ja: { translation: ja } },
      interpolation: { escapeValue: false },
      missingInterpolationHandler: () => "–",
    });
    t.en = i18next.getFixedT("en");
    t.ja = i18next.getFixedT("ja");
  });
  const speak = (language: "en" | "ja") => t[language] as TFunction;

  it("every problem code of the server has a title and help", () => {
    const header = readFileSync(join(ROOT, "../src/base/problem.hpp"), "utf8");
    const codes = [...header.matchAll(/ProblemKind \w+\{"(\w+)", (\d+)/g)].map((match) => match[1] ?? "");
    expect(codes.length).toBeGreaterThan(30);
    for (const code of [...codes, "network", "unreadable", "unknown"]) {
      for (const texts of [english, japanese]) {
        expect(texts.has(`problems.${code}.title`), code).toBe(true);
        expect(texts.has(`problems.${code}.help`), code).toBe(true);
      }
    }
  });

  it("a problem code from a newer server still gets a sentence", () => {
    const text = problemText(speak("ja"), new ApiProblem({ code: "brand_new", status: 400 }));
    expect(text.title).toBe("リクエストが拒否されました");
    expect(text.help).toContain("brand_new");
  });

  it("says how long to wait", () => {
    const busy = new ApiProblem({ code: "busy", status: 503 }, 7);
    expect(problemText(speak("en"), busy).help).toBe("Try again in about 7 seconds.");
  });

  it("says the error of a field, in the words of the server when it must", () => {
    expect(fieldText(speak("en"), { code: "too_long", detail: "x" })).toBe("Too long.");
    expect(fieldText(speak("en"), { code: "brand_new", detail: "Not a colour." })).toBe("Not a colour.");
    expect(fieldText(speak("en"), { code: "brand_new", detail: "" })).toBe("Please check this field.");
    expect(fieldText(speak("en"), undefined)).toBeUndefined();
  });

  const event = (kind: LogEvent["kind"], data: LogEvent["data"]): LogEvent => ({
    event_id: "ev_1",
    at: "2026-01-01T00:00:00Z",
    kind,
    actor: { kind: "job" },
    subject: { kind: "device", id: "dev_1", name: "rt-1" },
    data,
  });

  it("every code of a wrong field has a text", () => {
    const files = ["wire/wire.cpp", "wire/wire.hpp", "people/password.cpp", "people/sign_up.cpp"];
    files.push("accounts/accounts.cpp", "accounts/founding.cpp", "accounts/domain_claims.cpp", "places/address.cpp");
    const source = files.map((file) => readFileSync(join(ROOT, "../src", file), "utf8")).join("\n");
    const codes = [...source.matchAll(/"([a-z_]+)",\s*"(?:must|is|has) /g)].map((match) => match[1] ?? "");
    expect(codes).toContain("too_common");
    expect(codes).toContain("unknown_word");
    for (const code of codes) {
      for (const texts of [english, japanese]) expect(texts.has(`fields.${code}`), code).toBe(true);
    }
  });

  it("every kind of event that the server records is among those we know", () => {
    const header = readFileSync(join(ROOT, "../src/audit/audit.hpp"), "utf8");
    const words = /MENKYO_ENUM\(EventKind,([^)]*)\)/.exec(header)?.[1] ?? "";
    const kinds = words.split(",").map((word) => word.trim());
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds.filter((kind) => !EVENT_KINDS.some((known) => known === kind))).toEqual([]);
    const actors = /MENKYO_ENUM\(ActorKind,([^)]*)\)/.exec(header)?.[1]?.split(",") ?? [];
    expect(actors.length).toBeGreaterThan(3);
    for (const actor of actors) expect(english.has(`actors.${actor.trim()}`), actor).toBe(true);
  });

  it("every kind of event has a sentence and a name for the filter", () => {
    for (const kind of EVENT_KINDS) {
      for (const texts of [english, japanese]) {
        expect(texts.has(`events.${kind}`), kind).toBe(true);
        expect(texts.has(`event_kinds.${kind}`), kind).toBe(true);
      }
    }
  });

  it("an event is told with its numbers and names", () => {
    const lost = event("compliance_lost", { entitlement_code: "ROUTER-ADV", short: 1200 });
    expect(eventText(speak("en"), "en", lost)).toBe("Out of compliance: ROUTER-ADV is short by 1,200.");
    expect(eventText(speak("ja"), "ja", lost)).toBe("非準拠になりました。ROUTER-ADV が 1,200 件不足しています。");
    expect(eventText(speak("ja"), "ja", event("role_granted", { role: "va_admin" }))).toContain(
      "バーチャルアカウント管理者",
    );
    expect(eventText(speak("en"), "en", event("device_registered", {}))).toBe("The product instance rt-1 registered.");
  });

  it("an event of a kind or with data that is not known is told all the same", () => {
    expect(eventText(speak("en"), "en", event("brand_new" as LogEvent["kind"], {}))).toBe("brand_new: rt-1");
    // Somebody whom the reader may not know.
    const unknown = { ...event("role_granted", { role: "va_admin" }), subject: { kind: "person" } };
    expect(eventText(speak("en"), "en", unknown)).toContain(speak("en")("actors.person"));
    expect(eventText(speak("en"), "en", event("compliance_lost", {}))).toBe("Out of compliance: – is short by –.");
    const { subject: _, ...withoutSubject } = event("catalog_imported", {});
    expect(eventText(speak("en"), "en", withoutSubject)).toBe("A new version of the catalogue was imported.");
  });

  const loan = (quantity: number, lender = "ROUTER-ADV") => ({
    borrower_code: "ROUTER-BASE",
    borrower_name_en: "Router Base",
    borrower_name_ja: "ルーター ベース",
    lender_code: lender,
    lender_name_en: "Router Advanced",
    lender_name_ja: "",
    quantity,
  });

  it("a loan is a sentence", () => {
    expect(loanSentence(speak("en"), "en", loan(12))).toBe("12 of Router Advanced cover Router Base.");
    expect(loanSentence(speak("en"), "en", loan(1))).toBe("1 of Router Advanced covers Router Base.");
    expect(loanSentence(speak("ja"), "ja", loan(1200))).toBe(
      "「Router Advanced」1,200 件が「ルーター ベース」の使用分を補っています。",
    );
    expect(sortedLoans([loan(1), loan(0), loan(5, "B"), loan(5, "A")]).map((each) => each.lender_code)).toEqual([
      "A",
      "B",
      "ROUTER-ADV",
    ]);
  });

  it("the language follows what was chosen, then the browser", () => {
    expect(preferredLanguage("ja", ["en-GB"])).toBe("ja");
    expect(preferredLanguage(null, ["fr", "ja-JP", "en"])).toBe("ja");
    expect(preferredLanguage("xx", ["en-US"])).toBe("en");
    expect(preferredLanguage(null, ["fr"])).toBe("en");
  });
});

it("a shortage stays a shortage however large the surplus is", () => {
  const none = {
    owned: 10,
    in_use: 5,
    borrowed: 0,
    short: 0,
    surplus: 9_999,
    expiring: 0,
    device_count: 1,
    silent_device_count: 0,
    out_of_compliance_count: 0,
  };
  expect(healthLines(none)).toEqual([]);
  expect(healthLines({ ...none, short: 1, expiring: 2, silent_device_count: 3 }).map((line) => line.key)).toEqual([
    "short",
    "expiring",
    "silent",
  ]);
});

// The pages for those who are not signed in, and all that they are made of.
const ENTRY_PAGES = [
  "main.tsx",
  "features/people/sign_in.tsx",
  "features/people/sign_up.tsx",
  "features/people/forgot_password.tsx",
  "features/people/link.tsx",
  "features/mail/mailbox.tsx",
];

function entryFiles(): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, path = ""] of readFileSync(file, "utf8").matchAll(/^(?:import|export)[^;]*?from "(\.[^"]+)"/gm)) {
      const next = ["", ".ts", ".tsx", "/index.ts"].map((end) => join(dirname(file), path) + end);
      const module = next.find((each) => /\.tsx?$/.test(each) && existsSync(each));
      if (module !== undefined) visit(module);
    }
  };
  for (const page of ENTRY_PAGES) visit(join(ROOT, "src", page));
  return [...found];
}

describe("the part of a language that comes first", () => {
  it("has every section that is needed before the sign-in, and no other", () => {
    const said = new Set<string>();
    for (const file of entryFiles()) {
      for (const [, section = ""] of readFileSync(file, "utf8").matchAll(/["`]([a-z_]+)\.[a-z_$]/g)) {
        if (section in en) said.add(section);
      }
    }
    expect([...said].sort()).toEqual([...ENTRY_TEXTS].sort());
  });
});
