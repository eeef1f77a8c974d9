// Where people turn to the operator, once in each language and with real mail: somebody who cannot sign in sees whom to
// ask; a colleague sends an enquiry and writes on after the answer; and somebody asks to succeed as administrator, which
// the operator approves and the administrator, who is there after all, stops.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, openDesk, openInbox, signIn, wayOf } from "./person";
import { openWorld, type ReceivedMail, type World } from "./world";

const HELP = "help@soudan.example";
const HOURS = { ja: "平日 9:00–17:00", en: "weekdays 9:00–17:00 (Japan)" };
const STORIES = [
  {
    language: "ja",
    staff: "kaori.aoki@aozora.example",
    administrator: "mei.hanada@hanabi-coffee.example",
    heir: "hana@hanabi-coffee.example",
    asked: "お問い合わせを受け付けました - 番号 ",
    answered: "お問い合わせへの回答 - 番号 ",
    toDecide: "管理者の引き継ぎの申請 - ",
    announced: "新しい管理者が予定されています - ",
    stopped: "管理者の引き継ぎは終了しました - ",
  },
  {
    language: "en",
    staff: "thomas.sorano@aozora.example",
    administrator: "naomi.tanabe@kaede-electric.example",
    heir: "hana@kaede-electric.example",
    asked: "We received your enquiry - number ",
    answered: "Answer to your enquiry - number ",
    toDecide: "Request to succeed as administrator - ",
    announced: "There is to be a new administrator - ",
    stopped: "Your request to succeed as administrator has ended - ",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({
    hasMailServer: true,
    more: `support_mail = "${HELP}"\nsupport_hours_ja = "${HOURS.ja}"\nsupport_hours_en = "${HOURS.en}"\n`,
  });
});
afterAll(() => world?.close());

describe.each(STORIES)("turning to the operator in $language", (story) => {
  let heir: Desk;
  let staff: Desk;
  let admin: Desk;
  let toHeir: () => Promise<ReceivedMail>;
  let enquiry = "";
  let domain = "";
  const look = async (desk: Desk, name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-${name}`)).toEqual([]);
  // The next mail of that subject, past those of other stories.
  async function mailTo(inbox: () => Promise<ReceivedMail>, subject: string): Promise<ReceivedMail> {
    let mail = await inbox();
    while (!mail.headers.subject?.startsWith(subject)) mail = await inbox();
    return mail;
  }

  beforeAll(async () => {
    heir = await openDesk(world, story.language, /status of (401|422)/);
    staff = await openDesk(world, story.language);
    admin = await openDesk(world, story.language);
    domain = story.heir.slice(story.heir.indexOf("@") + 1);
  });
  afterAll(async () => {
    for (const desk of [heir, staff, admin]) await desk?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(async () => {
      const name = task.name.replaceAll(/\W+/g, "-");
      for (const [who, desk] of Object.entries({ heir, staff, admin })) await desk.picture(`failed-${who}-${name}`);
    });
  });

  it("shows whom to ask to those who cannot sign in", async () => {
    const { page, t } = heir;
    for (const path of ["sign_in", "sign_up"]) {
      await page.goto(`${world.portal}/${path}`);
      await page.getByText(t("sign_in.help", { mail: HELP })).waitFor();
      await page.getByText(HOURS[story.language]).waitFor();
      await look(heir, `${path}-with-support`);
    }
  });

  it("takes an enquiry, gives it a number and mails it", async () => {
    toHeir = await employ(world, heir, story.heir, "Hana", "Mori");
    const { page, t } = heir;
    await page.goto(`${world.portal}/`);
    await heir.link("enquiries.title").click();
    await heir.heading("enquiries.title").waitFor();
    await page.getByText(story.heir).waitFor();
    await heir.button("enquiries.send").click();
    await page.getByText(t("fields.empty")).first().waitFor();
    await look(heir, "enquiry-empty");
    await page.getByRole("button", { name: t("enquiries.subject") }).click();
    await page.locator("[role=option]", { hasText: t("enquiry_subjects.product_instances") }).click();
    await page.locator("input[name=domain]").fill("nobody.example");
    await page.locator("textarea[name=text]").fill("My router does not register.\nWhat now?");
    await heir.button("enquiries.send").click();
    await heir.heading("enquiries.history").waitFor();
    await look(heir, "enquiry-sent");
    const receipt = await mailTo(toHeir, story.asked);
    expect(receipt.text).toContain("My router does not register. What now?");
    const toDesk = openInbox(world, HELP);
    let mail = await toDesk();
    while (!mail.text.includes(story.heir)) mail = await toDesk();
    expect(mail.text).toContain("+81 3-6434-1234");
    enquiry = wayOf(world, mail);
    await page.goto(`${world.portal}/enquiries`);
    await page.getByText(HELP).waitFor();
    await page.getByText(t("enquiry_status.OPEN")).waitFor();
    await look(heir, "enquiries");
  });

  it("is answered from the queue, and goes on", async () => {
    const { page, t } = staff;
    await page.goto(`${world.portal}/sign_in?return_to=/operator?tab=enquiries`);
    await signIn(world, page, t, story.staff);
    await staff.row(story.heir).waitFor();
    await look(staff, "operator-enquiries");
    await page.goto(enquiry);
    await staff.heading("enquiries.answer").waitFor();
    await page.getByText(t("enquiries.no_account")).waitFor();
    await look(staff, "operator-enquiry");
    await page.locator("textarea").fill("First this.\nThen that.");
    await staff.button("enquiries.answer_submit").click();
    await page.getByText(t("enquiry_status.ANSWERED")).waitFor();
    await staff.button("enquiries.close").click();
    await staff
      .dialog()
      .getByRole("button", { name: t("enquiries.close"), exact: true })
      .click();
    await page.getByText(t("enquiry_status.CLOSED"), { exact: true }).first().waitFor();
    await look(staff, "operator-enquiry-closed");
    const answer = await mailTo(toHeir, story.answered);
    expect(answer.text).toContain("First this.\nThen that.");
    await heir.page.goto(wayOf(world, answer));
    await heir.page.getByText("Then that.").waitFor();
    expect(await heir.page.content()).not.toContain(story.staff);
    await heir.page.locator("textarea").fill("Thank you, and this?");
    await heir.button("enquiries.send").click();
    await heir.page.getByText(heir.t("enquiry_status.OPEN")).waitFor();
    await look(heir, "enquiry-opened-again");
  });

  it("asks to succeed as administrator, alike for a domain of others", async () => {
    const { page, t } = heir;
    await page.goto(`${world.portal}/`);
    await heir.link("successions.tile").click();
    await heir.heading("successions.title").waitFor();
    const proof = page.locator("textarea[name=proof]");
    await proof.fill("Our administrator has left the company.");
    for (const other of ["aozora.example", "nobody.example"]) {
      await page.locator("input[name=domain]").fill(other);
      await heir.button("successions.submit").click();
      await page.getByText(t("fields.not_yours")).waitFor();
      await page.locator("input[name=domain]").fill("");
    }
    await page.reload();
    await proof.fill("Our administrator has left the company.");
    await page.locator("input[name=domain]").fill(domain);
    await look(heir, "succession-form");
    await heir.button("successions.submit").click();
    await page.getByText(t("successions.standing.PENDING")).waitFor();
    await look(heir, "succession-pending");
    await page.goto(`${world.portal}/`);
    await page.getByText(t("successions.own_item", { domain })).waitFor();
    await look(heir, "home-with-succession");
  });

  it("is approved by staff, who see who administers the account", async () => {
    const { page, t } = staff;
    const mail = await mailTo(openInbox(world, story.staff), story.toDecide + domain);
    await page.goto(`${world.portal}/operator?tab=successions`);
    await staff.row(domain).waitFor();
    await look(staff, "operator-successions");
    await page.goto(wayOf(world, mail));
    await page.getByText(story.administrator).waitFor();
    await page.getByLabel(t("account_requests.approve")).check();
    await look(staff, "operator-succession");
    await staff.button("account_requests.submit").click();
    await page.getByText(t("succession_status.WAITING")).waitFor();
    await heir.page.goto(`${world.portal}/`);
    await heir.page.getByText(heir.t("successions.own_item", { domain })).click();
    await heir.page.getByText(heir.t("successions.standing.WAITING")).waitFor();
    await look(heir, "succession-waiting");
  });

  it("is stopped by an administrator who is there after all", async () => {
    const mail = await mailTo(openInbox(world, story.administrator), story.announced);
    const { page, t } = admin;
    await page.goto(`${world.portal}/sign_in`);
    await signIn(world, page, t, story.administrator);
    await admin.heading("home.title").waitFor();
    await page.goto(wayOf(world, mail));
    await page.getByText(t("successions.banner_title")).waitFor();
    await page.getByText(story.heir).waitFor();
    await admin.picture("succession-banner");
    await admin.button("successions.object").click();
    await admin.dialog().locator("textarea").fill("I am here, I was on leave.");
    await admin.picture("succession-objection");
    await admin
      .dialog()
      .getByRole("button", { name: t("successions.object"), exact: true })
      .click();
    await page.getByText(t("successions.banner_title")).waitFor({ state: "hidden" });
    expect((await mailTo(toHeir, story.stopped)).text).not.toContain(story.administrator);
    await heir.page.reload();
    await heir.page.getByText(heir.t("successions.standing.STOPPED")).waitFor();
    expect(await heir.page.content()).not.toContain(story.administrator);
    await look(heir, "succession-stopped");
    await staff.page.reload();
    await staff.page.getByText("I am here, I was on leave.").waitFor();
    await look(staff, "operator-succession-stopped");
    await page.goto(`${page.url().split("?")[0]}?tab=events`);
    await page.getByRole("row").filter({ hasText: "Hana Mori" }).first().waitFor();
    await look(admin, "succession-events");
  });

  it("has met no fault on any page", () => {
    for (const desk of [heir, staff, admin]) expect(desk.faults).toEqual([]);
  });
});
