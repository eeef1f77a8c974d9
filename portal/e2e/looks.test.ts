// Every page at every width, light and dark, in both languages: nothing is wider than the screen, nothing lacks its
// text, axe finds no barrier, and a picture of each is kept for people to look at.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Desk, everyLook, type Language, openDesk, signIn } from "./person";
import { openWorld, type World } from "./world";

const CUSTOMER: Record<Language, string> = {
  ja: "mei.hanada@hanabi-coffee.example",
  en: "naomi.tanabe@kaede-electric.example",
};
const NEWCOMER: Record<Language, string> = { ja: "hanako@hotaru.example", en: "lena@nordlicht.example" };
const VIRTUAL_ACCOUNT: Record<Language, string> = { ja: "焙煎工場", en: "Tower B" };
const OPERATOR: Record<Language, string> = { ja: "kaori.aoki@aozora.example", en: "thomas.sorano@aozora.example" };

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

describe.each(["ja", "en"] as const)("the looks in %s", (language) => {
  let desk: Desk;
  let t: Desk["t"];
  let page: Desk["page"];

  beforeAll(async () => {
    desk = await openDesk(world, language);
    ({ t, page } = desk);
  });
  afterAll(() => desk?.close());

  const faults = (name: string) => everyLook(world, page, `looks-${language}-${name}`);

  const tab = (key: string) => page.getByRole("tab", { name: t(key), exact: true });
  const button = (key: string) => page.getByRole("button", { name: t(key), exact: true });
  const row = (name: string) => page.getByRole("row").filter({ hasText: name });
  const filled = () => page.getByRole("row").nth(1).waitFor();

  it("signing in", async () => {
    await page.goto(`${world.portal}/`);
    await page.getByLabel(t("sign_in.mail")).waitFor();
    expect(await faults("sign-in")).toEqual([]);
  });

  it("signing up", async () => {
    await page.goto(`${world.portal}/sign_up`);
    await page.getByLabel(t("sign_in.mail")).fill(NEWCOMER[language]);
    await page.getByLabel(t("sign_in.password"), { exact: true }).fill("Kettle-42");
    await button("sign_up.submit").click();
    await page.getByText(t("password.rules_broken")).waitFor();
    expect(await faults("sign-up")).toEqual([]);
    await page.getByLabel(t("sign_in.password"), { exact: true }).fill("Kettle-42-orbit");
    await page.locator("input[name=given_name]").fill("Hanako");
    await page.locator("input[name=family_name]").fill("Mori");
    await page.getByRole("button", { name: t("sign_up.country") }).click();
    await page.keyboard.type("Germany");
    await page.locator("[role=option]", { hasText: language === "ja" ? "ドイツ" : "Germany" }).click();
    await button("sign_up.submit").click();
    await page.getByRole("heading", { name: t("sign_up.sent"), exact: true }).waitFor();
    expect(await faults("sign-up-sent")).toEqual([]);
    await button("sign_up.again").click();
    await page.getByText(t("sign_up.too_soon")).waitFor();
    expect(await faults("sign-up-again")).toEqual([]);
  });

  it("the mailbox, a mail in it, and where its link leads", async () => {
    const refused: string[] = [];
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) refused.push(message.text());
    });
    await page.goto(`${world.portal}/mailbox`);
    await row(NEWCOMER[language]).waitFor();
    expect(await faults("mailbox")).toEqual([]);
    await row(NEWCOMER[language]).getByRole("button").click();
    // No script runs in the frame of a mail, so it is looked at from the page around it.
    const mailLink = () =>
      page.evaluate(() => {
        const frame = document.querySelector("iframe");
        const link = frame?.contentDocument?.querySelector("a");
        if (!frame || !link) return null;
        link.scrollIntoView({ block: "center" });
        const [outer, inner] = [frame.getBoundingClientRect(), link.getBoundingClientRect()];
        return {
          // Mails carry their styles inline, which the policy of the page forbids.
          background: getComputedStyle(link).backgroundColor,
          x: outer.x + inner.x + inner.width / 2,
          y: outer.y + inner.y + inner.height / 2,
        };
      });
    await expect.poll(async () => (await mailLink())?.background).toBe("rgb(11, 95, 174)");
    expect(await faults("mail")).toEqual([]);
    const { x = 0, y = 0 } = (await mailLink()) ?? {};
    await page.mouse.click(x, y);
    await page.getByRole("heading", { name: t("activate.title"), exact: true }).waitFor();
    expect(await faults("activate")).toEqual([]);
    expect(refused).toEqual([]);
  });

  it("a link that does not work, and a forgotten password", async () => {
    await page.goto(`${world.portal}/link/used`);
    await page.getByText(t("problems.link_invalid.title")).waitFor();
    expect(await faults("link-used")).toEqual([]);
    await page.getByRole("link", { name: t("link.forgot"), exact: true }).click();
    await page.getByLabel(t("sign_in.mail")).fill(NEWCOMER[language]);
    expect(await faults("forgot-password")).toEqual([]);
    await button("forgot_password.submit").click();
    await page.getByRole("heading", { name: t("forgot_password.sent"), exact: true }).waitFor();
    await page.getByRole("link", { name: t("mailbox.open") }).waitFor();
    expect(await faults("forgot-password-sent")).toEqual([]);
    await page.goto(`${world.portal}/`);
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

  it("sign-in and security", async () => {
    await page.getByRole("link", { name: t("shell.security"), exact: true }).click();
    await filled();
    expect(await faults("security")).toEqual([]);
    await page.goto(`${world.portal}/`);
  });

  it("the profile", async () => {
    await page.goto(`${world.portal}/me/profile`);
    await page.getByText(t("profile.user_name"), { exact: true }).waitFor();
    expect(await faults("profile-personal")).toEqual([]);
    await page.getByRole("button", { name: t("profile.edit_of", { title: t("profile.personal_title") }) }).click();
    await button("profile.update").click();
    expect(await faults("profile-personal-form")).toEqual([]);
    await page.getByRole("tab", { name: t("profile.company"), exact: true }).click();
    await page.getByText(t("addresses.none"), { exact: true }).waitFor();
    expect(await faults("profile-company")).toEqual([]);
    await page.getByRole("button", { name: t("profile.edit_of", { title: t("profile.company_title") }) }).click();
    await page.locator("input[name=company_phone]").fill("x");
    await button("profile.update").click();
    // What is wrong depends on whether the form before told a country.
    await page
      .locator("main form")
      .getByText(new RegExp(`${t("fields.country_missing")}|${t("fields.not_a_number")}`))
      .waitFor();
    await page.locator("input[name=company_name]").fill("kaede");
    await page.locator("[role=option]", { hasText: "KONAN" }).waitFor();
    expect(await faults("profile-company-form")).toEqual([]);
    await page.keyboard.press("Escape");
    await button("addresses.add").click();
    await page.getByRole("dialog").waitFor();
    await page.getByRole("dialog").locator("input[name=postal_code]").fill("1");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("profile.update"), exact: true })
      .click();
    await page.getByText(t("fields.not_acknowledged"), { exact: true }).waitFor();
    expect(await faults("profile-address")).toEqual([]);
    await page.goto(`${world.portal}/`);
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
    await page.context().clearCookies();
    await page.goto(`${world.portal}/sign_in?return_to=/operator`);
    await signIn(world, page, t, OPERATOR[language]);
    await tab("operator.catalog").waitFor();
    for (const [at, each] of (await page.getByRole("tab").all()).entries()) {
      await each.click();
      await filled();
      expect(await faults(`operator-${at}`)).toEqual([]);
    }
  });
});
