// The operator's staff: roles that somebody else has to validate, and help for a customer, which gives a reason, stands
// in the customer's log, and ends when the customer wants it. Once in each language, with pictures of every page at
// every width.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, found, openDesk, send, signIn } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    domain: "nadeshiko-kiki.example",
    account: "Nadeshiko Kiki",
    reason: "受付番号 17 管理者が退職したため",
  },
  {
    language: "en",
    domain: "harrowgate.example",
    account: "Harrowgate",
    reason: "Case 17: the administrator has left",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("the operator's staff in $language", (story) => {
  let staff: Desk;
  let customer: Desk;
  let sa: string;
  const mails = { founder: `hana@${story.domain}`, colleague: `taro@${story.domain}`, newcomer: `jun@${story.domain}` };

  beforeAll(async () => {
    customer = await openDesk(world, story.language);
    const colleague = await openDesk(world, story.language);
    await employ(world, colleague, mails.colleague, "Taro", "Sato");
    await colleague.close();
    await employ(world, customer, mails.founder, "Hana", "Mori");
    sa = await found(customer, story.account, story.domain);
    // Addresses that nobody has, last roles and locked accounts are refused.
    staff = await openDesk(world, story.language, /status of (401|403|404|409|422)/);
    await staff.page.goto(`${world.portal}/sign_in?return_to=/operator?tab=staff`);
    await signIn(world, staff.page, staff.t, "kaori.aoki@aozora.example");
    await staff.page.getByRole("tab").first().waitFor();
    // She is Japanese, but reads English in one of the stories.
    await send(staff, "PATCH", "/api/v1/me", { language: story.language });
    await staff.page.reload();
  });
  afterAll(async () => {
    await staff?.close();
    await customer?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => staff.picture(`failed-staff-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const look = async (desk: Desk, name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-staff-${name}`)).toEqual([]);
  const roleOf = (key: string, mail: string) =>
    staff.t(key, { mail, role: staff.t("operator_roles.operator_support") });

  it("gives, validates and ends a role", async () => {
    const { page, t } = staff;
    await staff.tab("operator.staff").waitFor();
    await staff.button("staff.give").click();
    await staff.submit("staff.give");
    await staff.dialog().getByText(t("fields.empty")).waitFor();
    await look(staff, "give");
    await staff.dialog().locator("input[type=email]").fill(`nobody@${story.domain}`);
    await staff.submit("staff.give");
    await staff.dialog().getByText(t("fields.unknown")).waitFor();
    await staff.dialog().locator("input[type=email]").fill(mails.colleague);
    await staff.submit("staff.give");
    await staff.told("staff.given", { mail: mails.colleague });
    await page.getByRole("button", { name: roleOf("staff.validate_of", mails.colleague) }).waitFor();
    await look(staff, "roles");
    await page.getByRole("button", { name: roleOf("staff.validate_of", mails.colleague) }).click();
    await look(staff, "validate");
    await staff.submit("staff.validate");
    await staff.told("staff.validated", { mail: mails.colleague });
    await page.getByRole("button", { name: roleOf("staff.end_of", mails.colleague) }).click();
    await staff.submit("staff.end");
    await staff.told("staff.was_ended", { mail: mails.colleague });
    await staff.row(mails.colleague).waitFor({ state: "detached" });
  });

  it("finds a person and an account", async () => {
    const { page, t } = staff;
    await page.goto(`${world.portal}/operator?tab=accounts`);
    await staff.field("lookup.mail").fill(mails.founder);
    await staff.button("lookup.find").click();
    await staff.told("lookup.accounts_none");
    await page.getByLabel(t("operator.search_accounts")).fill(story.account.slice(0, 5).toUpperCase());
    await page.getByRole("link", { name: story.account, exact: true }).waitFor();
    await look(staff, "search");
    await page.getByRole("link", { name: story.account, exact: true }).click();
    await staff.heading("assistance.why_title").waitFor();
  });

  it("helps with a reason", async () => {
    const { page, t } = staff;
    await staff.field("assistance.reason").fill("?");
    await staff.button("assistance.open").click();
    await page.getByText(t("assistance.reason_length")).waitFor();
    await look(staff, "why");
    await staff.field("assistance.reason").fill(story.reason);
    await staff.button("assistance.open").click();
    await staff.row(mails.founder).waitFor();
    await staff.button("assistance.name_administrator").click();
    await staff.dialog().locator("input[type=email]").fill(mails.newcomer);
    await staff.submit("assistance.name_administrator");
    await staff.told("assistance.named", { mail: mails.newcomer });
    await staff.row(mails.newcomer).waitFor();
    await look(staff, "users");
    const end = t("assistance.end_role_of", { role: t("roles.sa_admin"), name: mails.newcomer });
    await page.getByRole("button", { name: end }).click();
    await look(staff, "end-role");
    await staff.submit("assistance.end_role");
    await staff.told("assistance.role_ended");
    await staff.row(mails.newcomer).waitFor({ state: "detached" });
  });

  it("ends the help early", async () => {
    const { page } = staff;
    await staff.button("assistance.end").click();
    await look(staff, "end");
    await staff.submit("assistance.end");
    await staff.told("assistance.ended", { name: story.account });
    await page.goto(`${world.portal}/operator/accounts/${sa}`);
    await staff.heading("assistance.why_title").waitFor();
  });

  it("is seen by the customer, who locks the account", async () => {
    const { page, t } = customer;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=events`);
    await page.getByText(t("events.assistance_opened", { subject: story.reason })).waitFor();
    await page
      .getByText(t("events.assistance_used", { subject: story.reason }))
      .first()
      .waitFor();
    await page.getByText(t("events.assistance_ended", { subject: story.reason })).waitFor();
    await look(customer, "log");
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=properties`);
    await page.getByText(t("properties.lock"), { exact: true }).click();
    await customer.told("properties.lock_saved");
    await look(customer, "lock");
    await staff.page.reload();
    await staff.page.getByText(staff.t("assistance.locked_title")).waitFor();
    await look(staff, "locked");
    expect(customer.faults).toEqual([]);
    expect(staff.faults).toEqual([]);
  });
});
