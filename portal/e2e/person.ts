// What a person does on every page: reads a language, signs in, and needs pages that hide nothing from anybody.
import AxeBuilder from "@axe-core/playwright";
import i18next, { type TFunction } from "i18next";
import type { Page } from "playwright-core";
import en from "../src/i18n/en.json";
import ja from "../src/i18n/ja.json";
import type { World } from "./world";

export type Language = "ja" | "en";
export const LOCALES: Record<Language, string> = { ja: "ja-JP", en: "en-US" };

export async function texts(language: Language): Promise<TFunction> {
  const instance = i18next.createInstance();
  const resources = { ja: { translation: ja }, en: { translation: en } };
  return instance.init({ lng: language, resources, interpolation: { escapeValue: false } });
}

// Fills in both steps; `between` sees the first step with the address filled in.
export async function signIn(world: World, page: Page, t: TFunction, mail: string, between = async () => {}) {
  await page.getByLabel(t("sign_in.mail")).fill(mail);
  await between();
  await page.getByRole("button", { name: t("sign_in.next"), exact: true }).click();
  await page.getByLabel(t("sign_in.password")).fill(world.passwordOf(mail));
  await page.getByRole("button", { name: t("sign_in.submit"), exact: true }).click();
}

// What stands in a person's way: what axe calls serious or critical, and problems that the page reports.
export async function barriers(page: Page): Promise<string[]> {
  // axe waits for an answer from each frame, but the frame of a mail runs no scripts; in legacy mode it stays outside.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().exclude("iframe").analyze();
  const problems = await page.locator("[role=alert]").allInnerTexts();
  return [
    ...problems.filter((text) => text.trim() !== "").map((text) => `a problem: ${text}`),
    ...violations
      .filter((each) => each.impact === "serious" || each.impact === "critical")
      .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`),
  ];
}
