// Licenses, programs and the operator's pages by the keyboard alone, once in each language, as keyboard.test.ts walks
// the way to an account.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Keyboard } from "./keyboard";
import { type KeyboardDesk, openKeyboardDesk } from "./keyboard_desk";
import { barriers, openDesk, send, signIn, tellCompany } from "./person";
import { openWorld, type World } from "./world";

const OPERATOR = "kaori.aoki@aozora.example";
const STORIES = [
  {
    language: "ja",
    mail: "mei.hanada@hanabi-coffee.example",
    name: "日本語",
    account: "Hanabi Coffee Co., Ltd.",
    virtual_account: "焙煎工場",
    token: "焙煎工場の増設分",
    program: "夜間の在庫取得",
    customer: { name: "ヤマブキ精機", domain: "yamabuki-seiki.example", family_name: "山吹", given_name: "葵" },
    question: "注文がまだ届いていません。",
    answer: "本日届きました。",
    page: "terms",
    sentence: "この版は鍵盤だけで公開しました。",
  },
  {
    language: "en",
    mail: "naomi.tanabe@kaede-electric.example",
    name: "English",
    account: "Kaede Electric Industries, Ltd.",
    virtual_account: "Tower B",
    token: "Second floor of Tower B",
    program: "Nightly inventory",
    customer: { name: "Larkspur Tools", domain: "larkspur.example", family_name: "Reed", given_name: "Alex" },
    question: "Our last order has not arrived yet.",
    answer: "It arrived today.",
    page: "privacy",
    sentence: "This version was published without a mouse.",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

// What was in the way stays known, although a test that met it ended there.
function watch(desk: () => KeyboardDesk, stops: number) {
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk().picture(`failed-keyboard-${task.name.replaceAll(/\W+/g, "-")}`));
  });
  return () => {
    expect(desk().keys.faults).toEqual([]);
    expect(desk().keys.stops).toBeGreaterThan(stops);
    expect(desk().faults).toEqual([]);
  };
}

const beginning = (text: string) => new RegExp(`^${text}`);

describe.each(STORIES)("licenses by the keyboard alone in $language", (story) => {
  let desk: KeyboardDesk;
  let keys: Keyboard;
  beforeAll(async () => {
    desk = await openKeyboardDesk(world, story.language);
    keys = desk.keys;
  });
  afterAll(() => desk?.close());
  const end = watch(() => desk, 60);

  const search = (key: string) => desk.page.getByRole("searchbox", { name: desk.t(key) }).last();
  const filter = (key: string) => desk.page.getByRole("button", { name: beginning(desk.t(key)) }).last();
  // The first row below the head, and what opens its details.
  const firstRow = () => desk.page.getByRole("row").nth(1);
  const opener = () => firstRow().getByRole("button").first();

  it("looks over all virtual accounts, and finds one", async () => {
    await desk.page.goto(`${world.portal}/`);
    await desk.enterWith(story.mail, world.passwordOf(story.mail));
    await keys.push(desk.link("home.licenses").first());
    await desk.heading("overview.totals").waitFor();
    await keys.waitFor(desk.title());
    await desk.row(story.virtual_account).first().waitFor();
    await desk.pass("overview");
    await keys.enter(search("virtual_accounts.search"), story.virtual_account);
    await keys.choose(filter("common.status"), beginning(desk.t("compliance.out_of_compliance")));
    await keys.waitFor(filter("common.status"));
    // Whatever there was to press is gone with the filters.
    await keys.push(desk.button("table.clear_filters"));
    await desk.row(story.virtual_account).getByRole("link").waitFor();
    await keys.waitFor(desk.title());
  });

  it("walks through the tree to a virtual account", async () => {
    const tree = desk.page.getByRole("tree");
    await keys.goTo(tree);
    const active = () =>
      desk.page.evaluate(() => {
        const row = document.getElementById(document.activeElement?.getAttribute("aria-activedescendant") ?? "");
        return { name: row?.textContent ?? "", isClosed: row?.getAttribute("aria-expanded") === "false" };
      });
    await keys.press("Home");
    for (let count = 0; count < 80 && (await active()).name !== story.virtual_account; ++count)
      await keys.press((await active()).isClosed ? "ArrowRight" : "ArrowDown");
    expect((await active()).name).toBe(story.virtual_account);
    await keys.press("Enter");
    await desk.page.getByRole("heading", { name: story.virtual_account, exact: true }).waitFor();
    await keys.waitFor(tree);
  });

  it("opens the tree where there is no room for it beside the page", async () => {
    await desk.page.setViewportSize({ width: 320, height: 1000 });
    const section = desk.page.getByRole("button", { name: story.virtual_account, exact: true });
    await keys.waitFor(desk.title());
    await keys.push(section);
    await keys.goTo(desk.page.getByRole("tree"));
    // The tree has the focus and shows it on a row, which has to be in sight.
    const isInSight = await desk.page.evaluate(() => {
      const tree = document.activeElement?.getBoundingClientRect();
      const row = document.querySelector(".menkyo-tree-row.is-focused")?.getBoundingClientRect();
      return tree !== undefined && row !== undefined && row.top >= tree.top && row.bottom <= tree.bottom;
    });
    expect(isInSight).toBe(true);
    await desk.picture("keyboard-tree-320");
    expect(await barriers(desk.page)).toEqual([]);
    await keys.press("Enter");
    await keys.waitFor(desk.title());
  });

  it("reads how a license is covered", async () => {
    await opener().waitFor();
    await desk.pass("licenses");
    await keys.goTo(desk.link("table.csv"));
    await keys.choose(filter("common.status"), beginning(desk.t("compliance.all")));
    await keys.push(desk.button("table.preferences"));
    await desk.dialog().waitFor();
    await desk.pass("table-settings");
    await desk.leaveDialog(desk.button("table.preferences"));
    await keys.push(opener());
    await desk
      .dialog()
      .getByRole("heading", { name: desk.t("lots.title") })
      .waitFor();
    await keys.waitFor(desk.inDialog("common.close"));
    await desk.pass("license");
    await desk.leaveDialog(opener());
  });

  it("looks at a product instance, and removes it", async () => {
    await keys.goBackTo(desk.page.locator("[role=tab][aria-selected=true]"));
    await desk.turnTo(desk.tab("inventory.devices"));
    await opener().waitFor();
    const name = await opener().innerText();
    await desk.pass("devices");
    await keys.enter(search("devices.search"), name);
    await desk.page.waitForURL(/search=/);
    await keys.push(opener());
    await desk
      .dialog()
      .getByRole("heading", { name: desk.t("devices.uses") })
      .waitFor();
    await desk.pass("device");
    await keys.push(desk.inDialog("devices.remove"));
    const question = desk.page.getByRole("heading", { name: desk.t("devices.remove_title", { name }) });
    await question.waitFor();
    await keys.press("Escape");
    await question.waitFor({ state: "detached" });
    await keys.waitFor(desk.inDialog("common.close"));
    await keys.push(desk.inDialog("devices.remove"));
    await question.waitFor();
    await keys.push(desk.inDialog("devices.remove"));
    await desk.told("devices.removed", { name });
    await desk.backTo(desk.title());
    await desk.pass("device-removed");
  });

  it("makes a registration token, and ends it", async () => {
    await desk.turnTo(desk.tab("inventory.general"));
    const create = desk.button("tokens.create").first();
    const description = desk.dialog().getByLabel(desk.t("tokens.description"));
    await create.waitFor();
    await desk.pass("general");
    await keys.push(create);
    await keys.waitFor(description);
    await keys.write(story.token);
    await keys.push(desk.dialog().getByRole("checkbox"), "Space");
    await desk.pass("token-form");
    await keys.push(desk.inDialog("tokens.create"));
    await desk.page.locator("code.menkyo-token").waitFor();
    await desk.pass("token");
    await keys.goTo(desk.inDialog("tokens.copy"));
    await keys.goTo(desk.inDialog("tokens.download"));
    await keys.push(desk.inDialog("common.close").last());
    await desk.backTo(create);
    const actions = desk.page.getByRole("button", {
      name: desk.t("tokens.actions_of", { description: story.token }),
      exact: true,
    });
    await keys.pick(actions, desk.page.getByRole("menuitem", { name: desk.t("tokens.show") }));
    await desk.page.locator("code.menkyo-token").waitFor();
    await desk.leaveDialog(actions);
    await keys.pick(actions, desk.page.getByRole("menuitem", { name: desk.t("tokens.revoke") }));
    await keys.push(desk.inDialog("tokens.revoke"));
    await desk.told("tokens.revoked");
    // There is nothing more to do with it.
    await desk.backTo(desk.title());
  });

  it("finds it all in the event log", async () => {
    await desk.turnTo(desk.tab("inventory.events"));
    await desk.row(story.token).first().waitFor();
    await desk.pass("events");
    const revoked = desk.t("event_kinds.token_revoked");
    await keys.choose(filter("events_table.kind"), beginning(revoked), revoked);
    await desk.page.getByRole("row").nth(2).waitFor({ state: "detached" });
    await keys.waitFor(filter("events_table.kind"));
    await desk.row(story.token).first().waitFor();
  });

  it("met nothing that takes a mouse", end);
});

describe.each(STORIES)("programs by the keyboard alone in $language", (story) => {
  let desk: KeyboardDesk;
  let keys: Keyboard;
  beforeAll(async () => {
    desk = await openKeyboardDesk(world, story.language);
    keys = desk.keys;
  });
  afterAll(() => desk?.close());
  const end = watch(() => desk, 20);

  const of = (key: string) => desk.page.getByRole("button", { name: `${desk.t(key)}: ${story.program}`, exact: true });
  const secret = () => desk.dialog().locator("code").last();

  it("finds the page, and makes a program", async () => {
    const { page, t } = desk;
    await page.goto(`${world.portal}/`);
    await desk.enterWith(story.mail, world.passwordOf(story.mail));
    await keys.goBackTo(desk.link("shell.security"));
    await keys.press("Enter");
    await desk.heading("security.title").waitFor();
    await keys.waitFor(desk.title());
    await desk.pass("security");
    await keys.push(desk.link("programs.title"));
    await desk.heading("programs.title").waitFor();
    await keys.waitFor(desk.title());
    const make = desk.button("programs.make").first();
    await keys.push(make);
    await keys.waitFor(desk.dialog().getByLabel(t("programs.name"), { exact: true }));
    await keys.write(story.program);
    await keys.choose(desk.dialog().getByLabel(t("programs.account"), { exact: true }), beginning(story.account));
    await keys.goTo(desk.dialog().getByRole("radio", { checked: true }));
    await keys.press("ArrowDown");
    await keys.waitFor(desk.dialog().getByRole("radio", { name: t("programs.writes") }));
    await keys.enter(desk.dialog().getByPlaceholder("YYYY/MM/DD"), "2099/12/31");
    await desk.pass("program-form");
    await keys.push(desk.inDialog("programs.make"));
    await secret().waitFor();
    await desk.pass("program-secret");
    await keys.goTo(desk.inDialog("programs.copy").last());
    await keys.push(desk.inDialog("common.close").last());
    await desk.backTo(make);
    await desk.row(story.program).getByText(story.account).waitFor();
    await desk.pass("programs");
  });

  it("opens and leaves the calendar, without leaving the form", async () => {
    const { page, t } = desk;
    await keys.push(of("programs.change"));
    await keys.waitFor(desk.dialog().getByLabel(t("programs.name"), { exact: true }));
    const day = desk.dialog().getByPlaceholder("YYYY/MM/DD");
    await keys.goTo(day);
    await keys.press("Tab");
    await keys.press("Enter");
    await page.locator("[role=grid], table[class*=calendar]").first().waitFor();
    await keys.press("Escape");
    await page.locator("[role=grid], table[class*=calendar]").first().waitFor({ state: "hidden" });
    await day.waitFor();
    await desk.leaveDialog(of("programs.change"));
  });

  it("gives it a new secret", async () => {
    await keys.push(of("programs.rotate"));
    await keys.waitFor(desk.dialog().getByRole("radio", { checked: true }));
    await keys.press("ArrowDown");
    await desk.pass("program-rotate");
    await keys.push(desk.inDialog("programs.rotate"));
    await secret().waitFor();
    await keys.push(desk.inDialog("common.close").last());
    await desk.backTo(of("programs.rotate"));
    await desk.row(story.program).getByRole("button").nth(4).waitFor();
  });

  it("ends it", async () => {
    await keys.push(of("programs.end"));
    await keys.push(desk.inDialog("programs.end"));
    await desk.row(story.program).waitFor({ state: "detached" });
    await desk.backTo(desk.title());
    await desk.pass("program-ended");
  });

  it("met nothing that takes a mouse", end);
});

describe.each(STORIES)("the operator by the keyboard alone in $language", (story) => {
  let desk: KeyboardDesk;
  let keys: Keyboard;
  beforeAll(async () => {
    const customer = await openDesk(world, story.language);
    await customer.page.goto(`${world.portal}/sign_in`);
    await signIn(world, customer.page, customer.t, story.mail);
    await customer.heading("home.title").waitFor();
    await tellCompany(customer);
    await send(customer, "POST", "/api/v1/enquiries", { subject: "orders", text: story.question });
    await customer.close();
    desk = await openKeyboardDesk(world, story.language);
    keys = desk.keys;
  });
  afterAll(() => desk?.close());
  const end = watch(() => desk, 100);

  const tab = (name: string) => desk.tab(`operator.${name}`).first();
  const dialogField = (key: string) => desk.dialog().getByLabel(desk.t(key), { exact: true });
  const toTabs = () => keys.goBackTo(desk.page.locator("[role=tab][aria-selected=true]").first());
  const arrived = async () => keys.waitFor(desk.title());

  it("comes in, and turns the pages of the catalogue", async () => {
    const { page, t } = desk;
    await page.goto(`${world.portal}/`);
    await desk.enterWith(OPERATOR, world.passwordOf(OPERATOR));
    // She is Japanese, but reads English in one of the stories.
    await keys.goBackTo(page.getByRole("button", { name: story.name, exact: true }));
    await keys.press("Enter");
    await keys.push(desk.link("operator.open"));
    await desk.heading("operator.title").waitFor();
    await arrived();
    await desk.row("AZ-").first().waitFor();
    await desk.pass("catalog");
    const pages = page.locator("ul", { has: page.locator("button[aria-current]") }).first();
    const next = pages.getByRole("button").last();
    await keys.push(next);
    await pages.locator("[aria-current=true]", { hasText: "2" }).waitFor();
    await keys.waitFor(next);
    await keys.enter(page.getByRole("searchbox", { name: t("operator.search_products") }), "KZ-2300");
    await desk.row("KZ-2300").first().waitFor();
    await page.getByRole("row").nth(60).waitFor({ state: "detached" });
  });

  it("finds a person and an account", async () => {
    const { page, t } = desk;
    await toTabs();
    await desk.turnTo(tab("accounts"));
    await keys.enter(desk.field("lookup.mail"), story.mail);
    await keys.press("Enter");
    await desk.told("lookup.accounts_none");
    await keys.enter(page.getByLabel(t("operator.search_accounts")), story.account.slice(0, 5).toUpperCase());
    const found = page.getByRole("link", { name: story.account, exact: true });
    await page.getByRole("row").nth(2).waitFor({ state: "detached" });
    await found.waitFor();
    await desk.pass("operator-accounts");
    await keys.push(found);
    await desk.heading("assistance.why_title").waitFor();
    await arrived();
  });

  it("helps the account", async () => {
    await keys.enter(desk.field("assistance.reason"), story.question);
    await desk.pass("why");
    await keys.push(desk.button("assistance.open"));
    await desk.row(story.mail).waitFor();
    await arrived();
    await desk.pass("assistance");
    const name = desk.button("assistance.name_administrator");
    await keys.push(name);
    await desk.dialog().waitFor();
    await desk.leaveDialog(name);
    await keys.goBackTo(desk.link("assistance.back"));
    await keys.press("Enter");
    await desk.heading("operator.title").waitFor();
    await arrived();
  });

  it("creates an account", async () => {
    const { customer } = story;
    const create = desk.button("operator.create_account");
    await keys.push(create);
    await keys.waitFor(dialogField("operator.form.name"));
    await keys.write(customer.name);
    await keys.enter(dialogField("operator.form.domain"), customer.domain);
    await keys.enter(dialogField("operator.form.mail"), `admin@${customer.domain}`);
    await keys.enter(dialogField("operator.form.given_name"), customer.given_name);
    await keys.enter(dialogField("operator.form.family_name"), customer.family_name);
    await desk.pass("create-account");
    await keys.press("Enter");
    await desk.page.locator("code.menkyo-token").waitFor();
    await desk.pass("account-link");
    await keys.goTo(desk.inDialog("operator.link_copy"));
    await keys.push(desk.inDialog("common.close").last());
    await desk.backTo(create);
    await desk.row(customer.domain).waitFor();
  });

  it("gives a role, and ends it", async () => {
    const { page, t } = desk;
    await toTabs();
    await desk.turnTo(tab("staff"));
    await desk.pass("staff");
    const give = desk.button("staff.give");
    await keys.push(give);
    await keys.waitFor(dialogField("staff.mail"));
    await keys.write(story.mail);
    const roles = desk.dialog().locator("button[aria-haspopup=listbox]");
    await keys.choose(roles, beginning(t("operator_roles.operator_catalog")));
    await desk.pass("give");
    await keys.push(desk.inDialog("staff.give"));
    await desk.backTo(give);
    const words = { mail: story.mail, role: t("operator_roles.operator_catalog") };
    const validate = page.getByRole("button", { name: t("staff.validate_of", words) });
    await keys.push(validate);
    await keys.push(desk.inDialog("staff.validate"));
    await desk.backTo(validate);
    await keys.push(page.getByRole("button", { name: t("staff.end_of", words) }));
    await keys.push(desk.inDialog("staff.end"));
    await desk.row(story.mail).waitFor({ state: "detached" });
    await desk.backTo(desk.title());
  });

  it("answers an enquiry", async () => {
    const { page, t } = desk;
    await desk.turnTo(tab("enquiries"));
    await desk.row(story.mail).waitFor();
    await desk.pass("enquiries");
    await keys.push(desk.row(story.mail).getByRole("link"));
    await page.getByText(story.question).waitFor();
    await arrived();
    await desk.pass("enquiry");
    await keys.enter(page.locator("textarea"), story.answer);
    await keys.push(desk.button("enquiries.answer_submit"));
    await page.getByText(t("enquiry_status.ANSWERED")).waitFor();
    await keys.waitFor(desk.button("enquiries.answer_submit"));
    const close = desk.button("enquiries.close");
    await keys.goBackTo(close);
    await keys.press("Enter");
    await desk.dialog().waitFor();
    await desk.leaveDialog(close);
    await keys.press("Enter");
    await keys.push(desk.inDialog("enquiries.close"));
    await page.getByText(t("enquiry_status.CLOSED"), { exact: true }).first().waitFor();
    await desk.backTo(desk.title());
    await desk.pass("enquiry-closed");
    await keys.goBackTo(desk.link("operator.title"));
    await keys.press("Enter");
    await desk.heading("operator.title").waitFor();
    await arrived();
  });

  it("edits a text, and publishes it", async () => {
    const { page, t } = desk;
    await desk.turnTo(tab("jobs"));
    await page.getByRole("row").nth(1).waitFor();
    await desk.pass("jobs");
    await desk.turnTo(tab("publications"));
    const entry = desk
      .row(t(`publication_kinds.${story.page}`))
      .getByRole("link")
      .first();
    await desk.pass("publications");
    await keys.push(entry);
    await page.getByRole("heading", { level: 1, name: t(`publication_kinds.${story.page}`) }).waitFor();
    await arrived();
    await keys.goTo(page.locator(`textarea[name=body_${story.language}]`));
    await keys.press("ControlOrMeta+End");
    await page.keyboard.type(`\n\n${story.sentence}`);
    await desk.pass("edit");
    await keys.goBackTo(desk.button("publications.save"));
    await keys.press("Enter");
    await desk.told("publications.saved");
    await keys.waitFor(desk.title());
    const preview = desk.button("publications.preview");
    await keys.push(preview);
    await desk.dialog().getByText(story.sentence).waitFor();
    await desk.pass("preview");
    await desk.leaveDialog(preview);
    await keys.push(desk.button("publications.publish"));
    await desk.dialog().getByText(story.sentence).waitFor();
    await keys.push(desk.inDialog("publications.publish"));
    await desk.backTo(desk.title());
    await desk.pass("published");
    await keys.push(page.getByRole("button", { name: beginning(t("agreements.read")) }).first());
    await desk.dialog().getByText(story.sentence).waitFor();
    await keys.press("Escape");
    await desk.dialog().waitFor({ state: "detached" });
  });

  it("met nothing that takes a mouse", end);
});
