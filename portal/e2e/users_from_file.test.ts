// Users from a file: the template, a preview that tells what is wrong and changes nothing, roles given in several
// portions, and the same file again. Once in each language, with pictures of every page at every width.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, found, openDesk, openInbox, send } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  { language: "ja", domain: "suzuran-denki.example", account: "Suzuran Denki", place: "東京支店", team: "品川" },
  { language: "en", domain: "birchwood.example", account: "Birchwood", place: "Boston", team: "Harbour" },
] as const;

// As Excel in Japan saves "CSV".
function toShiftJis(text: string): Buffer {
  const decoder = new TextDecoder("shift_jis");
  const codes = new Map<string, number[]>();
  for (let lead = 0x81; lead <= 0xfc; lead += 1)
    for (let trail = 0x40; trail <= 0xfc; trail += 1) {
      const sign = decoder.decode(new Uint8Array([lead, trail]));
      if ([...sign].length === 1 && !codes.has(sign)) codes.set(sign, [lead, trail]);
    }
  return Buffer.from([...text].flatMap((sign) => (sign < "\u0080" ? [sign.charCodeAt(0)] : (codes.get(sign) ?? []))));
}

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("users from a file in $language", (story) => {
  let desk: Desk;
  let sa: string;
  const founder = `hana@${story.domain}`;
  const newcomer = `yuki@${story.domain}`;
  const second = `ren@${story.domain}`;

  beforeAll(async () => {
    desk = await openDesk(world, story.language, /status of (401|503)/);
    await employ(world, desk, founder, "Hana", "Mori");
    sa = await found(desk, story.account, story.domain);
    const tree = `/api/v1/smart_accounts/${sa}/virtual_accounts`;
    const place = { description: "", commerce_access: "PUBLIC" };
    const { virtual_account_id } = await send(desk, "POST", tree, { ...place, name: story.place });
    await send(desk, "POST", tree, { ...place, name: story.team, parent_id: virtual_account_id });
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-users-file-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const look = async (name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-users-file-${name}`)).toEqual([]);
  const upload = (name: string, buffer: Buffer) =>
    desk.page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer });
  const contents = () => desk.page.getByLabel(desk.t("text_file.paste"), { exact: true });
  const grant = (count: number) => {
    const name = desk.t("user_file.grant", { count, formatted: String(count) });
    return desk.page.getByRole("button", { name, exact: true });
  };
  const users = async () => {
    const listed = await desk.page.evaluate(
      async (path) => (await fetch(path)).json(),
      `/api/v1/smart_accounts/${sa}/users?limit=200`,
    );
    return listed.items.length as number;
  };
  let header = "";

  it("gives a template", async () => {
    const { page } = desk;
    await page.goto(`${world.portal}/accounts/${sa}/manage?tab=users`);
    await desk.button("users.add_from_file").click();
    await desk.heading("user_file.title").waitFor();
    await look("empty");
    const [download] = await Promise.all([page.waitForEvent("download"), desk.button("user_file.template").click()]);
    const template = readFileSync(await download.path());
    expect([...template.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    header = template.subarray(3).toString().trim();
    expect(header.split(",")).toHaveLength(4);
    await desk.button("user_file.help").click();
    await look("help");
  });

  it("tells what is wrong with each row, and changes nothing", async () => {
    const { t } = desk;
    const lines = [
      header,
      `${newcomer},${t("roles.va_user")},${story.place}/${story.team},2099-03-31`,
      `${newcomer.toUpperCase()},va_user,${story.place} / ${story.team},`,
      `nobody,${t("roles.va_viewer")},Atlantis,31.3.2099`,
      `${second},boss,,2001/1/1`,
      `${second},${t("roles.sa_viewer")},${story.place},`,
      `${founder},sa_admin,,2099/12/31`,
      `${second},sa_user`,
    ];
    await upload(
      "team-2099",
      story.language === "ja" ? toShiftJis(lines.join("\r\n")) : Buffer.from(lines.join("\r\n")),
    );
    await desk.told(story.language === "ja" ? "text_file.read_as.shift_jis" : "text_file.read_as.utf_8");
    await desk.told("text_file.faulty_title");
    for (const fault of [
      "mail.not_a_mail",
      "virtual_account.unknown",
      "ends_on.not_a_date",
      "role.unknown",
      "virtual_account.unexpected",
      "ends_on.last_administrator",
    ])
      await desk.told(`user_file.row_faults.${fault}`);
    await desk.told("user_file.row_faults.mail.repeated", { line: 2 });
    await desk.told("text_file.faults.malformed");
    expect(await grant(1).isDisabled()).toBe(true);
    await look("faulty");
    expect(await users()).toBe(1);
    await upload("team-2099", Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0xfe, 0xff]));
    await desk.told("text_file.unreadable");
    await look("unreadable");
  });

  it("gives the roles of a file that is mended", async () => {
    const { page, t } = desk;
    await contents().fill(
      [
        header.replaceAll(",", ";"),
        `${newcomer};${t("roles.va_user")};${story.place}/${story.team};2099-03-31`,
        `${founder};${t("roles.sa_viewer")};;`,
        `${founder};sa_admin;;`,
      ].join("\n"),
    );
    await desk.button("text_file.preview_button").click();
    await grant(2).waitFor();
    await look("preview");
    await grant(2).click();
    await desk.told("user_file.done", { count: 2, formatted: "2" });
    await desk.row(newcomer).getByText(t("users.invited")).waitFor();
    await desk.row(newcomer).getByText("2099").waitFor();
    expect((await openInbox(world, newcomer)()).text).toContain(story.team);
    await look("users");
    await page.goBack();
  });

  it("goes on where it was interrupted, and does nothing twice", async () => {
    const { page, t } = desk;
    const rows = Array.from({ length: 120 }, (_, n) => `user${n}@${story.domain}\tsa_viewer`);
    const text = ["mail\trole", ...rows].join("\n");
    await contents().fill(text);
    await desk.button("text_file.preview_button").click();
    await grant(120).waitFor();
    // The second portion is done, but its answer is lost.
    let sent = 0;
    await page.route("**/role_grant_batches", async (route) => {
      sent += 1;
      if (sent !== 2) return route.continue();
      await route.fetch();
      await route.fulfill({
        status: 503,
        contentType: "application/problem+json",
        body: JSON.stringify({ code: "storage_unavailable" }),
      });
    });
    await grant(120).click();
    await page
      .getByText(t("user_file.interrupted", { count: 120, done: "50", formatted: "120" }))
      .first()
      .waitFor();
    await desk.picture("users-file-interrupted");
    expect(await users()).toBe(102);
    await desk.button("user_file.go_on").click();
    await desk.told("user_file.done", { count: 120, formatted: "120" });
    expect(await users()).toBe(122);
    await page.goBack();
    await contents().fill(text);
    await desk.button("text_file.preview_button").click();
    await desk.told("text_file.nothing_to_do");
    expect(await grant(0).isDisabled()).toBe(true);
    await look("nothing");
    expect(desk.faults).toEqual([]);
  });
});
