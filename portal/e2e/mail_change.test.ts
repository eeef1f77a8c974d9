// Another mail address and a way in for somebody new, once in each language and with real mail: a change is asked for,
// confirmed at both ends in other browsers and withdrawn; somebody is invited, comes, and is told of a role.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, everyLook, openDesk, openInbox, signIn, wayOf } from "./person";
import { openWorld, type ReceivedMail, type World } from "./world";

const PASSWORD = "Kettle-42-orbit";
const STORIES = [
  {
    language: "ja",
    administrator: "mei.hanada@hanabi-coffee.example",
    elsewhere: "mei@hanada.example",
    elsewhere_again: "mei@hotaru.example",
    newcomer: "hanako.mori@tsubaki-foods.example",
    native_name: "森 花子",
    greeting: "森 花子",
  },
  {
    language: "en",
    administrator: "naomi.tanabe@kaede-electric.example",
    elsewhere: "naomi@tanabe.example",
    elsewhere_again: "naomi@nordlicht.example",
    newcomer: "lena.berg@nordlicht.example",
    native_name: "",
    greeting: "Hanako Mori",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("mail addresses in $language", (story) => {
  let desk: Desk;
  let t: Desk["t"];
  let page: Page;
  const inboxes = new Map<string, () => Promise<ReceivedMail>>();

  // Refusals are part of the story: a password is wrong, a link is used, a mail is asked for too soon.
  const open = () => openDesk(world, story.language, /status of (401|410|422|429)/);
  beforeAll(async () => {
    desk = await open();
    ({ t, page } = desk);
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const button = (key: string, on = page) => on.getByRole("button", { name: t(key), exact: true });
  const heading = (key: string, on = page) => on.getByRole("heading", { name: t(key), exact: true });
  const change = () => page.locator("form", { has: page.locator("input[name=new-mail]") });

  const look = async (name: string, on = page) =>
    expect(await everyLook(world, on, `${story.language}-mail-change-${name}`)).toEqual([]);

  // The next mail to an address.
  function nextMail(to: string): Promise<ReceivedMail> {
    const inbox = inboxes.get(to) ?? openInbox(world, to);
    inboxes.set(to, inbox);
    return inbox();
  }

  async function askFor(mail: string, password: string) {
    await change().locator("input[name=new-mail]").fill(mail);
    await change().locator("input[name=password-for-mail]").fill(password);
    await button("mail_change.submit").click();
  }

  it("asks for another address with the password", async () => {
    await page.goto(`${world.portal}/sign_in?return_to=/me/security`);
    await signIn(world, page, t, story.administrator);
    await heading("mail_change.title").waitFor();
    await button("mail_change.submit").click();
    await change().getByText(t("sign_in.mail_missing")).waitFor();
    await askFor(story.elsewhere, "Not-the-1-chosen");
    await change().getByText(t("change_password.wrong")).waitFor();
    await askFor(story.administrator.toUpperCase(), world.passwordOf(story.administrator));
    await change().getByText(t("fields.unchanged")).waitFor();
    await askFor(story.elsewhere, world.passwordOf(story.administrator));
    await page.getByText(t("mail_change.sent")).waitFor();
    await heading("mail_change.pending").waitFor();
    expect(await page.getByText(t("mail_change.open"), { exact: true }).count()).toBe(2);
    await look("pending");
    await button("mail_change.again").click();
    await page.getByText(t("mail_change.too_soon")).waitFor();
  });

  it("confirms it in the new inbox, in another browser", async () => {
    const elsewhere = await open();
    const other = elsewhere.page;
    const mail = await nextMail(story.elsewhere);
    await other.goto(wayOf(world, mail));
    await heading("mail_change_link.confirm_mail.title", other).waitFor();
    await other.getByText(story.elsewhere).waitFor();
    await look("confirm", other);
    await button("mail_change_link.confirm_mail.submit", other).click();
    await heading("mail_change_link.confirm_mail.done", other).waitFor();
    await look("confirmed", other);
    await other.reload();
    await other.getByText(t("problems.link_invalid.title")).waitFor();
    await elsewhere.close();
    await page.reload();
    await page.getByText(t("mail_change.confirmed"), { exact: true }).waitFor();
    expect(await page.getByText(t("mail_change.open"), { exact: true }).count()).toBe(1);
    await look("half-confirmed");
  });

  it("approves it in the old inbox, and signs in with the new address", async () => {
    const elsewhere = await open();
    const other = elsewhere.page;
    await other.goto(wayOf(world, await nextMail(story.administrator)));
    await heading("mail_change_link.approve_mail_change.title", other).waitFor();
    await look("approve", other);
    await button("mail_change_link.approve_mail_change.submit", other).click();
    await heading("mail_changed.done", other).waitFor();
    await look("changed", other);
    const told = await nextMail(story.administrator);
    expect(told.text).toContain(story.elsewhere);
    expect(told.text).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    // The browser that asked stays signed in.
    await page.reload();
    await page.getByText(story.elsewhere).first().waitFor();
    expect(await heading("mail_change.pending").count()).toBe(0);
    await other.goto(`${world.portal}/sign_in`);
    await other.getByLabel(t("sign_in.mail")).fill(story.elsewhere);
    await button("sign_in.next", other).click();
    await other.getByLabel(t("sign_in.password")).fill(world.passwordOf(story.administrator));
    await button("sign_in.submit", other).click();
    await heading("home.title", other).waitFor();
    await elsewhere.close();
  });

  it("withdraws another change", async () => {
    await askFor(story.elsewhere_again, world.passwordOf(story.administrator));
    await heading("mail_change.pending").waitFor();
    const mail = await nextMail(story.elsewhere_again);
    await button("mail_change.withdraw").click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await look("withdraw");
    await dialog.getByRole("button", { name: t("mail_change.withdraw"), exact: true }).click();
    await page.getByText(t("mail_change.withdrawn")).waitFor();
    await expect.poll(() => heading("mail_change.pending").count()).toBe(0);
    const elsewhere = await open();
    const other = elsewhere.page;
    await other.goto(wayOf(world, mail));
    await other.getByText(t("problems.link_invalid.title")).waitFor();
    await elsewhere.close();
  });

  it("invites somebody, and sends the invitation again", async () => {
    await page.goto(`${world.portal}/`);
    await page
      .getByRole("link", { name: t("home.manage"), exact: true })
      .first()
      .click();
    await page.getByRole("tab", { name: t("users.title"), exact: true }).click();
    await button("users.add").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(t("sign_in.mail")).fill(story.newcomer);
    await dialog.getByRole("button", { name: t("users.grant_submit"), exact: true }).click();
    await page.getByText(t("users.granted", { mail: story.newcomer })).waitFor();
    const row = page.getByRole("row").filter({ hasText: story.newcomer });
    await row.getByText(t("users.invited"), { exact: true }).waitFor();
    await look("users");
    expect((await nextMail(story.newcomer)).text).toContain(t("roles.sa_user"));
    await row.getByRole("button", { name: t("users.invite_again_of", { mail: story.newcomer }) }).click();
    await page.getByText(t("users.invited_again", { mail: story.newcomer })).waitFor();
  });

  it("comes by the invitation, and is told of another role", async () => {
    const elsewhere = await open();
    const other = elsewhere.page;
    await other.goto(wayOf(world, await nextMail(story.newcomer)));
    await heading("invitation.title", other).waitFor();
    expect(await other.getByLabel(t("sign_in.mail"), { exact: true }).inputValue()).toBe(story.newcomer);
    await other.locator("input[name=given_name]").fill("花子");
    await other.locator("input[name=family_name]").fill("Mori");
    await other.locator("input[name=native_name]").fill(story.native_name);
    await other.getByRole("button", { name: t("sign_up.country") }).click();
    await other.keyboard.type("Germany");
    await other.locator("[role=option]", { hasText: story.language === "ja" ? "ドイツ" : "Germany" }).click();
    await other.getByLabel(t("password.new"), { exact: true }).fill("Kettle");
    await other.getByLabel(t("password.again"), { exact: true }).fill(PASSWORD);
    await button("invitation.submit", other).click();
    await other.getByText(t("password.rules_broken")).waitFor();
    await other.getByText(t("password.different")).waitFor();
    await other.getByLabel(t("password.new"), { exact: true }).fill(PASSWORD);
    // What only the server knows is told at its field.
    await button("invitation.submit", other).click();
    await other.getByText(t("fields.not_latin")).waitFor();
    await look("invitation", other);
    await other.locator("input[name=given_name]").fill("Hanako");
    await button("invitation.submit", other).click();
    await heading("home.title", other).waitFor();
    await other.getByText(t("invitation.done"), { exact: true }).waitFor();
    await other.getByText(story.greeting).first().waitFor();
    await elsewhere.close();

    await page.reload();
    const row = page.getByRole("row").filter({ hasText: story.newcomer });
    await row.waitFor();
    expect(await row.getByText(t("users.invited"), { exact: true }).count()).toBe(0);
    await row.getByRole("button", { name: /./ }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: t("users.revoke"), exact: true }).click();
    await page.getByText(t("users.revoked", { mail: story.newcomer })).waitFor();
    const told = await nextMail(story.newcomer);
    expect(told.headers.subject).toContain({ ja: "取り消されました", en: "was taken from you" }[story.language]);
    expect(desk.faults).toEqual([]);
  });
});
