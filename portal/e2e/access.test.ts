// How somebody from outside comes into a Smart Account, once in each language and with real mail: a partner asks for
// access by the account's domain, and for one that nobody has, and sees no difference; the administrator gives a part
// of the account, and later shows whom to ask.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, openDesk, openInbox, signIn, wayOf } from "./person";
import { openWorld, type ReceivedMail, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    administrator: "mei.hanada@hanabi-coffee.example",
    partner: "pat@hayate-setsubi.example",
    unknown: "hozuki.example",
    asked: "アクセスリクエストを受け付けました - ",
    toDecide: "アクセスリクエストは保留中です - ",
    granted: "アクセスが承認されました - ",
    message: "管理者へのメッセージ - ",
  },
  {
    language: "en",
    administrator: "naomi.tanabe@kaede-electric.example",
    partner: "pat@kessel.example",
    unknown: "hollow.example",
    asked: "Your access request - ",
    toDecide: "Access Request Pending - ",
    granted: "Access granted - ",
    message: "Message to the administrators - ",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("access to somebody's account in $language", (story) => {
  let partner: Desk;
  let admin: Desk;
  let account = { smart_account_id: "", name: "", domain: "" };
  let toPartner: () => Promise<ReceivedMail>;
  let toAdmin: () => Promise<ReceivedMail>;
  const { administrator } = story;
  const look = async (desk: Desk, name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-${name}`)).toEqual([]);

  beforeAll(async () => {
    partner = await openDesk(world, story.language);
    admin = await openDesk(world, story.language);
    toAdmin = openInbox(world, administrator);
    await admin.page.goto(`${world.portal}/sign_in`);
    await signIn(world, admin.page, admin.t, administrator);
    await admin.heading("home.title").waitFor();
    const me = await admin.page.evaluate(async () => (await fetch("/api/v1/me")).json());
    account = me.accounts.find((each: { roles: string[] }) => each.roles.includes("sa_admin"));
    toPartner = await employ(world, partner, story.partner, "Pat", "Gast");
  });
  afterAll(async () => {
    await partner?.close();
    await admin?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(async () => {
      await partner.picture(`failed-partner-${task.name.replaceAll(/\W+/g, "-")}`);
      await admin.picture(`failed-admin-${task.name.replaceAll(/\W+/g, "-")}`);
    });
  });

  // Asks, and gives what the page says with the domain taken out.
  async function ask(domain: string) {
    const { page, t } = partner;
    await page.goto(`${world.portal}/`);
    await partner.link("access.title").click();
    await partner.heading("access.title").waitFor();
    await page.locator("input[name=domain]").fill(domain);
    await page.locator("textarea").fill("We install your routers.");
    await partner.button("access.submit").click();
    await page.getByText(t("access.standing.PENDING")).waitFor();
    const mail = await toPartner();
    expect(mail.headers.subject).toBe(story.asked + domain);
    const plain = (text: string) =>
      text
        .replaceAll(domain, "DOMAIN")
        .replaceAll(/asr_[0-9a-z]{26}/g, "ID")
        .replaceAll(/20\d\d[^\s]*( |T)?\d\d?:\d\d(:\d\d)?( [AP]M)?/g, "TIME");
    return [plain(await page.locator("main").innerText()), plain(mail.text)];
  }

  it("looks the same for a domain that has an account and one that has none", async () => {
    const { page } = partner;
    await page.goto(`${world.portal}/access_request`);
    await partner.button("access.submit").click();
    await page.getByText(partner.t("fields.empty")).waitFor();
    await look(partner, "access-empty");
    const known = await ask(account.domain);
    await look(partner, "access-pending");
    const unknown = await ask(story.unknown);
    expect(known).toEqual(unknown);
    await page.goto(`${world.portal}/`);
    await page.getByText(partner.t("access.own_item.access", { domain: story.unknown })).waitFor();
    await look(partner, "home-with-access-requests");
  });

  it("gives a part of the account by way of the mail", async () => {
    const mail = await toAdmin();
    expect(mail.headers.subject).toBe(story.toDecide + account.name);
    for (const part of [story.partner, "+81 3-6434-1234", "We install your routers."])
      expect(mail.text).toContain(part);
    const { page, t } = admin;
    await page.goto(wayOf(world, mail));
    await page.getByText("We install your routers.").waitFor();
    await look(admin, "access-to-decide");
    await page.getByLabel(t("account_requests.approve")).check();
    await admin.button("account_requests.submit").click();
    await page.getByText(t("access.role_missing")).waitFor();
    await look(admin, "access-without-role");
    await page.getByRole("button", { name: t("users.role") }).click();
    await page.locator("[role=option]", { hasText: t("roles.va_viewer") }).click();
    await page.getByRole("button", { name: t("licenses.choose_virtual_account") }).click();
    await page.locator("[role=option]").first().click();
    await page.keyboard.press("Escape");
    await page.locator("[role=option]").first().waitFor({ state: "hidden" });
    await admin.picture("access-with-scope");
    await admin.button("account_requests.submit").click();
    await page.getByText(t("access_request_status.APPROVED")).first().waitFor();
    await look(admin, "access-decided");
    await page.goto(`${world.portal}/accounts/${account.smart_account_id}/manage?tab=account_requests&inner=access`);
    await admin.row(story.partner).waitFor();
    await look(admin, "access-requests");
  });

  it("lets the partner in, who learns of nobody", async () => {
    const mail = await toPartner();
    expect(mail.headers.subject).toBe(story.granted + account.name);
    const { page, t } = partner;
    await page.goto(wayOf(world, mail));
    await page.getByText(t("access.standing.APPROVED")).waitFor();
    await look(partner, "access-approved");
    const pages = [mail.text, await page.content()];
    await partner.link("home.licenses").click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    pages.push(await page.content());
    for (const text of pages) expect(text).not.toContain(administrator);
  });

  it("shows the contacts when the administrator wants it", async () => {
    const { page, t } = partner;
    await page.goto(`${world.portal}/access_request?domain=${account.domain}`);
    await page.getByLabel(t("access.purposes.message")).check();
    await page.locator("textarea").fill("Whom do I ask?");
    await partner.button("access.submit").click();
    await page.getByText(t("access.standing.SENT")).waitFor();
    await look(partner, "access-message");
    expect((await toAdmin()).headers.subject).toBe(story.message + account.name);
    expect(await page.content()).not.toContain(administrator);
    const shown = admin.page.getByLabel(admin.t("access.show_contacts"));
    const changed = () => admin.page.waitForResponse((each) => each.request().method() === "PUT" && each.ok());
    await Promise.all([changed(), shown.click()]);
    await page.reload();
    await partner.heading("access.contacts").waitFor();
    await page.getByText(administrator).waitFor();
    await look(partner, "access-contacts");
    await Promise.all([changed(), shown.click()]);
    await page.reload();
    await page.getByText(t("access.standing.SENT")).waitFor();
    expect(await page.content()).not.toContain(administrator);
  });

  it("has met no fault on any page", () => {
    expect(partner.faults).toEqual([]);
    expect(admin.faults).toEqual([]);
  });
});
