// The guide, chapter by chapter, once in each language: a founder who signs up and opens the account of her company, a
// colleague who asks for one with a prefix, real mail. `MENKYO_GUIDE=write ./dev e2e guide` writes the pictures and
// pages anew; the ordinary run takes the same pictures and holds the pages in docs/guide against the words and the
// portal.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Camera, guidePages, readGuide, writeGuide } from "./guide/guide";
import { type Desk, employ, openDesk, openInbox, wayOf } from "./person";
import { openWorld, type ReceivedMail, type World } from "./world";

const PASSWORD = "Kettle-42-orbit";
const STORIES = [
  {
    language: "ja",
    domain: "tsubaki-foods.example",
    company: "TSUBAKI FOODS CO., LTD.",
    account: "椿フーズ",
    branch: "椿フーズ 大阪支社",
    prefix: "osaka",
    note: "大阪支社で使用するアカウントの承認をお願いします。",
  },
  {
    language: "en",
    domain: "nordlicht.example",
    company: "NORDLICHT K.K.",
    account: "Nordlicht",
    branch: "Nordlicht Osaka",
    prefix: "osaka",
    note: "Please approve the account of our branch in Osaka.",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("the guide in $language", (story) => {
  const camera = new Camera(story.language);
  const mail = `hana@${story.domain}`;
  let founder: Desk;
  let colleague: Desk;
  let toFounder: () => Promise<ReceivedMail>;

  beforeAll(async () => {
    // The page behind a used link asks for it once more when somebody has signed in.
    founder = await openDesk(world, story.language, /status of (401|410)/);
    colleague = await openDesk(world, story.language);
    toFounder = openInbox(world, mail);
  });
  afterAll(async () => {
    await founder?.close();
    await colleague?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(async () => {
      await founder.picture(`failed-guide-founder-${task.name.replaceAll(/\W+/g, "-")}`);
      await colleague.picture(`failed-guide-colleague-${task.name.replaceAll(/\W+/g, "-")}`);
    });
  });

  it("1-1 create an account", async () => {
    const { page, t } = founder;
    await page.goto(`${world.portal}/`);
    await founder.link("sign_in.create").waitFor();
    await camera.take(page, "1-1-open", founder.link("sign_in.create"));
    await founder.link("sign_in.create").click();
    await founder.heading("sign_up.title").waitFor();
    await founder.field("sign_in.mail").fill(mail);
    await founder.field("sign_in.password").fill(PASSWORD);
    await page.locator("input[name=given_name]").fill("Hana");
    await page.locator("input[name=family_name]").fill("Mori");
    await page.getByRole("button", { name: t("sign_up.country") }).click();
    await page.keyboard.type("Japan");
    await page
      .locator("[role=option]", { hasText: /日本|Japan/ })
      .first()
      .click();
    await camera.take(page, "1-1-form", founder.button("sign_up.submit"));
    await founder.button("sign_up.submit").click();
    await founder.heading("sign_up.sent").waitFor();
    await camera.take(page, "1-1-sent");
  });

  it("1-2 activate it and sign in", async () => {
    const { page } = founder;
    await page.goto(wayOf(world, await toFounder()));
    await founder.field("activate.password").fill(PASSWORD);
    await camera.take(page, "1-2-activate", founder.button("activate.submit"));
    await founder.button("activate.submit").click();
    await founder.heading("profile.title").waitFor();
    await founder.button("shell.sign_out").click();
    await founder.field("sign_in.mail").fill(mail);
    await camera.take(page, "1-2-mail", founder.button("sign_in.next"));
    await founder.button("sign_in.next").click();
    await founder.field("sign_in.password").fill(PASSWORD);
    await camera.take(page, "1-2-password", founder.button("sign_in.submit"));
    await founder.button("sign_in.submit").click();
    await founder.heading("profile.title").waitFor();
  });

  it("1-3 complete the profile", async () => {
    const { page, t } = founder;
    await page.goto(`${world.portal}/`);
    await page.getByText(t("profile.missing"), { exact: true }).waitFor();
    await camera.take(page, "1-3-home", founder.link("profile.company_name"));
    await founder.link("profile.company_name").click();
    await founder.heading("profile.company_title").waitFor();
    await page.locator("input[name=company_name]").fill(story.company);
    await camera.take(page, "1-3-company", page.locator("input[name=company_name]"));
    await page.keyboard.press("Escape");
    await page.locator("main form button[aria-haspopup=listbox]").click();
    await page.locator("[role=option]", { hasText: t("profile.address_new") }).click();
    const form = founder.dialog();
    await form.locator("input[name=postal_code]").fill("107-6227");
    await form.getByRole("button", { name: t("addresses.region") }).click();
    await page
      .locator("[role=option]", { hasText: /Tokyo|東京都/ })
      .first()
      .click();
    await form.locator("input[name=city]").fill("MINATO");
    await form.locator("input[name=line1]").fill("9-7-1 AKASAKA");
    await form.locator("input[name=line2]").fill("MIDTOWN TOWER");
    await form.getByRole("checkbox").check();
    const update = form.getByRole("button", { name: t("profile.update"), exact: true });
    await camera.take(page, "1-3-address", update);
    await update.click();
    await page.getByText(t("addresses.saved"), { exact: true }).waitFor();
    await page.locator("input[name=company_phone]").fill("3-6434-1234");
    await camera.take(page, "1-3-saved", founder.button("profile.update"));
    await founder.button("profile.update").click();
    await page.getByText(t("profile.saved"), { exact: true }).first().waitFor();
  });

  it("2-1 begin with a Smart Account", async () => {
    await founder.page.goto(`${world.portal}/`);
    await founder.link("home.create_account").waitFor();
    await camera.take(founder.page, "2-1-home", founder.link("home.create_account"));
    await founder.link("home.create_account").click();
  });

  it("2-2 create it", async () => {
    const { page, t } = founder;
    await founder.heading("founding.title").waitFor();
    await page.locator("input[name=name]").fill(story.account);
    await page.getByText(t("founding.outlook.nobody", { domain: story.domain, mail_domain: story.domain })).waitFor();
    await camera.take(page, "2-2-form", founder.button("founding.submit"));
    await founder.button("founding.other_address").click();
    await founder.dialog().locator("input[name=postal_code]").waitFor();
    await camera.take(page, "2-2-address");
    await founder
      .dialog()
      .getByRole("button", { name: t("common.cancel"), exact: true })
      .click();
    await founder.button("founding.submit").click();
    await page.getByText(t("founding.active", { name: story.account })).waitFor();
    await founder.row("DEFAULT").waitFor();
    await camera.take(page, "2-2-active");
    expect((await toFounder()).text).toContain(story.domain);
  });

  it("2-3 create one with a prefix", async () => {
    const { page, t } = colleague;
    await employ(world, colleague, `taro@${story.domain}`, "Taro", "Sato");
    await page.goto(`${world.portal}/accounts/new`);
    await colleague.heading("founding.title").waitFor();
    await page.locator("input[name=name]").fill(story.branch);
    await colleague.button("founding.edit_domain").click();
    const dialog = colleague.dialog();
    await dialog.locator("input[name=prefix]").fill(story.prefix);
    await dialog.locator("textarea").fill(story.note);
    const ok = dialog.getByRole("button", { name: "OK", exact: true });
    await camera.take(page, "2-3-edit", ok);
    await ok.click();
    const wanted = { domain: `${story.prefix}.${story.domain}`, mail_domain: story.domain };
    const outlook = page.getByText(t("founding.outlook.administrators", wanted));
    await outlook.waitFor();
    await camera.take(page, "2-3-outlook", outlook);
    await colleague.button("founding.submit").click();
    await page.getByText(t("account_requests.pending_title")).waitFor();
    await camera.take(page, "2-3-pending");
  });

  it("2-4 approve it", async () => {
    const { page, t } = founder;
    await page.goto(wayOf(world, await toFounder()));
    await page.getByRole("heading", { name: story.branch, exact: true }).waitFor();
    await camera.take(page, "2-4-detail");
    await page.getByLabel(t("account_requests.approve")).check();
    await camera.take(page, "2-4-decide", founder.button("account_requests.submit"));
    await founder.button("account_requests.submit").click();
    await page.getByText(t("account_requests.done.APPROVED", { name: story.branch })).waitFor();
    await page
      .getByRole("link", { name: t("manage.title"), exact: true })
      .first()
      .click();
    await founder.row(story.branch).waitFor();
    await camera.take(page, "2-4-list", founder.tab("account_requests.tab"));
  });

  it("3-1 manage the account", async () => {
    const { page } = founder;
    await page.goto(`${world.portal}/`);
    await founder.link("home.manage").first().click();
    await founder.row("DEFAULT").waitFor();
    await camera.take(page, "3-1-virtual_accounts", founder.tab("virtual_accounts.title"));
    await founder.tab("users.title").click();
    await founder.row(mail).waitFor();
    await camera.take(page, "3-1-users", founder.button("users.add"));
    await founder.tab("inventory.events").click();
    await page.getByRole("row").nth(1).waitFor();
    await camera.take(page, "3-1-events", founder.tab("inventory.events"));
  });

  it("3-2 open the license manager", async () => {
    const { page } = founder;
    await page.goto(`${world.portal}/`);
    await founder.link("home.licenses").first().click();
    await founder.row("DEFAULT").waitFor();
    await camera.take(page, "3-2-overview", founder.row("DEFAULT"));
  });

  it("has a picture for each step, and is what docs/guide says", () => {
    expect(camera.missing()).toEqual([]);
    const pages = guidePages(founder.t, story.language);
    if (process.env.MENKYO_GUIDE === "write") writeGuide(story.language, pages, camera.pictures);
    for (const [file, text] of pages) expect(readGuide(story.language, file), file).toBe(text);
    expect(founder.faults).toEqual([]);
    expect(colleague.faults).toEqual([]);
  });
});
