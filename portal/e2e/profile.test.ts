// How somebody tells where it works, once in each language: the home says what a Smart Account still needs, the link
// leads to the very field, the company is found while it is typed, its address goes into the address book, and then
// everything is saved.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, openDesk, signIn } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    mail: "mei.hanada@hanabi-coffee.example",
    // From a full-width keyboard; what is stored, and a script that is refused.
    given_name: { typed: "Ｍｅｉ", stored: "Mei", refused: "芽衣" },
    preferred_name: "めい",
    country: { typed: "JP", name: "日本" },
    company: { typed: "㈱花火珈琲", name: "Hanabi Coffee Co., Ltd.", address: /KAJICHO/ },
    phone: { wrong: "3-6434-XXXX", typed: "3-6434-1234", shown: "+81 3-6434-1234" },
  },
  {
    language: "en",
    mail: "naomi.tanabe@kaede-electric.example",
    given_name: { typed: "Naomi", stored: "Naomi", refused: "N@omi" },
    preferred_name: "Nao",
    country: { typed: "Japan", name: "Japan" },
    company: { typed: "kaede electric inc", name: "Kaede Electric Industries, Ltd.", address: /SUYA/ },
    phone: { wrong: "+49 30 901820", typed: "096-242-1234 ext. 12", shown: "+81 96-242-1234 ext. 12" },
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

describe.each(STORIES)("a profile in $language", (story) => {
  let desk: Desk;
  let t: Desk["t"];
  let page: Page;

  beforeAll(async () => {
    // Refusals are part of the story: nobody is signed in yet, fields are wrong, an address is in use.
    desk = await openDesk(world, story.language, /status of (401|409|412|422)/);
    ({ t, page } = desk);
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const button = (key: string) => desk.button(key);
  const heading = (key: string) => desk.heading(key);
  const dialog = () => desk.dialog();
  const field = (name: string) => page.locator(`input[name=${name}]`);
  const addressField = () => page.locator("main form button[aria-haspopup=listbox]");
  const company = () => page.locator("[role=option]", { hasText: story.company.address });
  const inDialog = (key: string) => dialog().getByRole("button", { name: t(key), exact: true });
  const edit = (title: string) => page.getByRole("button", { name: t("profile.edit_of", { title: t(title) }) });
  const addresses = () => page.getByRole("list", { name: t("addresses.title") }).getByRole("listitem");

  const look = async (name: string) => expect(await desk.look(name), name).toEqual([]);

  it("is what the home asks for, field by field", async () => {
    await page.goto(`${world.portal}/`);
    await signIn(world, page, t, story.mail);
    await page.getByText(t("profile.missing"), { exact: true }).waitFor();
    await look("home-profile-missing");
    for (const name of ["company_name", "company_phone"]) {
      await page.getByRole("link", { name: t(`profile.${name}`), exact: true }).click();
      await heading("profile.company_title").waitFor();
      await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement)?.name)).toBe(name);
      await page.goto(`${world.portal}/`);
    }
    await page.getByRole("link", { name: t("profile.company_address"), exact: true }).click();
    await addressField().waitFor();
    await expect.poll(() => addressField().evaluate((each) => each === document.activeElement)).toBe(true);
  });

  it("has a personal part", async () => {
    await page
      .locator(".menkyo-header")
      .getByRole("link", { name: t("shell.profile") })
      .click();
    await heading("profile.personal_title").waitFor();
    // With its time zone, since people compare it with their own clock.
    await page.getByText(new RegExp(`${t("profile.last_sign_in", { at: "" }).trim()}.*(UTC|GMT|JST)`)).waitFor();
    await look("profile");
    await edit("profile.personal_title").click();
    await field("given_name").fill(" ");
    await button("profile.update").click();
    await page.getByText(t("fields.empty"), { exact: true }).waitFor();
    await field("given_name").fill(story.given_name.refused);
    await page.getByRole("button", { name: t("sign_up.country") }).click();
    await page.keyboard.type(story.country.typed);
    await page.locator("[role=option]", { hasText: story.country.name }).first().click();
    await button("profile.update").click();
    await page.getByText(t("fields.not_latin"), { exact: true }).waitFor();
    await look("profile-personal-refused");
    await field("given_name").fill(story.given_name.typed);
    await field("preferred_name").fill(story.preferred_name);
    await button("profile.update").click();
    await page.getByText(t("profile.saved"), { exact: true }).waitFor();
    await page.getByText(story.given_name.stored, { exact: true }).waitFor();
    // At the top right, at once.
    await page.locator(".menkyo-header").getByText(story.preferred_name, { exact: true }).waitFor();
    await look("profile-personal-saved");
    // What is cancelled is not kept.
    await edit("profile.personal_title").click();
    await field("preferred_name").fill("Nobody");
    await button("common.cancel").click();
    expect(await page.getByText("Nobody").count()).toBe(0);
  });

  it("finds the company while it is typed, and its address", async () => {
    await page.getByRole("tab", { name: t("profile.company"), exact: true }).click();
    await edit("profile.company_title").click();
    await field("company_name").fill(story.company.typed);
    await company().waitFor();
    await look("profile-company-found");
    await company().click();
    expect(await field("company_name").inputValue()).toBe(story.company.name);
    await addressField().click();
    await company().click();
    await dialog().waitFor();
    await inDialog("profile.update").click();
    await dialog().getByText(t("fields.not_acknowledged"), { exact: true }).waitFor();
    await look("profile-address-refused");
    await dialog().getByRole("checkbox").check();
    await inDialog("profile.update").click();
    await page.getByText(t("addresses.saved"), { exact: true }).waitFor();
    await field("company_phone").fill(story.phone.wrong);
    await button("profile.update").click();
    await page
      .getByText(t("fields.not_a_number"), { exact: true })
      .or(page.getByText(t("fields.not_of_country"), { exact: true }))
      .waitFor();
    await look("profile-company-refused");
    await field("company_phone").fill(story.phone.typed);
    await button("profile.update").click();
    await page.getByText(t("profile.saved"), { exact: true }).first().waitFor();
    await page.getByText(story.phone.shown, { exact: true }).waitFor();
    await page.getByText(story.company.name, { exact: true }).waitFor();
    expect(await page.getByText(t("profile.missing"), { exact: true }).count()).toBe(0);
    await look("profile-company-saved");
    // What was saved can be saved again as it is shown.
    await edit("profile.company_title").click();
    expect(await field("company_phone").inputValue()).toBe(story.phone.shown);
    await button("profile.update").click();
    await page.getByText(story.phone.shown, { exact: true }).waitFor();
  });

  it("has an address book", async () => {
    expect(await addresses().count()).toBe(1);
    await page.getByText(t("addresses.in_use"), { exact: true }).waitFor();
    await button("addresses.add").click();
    await dialog().getByRole("checkbox").check();
    await dialog()
      .getByRole("button", { name: t("sign_up.country") })
      .click();
    await page.keyboard.type("Germany");
    await page
      .locator("[role=option]", { hasText: /ドイツ|Germany/ })
      .first()
      .click();
    await field("postal_code").fill("20457");
    await field("city").fill("HAMBURG");
    await field("line1").fill("AM SANDTORKAI 41");
    await inDialog("profile.update").click();
    await expect.poll(() => addresses().count()).toBe(2);
    await page.getByText("AM SANDTORKAI 41, HAMBURG, DE 20457", { exact: true }).waitFor();
    await look("profile-addresses");
    const act = (key: string, address: RegExp) =>
      addresses()
        .filter({ hasText: address })
        .getByRole("button", { name: new RegExp(t(key, { address: "" }).trim()) });
    await act("addresses.edit_of", /SANDTORKAI/).click();
    await field("line2").fill("<b>SPEICHER</b>");
    await inDialog("profile.update").click();
    await page.getByText("AM SANDTORKAI 41, <b>SPEICHER</b>, HAMBURG, DE 20457", { exact: true }).waitFor();
    await act("addresses.delete_of", story.company.address).click();
    await inDialog("addresses.delete").click();
    await dialog().getByText(t("problems.address_in_use.title"), { exact: true }).waitFor();
    await page.screenshot({ path: world.picture(`${story.language}-profile-address-in-use`) });
    await inDialog("common.cancel").click();
    await act("addresses.delete_of", /SANDTORKAI/).click();
    await look("profile-address-delete");
    await inDialog("addresses.delete").click();
    await page.getByText(t("addresses.deleted"), { exact: true }).waitFor();
    await expect.poll(() => addresses().count()).toBe(1);
  });

  it("leaves nothing to ask for", async () => {
    await page.goto(`${world.portal}/`);
    await heading("home.title").waitFor();
    await page
      .getByRole("link", { name: t("home.licenses"), exact: true })
      .first()
      .waitFor();
    expect(await page.getByText(t("profile.missing"), { exact: true }).count()).toBe(0);
    expect(desk.faults).toEqual([]);
  });
});
