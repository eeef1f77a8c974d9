// Groups of users: roles given together, seen in the list of users, and taken back. Once in each language, with pictures
// of every page at every width.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, found, openDesk } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  { language: "ja", domain: "kikyo-tsushin.example", account: "Kikyo Tsushin", team: "運用チーム", renamed: "運用部" },
  { language: "en", domain: "oakmere.example", account: "Oakmere", team: "Operations", renamed: "Operations team" },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("user groups in $language", (story) => {
  let desk: Desk;
  let colleague: Desk;
  let sa: string;
  const mails = {
    founder: `hana@${story.domain}`,
    colleague: `taro@${story.domain}`,
    newcomer: `yuki@${story.domain}`,
  };

  beforeAll(async () => {
    desk = await openDesk(world, story.language);
    colleague = await openDesk(world, story.language, /status of (401|404)/);
    await employ(world, colleague, mails.colleague, "Taro", "Sato");
    await employ(world, desk, mails.founder, "Hana", "Mori");
    sa = await found(desk, story.account, story.domain);
  });
  afterAll(async () => {
    await desk?.close();
    await colleague?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-groups-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const look = async (name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-groups-${name}`)).toEqual([]);
  const act = async (name: string, action: string) => {
    await desk.page.getByRole("button", { name: desk.t("groups.actions_of", { name }), exact: true }).click();
    await desk.page.getByRole("menuitem", { name: desk.t(action), exact: true }).click();
    await desk.dialog().waitFor();
  };
  const member = (mail: string) => desk.dialog().getByRole("row").filter({ hasText: mail });

  it("creates a group, and gives it a role", async () => {
    const { page } = desk;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=user_groups`);
    await desk.told("groups.none");
    await look("none");
    await desk.button("groups.create").first().click();
    await desk.submit("common.create");
    await desk.dialog().getByText(desk.t("fields.empty")).waitFor();
    await desk.dialog().locator("input[name=name]").fill(story.team);
    await look("create");
    await desk.submit("common.create");
    await desk.told("groups.created", { name: story.team });
    await act(story.team, "groups.add_role");
    await desk
      .dialog()
      .getByLabel(new RegExp(desk.t("users.last_day").replaceAll(/[()]/g, "\\$&")))
      .first()
      .fill("2099/12/31");
    await look("role");
    await desk.submit("users.grant_submit");
    await desk.told("groups.role_added", { name: story.team });
    await desk.row(story.team).getByText("2099").waitFor();
  });

  it("takes people in, who have its role from then on", async () => {
    const { page, t } = desk;
    await colleague.page.goto(`${world.portal}/accounts/${sa}/manage`);
    await colleague.page.getByText(t("problems.not_found.title")).first().waitFor();
    await act(story.team, "groups.members");
    await desk.told("groups.no_members");
    for (const mail of [mails.colleague, mails.newcomer]) {
      await desk.dialog().locator("input[name=mail]").fill(mail);
      await desk.submit("groups.add");
      await member(mail).waitFor();
    }
    await member(mails.newcomer).getByText(t("users.invited")).waitFor();
    await look("members");
    await desk
      .dialog()
      .getByRole("button", { name: t("common.close") })
      .first()
      .click();
    await desk
      .row(story.team)
      .getByText(t("groups.member_count", { count: 2, formatted: "2" }))
      .waitFor();
    await colleague.page.reload();
    await colleague.heading("manage.title").or(colleague.page.getByRole("tab").first()).first().waitFor();
    await look("list");
    await desk.tab("users.title").click();
    await desk
      .row(mails.colleague)
      .getByText(t("users.through_group", { group: story.team }))
      .waitFor();
    expect(
      await desk
        .row(mails.colleague)
        .getByRole("button", { name: new RegExp(t("users.revoke")) })
        .count(),
    ).toBe(0);
    await look("users");
    await page.goBack();
  });

  it("takes people out, renames and deletes the group", async () => {
    const { page, t } = desk;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=user_groups`);
    await act(story.team, "groups.members");
    await member(mails.colleague)
      .getByRole("button", { name: new RegExp(t("groups.remove")) })
      .click();
    await member(mails.colleague).waitFor({ state: "detached" });
    await desk
      .dialog()
      .getByRole("button", { name: t("common.close") })
      .first()
      .click();
    await colleague.page.reload();
    await colleague.page.getByText(t("problems.not_found.title")).first().waitFor();
    await act(story.team, "groups.rename");
    await desk.dialog().locator("input[name=name]").fill(story.renamed);
    await desk.submit("common.save");
    await desk.told("groups.renamed", { name: story.renamed });
    await desk
      .row(story.renamed)
      .getByRole("button", { name: new RegExp(t("groups.revoke")) })
      .click();
    await look("revoke");
    await desk.submit("groups.revoke");
    await desk.told("groups.role_revoked", { name: story.renamed });
    await act(story.renamed, "groups.delete");
    await look("delete");
    await desk.submit("groups.delete");
    await desk.told("groups.deleted", { name: story.renamed });
    await desk.told("groups.none");
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=events`);
    await page
      .getByText(t("events.user_group_deleted", { name: story.renamed, member_count: "1" }))
      .first()
      .waitFor();
    await look("events");
    expect(desk.faults).toEqual([]);
    expect(colleague.faults).toEqual([]);
  });
});
