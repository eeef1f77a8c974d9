// The guide, chapter by chapter, once in each language: a founder who signs up and opens the account of her company, a
// colleague who asks for one with a prefix, a partner who works for them, and mails that come by a real mail server and
// whose buttons are pressed. `MENKYO_GUIDE=write ./dev e2e guide` writes the pictures and
// pages anew; the ordinary run takes the same pictures and holds the pages in docs/guide against the words and the
// portal.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Camera, guidePages, readGuide, writeGuide } from "./guide/guide";
import { type Desk, employ, openDesk, openInbox, openMail, signIn } from "./person";
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
    partner: "pat@kessel-setsubi.example",
    employer: "KESSEL SETSUBI CO., LTD.",
    why: "御社のルーターの設置を担当しています。東京オフィスのライセンスを登録します。",
    place: "東京オフィス",
    tag: "地域",
    values: ["東日本", "西日本"],
    team: "保守チーム",
    member: "jiro",
    program: "夜間の在庫取得",
    question: "ルーターを登録できません。何を確認すればよいですか。",
    proof: "管理者が退職し、連絡できません。代表取締役が確認に応じます。",
  },
  {
    language: "en",
    domain: "nordlicht.example",
    company: "NORDLICHT K.K.",
    account: "Nordlicht",
    branch: "Nordlicht Osaka",
    prefix: "osaka",
    note: "Please approve the account of our branch in Osaka.",
    partner: "pat@kessel.example",
    employer: "KESSEL GMBH",
    why: "We install your routers and register the licenses of the Tokyo office.",
    place: "Tokyo office",
    tag: "Region",
    values: ["East", "West"],
    team: "Maintenance",
    member: "jiro",
    program: "Nightly inventory",
    question: "My router does not register. What shall I look at?",
    proof: "Our administrator has left the company. The managing director confirms this.",
  },
] as const;

const STAFF = "kaori.aoki@aozora.example";

// Agreements come as drafts; the operator decides what is published.
async function publishAgreements(world: World) {
  const desk = await openDesk(world, "ja");
  await desk.page.goto(`${world.portal}/sign_in`);
  await signIn(world, desk.page, desk.t, STAFF);
  await desk.heading("home.title").waitFor();
  const statuses = await desk.page.evaluate(async () => {
    const path = "/api/v1/operator/publications";
    const { items } = await (await fetch(path)).json();
    const wanted = ["account_agreement", "licensing_notice"];
    const answers: number[] = [];
    for (const { publication_id, kind, version } of items) {
      if (!wanted.includes(kind)) continue;
      const headers = { "content-type": "application/json", "menkyo-request": "1", "if-match": `"${version}"` };
      const url = `${path}/${publication_id}/publication`;
      answers.push((await fetch(url, { method: "POST", headers, body: "{}" })).status);
    }
    return answers;
  });
  expect(statuses).toEqual([200, 200]);
  await desk.close();
}

describe.each(STORIES)("the guide in $language", (story) => {
  const camera = new Camera(story.language);
  const mail = `hana@${story.domain}`;
  let world: World;
  let founder: Desk;
  let colleague: Desk;
  let partner: Desk;
  let toFounder: () => Promise<ReceivedMail>;
  let toColleague: () => Promise<ReceivedMail>;
  let toPartner: () => Promise<ReceivedMail>;
  let sa = "";

  beforeAll(async () => {
    // Of its own, because what the operator publishes is seen by all from then on.
    world = await openWorld({ hasMailServer: true });
    // The page behind a used link asks for it once more when somebody has signed in.
    founder = await openDesk(world, story.language, /status of (401|410)/);
    colleague = await openDesk(world, story.language);
    partner = await openDesk(world, story.language);
    toFounder = openInbox(world, mail);
  });
  afterAll(async () => {
    for (const desk of [founder, colleague, partner]) await desk?.close();
    await world?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(async () => {
      for (const [who, desk] of Object.entries({ founder, colleague, partner }))
        await desk.picture(`failed-guide-${who}-${task.name.replaceAll(/\W+/g, "-")}`);
    });
  });

  // The next mail with that text, past those that are of no account here.
  async function mailWith(inbox: () => Promise<ReceivedMail>, text: string): Promise<ReceivedMail> {
    let mail = await inbox();
    while (!mail.text.includes(text)) mail = await inbox();
    return mail;
  }
  // Reads a mail and presses its button.
  async function follow(desk: Desk, mail: ReceivedMail, step: string) {
    const button = await openMail(world, desk, mail);
    await camera.take(desk.page, step, button);
    await button.click();
  }
  const inDialog = (desk: Desk, key: string) => desk.dialog().getByRole("button", { name: desk.t(key), exact: true });
  // The form of a dialog, filled in and looked at.
  async function submit(desk: Desk, key: string, step: string) {
    await camera.take(desk.page, step, inDialog(desk, key));
    await inDialog(desk, key).click();
    await desk.dialog().waitFor({ state: "detached" });
  }
  async function act(name: string, actions: string, action: string) {
    await founder.page.getByRole("button", { name: founder.t(actions, { name }), exact: true }).click();
    await founder.page.getByRole("menuitem", { name: founder.t(action), exact: true }).click();
    await founder.dialog().waitFor();
  }

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
    await follow(founder, await toFounder(), "1-2-letter");
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
    sa = /accounts\/(\w+)/.exec(page.url())?.[1] ?? "";
    expect((await toFounder()).text).toContain(story.domain);
  });

  it("2-3 create one with a prefix", async () => {
    const { page, t } = colleague;
    toColleague = await employ(world, colleague, `taro@${story.domain}`, "Taro", "Sato", story.company);
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
    await follow(founder, await mailWith(toFounder, story.note), "2-4-letter");
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
    await follow(colleague, await mailWith(toColleague, "/accounts/"), "2-3-done");
    await colleague.row("DEFAULT").waitFor();
    expect(await colleague.page.content()).not.toContain(mail);
  });

  it("3-1 manage the account", async () => {
    const { page, t } = founder;
    await page.goto(`${world.portal}/`);
    await founder.link("home.manage").first().click();
    await founder.row("DEFAULT").waitFor();
    await camera.take(page, "3-1-domain", page.getByText(story.domain).first());
    await camera.take(page, "3-1-virtual_accounts", founder.tab("virtual_accounts.title"));
    await founder.button("virtual_accounts.create").click();
    await founder.dialog().getByLabel(t("virtual_accounts.name"), { exact: true }).fill(story.place);
    await submit(founder, "common.create", "3-1-create");
    await founder.row(story.place).waitFor();
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

  it("3-3 review agreements and notices", async () => {
    await publishAgreements(world);
    const { page, t } = founder;
    await page.goto(`${world.portal}/accounts/${sa}/manage`);
    const review = founder.button("agreements.review");
    await review.waitFor();
    await camera.take(page, "3-3-banner", review);
    await review.click();
    await founder.dialog().locator(".menkyo-published h2").first().waitFor();
    await submit(founder, "agreements.accept.account_agreement", "3-3-review");
    await page.goto(`${world.portal}/accounts/${sa}/licenses`);
    await review.click();
    await founder.dialog().locator(".menkyo-published h2").first().waitFor();
    await founder
      .dialog()
      .getByRole("checkbox", { name: t("agreements.tick") })
      .check();
    await submit(founder, "agreements.accept.licensing_notice", "3-3-notice");
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=agreements`);
    await page.getByText(t("agreements.accepted"), { exact: true }).first().waitFor();
    await camera.take(page, "3-3-list", founder.tab("agreements.title"));
  });

  it("3-4 find the way with custom tags", async () => {
    const { page, t } = founder;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=custom_tags`);
    await founder.button("tags.create").first().click();
    await founder.dialog().locator("input[name=name]").fill(story.tag);
    await founder.dialog().locator("textarea").fill(story.values.join("\n"));
    await submit(founder, "common.create", "3-4-form");
    await founder.row(story.tag).waitFor();
    await founder.tab("virtual_accounts.title").click();
    await act(story.place, "virtual_accounts.actions_of", "tags.carry");
    await founder
      .dialog()
      .getByRole("button", { name: new RegExp(t("tags.choose")) })
      .first()
      .click();
    const value = `${story.tag}: ${story.values[0]}`;
    await page.getByRole("option", { name: value, exact: true }).click();
    await page.keyboard.press("Escape");
    await submit(founder, "common.save", "3-4-carry");
    await page.reload();
    const carried = founder.row(story.place).getByText(value, { exact: true });
    await carried.waitFor();
    await camera.take(page, "3-4-carried", carried);
  });

  it("3-5 gather people in user groups", async () => {
    const { page } = founder;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=user_groups`);
    await founder.button("groups.create").first().click();
    await founder.dialog().locator("input[name=name]").fill(story.team);
    await submit(founder, "common.create", "3-5-form");
    await act(story.team, "groups.actions_of", "groups.add_role");
    await submit(founder, "users.grant_submit", "3-5-role");
    await act(story.team, "groups.actions_of", "groups.members");
    await founder.dialog().locator("input[name=mail]").fill(`${story.member}@${story.domain}`);
    await camera.take(page, "3-5-members", inDialog(founder, "groups.add"));
    await inDialog(founder, "groups.add").click();
    await founder.dialog().getByRole("row").filter({ hasText: story.member }).waitFor();
    await inDialog(founder, "common.close").last().click();
    await founder.dialog().waitFor({ state: "detached" });
    await camera.take(page, "3-5-list", founder.row(story.team));
  });

  it("3-6 let programs work", async () => {
    const { page, t } = founder;
    await founder.link("shell.security").click();
    await founder.link("programs.title").click();
    await founder.button("programs.make").first().click();
    await founder.dialog().getByLabel(t("programs.name"), { exact: true }).fill(story.program);
    await founder.dialog().getByLabel(t("programs.account"), { exact: true }).click();
    await page.getByRole("option", { name: story.account }).click();
    await camera.take(page, "3-6-form", inDialog(founder, "programs.make"));
    await inDialog(founder, "programs.make").click();
    await founder.dialog().locator("code").first().waitFor();
    await inDialog(founder, "common.close").last().click();
    await founder.row(story.program).waitFor();
    await camera.take(page, "3-6-list", founder.row(story.program));
  });

  it("4-1 ask for access", async () => {
    const { page, t } = partner;
    toPartner = await employ(world, partner, story.partner, "Pat", "Kessel", story.employer);
    await page.goto(`${world.portal}/`);
    await partner.link("access.title").waitFor();
    await camera.take(page, "4-1-home", partner.link("access.title"));
    await partner.link("access.title").click();
    await partner.heading("access.title").waitFor();
    await page.locator("input[name=domain]").fill(story.domain);
    await page.locator("textarea").fill(story.why);
    await camera.take(page, "4-1-form", partner.button("access.submit"));
    await partner.button("access.submit").click();
    await page.getByText(t("access.standing.PENDING")).waitFor();
    await camera.take(page, "4-1-pending");
  });

  it("4-2 answer the request", async () => {
    const { page, t } = founder;
    await follow(founder, await mailWith(toFounder, story.partner), "4-2-letter");
    await page.getByText(story.why).waitFor();
    await page.getByLabel(t("account_requests.approve")).check();
    await page.getByRole("button", { name: t("users.role") }).click();
    await page.locator("[role=option]", { hasText: t("roles.va_user") }).click();
    await page.getByRole("button", { name: t("licenses.choose_virtual_account") }).click();
    await page.locator("[role=option]", { hasText: story.place }).click();
    await page.keyboard.press("Escape");
    await page.locator("[role=option]").first().waitFor({ state: "hidden" });
    await camera.take(page, "4-2-decide", founder.button("account_requests.submit"));
    await founder.button("account_requests.submit").click();
    await page.getByText(t("access_request_status.APPROVED")).first().waitFor();
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=account_requests&inner=access`);
    await founder.row(story.partner).waitFor();
    await camera.take(page, "4-2-list", founder.row(story.partner));
  });

  it("4-3 work within what was granted, and learn of nobody", async () => {
    const { page, t } = partner;
    const letters = [await mailWith(toPartner, story.account)];
    await follow(partner, letters[0] as ReceivedMail, "4-3-letter");
    await page.getByText(t("access.standing.APPROVED")).waitFor();
    const seen = letters.map((each) => each.text).concat(await page.content());
    await camera.take(page, "4-3-granted", partner.link("home.licenses"));
    await partner.link("home.licenses").click();
    await partner.row(story.place).waitFor();
    expect(await partner.row("DEFAULT").count()).toBe(0);
    await camera.take(page, "4-3-licenses", partner.row(story.place));
    seen.push(await page.content());
    await page.goto(`${world.portal}/accounts/${sa}/manage`);
    await partner.row(story.place).waitFor();
    expect(await partner.row("DEFAULT").count()).toBe(0);
    seen.push(await page.content());
    for (const text of seen) for (const secret of [mail, "Hana", "Mori"]) expect(text).not.toContain(secret);
  });

  it("5-1 ask the operator", async () => {
    const { page, t } = partner;
    await page.goto(`${world.portal}/`);
    await partner.link("enquiries.title").click();
    await partner.heading("enquiries.title").waitFor();
    await page.getByRole("button", { name: t("enquiries.subject") }).click();
    await page.locator("[role=option]", { hasText: t("enquiry_subjects.product_instances") }).click();
    await page.locator("textarea[name=text]").fill(story.question);
    await camera.take(page, "5-1-form", partner.button("enquiries.send"));
    await partner.button("enquiries.send").click();
    await partner.heading("enquiries.history").waitFor();
    await camera.take(page, "5-1-sent");
    await page.goto(`${world.portal}/enquiries`);
    await page.getByText(t("enquiry_status.OPEN")).waitFor();
    await camera.take(page, "5-1-list", page.getByText(t("enquiry_status.OPEN")));
  });

  it("5-2 ask to succeed", async () => {
    const { page, t } = colleague;
    await page.goto(`${world.portal}/`);
    await colleague.link("successions.tile").click();
    await colleague.heading("successions.title").waitFor();
    await page.locator("input[name=domain]").fill(story.domain);
    await page.locator("textarea[name=proof]").fill(story.proof);
    await camera.take(page, "5-2-form", colleague.button("successions.submit"));
    await colleague.button("successions.submit").click();
    await page.getByText(t("successions.standing.PENDING")).waitFor();
    await camera.take(page, "5-2-pending");
  });

  it("has a picture for each step, and is what docs/guide says", () => {
    expect(camera.missing()).toEqual([]);
    const pages = guidePages(founder.t, story.language);
    if (process.env.MENKYO_GUIDE === "write") writeGuide(story.language, pages, camera.pictures);
    for (const [file, text] of pages) expect(readGuide(story.language, file), file).toBe(text);
    expect(founder.faults).toEqual([]);
    expect(colleague.faults).toEqual([]);
    expect(partner.faults).toEqual([]);
  });
});
