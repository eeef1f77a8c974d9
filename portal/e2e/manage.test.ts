// How an administrator keeps an account in order: a second administrator, the properties with locations, and the tree of
// virtual accounts in which things move. Once in each language, with pictures of every page at every width.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, found, openDesk, send } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    domain: "sazanka-denki.example",
    account: "Sazanka Denki",
    renamed: "Sazanka Denki 株式会社",
    east: "東日本",
    west: "西日本",
    tokyo: "東京オフィス",
    lab: "品質試験室",
  },
  {
    language: "en",
    domain: "moorwind.example",
    account: "Moorwind",
    renamed: "Moorwind Energy GmbH",
    east: "East",
    west: "West",
    tokyo: "Tokyo office",
    lab: "Quality lab",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("an account kept in order in $language", (story) => {
  let desk: Desk;
  let sa: string;
  let base: string;
  const mails = { founder: `hana@${story.domain}`, colleague: `taro@${story.domain}` };

  beforeAll(async () => {
    // A name that is taken is refused with 409.
    desk = await openDesk(world, story.language, /status of (401|409)/);
    const colleague = await openDesk(world, story.language);
    await employ(world, colleague, mails.colleague, "Taro", "Sato");
    await colleague.close();
    await employ(world, desk, mails.founder, "Hana", "Mori");
    sa = await found(desk, story.account, story.domain);
    base = `/api/v1/smart_accounts/${sa}`;
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-manage-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const create = async (name: string, parent_id?: string) => {
    const made = await send(desk, "POST", `${base}/virtual_accounts`, {
      name,
      description: "",
      commerce_access: "PUBLIC",
      ...(parent_id === undefined ? {} : { parent_id }),
    });
    return String(made.virtual_account_id);
  };

  const look = async (name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-manage-${name}`)).toEqual([]);
  const open = async (tab: string) => {
    await desk.page.goto(`${world.portal}/accounts/${sa}/manage?tab=${tab}`);
    await desk.heading("manage.title").or(desk.page.getByRole("tab").first()).first().waitFor();
  };

  it("asks for a second administrator", async () => {
    const { page } = desk;
    await page.goto(`${world.portal}/`);
    await desk.told("administrators.alone_short");
    await look("home");
    await open("virtual_accounts");
    await desk.told("administrators.alone_title");
    await page.getByRole("row").nth(1).waitFor();
    await look("alone");
    await desk.button("administrators.name_second").click();
    await desk.tab("users.title").and(page.locator("[aria-selected=true]")).waitFor();
    await send(desk, "POST", `${base}/role_grants`, { mail: mails.colleague, role: "sa_admin" });
    await page.getByText(desk.t("administrators.alone_title")).waitFor({ state: "detached" });
  });

  it("shows and changes the properties", async () => {
    const { page } = desk;
    await open("properties");
    await desk.tab("properties.information").waitFor();
    await page.getByText("9-7-1 AKASAKA").waitFor();
    await page.getByText(story.domain, { exact: true }).first().waitFor({ state: "hidden" });
    await desk.button("properties.details").click();
    await page.getByText(mails.founder).waitFor();
    await look("properties");
    await desk.button("properties.change.name").click();
    await desk.dialog().locator("input[name=name]").fill("");
    await desk.submit("common.save");
    await desk.dialog().getByText(desk.t("fields.empty")).waitFor();
    await look("name");
    await desk.dialog().locator("input[name=name]").fill(story.renamed);
    await desk.submit("common.save");
    await desk.told("properties.changed.name");
    await page.getByRole("heading", { name: desk.t("manage.title_of", { account: story.renamed }) }).waitFor();
    await desk.button("properties.change.creator").click();
    await desk
      .dialog()
      .getByRole("button", { name: new RegExp(desk.t("properties.creator")) })
      .last()
      .click();
    await page.getByRole("option", { name: new RegExp(mails.colleague) }).click();
    await look("creator");
    await desk.submit("common.save");
    await desk.told("properties.changed.creator");
    await page.getByText(mails.colleague).waitFor();
    await desk.button("properties.change.headquarters").click();
    await desk.dialog().locator("input[name=line1]").fill("1-1 SHIBAURA");
    await look("headquarters");
    await desk.submit("common.save");
    await desk.told("properties.changed.headquarters");
    await page.getByText("1-1 SHIBAURA").waitFor();
  });

  it("keeps locations", async () => {
    const { page } = desk;
    await desk.tab("properties.locations").click();
    await desk.told("properties.no_locations");
    await look("no-locations");
    await desk.button("properties.add_location").click();
    await desk.submit("common.save");
    await desk.dialog().getByText(desk.t("fields.empty")).first().waitFor();
    if (story.language === "en") {
      // A browser in Japanese begins with Japan.
      await desk
        .dialog()
        .getByRole("button", { name: new RegExp(desk.t("sign_up.country")) })
        .last()
        .click();
      // The list is longer than what is drawn of it.
      await page.keyboard.type("Japan");
      await page.getByRole("option", { name: /^Japan/ }).click();
    }
    for (const [name, value] of Object.entries({ postal_code: "107-6227", city: "MINATO", line1: "2-2 DAIBA" }))
      await desk.dialog().locator(`input[name=${name}]`).fill(value);
    await desk
      .dialog()
      .getByRole("button", { name: new RegExp(desk.t("addresses.region")) })
      .last()
      .click();
    await page.getByRole("option", { name: story.language === "ja" ? "東京都" : "Tokyo", exact: true }).click();
    await desk.submit("common.save");
    await desk.told("properties.location_added");
    await page.getByRole("row").filter({ hasText: "2-2 DAIBA" }).waitFor();
    await page.getByRole("checkbox", { name: desk.t("properties.orders") }).click();
    await desk.told("properties.orders_saved");
    await look("locations");
    await page
      .getByRole("row")
      .filter({ hasText: "2-2 DAIBA" })
      .getByRole("button", { name: new RegExp(desk.t("properties.remove_location")) })
      .click();
    await look("remove-location");
    await desk.submit("properties.remove_location");
    await desk.told("properties.location_removed");
    await desk.told("properties.no_locations");
  });

  it("moves virtual accounts and makes another one the default", async () => {
    const { page, t } = desk;
    const east = await create(story.east);
    await create(story.west);
    await create(story.lab, await create(story.tokyo, east));
    await open("virtual_accounts");
    const act = async (name: string, action: string) => {
      await page.getByRole("button", { name: t("virtual_accounts.actions_of", { name }), exact: true }).click();
      await page.getByRole("menuitem", { name: t(action), exact: true }).click();
      await desk.dialog().waitFor();
    };
    await act(story.tokyo, "virtual_accounts.move");
    await desk.submit("virtual_accounts.move");
    await desk.told("virtual_accounts.move_here");
    await look("move");
    await desk
      .dialog()
      .getByRole("button", { name: new RegExp(story.east) })
      .click();
    // Neither itself nor what is below it is a place to move to.
    await page.getByRole("option", { name: story.west, exact: true }).waitFor();
    expect(await page.getByRole("option").filter({ hasText: story.lab }).count()).toBe(0);
    await page.getByRole("option", { name: story.west, exact: true }).click();
    await desk.submit("virtual_accounts.move");
    await desk.told("virtual_accounts.moved", { name: story.tokyo });
    await page.getByText(`${story.west} / ${story.tokyo}`, { exact: true }).waitFor();
    await act(story.west, "virtual_accounts.make_default");
    await look("make-default");
    await desk.submit("virtual_accounts.make_default");
    await desk.told("virtual_accounts.made_default", { name: story.west });
    await desk.row(story.west).getByText(t("virtual_accounts.is_default"), { exact: true }).first().waitFor();
    await look("tree");
    await open("events");
    await page.getByText(t("events.virtual_account_moved", { subject: story.tokyo })).waitFor();
    await page.getByText(t("events.virtual_account_made_default", { subject: story.west })).waitFor();
    await look("events");
    expect(desk.faults).toEqual([]);
  });
});
