// What the operator publishes: pages for everybody, and agreements from their draft to their acceptance. Once in each
// language, with pictures of every page at every width.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, everyLook, openDesk, signIn } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    name: "日本語",
    operator: "kaori.aoki@aozora.example",
    administrator: "kenji.minami@minato-logistics.example",
    approver: "hiroshi.nakata@minato-logistics.example",
  },
  {
    language: "en",
    name: "English",
    operator: "kaori.aoki@aozora.example",
    administrator: "naomi.tanabe@kaede-electric.example",
    approver: "rie.kobayashi@kaede-electric.example",
  },
] as const;
const PAGES = ["contact", "terms", "privacy", "cookies", "security"] as const;
const PRODUCT = "KZ-2300";

describe.each(STORIES)("published texts in $language", (story) => {
  let world: World;
  let operator: Desk;
  let administrator: Desk;
  let approver: Desk;
  let sa: string;
  const desks: Desk[] = [];

  beforeAll(async () => {
    world = await openWorld();
    operator = await enter(story.operator);
    administrator = await enter(story.administrator);
    approver = await enter(story.approver);
    sa = await administrator.page.evaluate(async () => {
      const accounts = await (await fetch("/api/v1/smart_accounts")).json();
      return accounts.items[0].smart_account_id;
    });
  });
  afterAll(async () => {
    for (const desk of desks) await desk.close();
    await world?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(async () => {
      for (const [index, desk] of desks.entries())
        await desk.picture(`failed-publications-${task.name.replaceAll(/\W+/g, "-")}-${index}`);
    });
  });

  async function open(): Promise<Desk> {
    // What is refused on purpose: a product that there is not, a draft without a language.
    const desk = await openDesk(world, story.language, /status of (401|422)/);
    desks.push(desk);
    return desk;
  }
  // A person of the sample, who reads the story's language from now on.
  async function enter(mail: string): Promise<Desk> {
    const desk = await open();
    await desk.page.goto(`${world.portal}/sign_in`);
    const other = STORIES.find((each) => each.language !== story.language)?.name ?? "";
    await desk.page.getByRole("button", { name: other, exact: true }).click();
    await desk.page.getByRole("button", { name: story.name, exact: true }).click();
    await signIn(world, desk.page, desk.t, mail);
    await desk.page.waitForURL(`${world.portal}/`);
    await desk.heading("home.title").waitFor();
    return desk;
  }
  const look = async (desk: Desk, name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-publications-${name}`)).toEqual([]);

  it("shows the pages to everybody, from the footer", async () => {
    const visitor = await open();
    const { page, t } = visitor;
    await page.goto(`${world.portal}/sign_in`);
    await look(visitor, "footer");
    for (const kind of PAGES) {
      await page
        .getByRole("contentinfo")
        .getByRole("link", { name: t(`footer.${kind}`), exact: true })
        .click();
      await page.getByRole("heading", { level: 1, name: t(`publication_kinds.${kind}`) }).waitFor();
      await look(visitor, kind);
    }
    await page.goto(`${world.portal}/privacy`);
    await page.locator(".menkyo-published a", { hasText: t("footer.cookies") }).click();
    await page.waitForURL(/\/cookies$/);
    expect(visitor.faults).toEqual([]);
  });

  it("lets the operator write, look and publish", async () => {
    const { page, t } = operator;
    await page.goto(`${world.portal}/operator?tab=publications`);
    await operator.row(t("publication_kinds.account_agreement")).first().waitFor();
    await look(operator, "list");
    await operator.button("publications.create").click();
    await page.locator("input[name=product_code]").fill("NO-SUCH-PRODUCT");
    await operator
      .dialog()
      .getByRole("button", { name: t("common.create"), exact: true })
      .click();
    await operator.dialog().getByText(t("fields.unknown")).waitFor();
    await page.locator("input[name=product_code]").fill(PRODUCT);
    await operator
      .dialog()
      .getByRole("button", { name: t("common.create"), exact: true })
      .click();
    await page.locator("textarea[name=body_ja]").fill("## 許諾\n\n{operator_name} は使用を許諾します。");
    await page
      .locator("textarea[name=body_en]")
      .fill("## Grant\n\n{operator_name} grants its use.\n\n<script>no</script>");
    await page.locator("input[name=title_ja]").fill("製品 2300 使用許諾契約");
    await operator.button("publications.publish").click();
    await operator
      .dialog()
      .getByRole("button", { name: t("publications.publish"), exact: true })
      .click();
    await page.getByText(t("fields.missing")).first().waitFor();
    await page.locator("input[name=title_en]").fill("End-user agreement of product 2300");
    await operator.button("publications.save").click();
    await page.getByText(t("publications.saved")).waitFor();
    await look(operator, "edit");
    await operator.button("publications.preview").click();
    await operator.dialog().locator(".menkyo-published h2").waitFor();
    await operator.dialog().getByRole("button", { name: "English" }).click();
    await operator.dialog().getByText("<script>no</script>").waitFor();
    await look(operator, "preview");
    await operator
      .dialog()
      .getByRole("button", { name: t("common.close"), exact: true })
      .last()
      .click();
    await operator.dialog().waitFor({ state: "detached" });
    await publish(1);
    for (const kind of ["account_agreement", "licensing_notice"]) {
      await page.goto(`${world.portal}/operator?tab=publications`);
      await operator
        .row(t(`publication_kinds.${kind}`))
        .first()
        .getByRole("link")
        .first()
        .click();
      await publish(1);
    }
    await look(operator, "published");
    await page.locator("input[name=title_en]").fill("Another title");
    await operator.button("publications.save").click();
    await operator.button("publications.discard").click();
    await look(operator, "discard");
    await operator.submit("publications.discard");
    await operator.told("publications.discarded");
    expect(operator.faults).toEqual([]);
  });

  async function publish(edition: number) {
    const { page, t } = operator;
    await operator.button("publications.publish").click();
    await operator.dialog().locator(".menkyo-published").waitFor();
    await operator
      .dialog()
      .getByRole("button", { name: t("publications.publish"), exact: true })
      .click();
    await page.getByText(t("publications.in_force", { edition })).waitFor();
  }

  it("asks administrators for a look, and keeps that they took it", async () => {
    const { page, t } = administrator;
    await page.goto(`${world.portal}/accounts/${sa}/manage`);
    await page.getByText(t("agreements.banner.account_agreement")).waitFor();
    await look(administrator, "banner");
    await administrator.button("agreements.review").click();
    await administrator.dialog().locator(".menkyo-published h2").first().waitFor();
    await look(administrator, "review");
    await administrator
      .dialog()
      .getByRole("button", { name: t("agreements.accept.account_agreement") })
      .click();
    await page.getByText(t("agreements.banner.account_agreement")).waitFor({ state: "detached" });
    expect(administrator.faults).toEqual([]);
  });

  it("asks for a look at the notice in the license manager", async () => {
    const { page, t } = administrator;
    await page.goto(`${world.portal}/accounts/${sa}/licenses`);
    await page.getByText(t("agreements.banner.licensing_notice")).waitFor();
    await look(administrator, "notice-banner");
    await administrator.button("agreements.review").click();
    const accept = administrator.dialog().getByRole("button", { name: t("agreements.accept.licensing_notice") });
    await administrator.dialog().locator(".menkyo-published h2").first().waitFor();
    expect(await accept.isEnabled()).toBe(false);
    await administrator
      .dialog()
      .getByRole("checkbox", { name: t("agreements.tick") })
      .check();
    await look(administrator, "notice");
    await accept.click();
    await page.getByText(t("agreements.banner.licensing_notice")).waitFor({ state: "detached" });
    expect(administrator.faults).toEqual([]);
  });

  it("lists what was accepted, and what is open", async () => {
    const { page, t } = administrator;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=agreements`);
    await administrator.row(PRODUCT).getByText(t("agreements.open"), { exact: true }).waitFor();
    expect(await page.getByText(t("agreements.accepted"), { exact: true }).count()).toBe(2);
    await look(administrator, "tab");
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=events`);
    const title = t("publication_kinds.account_agreement");
    await page
      .getByText(t("events.agreement_accepted", { title, edition: "1", actor: "" }).trim())
      .first()
      .waitFor();
    expect(administrator.faults).toEqual([]);
  });

  it("lets an approver accept, and see nothing else", async () => {
    const { page, t } = approver;
    await page.goto(`${world.portal}/accounts/${sa}/manage`);
    await approver.row(PRODUCT).waitFor();
    expect(await page.getByRole("tab").allInnerTexts()).toEqual([t("agreements.title")]);
    await look(approver, "approver");
    await approver
      .row(PRODUCT)
      .getByRole("button", { name: new RegExp(t("agreements.review")) })
      .click();
    await approver
      .dialog()
      .getByRole("checkbox", { name: t("agreements.tick") })
      .check();
    await approver
      .dialog()
      .getByRole("button", { name: t("agreements.accept.product_agreement") })
      .click();
    await approver.row(PRODUCT).getByText(t("agreements.accepted"), { exact: true }).waitFor();
    expect(approver.faults).toEqual([]);
  });

  it("brings the banner back with a new version, and keeps the old one", async () => {
    const { page, t } = operator;
    await page.goto(`${world.portal}/operator?tab=publications`);
    await operator.row(t("publication_kinds.account_agreement")).first().getByRole("link").first().click();
    await page.locator("textarea[name=body_ja]").fill("新しい条件です。");
    await page.locator("textarea[name=body_en]").fill("These are new conditions.");
    await publish(2);
    await page.goto(`${world.portal}/operator?tab=publications`);
    await operator.row(t("publication_kinds.cookies")).first().getByRole("link").first().click();
    await page.locator("textarea[name=body_ja]").fill("クッキーは 1 つだけです。");
    await page.locator("textarea[name=body_en]").fill("There is one cookie.");
    await publish(2);
    await look(operator, "versions");
    await administrator.page.goto(`${world.portal}/accounts/${sa}/manage?tab=agreements`);
    await administrator.page.getByText(t("agreements.banner.account_agreement")).waitFor();
    await look(administrator, "again");
    const visitor = await open();
    await visitor.page.goto(`${world.portal}/cookies`);
    await visitor.page
      .getByText(story.language === "ja" ? "クッキーは 1 つだけです。" : "There is one cookie.")
      .waitFor();
    await visitor.button("publications.editions").click();
    await look(visitor, "page-versions");
    await visitor.page
      .getByRole("link", { name: t("publications.edition_of", { edition: 1, date: "" }).slice(0, -3) })
      .click();
    await visitor.page.getByText(t("publications.is_old")).waitFor();
    await visitor.page.getByText("__Host-menkyo_session").waitFor();
    await look(visitor, "page-old");
    expect(visitor.faults).toEqual([]);
  });
});
