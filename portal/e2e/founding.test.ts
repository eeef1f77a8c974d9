// How an organisation comes by its Smart Accounts, as the guide walks through it, once in each language and with real
// mail: the founder opens the account of her domain, a colleague asks for one with a prefix, the founder approves it,
// and somebody asks the operator for a domain that is not his.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, openDesk, openInbox, signIn, wayOf } from "./person";
import { openWorld, type ReceivedMail, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    domain: "tsubaki-foods.example",
    account: "Tsubaki Foods",
    branch: "Tsubaki Foods 大阪",
    prefix: "osaka",
    other: "tsubaki.example",
    staff: "kaori.aoki@aozora.example",
    pending: "スマートアカウントの設定は保留中です - ",
    active: "スマートアカウントの設定が完了しました - ",
    declined: "スマートアカウントのリクエストは承認されませんでした - ",
  },
  {
    language: "en",
    domain: "nordlicht.example",
    account: "Nordlicht GmbH",
    branch: "Nordlicht Bremen",
    prefix: "bremen",
    other: "nordlicht-bremen.example",
    staff: "thomas.sorano@aozora.example",
    pending: "Smart Account Setup Pending - ",
    active: "Your Smart Account is set up - ",
    declined: "Your Smart Account was not approved - ",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("Smart Accounts of one's own in $language", (story) => {
  let founder: Desk;
  let colleague: Desk;
  let toFounder: () => Promise<ReceivedMail>;
  let toColleague: () => Promise<ReceivedMail>;
  const mails = { founder: `hana@${story.domain}`, colleague: `taro@${story.domain}` };
  const look = async (desk: Desk, name: string) => expect(await desk.look(name), name).toEqual([]);
  const lookEverywhere = async (desk: Desk, name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-${name}`)).toEqual([]);

  beforeAll(async () => {
    // A name that is taken is refused with 409.
    founder = await openDesk(world, story.language, /status of (401|409)/);
    colleague = await openDesk(world, story.language, /status of (401|409)/);
    toFounder = await employ(world, founder, mails.founder, "Hana", "Mori");
    toColleague = await employ(world, colleague, mails.colleague, "Taro", "Sato");
  });
  afterAll(async () => {
    await founder?.close();
    await colleague?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(async () => {
      await founder.picture(`failed-founder-${task.name.replaceAll(/\W+/g, "-")}`);
      await colleague.picture(`failed-colleague-${task.name.replaceAll(/\W+/g, "-")}`);
    });
  });

  async function begin(desk: Desk) {
    await desk.page.goto(`${world.portal}/`);
    await desk.link("home.create_account").click();
    await desk.heading("founding.title").waitFor();
  }
  const outlook = (desk: Desk, who: string, domain: string) =>
    desk.page.getByText(desk.t(`founding.outlook.${who}`, { domain, mail_domain: story.domain })).waitFor();

  it("opens the account of one's own domain at once", async () => {
    await begin(founder);
    expect(await founder.page.locator("input[name=name]").inputValue()).toBe("Tsubaki Foods Co., Ltd.");
    await outlook(founder, "nobody", story.domain);
    await founder.page.getByText("9-7-1 AKASAKA, MIDTOWN TOWER, MINATO").first().waitFor();
    await lookEverywhere(founder, "founding");
    await founder.button("founding.other_address").click();
    const form = founder.dialog();
    await form.locator("input[name=postal_code]").fill("1500002");
    await form.getByRole("button", { name: founder.t("addresses.region") }).click();
    await founder.page
      .locator("[role=option]", { hasText: /Tokyo|東京都/ })
      .first()
      .click();
    await form.locator("input[name=city]").fill("SHIBUYA");
    await form.locator("input[name=line1]").fill("5-17-22 SHIBUYA");
    await form.getByRole("checkbox").check();
    await look(founder, "founding-address");
    await form.getByRole("button", { name: founder.t("profile.update"), exact: true }).click();
    await founder.page.getByText("5-17-22 SHIBUYA, SHIBUYA").first().waitFor();
    await founder.page.locator("input[name=name]").fill(story.account);
    await founder.button("founding.submit").click();
    await founder.page.getByText(founder.t("founding.active", { name: story.account })).waitFor();
    await look(founder, "founded");
    const mail = await toFounder();
    expect(mail.headers.subject).toBe(story.active + story.account);
    expect(mail.text).toContain(story.domain);
    expect(mail.text).toContain("5-17-22 SHIBUYA, SHIBUYA, Tokyo, 150-0002");
  });

  it("finds the domain and the name taken", async () => {
    await begin(colleague);
    await colleague.page.getByText(colleague.t("founding.own_domain_taken", { domain: story.domain })).waitFor();
    await look(colleague, "founding-domain-taken");
  });

  it("asks for a prefix", async () => {
    const { page, t } = colleague;
    await colleague.button("founding.edit_domain").click();
    const dialog = colleague.dialog();
    await dialog.getByText(t("founding.options.prefix")).first().waitFor();
    await dialog.locator("input[name=prefix]").fill(story.prefix);
    await dialog.locator("textarea").fill("Please approve this account.\nThank you.");
    await lookEverywhere(colleague, "founding-prefix");
    await dialog.getByRole("button", { name: "OK", exact: true }).click();
    await outlook(colleague, "administrators", `${story.prefix}.${story.domain}`);
    // Whoever presses all the same is told in a dialog, and nothing is sent.
    await page.locator("input[name=name]").fill(story.account);
    await colleague.button("founding.submit").click();
    await colleague.heading("founding.name_taken_title").waitFor();
    await look(colleague, "founding-name-taken");
    await colleague
      .dialog()
      .getByRole("button", { name: t("common.close") })
      .last()
      .click();
    await page.locator("input[name=name]").fill(story.branch);
    await look(colleague, "founding-with-prefix");
    await colleague.button("founding.submit").click();
    await page.getByText(t("account_requests.pending_title")).waitFor();
    await lookEverywhere(colleague, "request-pending");
    const mail = await toColleague();
    expect(mail.headers.subject).toBe(story.pending + story.branch);
    for (const secret of ["Hana", "Mori", mails.founder]) expect(mail.text).not.toContain(secret);
  });

  it("approves it by way of the mail", async () => {
    const mail = await toFounder();
    expect(mail.headers.subject).toBe(story.pending + story.branch);
    for (const part of [mails.colleague, `${story.prefix}.${story.domain}`, "+81 3-6434-1234"])
      expect(mail.text).toContain(part);
    const { page, t } = founder;
    await page.goto(wayOf(world, mail));
    await page.getByRole("heading", { name: story.branch, exact: true }).waitFor();
    await lookEverywhere(founder, "request-to-decide");
    await founder.button("account_requests.submit").click();
    await page.getByText(t("account_requests.decision_missing")).waitFor();
    await page.getByLabel(t("account_requests.approve")).check();
    await founder.button("account_requests.submit").click();
    await page.getByText(t("account_requests.done.APPROVED", { name: story.branch })).waitFor();
    await page.getByText(t("account_request_status.APPROVED")).first().waitFor();
    await page
      .getByRole("link", { name: t("manage.title"), exact: true })
      .first()
      .click();
    await founder.row(story.branch).waitFor();
    await lookEverywhere(founder, "requests");
  });

  it("becomes the administrator of the new account", async () => {
    const mail = await toColleague();
    expect(mail.headers.subject).toBe(story.active + story.branch);
    for (const secret of ["Hana", "Mori", mails.founder]) expect(mail.text).not.toContain(secret);
    const { page, t } = colleague;
    await page.reload();
    await page.getByText(t("account_requests.approved_title")).waitFor();
    for (const secret of ["Hana", "Mori", mails.founder]) expect(await page.content()).not.toContain(secret);
    await look(colleague, "request-approved");
    await page.goto(wayOf(world, mail));
    await page.getByRole("heading", { name: t("manage.title_of", { account: story.branch }) }).waitFor();
    await page.goto(`${world.portal}/`);
    await page.getByText(story.branch).first().waitFor();
    await lookEverywhere(colleague, "home-with-requests");
  });

  it("applies for another domain, which the operator declines", async () => {
    const { page, t } = colleague;
    await begin(colleague);
    await colleague.button("founding.edit_domain").click();
    const dialog = colleague.dialog();
    await dialog.getByRole("button", { name: t("founding.option") }).click();
    await page.locator("[role=option]", { hasText: t("founding.options.different") }).click();
    await dialog.locator("input[name=domain]").fill("co.jp");
    await dialog.getByRole("button", { name: "OK", exact: true }).click();
    await dialog.getByText(t("fields.empty")).waitFor();
    await dialog.locator("textarea").fill("Our brand.");
    await dialog.getByRole("button", { name: "OK", exact: true }).click();
    await page.getByText(t("founding.refusals.public_suffix", { domain: "co.jp" })).waitFor();
    await look(colleague, "founding-refused");
    await colleague.button("founding.edit_domain").click();
    await dialog.locator("input[name=domain]").fill(story.other);
    await dialog.getByRole("button", { name: "OK", exact: true }).click();
    await outlook(colleague, "staff", story.other);
    await page.locator("input[name=name]").fill(story.other);
    await colleague.button("founding.submit").click();
    await page.getByText(t("account_requests.pending_title")).waitFor();
    await toColleague();
    const staff = await openDesk(world, story.language);
    const told = openInbox(world, story.staff);
    let toDecide = await told();
    while (!toDecide.text.includes(story.other)) toDecide = await told();
    await staff.page.goto(`${world.portal}/sign_in?return_to=/operator?tab=account_requests`);
    await signIn(world, staff.page, staff.t, story.staff);
    await staff.row(story.other).waitFor();
    await look(staff, "operator-requests");
    await staff.page.goto(wayOf(world, toDecide));
    await staff.page.getByLabel(staff.t("account_requests.decline")).check();
    await staff.page.locator("textarea").fill("Please use your own domain.");
    await look(staff, "operator-request");
    await staff.button("account_requests.submit").click();
    await staff.page.getByText(staff.t("account_requests.done.DECLINED", { name: story.other })).waitFor();
    expect(staff.faults).toEqual([]);
    await staff.close();
    const mail = await toColleague();
    expect(mail.headers.subject).toBe(story.declined + story.other);
    expect(mail.text).toContain("Please use your own domain.");
    await page.goto(wayOf(world, mail));
    await page.getByText(t("account_requests.declined_title")).waitFor();
    await look(colleague, "request-declined");
  });

  it("has met no fault on any page", () => {
    expect(founder.faults).toEqual([]);
    expect(colleague.faults).toEqual([]);
  });
});
