import { describe, expect, it } from "vitest";
import {
  formatDate,
  formatDateTime,
  formatExact,
  formatName,
  formatNumber,
  formatRelative,
  formatTotal,
  localName,
} from "./format";

const AT = "2026-03-31T23:30:00Z";

describe("times", () => {
  it("follow the language and the zone of the person", () => {
    expect(formatDate("ja", AT, "Asia/Tokyo")).toBe("2026/04/01");
    expect(formatDate("en", AT, "UTC")).toBe("Mar 31, 2026");
    expect(formatDateTime("ja", AT, "Asia/Tokyo")).toBe("2026/04/01 8:30");
    expect(formatExact("ja", AT, "Asia/Tokyo")).toContain("8:30:00");
  });

  it("do not break on what is no instant", () => {
    expect(formatDate("en", "soon")).toBe("–");
    expect(formatRelative("en", "soon", 0)).toBe("–");
  });

  it("are told by the largest unit that fits", () => {
    const now = Date.parse("2026-06-01T00:00:00Z");
    expect(formatRelative("en", "2026-05-31T23:59:40Z", now)).toBe("this minute");
    expect(formatRelative("en", "2026-05-31T23:55:00Z", now)).toBe("5 minutes ago");
    expect(formatRelative("en", "2026-05-31T00:00:00Z", now)).toBe("yesterday");
    expect(formatRelative("en", "2026-05-03T00:00:00Z", now)).toBe("29 days ago");
    expect(formatRelative("ja", "2026-01-01T00:00:00Z", now)).toBe("5 か月前");
    expect(formatRelative("ja", "2026-03-03T00:00:00Z", now)).toBe("90 日前");
    expect(formatRelative("ja", "2028-06-10T00:00:00Z", now)).toBe("2 年後");
  });
});

describe("numbers and names", () => {
  it("are grouped, and say when the server stopped counting", () => {
    expect(formatNumber("ja", 1234567)).toBe("1,234,567");
    expect(formatTotal("en", { value: 10_000, capped: true })).toBe("10,000+");
    expect(formatTotal("en", { value: 7, capped: false })).toBe("7");
  });

  it("put the family name first in Japanese", () => {
    const person = { given_name: "Hanako", family_name: "Yamada" };
    expect(formatName("ja", person)).toBe("Yamada Hanako");
    expect(formatName("en", person)).toBe("Hanako Yamada");
  });

  it("fall back to English where the catalogue has no Japanese", () => {
    expect(localName("ja", { name_en: "Router", name_ja: "" })).toBe("Router");
    expect(localName("ja", { name_en: "Router", name_ja: "ルーター" })).toBe("ルーター");
  });
});
