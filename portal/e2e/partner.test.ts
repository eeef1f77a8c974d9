// A partner asks for a Smart Account of its customer, who has no account yet: once in each language and with real mail.
// The customer signs up, looks at what is asked, leaves one of the users out and accepts; it declines another request,
// and the partner withdraws a third.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, openDesk, openInbox, wayOf } from "./person";
import { openWorld, type ReceivedMail, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    partner: "ren@partner-tokyo.example",
    domain: "sakura-hotel.example",
    account: "さくらホテル",
    note: "新しいルーターのライセンスのために必要です。\nよろしくお願いします。",
    received: "パートナーがスマートアカウントの作成をリクエストしました - ",
    accepted: "お客様がリクエストを承諾しました - ",
    declined: "お客様がリクエストを辞退しました - ",
    active: "スマートアカウントの設定が完了しました - ",
    given: "「さくらホテル」のロールが付与されました",
  },
  {
    language: "en",
    partner: "pat@partner-berlin.example",
    domain: "hotel-linde.example",
    account: "Hotel Linde",
    note: "You need it for the licenses of your new routers.\nKind regards",
    received: "A partner asks you to open a Smart Account - ",
    accepted: "Your customer has accepted - ",
    declined: "Your customer has declined - ",
    active: "Your Smart Account is set up - ",
    given: 'You were granted a role in "Hotel Linde"',
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("a Smart Account for a customer in $language", (story) => {
  let partner: Desk;
  let customer: Desk;
  let toPartner: () => Promise<ReceivedMail>;
  const mail = `hana@${story.domain}`;
  const colleague = `taro@${story.domain}`;
  let inbox: () => Promise<ReceivedMail>;
  const toCustomer = () => inbox();
  let second: ReceivedMail;
  const look = async (desk: Desk, name: string) => expect(await desk.look(name), name).toEqual([]);
  const lookEverywhere = async (desk: Desk, name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-partner-${name}`)).toEqual([]);

  beforeAll(async () => {
    // What is refused in the story: a form that is not right, and a request to another address.
    partner = await openDesk(world, story.language, /status of (401|404|422)/);
    customer = await openDesk(world, story.language, /status of (401|404)/);
    toPartner = await employ(world, partner, story.partner, "Ren", "Kato");
    inbox = openInbox(world, mail);
  });
  afterAll(async () => {
    await partner?.close();
    await customer?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(async () => {
      await partner.picture(`failed-partner-${task.name.replaceAll(/\W+/g, "-")}`);
      await customer.picture(`failed-customer-${task.name.replaceAll(/\W+/g, "-")}`);
    });
  });

  const standing = (desk: Desk, status: string) => desk.page.getByText(desk.t(`partner_requests.standing.${status}`));

  async function begin(name: string) {
    await partner.page.goto(`${world.portal}/`);
    await partner.link("partner_requests.tile").click();
    await partner.heading("partner_requests.new").waitFor();
    await partner.page.locator("input[name=name]").fill(name);
    await partner.page.locator("input[name=customer_mail]").fill(mail);
  }

  it("is asked for by the partner", async () => {
    const { page, t } = partner;
    await begin(story.account);
    await lookEverywhere(partner, "empty");
    // What can be judged without others is told at once.
    await page.locator("input[name=domain]").fill("gmail.com");
    await page.getByText(t("partner_requests.different", { mail_domain: story.domain })).waitFor();
    await partner.button("partner_requests.submit").click();
    await page.getByText(t("fields.free_mail")).waitFor();
    await page.getByText(t("problems.invalid.title")).waitFor();
    await page.locator("input[name=domain]").fill("");
    await page.locator("textarea[name=note]").fill(story.note);
    for (const [index, member] of [story.partner, colleague].entries()) {
      await partner.button("founding.add_member").click();
      await page
        .locator("input[type=email]")
        .nth(index + 1)
        .fill(member);
    }
    await page.locator("textarea[name=members_note]").fill("Welcome.");
    await lookEverywhere(partner, "form");
    await partner.button("partner_requests.submit").click();
    await standing(partner, "PENDING_CUSTOMER_ACCEPTANCE").waitFor();
    await page.getByText(mail).first().waitFor();
    await lookEverywhere(partner, "pending");
  });

  it("reaches a customer who has no account yet", async () => {
    const received = await toCustomer();
    expect(received.headers.subject).toBe(story.received + story.account);
    for (const part of [story.partner, story.domain, story.note.split("\n")[0] ?? ""])
      expect(received.text).toContain(part);
    const { page, t } = customer;
    await page.goto(wayOf(world, received));
    await customer.heading("sign_in.title").waitFor();
    const own = await employ(world, customer, mail, "Hana", "Mori");
    await page.goto(`${world.portal}/`);
    await page.getByText(t("partner_requests.received")).waitFor();
    await lookEverywhere(customer, "home");
    await page.goto(wayOf(world, received));
    await page.getByRole("heading", { name: story.account, exact: true }).waitFor();
    inbox = own;
  });

  it("is accepted without one of the users", async () => {
    const { page, t } = customer;
    await page.getByLabel(t("partner_requests.choices.accept")).check();
    await page.getByText(t("founding.outlook.nobody", { domain: story.domain })).waitFor();
    await page.getByRole("checkbox", { name: colleague }).uncheck();
    await lookEverywhere(customer, "accept");
    await customer.button("founding.submit").click();
    await page.getByText(t("founding.active", { name: story.account })).waitFor();
    await look(customer, `${story.language}-partner-founded`);
    expect((await toCustomer()).headers.subject).toBe(story.active + story.account);
  });

  it("is told to the partner, who has what the customer left to it", async () => {
    const subjects = [(await toPartner()).headers.subject, (await toPartner()).headers.subject];
    expect(subjects.sort()).toEqual([story.accepted + story.account, story.given].sort());
    expect(world.mailsTo(colleague)).toEqual([]);
    await standing(partner, "ACCEPTED").waitFor();
    expect(await partner.page.content()).not.toContain("Mori");
    await lookEverywhere(partner, "accepted");
    await partner.page.goto(`${world.portal}/`);
    await partner.page.getByText(story.account).first().waitFor();
    await lookEverywhere(partner, "home-of-partner");
  });

  it("is declined with a reason", async () => {
    await begin(`${story.account} 2`);
    await partner.page.locator("input[name=domain]").fill(`osaka.${story.domain}`);
    await partner.button("partner_requests.submit").click();
    await standing(partner, "PENDING_CUSTOMER_ACCEPTANCE").waitFor();
    const { page, t } = customer;
    second = await toCustomer();
    await page.goto(wayOf(world, second));
    await page.getByLabel(t("partner_requests.choices.accept")).check();
    await page.getByText(t("founding.outlook.administrators", { mail_domain: story.domain })).waitFor();
    await lookEverywhere(customer, "accept-prefix");
    await page.getByLabel(t("partner_requests.choices.decline")).check();
    await page.locator("textarea[name=reason]").fill("We have one.");
    await lookEverywhere(customer, "decline");
    await customer.button("partner_requests.choices.decline").click();
    await page.getByText(t("partner_requests.outcome.DECLINED_BY_CUSTOMER")).waitFor();
    await look(customer, `${story.language}-partner-declined`);
    const told = await toPartner();
    expect(told.headers.subject).toBe(`${story.declined}${story.account} 2`);
    expect(told.text).toContain("We have one.");
    await partner.page.goto(wayOf(world, told));
    await standing(partner, "DECLINED_BY_CUSTOMER").waitFor();
    await partner.page.getByText("We have one.").waitFor();
    await lookEverywhere(partner, "declined");
  });

  it("is nobody else's", async () => {
    await partner.page.goto(wayOf(world, second));
    await partner.page.getByText(partner.t("partner_requests.not_yours", { mail: story.partner })).waitFor();
    await lookEverywhere(partner, "not-yours");
  });

  it("is withdrawn by the partner", async () => {
    await begin(`${story.account} 3`);
    await partner.page.locator("input[name=domain]").fill(`kyoto.${story.domain}`);
    await partner.button("partner_requests.submit").click();
    await standing(partner, "PENDING_CUSTOMER_ACCEPTANCE").waitFor();
    const received = await toCustomer();
    await partner.button("account_requests.withdraw").click();
    await partner
      .dialog()
      .getByRole("button", { name: partner.t("account_requests.withdraw"), exact: true })
      .click();
    await standing(partner, "WITHDRAWN").waitFor();
    await customer.page.goto(wayOf(world, received));
    await customer.page.getByText(customer.t("partner_requests.outcome.WITHDRAWN")).waitFor();
    await look(customer, `${story.language}-partner-withdrawn`);
    await partner.page.goto(`${world.portal}/partner_requests`);
    await partner.row(`${story.account} 3`).waitFor();
    await lookEverywhere(partner, "list");
  });

  it("is what a holding account leads to", async () => {
    const { page, t } = partner;
    await page.goto(`${world.portal}/accounts/new`);
    await partner.link("partner_requests.title").waitFor();
    await lookEverywhere(partner, "founding");
    await page.locator("input[name=name]").fill(`Holding ${story.language}`);
    await partner.button("account.type").click();
    await page.getByLabel(t("account_types.HOLDING")).check();
    await partner.button("founding.submit").click();
    await page.getByText(t("partner_requests.holding_title")).waitFor();
    await lookEverywhere(partner, "holding-manage");
    await page.goto(page.url().replace(/\/manage.*/, "/licenses"));
    await page.getByText(t("partner_requests.holding_text")).waitFor();
    await lookEverywhere(partner, "holding");
    await partner.link("partner_requests.title").click();
    await partner.heading("partner_requests.new").waitFor();
  });

  it("has met no fault on any page", () => {
    expect(partner.faults).toEqual([]);
    expect(customer.faults).toEqual([]);
  });
});
