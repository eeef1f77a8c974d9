// Every page at every width, light and dark, in both languages: nothing is wider than the screen, nothing lacks its
// text, axe finds no barrier, and a picture of each is kept for people to look at.
import type { TFunction } from "i18next";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import en from "../src/i18n/en.json";
import { barriers, type Language, LOCALES, signIn, texts } from "./person";
import { openWorld, type World } from "./world";

const WIDTHS = [320, 768, 1440];
const SCHEMES = ["light", "dark"] as const;
const CUSTOMER: Record<Language, string> = {
  ja: "mei.hanada@hanabi-coffee.example",
  en: "naomi.tanabe@kaede-electric.example",
};
const VIRTUAL_ACCOUNT: Record<Language, string> = { ja: "焙煎工場", en: "Tower B" };
const OPERATOR: Record<Language, string> = { ja: "kaori.aoki@aozora.example", en: "thomas.sorano@aozora.example" };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

describe.each(["ja", "en"] as const)("the looks in %s", (language) => {
  let t: TFunction;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    t = await texts(language);
    context = await world.browser.newContext({ locale: LOCALES[language], reducedMotion: "reduce" });
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
  });
  afterAll(() => context?.close());

  // What is wrong with the page as it is shown now, at any width and in any colours.
  async function faults(name: string): Promise<string[]> {
    const found: string[] = [];
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        const which = `${name} ${width} ${colorScheme}`;
        await page.setViewportSize({ width, height: width === 320 ? 800 : 1000 });
        await page.waitForTimeout(150);
        await page.screenshot({
          path: world.picture(`looks-${language}-${which.replaceAll(" ", "-")}`),
          fullPage: true,
        });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        if (wide > 0) found.push(`${which}: ${wide} px wider than the screen`);
        // The story asks about the light pages on a wide screen.
        if (colorScheme === "dark" && width !== 768) {
          found.push(...(await barriers(page)).map((each) => `${which}: ${each}`));
        }
      }
    }
    const text = await page.locator("body").innerText();
    for (const [word] of text.matchAll(/\b\w+\.\w+(\.\w+)*\b|\{\{|\bundefined\b|\bNaN\b|\[object/g)) {
      const section = word.includes(".") ? word.slice(0, word.indexOf(".")) : undefined;
      if (section === undefined || section in en) found.push(`${name}: "${word}" is no text for a person`);
    }
    await page.setViewportSize({ width: 1440, height: 1000 });
    return found;
  }

  const tab = (key: string) => page.getByRole("tab", { name: t(key), exact: true });
  const filled = () => page.getByRole("row").nth(1).waitFor();

  it("signing in", async () => {
    await page.goto(`${world.portal}/`);
    await page.getByLabel(t("sign_in.mail")).waitFor();
    expect(await faults("sign-in")).toEqual([]);
  });

  it("the home", async () => {
    await signIn(world, page, t, CUSTOMER[language]);
    await page.getByRole("heading", { name: t("home.title"), exact: true }).waitFor();
    await page
      .getByRole("link", { name: t("home.licenses"), exact: true })
      .first()
      .waitFor();
    expect(await faults("home")).toEqual([]);
  });

  it("the license manager", async () => {
    await page
      .getByRole("link", { name: t("home.licenses"), exact: true })
      .first()
      .click();
    await page.getByRole("heading", { name: t("overview.totals"), exact: true }).waitFor();
    await filled();
    expect(await faults("license-manager")).toEqual([]);
  });

  it.each(["general", "licenses", "devices", "events"])("the tab %s of a virtual account", async (name) => {
    if (name === "general") {
      await page.getByRole("searchbox").last().fill(VIRTUAL_ACCOUNT[language]);
      await page.getByRole("link", { name: VIRTUAL_ACCOUNT[language], exact: true }).click();
    }
    await tab(`inventory.${name}`).click();
    await tab(`inventory.${name}`).and(page.locator("[aria-selected=true]")).waitFor();
    if (name === "general") await page.getByRole("heading", { name: t("tokens.title") }).waitFor();
    else await filled();
    expect(await faults(name)).toEqual([]);
  });

  it("a license in detail", async () => {
    await tab("inventory.licenses").click();
    await page.getByRole("row").nth(1).getByRole("button").first().click();
    await page
      .getByRole("dialog")
      .getByRole("heading", { name: t("lots.title"), exact: true })
      .waitFor();
    expect(await faults("license")).toEqual([]);
    await page.keyboard.press("Escape");
  });

  it("the management of the account", async () => {
    await page
      .getByRole("link", { name: t("home.manage"), exact: true })
      .first()
      .click();
    await tab("users.title").waitFor();
    await filled();
    for (const [at, each] of (await page.getByRole("tab").all()).entries()) {
      await each.click();
      await filled();
      expect(await faults(`manage-${at}`)).toEqual([]);
    }
  });

  it("the operator's pages", async () => {
    await context.clearCookies();
    await page.goto(`${world.portal}/sign-in?return_to=/operator`);
    await signIn(world, page, t, OPERATOR[language]);
    await tab("operator.catalog").waitFor();
    for (const [at, each] of (await page.getByRole("tab").all()).entries()) {
      await each.click();
      await filled();
      expect(await faults(`operator-${at}`)).toEqual([]);
    }
  });
});
