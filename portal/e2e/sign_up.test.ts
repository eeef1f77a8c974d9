// How somebody comes by an account alone, once in each language and with real mail: sign up, follow the mail, activate;
// forget the password, follow the mail, set a new one; see where one is signed in.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, openDesk, openInbox, wayOf } from "./person";
import { openWorld, type ReceivedMail, type World } from "./world";

const PASSWORDS = { first: "Kettle-42-orbit", second: "Lantern-77-plum" };
const STORIES = [
  {
    language: "ja",
    mail: "hanako.mori@tsubaki-foods.example",
    // From a full-width keyboard.
    given_name: "Ｈａｎａｋｏ",
    family_name: "Mori",
    native_name: "森 花子",
    country: "ドイツ",
    greeting: "森 花子",
  },
  {
    language: "en",
    mail: "lena.berg@nordlicht.example",
    given_name: "Lena",
    family_name: "Berg",
    native_name: "",
    country: "Germany",
    greeting: "Lena Berg",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("an account of one's own in $language", (story) => {
  let desk: Desk;
  let t: Desk["t"];
  let page: Page;
  let nextMail: () => Promise<ReceivedMail>;

  beforeAll(async () => {
    desk = await open();
    ({ t, page } = desk);
    nextMail = openInbox(world, story.mail);
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  // Refusals are part of the story: nobody is signed in, a password is wrong, a mail is asked for too soon.
  const open = () => openDesk(world, story.language, /status of (401|410|422|429)/);
  const button = (key: string, on = page) => on.getByRole("button", { name: t(key), exact: true });
  const link = (key: string) => page.getByRole("link", { name: t(key), exact: true });
  const heading = (key: string, on = page) => on.getByRole("heading", { name: t(key), exact: true });
  const field = (key: string) => page.getByLabel(t(key), { exact: true });

  const look = async (name: string) => expect(await desk.look(name), name).toEqual([]);

  async function fillSignUp() {
    await field("sign_in.mail").fill(story.mail);
    await field("sign_in.password").fill(PASSWORDS.first);
    await page.locator("input[name=given_name]").fill(story.given_name);
    await page.locator("input[name=family_name]").fill(story.family_name);
    await page.locator("input[name=native_name]").fill(story.native_name);
    await page.getByRole("button", { name: t("sign_up.country") }).click();
    await page.keyboard.type("Germany");
    await page.locator("[role=option]", { hasText: story.country }).click();
  }

  async function signIn(on: Page, password: string) {
    await on.goto(`${world.portal}/sign_in`);
    await on.getByLabel(t("sign_in.mail")).fill(story.mail);
    await button("sign_in.next", on).click();
    await on.getByLabel(t("sign_in.password")).fill(password);
    await button("sign_in.submit", on).click();
    await heading("home.title", on).waitFor();
  }

  it("asks for an account", async () => {
    await page.goto(`${world.portal}/`);
    await link("sign_in.create").click();
    await heading("sign_up.title").waitFor();
    await look("sign-up");
    await button("sign_up.submit").click();
    await page.getByText(t("sign_in.mail_missing")).waitFor();
    await page.getByText(t("password.rules_broken")).waitFor();
    await fillSignUp();
    // What only the server knows is told at its field.
    await page.locator("input[name=family_name]").fill("森");
    await button("sign_up.submit").click();
    await page.getByText(t("fields.not_latin")).waitFor();
    await look("sign-up-refused");
    await page.locator("input[name=family_name]").fill(story.family_name);
    expect(await page.getByText(t("fields.not_latin")).count()).toBe(0);
    await button("sign_up.submit").click();
    await heading("sign_up.sent").waitFor();
    await page.getByText(story.mail).waitFor();
    await look("sign-up-sent");
  });

  it("must wait before the mail is sent again", async () => {
    await button("sign_up.again").click();
    await page.getByText(t("sign_up.too_soon")).waitFor();
    const waiting = page.getByRole("button", { name: t("sign_up.again_in", { seconds: "#" }).split("#")[0] });
    const left = async () => Number(/\d+/.exec(await waiting.innerText())?.[0]);
    const before = await left();
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThanOrEqual(60);
    expect(await waiting.isDisabled()).toBe(true);
    await expect.poll(left).toBeLessThan(before);
    // The way back keeps what was typed.
    await button("sign_up.other_mail").click();
    expect(await field("sign_in.mail").inputValue()).toBe(story.mail);
  });

  it("activates it with the link and the password", async () => {
    const mail = await nextMail();
    expect(mail.headers.subject).toBe({ ja: "アカウントを有効にする", en: "Activate your account" }[story.language]);
    await page.goto(wayOf(world, mail));
    await heading("activate.title").waitFor();
    expect(await field("sign_in.mail").inputValue()).toBe(story.mail);
    await look("activate");
    await field("activate.password").fill("Not-the-1-chosen");
    await button("activate.submit").click();
    await page.getByText(t("activate.wrong")).waitFor();
    await look("activate-wrong");
    await field("activate.password").fill(PASSWORDS.first);
    await button("activate.submit").click();
    await heading("profile.title").waitFor();
    await page.getByText(t("activate.done"), { exact: true }).waitFor();
    await page.getByRole("link", { name: story.greeting }).waitFor();
    await look("profile-of-a-newcomer");
    await page.goto(`${world.portal}/`);
    await heading("home.title").waitFor();
    await page.getByText(t("profile.missing"), { exact: true }).waitFor();
    await look("home-of-a-newcomer");
    // The link has done its work.
    await page.goto(wayOf(world, mail));
    await page.getByText(t("problems.link_invalid.title")).waitFor();
    await link("link.sign_up").waitFor();
    await look("link-used");
  });

  it("signs out and has forgotten the password", async () => {
    await page.goto(`${world.portal}/`);
    await button("shell.sign_out").click();
    await link("sign_in.forgot").waitFor();
    // What was told to whoever left is gone.
    expect(await page.getByText(t("activate.done"), { exact: true }).count()).toBe(0);
    await link("sign_in.forgot").click();
    await heading("forgot_password.title").waitFor();
    await look("forgot-password");
    await field("sign_in.mail").fill(story.mail);
    await button("forgot_password.submit").click();
    await heading("forgot_password.sent").waitFor();
    await look("forgot-password-sent");
    await page.goto(wayOf(world, await nextMail()));
    await heading("set_password.title").waitFor();
    await field("password.new").fill(PASSWORDS.second);
    await field("password.again").fill(PASSWORDS.second);
    await look("set-password");
    await button("set_password.submit").click();
    await page.getByText(t("sign_in.password_set")).waitFor();
    await nextMail(); // that the password was changed
    await signIn(page, PASSWORDS.second);
  });

  it("tells somebody without an account nothing else", async () => {
    const stranger = await open();
    const other = stranger.page;
    await other.goto(`${world.portal}/forgot_password`);
    await other.getByLabel(t("sign_in.mail")).fill(`nobody-${story.language}@nordlicht.example`);
    await button("forgot_password.submit", other).click();
    await heading("forgot_password.sent", other).waitFor();
    await stranger.close();
  });

  it("sees where the account is signed in, and ends that", async () => {
    const elsewhere = await open();
    const other = elsewhere.page;
    await signIn(other, PASSWORDS.second);
    await link("shell.security").click();
    await heading("security.title").waitFor();
    const sessions = page.getByRole("table", { name: t("sessions.title") });
    await expect.poll(() => sessions.getByRole("row").count()).toBe(3);
    await sessions.getByText(t("sessions.current"), { exact: true }).waitFor();
    await sessions
      .getByText(t("sessions.browser_on", { browser: "Chrome", system: "Linux" }))
      .first()
      .waitFor();
    await look("security");
    await button("sessions.end_others").click();
    await page.getByRole("dialog").waitFor();
    await look("security-end-others");
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("sessions.end_others"), exact: true })
      .click();
    await page.getByText(t("sessions.others_ended")).waitFor();
    await expect.poll(() => sessions.getByRole("row").count()).toBe(2);
    await other.goto(`${world.portal}/`);
    await other.getByLabel(t("sign_in.mail")).waitFor();
    await signIn(other, PASSWORDS.second);
    await page.reload();
    await expect.poll(() => sessions.getByRole("row").count()).toBe(3);
    await sessions.getByRole("button").last().click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: t("sessions.end"), exact: true })
      .click();
    await page.getByText(t("sessions.ended")).waitFor();
    await expect.poll(() => sessions.getByRole("row").count()).toBe(2);
    const history = page.getByRole("table", { name: t("sign_ins.title") });
    expect(await history.getByRole("row").count()).toBeGreaterThan(3);
    await elsewhere.close();
  });

  it("changes the password", async () => {
    await field("change_password.current").fill("Not-the-1-chosen");
    await field("password.new").fill(PASSWORDS.first);
    await field("password.again").fill(PASSWORDS.first);
    await button("change_password.submit").click();
    await page.getByText(t("change_password.wrong")).waitFor();
    await field("change_password.current").fill(PASSWORDS.second);
    await button("change_password.submit").click();
    await page.getByText(t("change_password.done")).waitFor();
    expect(await field("password.new").inputValue()).toBe("");
    await nextMail();
    await button("shell.sign_out").click();
    await signIn(page, PASSWORDS.first);
    await button("shell.sign_out").click();
  });

  it("is told the same as anybody when the address has an account", async () => {
    await link("sign_in.create").click();
    // Both pages ask for an address.
    await heading("sign_up.title").waitFor();
    await fillSignUp();
    await button("sign_up.submit").click();
    await heading("sign_up.sent").waitFor();
    await page.getByText(t("sign_up.sent_text", { mail: story.mail })).waitFor();
    const mail = await nextMail();
    expect(mail.headers.subject).toBe(
      { ja: "このメールアドレスのアカウントはすでにあります", en: "You already have an account" }[story.language],
    );
    await page.goto(wayOf(world, mail));
    await heading("sign_in.title").waitFor();
  });

  it("finds no mailbox where mails are sent", async () => {
    await page.goto(`${world.portal}/mailbox`);
    await page.getByText(t("mailbox.closed")).waitFor();
    expect(desk.faults).toEqual([]);
  });
});
