// The way from the sign-up to an answered request by the keyboard alone, once in each language: Tab, Shift+Tab, Enter, Space,
// arrows, Escape and typing. The focus can be seen at every stop, and is never lost when a page changes or a dialog closes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Keyboard } from "./keyboard";
import { type KeyboardDesk, openKeyboardDesk } from "./keyboard_desk";
import { employ, openDesk, openInbox, wayOf } from "./person";
import { openWorld, type ReceivedMail, type World } from "./world";

const PASSWORD = "Kettle-42-orbit";
const STORIES = [
  {
    language: "ja",
    domain: "tsubame-kikai.example",
    company: "TSUBAME KIKAI CO., LTD.",
    account: "ツバメ機械",
    place: "第一工場",
    partner: "pat@hayate-setsubi.example",
    japan: /日本/,
    tokyo: /東京都/,
  },
  {
    language: "en",
    domain: "halcyon.example",
    company: "HALCYON K.K.",
    account: "Halcyon",
    place: "Plant one",
    partner: "pat@kessel.example",
    japan: /Japan/,
    tokyo: /Tokyo/,
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("the keyboard alone in $language", (story) => {
  const mail = `hana@${story.domain}`;
  let desk: KeyboardDesk;
  let keys: Keyboard;
  let toFounder: () => Promise<ReceivedMail>;

  beforeAll(async () => {
    // The page behind a used link asks for it once more when somebody has signed in.
    desk = await openKeyboardDesk(world, story.language, /status of (401|410)/);
    keys = desk.keys;
    toFounder = openInbox(world, mail);
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-keyboard-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const input = (name: string) => desk.page.locator(`input[name=${name}]`);

  it("skips the header, and signs up", async () => {
    await desk.page.goto(`${world.portal}/`);
    await keys.waitFor(desk.field("sign_in.mail"));
    await desk.pass("sign-in");
    await keys.goBackTo(desk.link("shell.skip"));
    await keys.press("Enter");
    await keys.waitFor(desk.title());
    await keys.push(desk.link("sign_in.create"));
    await desk.heading("sign_up.title").waitFor();
    await keys.waitFor(desk.field("sign_in.mail"));
    await keys.write(mail);
    await keys.enter(desk.field("sign_in.password"), PASSWORD);
    await keys.enter(input("given_name"), "Hana");
    await keys.enter(input("family_name"), "Mori");
    await keys.choose(desk.selector("sign_up.country"), story.japan, "Japan");
    await desk.pass("sign-up");
    await keys.push(desk.button("sign_up.submit"));
    await desk.heading("sign_up.sent").waitFor();
    await keys.waitFor(desk.title());
    await desk.pass("sign-up-sent");
  });

  it("activates the account, leaves, and signs in", async () => {
    await desk.page.goto(wayOf(world, await toFounder()));
    await keys.waitFor(desk.field("activate.password"));
    await keys.write(PASSWORD);
    await desk.pass("activate");
    await keys.press("Enter");
    await desk.heading("profile.title").waitFor();
    await keys.waitFor(desk.title());
    await keys.goBackTo(desk.button("shell.sign_out"));
    await keys.press("Enter");
    await desk.heading("sign_in.title").waitFor();
    await desk.enterWith(mail, PASSWORD);
    await desk.pass("signed-in");
  });

  it("tells where she works", async () => {
    const { page, t } = desk;
    await keys.goBackTo(page.locator(".menkyo-brand"));
    await keys.press("Enter");
    await desk.heading("home.title").waitFor();
    await keys.waitFor(desk.title());
    await desk.pass("home");
    await keys.push(desk.link("profile.company_name"));
    await keys.waitFor(input("company_name"));
    await keys.write(story.company);
    await keys.press("Escape");
    const address = page.locator("main form button[aria-haspopup=listbox]");
    await keys.choose(address, new RegExp(t("profile.address_new")));
    await desk.dialog().waitFor();
    await desk.pass("address");
    await desk.leaveDialog(address);
    await keys.choose(address, new RegExp(t("profile.address_new")));
    await keys.enter(desk.dialog().locator("input[name=postal_code]"), "107-6227");
    await keys.choose(desk.dialog().getByRole("button", { name: t("addresses.region") }), story.tokyo);
    await keys.enter(desk.dialog().locator("input[name=city]"), "MINATO");
    await keys.enter(desk.dialog().locator("input[name=line1]"), "9-7-1 AKASAKA");
    await keys.push(desk.dialog().getByRole("checkbox"), "Space");
    await keys.push(desk.inDialog("profile.update"));
    await desk.backTo(address);
    await keys.enter(input("company_phone"), "3-6434-1234");
    await keys.press("Enter");
    await page.getByText(t("profile.saved"), { exact: true }).first().waitFor();
    await keys.waitFor(desk.title());
    await desk.pass("profile");
  });

  it("opens a Smart Account", async () => {
    await keys.goBackTo(desk.page.locator(".menkyo-brand"));
    await keys.press("Enter");
    await desk.heading("home.title").waitFor();
    await keys.waitFor(desk.title());
    await keys.push(desk.link("home.create_account"));
    await desk.heading("founding.title").waitFor();
    await keys.waitFor(desk.title());
    await keys.enter(input("name"), story.account);
    await keys.push(desk.button("founding.edit_domain"));
    await desk.dialog().waitFor();
    await desk.pass("founding-domain");
    await desk.leaveDialog(desk.button("founding.edit_domain"));
    await keys.push(desk.button("founding.submit"));
    await desk.row("DEFAULT").waitFor();
    await keys.waitFor(desk.title());
    await desk.pass("account");
  });

  it("walks through tabs within tabs", async () => {
    await keys.goTo(desk.tab("virtual_accounts.title"));
    await keys.press("ArrowLeft");
    await keys.waitFor(desk.tab("properties.title"));
    await keys.goTo(desk.tab("properties.information"));
    await keys.press("ArrowRight");
    await keys.waitFor(desk.tab("properties.locations"));
    await desk.pass("locations");
    await keys.goBackTo(desk.tab("properties.title"));
    await keys.press("ArrowRight");
    await keys.waitFor(desk.tab("virtual_accounts.title"));
  });

  it("creates a virtual account", async () => {
    const { t } = desk;
    const create = desk.button("virtual_accounts.create");
    await keys.push(create);
    const name = desk.dialog().getByLabel(t("virtual_accounts.name"), { exact: true });
    await keys.waitFor(name);
    await keys.write(story.place);
    await keys.press("Enter");
    await desk.backTo(create);
    await desk.row(story.place).waitFor();
    const actions = desk.page.getByRole("button", { name: t("virtual_accounts.actions_of", { name: story.place }) });
    await keys.pick(actions, desk.page.getByRole("menuitem", { name: t("tags.carry") }));
    await desk.dialog().waitFor();
    await desk.pass("tags");
    await desk.leaveDialog(actions);
  });

  it("adds a user, and gives her another role", async () => {
    const { page, t } = desk;
    const colleague = `mai@${story.domain}`;
    await keys.goBackTo(desk.tab("virtual_accounts.title"));
    await keys.press("ArrowRight");
    await keys.waitFor(desk.tab("users.title"));
    await desk.row(mail).waitFor();
    await keys.push(desk.button("users.add"));
    await keys.waitFor(desk.dialog().getByLabel(t("sign_in.mail"), { exact: true }));
    await keys.write(colleague);
    await keys.choose(desk.dialog().getByRole("button", { name: t("users.role") }), new RegExp(t("roles.sa_user")));
    await desk.pass("grant");
    await keys.push(desk.inDialog("users.grant_submit"));
    await desk.backTo(desk.button("users.add"));
    const another = page.getByRole("button", { name: t("users.add_role_of", { name: colleague }) });
    await keys.push(another);
    await desk.dialog().waitFor();
    await desk.leaveDialog(another);
    await keys.press("Enter");
    await keys.choose(desk.dialog().getByRole("button", { name: t("users.role") }), new RegExp(t("roles.sa_approver")));
    await keys.push(desk.inDialog("users.grant_submit"));
    await desk.backTo(another);
    await desk.row(colleague).getByText(t("roles.sa_approver")).waitFor();
    await desk.pass("users");
  });

  it("answers a request for access", async () => {
    const { page, t } = desk;
    const partner = await openDesk(world, story.language);
    await employ(world, partner, story.partner, "Pat", "Gast");
    await partner.page.evaluate(
      async (body) => {
        const headers = { "content-type": "application/json", "menkyo-request": "1" };
        await fetch("/api/v1/access_requests", { method: "POST", headers, body });
      },
      JSON.stringify({ domain: story.domain, purpose: "access", text: "We install your routers." }),
    );
    await partner.close();
    await page.reload();
    await desk.turnTo(desk.tab("account_requests.tab").first());
    await keys.goTo(desk.tab("account_requests.title").last());
    await keys.press("ArrowRight");
    await keys.waitFor(desk.tab("access.list_title"));
    await desk.row(story.partner).waitFor();
    await desk.pass("requests");
    await keys.push(desk.row(story.partner).getByRole("link"));
    await page.getByText("We install your routers.").waitFor();
    await keys.waitFor(desk.title());
    await keys.goTo(page.getByRole("radio").first());
    await keys.press("Space");
    await keys.choose(desk.selector("users.role"), new RegExp(t("roles.va_viewer")));
    await keys.choose(desk.selector("licenses.choose_virtual_account"), new RegExp(story.place));
    await keys.press("Escape");
    await page.locator("[role=option]").first().waitFor({ state: "hidden" });
    await desk.pass("decide");
    await keys.push(desk.button("account_requests.submit"));
    await page.getByText(t("access_request_status.APPROVED")).first().waitFor();
    await keys.waitFor(desk.title());
    await desk.pass("decided");
  });

  it("met nothing that takes a mouse", () => {
    expect(keys.faults).toEqual([]);
    expect(keys.stops).toBeGreaterThan(100);
    expect(desk.faults).toEqual([]);
  });
});
