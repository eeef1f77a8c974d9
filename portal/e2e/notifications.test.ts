// A team's inbox beside the administrators: named, asked, agreed, told of a request, and ended by its reader. Once in
// each language, with pictures of every page at every width.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, found, openDesk, openInbox, send, wayOf } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  { language: "ja", domain: "suzuran-denki.example", account: "Suzuran Denki", partner: "pat@gast-ja.example" },
  { language: "en", domain: "larkfield.example", account: "Larkfield", partner: "pat@gast-en.example" },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("notifications in $language", (story) => {
  let desk: Desk;
  // Nobody is signed in there.
  let team: Desk;
  let sa: string;
  const mail = `team@${story.domain}`;
  let inbox: ReturnType<typeof openInbox>;

  beforeAll(async () => {
    // What is refused on purpose: an address that is on the list.
    desk = await openDesk(world, story.language, /status of (401|409)/);
    team = await openDesk(world, story.language, /status of (401|410)/);
    await employ(world, desk, `hana@${story.domain}`, "Hana", "Mori");
    sa = await found(desk, story.account, story.domain);
    inbox = openInbox(world, mail);
  });
  afterAll(async () => {
    await desk?.close();
    await team?.close();
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-notifications-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const look = async (at: Desk, name: string) =>
    expect(await everyLook(world, at.page, `${story.language}-notifications-${name}`)).toEqual([]);

  it("names an address, once", async () => {
    const { page } = desk;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=notifications`);
    await page.getByText(desk.t("notifications.none"), { exact: true }).waitFor();
    await look(desk, "none");
    await desk.button("notifications.add").click();
    await desk.submit("notifications.add");
    await desk.dialog().getByText(desk.t("fields.not_a_mail")).waitFor();
    await desk.dialog().locator("input[name=mail]").fill(mail);
    await look(desk, "add");
    await desk.submit("notifications.add");
    await desk.told("notifications.added", { mail });
    await desk.row(mail).getByText(desk.t("notifications.asked")).waitFor();
    await desk.button("notifications.add").click();
    await desk.dialog().locator("input[name=mail]").fill(mail.toUpperCase());
    await desk.submit("notifications.add");
    await desk.dialog().getByText(desk.t("fields.known_address")).waitFor();
    await page.keyboard.press("Escape");
    await look(desk, "asked");
  });

  it("comes to the address once its reader agrees", async () => {
    const question = await inbox();
    await team.page.goto(wayOf(world, question));
    await team.button("notification_link.agree").waitFor();
    await look(team, "question");
    await team.button("notification_link.agree").click();
    await team.page.getByRole("heading", { name: team.t("notification_link.done.agree"), exact: true }).waitFor();
    // Whoever is at the list sees it without asking again.
    await desk.row(mail).getByText(desk.t("notifications.asked")).waitFor({ state: "detached" });
    await look(desk, "agreed");
  });

  it("gets what the administrators get, and ends it", async () => {
    const partner = await openDesk(world, story.language);
    await employ(world, partner, story.partner, "Pat", "Gast");
    await send(partner, "POST", "/api/v1/access_requests", { domain: story.domain, purpose: "access", text: "…" });
    await partner.close();
    const copy = await inbox();
    expect(copy.text).toContain(story.partner);
    const stop = copy.text.match(/\/notifications\/[\w-]+/)?.[0] ?? "";
    await team.page.goto(world.portal + stop);
    await team.button("notification_link.stop").waitFor();
    await look(team, "stop");
    await team.button("notification_link.stop").click();
    await team.page.getByRole("heading", { name: team.t("notification_link.done.stop"), exact: true }).waitFor();
    await team.page.reload();
    await team.page.getByText(team.t("notification_link.gone")).waitFor();
    await look(team, "gone");
    await desk.row(mail).waitFor({ state: "detached" });
    await desk.page.goto(`${world.portal}/accounts/${sa}/manage?tab=events`);
    await desk.row(mail).first().waitFor();
  });

  it("has met no fault on any page", () => {
    expect(desk.faults).toEqual([]);
    expect(team.faults).toEqual([]);
  });
});
