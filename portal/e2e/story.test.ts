// The story of Menkyo as a person lives it, once in each language: sign in, look around, create a registration token,
// let a real device register and draw, and read what became of the licenses.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { barriers, type Desk, type Language, openDesk, signIn } from "./person";
import { openWorld, type World } from "./world";

interface Story {
  language: Language;
  mail: string;
  account: string;
  virtual_account: string;
  product: string;
  entitlement: string;
  license: string;
  lender: string;
  // Far more than the account owns.
  too_many: number;
}

const STORIES: Story[] = [
  {
    language: "ja",
    mail: "mei.hanada@hanabi-coffee.example",
    account: "Hanabi Coffee Co., Ltd.",
    virtual_account: "焙煎工場",
    product: "NM-IE-10",
    entitlement: "AZ-SWI-IE-BASE",
    license: "波 産業用ベース",
    lender: "波 産業用リング",
    too_many: 5,
  },
  {
    language: "en",
    mail: "naomi.tanabe@kaede-electric.example",
    account: "Kaede Electric Industries, Ltd.",
    virtual_account: "Tower B",
    product: "SR-AP310",
    entitlement: "AZ-WLS-AP-ESS",
    license: "Sora access point Essentials",
    lender: "Sora access point Advantage",
    too_many: 100_000,
  },
];

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

describe.each(STORIES)("the story in $language", (story) => {
  let desk: Desk;
  let t: Desk["t"];
  let page: Page;
  let token = "";
  const device = `e2e-${story.language}`;

  beforeAll(async () => {
    desk = await openDesk(world, story.language);
    ({ t, page } = desk);
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const button = (key: string) => desk.button(key);
  const tab = (key: string) => desk.tab(key);
  const link = (name: string) => page.getByRole("link", { name, exact: true });
  const row = (name: string) => desk.row(name);
  const look = async (name: string) => expect(await desk.look(name), name).toEqual([]);

  it("signs in in two steps", async () => {
    await page.goto(`${world.portal}/`);
    await signIn(world, page, t, story.mail, () => look("sign-in"));
    await page.getByRole("heading", { name: t("home.title"), exact: true }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe(story.language);
  });

  it("says at home how the account stands", async () => {
    await page.getByText(story.account).first().waitFor();
    await link(t("home.licenses")).first().waitFor();
    await look("home");
  });

  it("shows all virtual accounts in the license manager", async () => {
    await link(t("home.licenses")).first().click();
    await page.getByRole("heading", { name: t("overview.totals"), exact: true }).waitFor();
    await page.getByRole("row").nth(1).waitFor();
    await look("license-manager");
    await page
      .getByRole("searchbox", { name: t("virtual_accounts.search") })
      .last()
      .fill(story.virtual_account);
    await row(story.virtual_account).getByRole("link").click();
    await page.getByRole("heading", { name: story.virtual_account, exact: true }).waitFor();
    await row(story.entitlement).first().waitFor();
    await look("licenses");
  });

  it("creates a registration token", async () => {
    await tab("inventory.general").click();
    await button("tokens.create").first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("tokens.description")).fill(device);
    await look("token-form");
    await dialog.getByRole("button", { name: t("tokens.create"), exact: true }).click();
    const text = page.locator("code.menkyo-token");
    await text.waitFor();
    token = await text.innerText();
    expect(token.length).toBeGreaterThan(20);
    await look("token");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("common.close"), exact: true })
      .last()
      .click();
    await row(device).first().waitFor();
    await look("general");
  });

  it("shows a device that registers without a reload", async () => {
    await tab("inventory.devices").click();
    await page.getByRole("searchbox", { name: t("devices.search") }).waitFor();
    await page.getByText(t("live.open"), { exact: true }).waitFor();
    await page.evaluate(() => Object.assign(window, { was_here: true }));
    await page.getByRole("searchbox", { name: t("devices.search") }).fill(device);
    await page.getByText(t("table.no_match")).waitFor();
    const where = ["--server", world.address, "--product", story.product];
    await world.agent(device, ["register", ...where, "--serial", device, "--host-name", device, "--token", "-"], token);
    await row(device).first().waitFor();
    expect(await page.evaluate(() => "was_here" in window)).toBe(true);
    await look("devices");
  });

  it("says that more is in use than is owned, and what stands in", async () => {
    await world.agent(device, ["request", `${story.entitlement}=${story.too_many}`]);
    await row(device).getByText(t("authorization.out_of_compliance")).waitFor();
    expect(await page.evaluate(() => "was_here" in window)).toBe(true);
    await tab("inventory.licenses").click();
    const position = row(story.entitlement).first();
    await position.getByText(t("compliance.out_of_compliance")).waitFor();
    await look("out-of-compliance");
    await position.getByRole("button", { name: story.license, exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: t("loans.title"), exact: true }).waitFor();
    const sentence = dialog.getByRole("listitem").filter({ hasText: story.lender }).first();
    expect(await sentence.innerText()).toContain(story.license);
    await dialog.getByText(device).first().waitFor();
    await look("substitution");
    await dialog
      .getByRole("button", { name: t("common.close") })
      .first()
      .click();
  });

  it("returns to compliance when the device lets go", async () => {
    await tab("inventory.devices").click();
    await page.getByRole("searchbox", { name: t("devices.search") }).fill(device);
    await row(device).getByText(t("authorization.out_of_compliance")).waitFor();
    await world.agent(device, ["release", "--all"]);
    await row(device).getByText(t("authorization.none")).waitFor();
    await tab("inventory.licenses").click();
    await row(story.entitlement).first().getByText(t("compliance.in_compliance")).waitFor();
  });

  it("tells it all in the event log", async () => {
    await tab("inventory.events").click();
    await page
      .getByText(t("events.device_registered", { subject: device }))
      .first()
      .waitFor();
    await look("events");
  });

  it("manages the account", async () => {
    await link(t("home.manage")).first().click();
    await page
      .getByRole("heading", { name: t("manage.title_of").replace("{{account}}", story.account) })
      .first()
      .waitFor();
    for (const name of await page.getByRole("tab").all()) {
      await name.click();
    }
    await page.getByRole("row").nth(1).waitFor();
    await look("manage");
  });

  it("signs out, with nothing amiss on any page", async () => {
    await button("shell.sign_out").click();
    await page.getByLabel(t("sign_in.mail")).waitFor();
    expect(desk.faults).toEqual([]);
  });
});

describe("the operator", () => {
  async function open(language: Language, mail: string) {
    const desk = await openDesk(world, language);
    await desk.page.goto(`${world.portal}/sign_in?return_to=/operator`);
    await signIn(world, desk.page, desk.t, mail);
    await desk.tab("operator.catalog").waitFor();
    return desk;
  }

  it("sees the catalogue, the accounts and the imports", async () => {
    const { t, page, close } = await open("ja", "kaori.aoki@aozora.example");
    for (const name of ["catalog", "accounts", "jobs"]) {
      await page.getByRole("tab", { name: t(`operator.${name}`), exact: true }).click();
      await page.getByRole("row").nth(1).waitFor();
      await page.screenshot({ path: world.picture(`operator-${name}`) });
      expect(await barriers(page), name).toEqual([]);
    }
    await close();
  });

  it("is shown only what its role allows", async () => {
    const { t, page, close } = await open("en", "thomas.sorano@aozora.example");
    const tabs = await page.getByRole("tab").allInnerTexts();
    expect(tabs).toEqual(
      ["catalog", "accounts", "account_requests", "enquiries", "successions"].map((tab) => t(`operator.${tab}`)),
    );
    await page.goto(`${world.portal}/operator?tab=jobs`);
    await page.getByRole("row").nth(1).waitFor();
    expect(await barriers(page)).toEqual([]);
    await close();
  });
});
