// Custom tags, from their definition to virtual accounts that are found by them. Once in each language, with pictures of
// every page at every width.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, found, openDesk, send } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    domain: "nadeshiko-kikai.example",
    account: "Nadeshiko Kikai",
    region: "地域",
    values: ["東日本", "西日本"],
    label: "実証実験",
    renamed: "実証プロジェクト",
    places: ["東京オフィス", "大阪オフィス"],
  },
  {
    language: "en",
    domain: "fernhill.example",
    account: "Fernhill",
    region: "Region",
    values: ["East", "West"],
    label: "Trial",
    renamed: "Trial project",
    places: ["Tokyo office", "Osaka office"],
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("custom tags in $language", (story) => {
  let desk: Desk;
  let sa: string;
  const [tokyo, osaka] = story.places;

  beforeAll(async () => {
    // What is refused on purpose: a value twice, a name that is taken.
    desk = await openDesk(world, story.language, /status of (401|409|422)/);
    await employ(world, desk, `hana@${story.domain}`, "Hana", "Mori");
    sa = await found(desk, story.account, story.domain);
    for (const name of story.places) {
      await send(desk, "POST", `/api/v1/smart_accounts/${sa}/virtual_accounts`, {
        name,
        description: "",
        commerce_access: "PUBLIC",
      });
    }
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-tags-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const look = async (name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-tags-${name}`)).toEqual([]);
  const act = async (name: string, action: string) => {
    await desk.page.getByRole("button", { name: desk.t("virtual_accounts.actions_of", { name }), exact: true }).click();
    await desk.page.getByRole("menuitem", { name: desk.t(action), exact: true }).click();
    await desk.dialog().waitFor();
  };
  const choose = async (...options: string[]) => {
    await desk
      .dialog()
      .getByRole("button", { name: new RegExp(desk.t("tags.choose")) })
      .first()
      .click();
    for (const name of options) await desk.page.getByRole("option", { name, exact: true }).click();
    await desk.page.keyboard.press("Escape");
  };

  it("defines tags", async () => {
    const { page } = desk;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=custom_tags`);
    await desk.told("tags.none");
    await look("none");
    await desk.button("tags.create").first().click();
    await desk.submit("common.create");
    await desk.dialog().getByText(desk.t("fields.empty")).waitFor();
    await desk.dialog().locator("input[name=name]").fill(story.region);
    await desk
      .dialog()
      .locator("textarea")
      .fill([...story.values, story.values[0]].join("\n"));
    await desk.submit("common.create");
    await desk.dialog().getByText(desk.t("fields.repeated")).waitFor();
    await desk.picture("tags-repeated");
    await desk.dialog().locator("textarea").fill(story.values.join("\n"));
    await desk.submit("common.create");
    await desk.told("tags.created", { name: story.region });
    await desk.button("tags.create").click();
    await desk.dialog().locator("input[name=name]").fill(story.label);
    await look("form");
    await desk.submit("common.create");
    await desk.told("tags.created", { name: story.label });
    await desk.row(story.region).getByText(story.values[1], { exact: true }).waitFor();
  });

  it("sets them on virtual accounts, and finds those by them", async () => {
    const { page, t } = desk;
    await desk.tab("virtual_accounts.title").click();
    await act(tokyo, "tags.carry");
    await choose(story.label, `${story.region}: ${story.values[1]}`, `${story.region}: ${story.values[0]}`);
    await look("carry");
    await desk.submit("common.save");
    await desk.told("virtual_accounts.changed", { name: tokyo });
    const east = `${story.region}: ${story.values[0]}`;
    await desk.row(tokyo).getByText(east, { exact: true }).waitFor();
    // The value chosen last stands for the tag.
    expect(await desk.row(tokyo).getByText(`${story.region}: ${story.values[1]}`).count()).toBe(0);
    await act(osaka, "tags.carry");
    await choose(`${story.region}: ${story.values[1]}`);
    await desk.submit("common.save");
    await desk.row(osaka).getByText(`${story.region}: ${story.values[1]}`, { exact: true }).waitFor();
    await look("carried");
    await page
      .getByRole("button", { name: new RegExp(t("tags.one")) })
      .first()
      .click();
    await page.getByRole("option", { name: east, exact: true }).click();
    await desk.row(osaka).waitFor({ state: "detached" });
    await desk.row(tokyo).waitFor();
    await look("found");
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=custom_tags`);
    await desk
      .row(story.region)
      .getByRole("link", { name: t("tags.carried", { count: 2, formatted: "2" }) })
      .click();
    await desk.row(osaka).waitFor();
    await desk.row(tokyo).waitFor();
    expect(await desk.row("DEFAULT").count()).toBe(0);
  });

  it("renames and deletes them, and says who carries them", async () => {
    const { page, t } = desk;
    await desk.tab("tags.title").click();
    await look("list");
    await page.getByRole("button", { name: t("tags.edit_title", { name: story.region }), exact: true }).click();
    await desk.dialog().locator("textarea").fill(story.values[1]);
    await desk.submit("common.save");
    await desk.dialog().getByText(t("fields.in_use")).waitFor();
    await desk.picture("tags-in-use");
    await desk
      .dialog()
      .getByRole("button", { name: t("common.cancel"), exact: true })
      .click();
    await page.getByRole("button", { name: t("tags.edit_title", { name: story.label }), exact: true }).click();
    await desk.dialog().locator("input[name=name]").fill(story.renamed);
    await desk.submit("common.save");
    await desk.told("tags.changed", { name: story.renamed });
    await page.getByRole("button", { name: t("tags.delete_of", { name: story.region }), exact: true }).click();
    await desk
      .dialog()
      .getByText(t("tags.delete_used", { count: 2, formatted: "2" }))
      .waitFor();
    await look("delete");
    await desk.submit("tags.delete");
    await desk.told("tags.deleted", { name: story.region });
    await desk.tab("virtual_accounts.title").click();
    await desk.row(tokyo).getByText(story.renamed, { exact: true }).waitFor();
    expect(await desk.row(tokyo).getByText(story.values[0]).count()).toBe(0);
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=events`);
    await page
      .getByText(t("events.virtual_account_tagged", { subject: tokyo, tag: `${story.region}: ${story.values[0]}` }))
      .first()
      .waitFor();
    await page
      .getByText(t("events.custom_tag_deleted", { name: story.region, virtual_account_count: "2" }))
      .first()
      .waitFor();
    await look("events");
    expect(desk.faults).toEqual([]);
  });
});
