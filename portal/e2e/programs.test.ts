// How a person lets a program work: made, used with its token over real sockets, given a new secret, and ended by the
// person or by an administrator. Once in each language, with pictures of every page at every width.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, employ, everyLook, found, openDesk, openInbox } from "./person";
import { openWorld, type World } from "./world";

const STORIES = [
  {
    language: "ja",
    domain: "tsubaki-program.example",
    account: "Tsubaki",
    program: "夜間の在庫取得",
    other: "月次報告",
  },
  {
    language: "en",
    domain: "heather-program.example",
    account: "Heather",
    program: "Nightly inventory",
    other: "Monthly report",
  },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld({ hasMailServer: true });
});
afterAll(() => world?.close());

describe.each(STORIES)("programs in $language", (story) => {
  let desk: Desk;
  let sa: string;
  const mail = `hana@${story.domain}`;
  let client = { id: "", secret: "" };

  beforeAll(async () => {
    desk = await openDesk(world, story.language, /status of (401|422)/);
    await employ(world, desk, mail, "Hana", "Mori");
    sa = await found(desk, story.account, story.domain);
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-programs-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const look = async (name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-programs-${name}`)).toEqual([]);
  // As a program does, without a browser.
  const ask = (who: { id: string; secret: string }) =>
    fetch(`${world.portal}/oauth2/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${who.id}:${who.secret}`).toString("base64")}` },
      body: new URLSearchParams({ grant_type: "client_credentials" }),
    });
  const tokenOf = async (who: { id: string; secret: string }) => String((await (await ask(who)).json()).access_token);
  const call = (token: string, path: string, init: RequestInit = {}) =>
    fetch(`${world.portal}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
  const dialogButton = (key: string) => desk.dialog().getByRole("button", { name: desk.t(key), exact: true });
  const rowButton = (what: string, name: string) =>
    desk.page.getByRole("button", { name: `${desk.t(`programs.${what}`)}: ${name}`, exact: true });
  const shownSecret = async () => {
    const codes = desk.dialog().locator("code");
    await codes.first().waitFor();
    const [id = "", secret = ""] = await codes.allInnerTexts();
    return { id, secret };
  };

  it("leads from the sign-in page to the programs, of which there are none", async () => {
    await desk.page.goto(`${world.portal}/me/security`);
    await desk.link("programs.title").click();
    await desk.page.getByText(desk.t("programs.none")).waitFor();
    await look("none");
  });

  it("makes a program for one account, and shows its secret once", async () => {
    await desk.button("programs.make").first().click();
    await desk.dialog().getByLabel(desk.t("programs.name"), { exact: true }).fill(story.program);
    await desk
      .dialog()
      .getByRole("radio", { name: desk.t("programs.writes") })
      .check();
    await desk.dialog().getByLabel(desk.t("programs.account"), { exact: true }).click();
    await desk.page.getByRole("option", { name: story.account }).click();
    await look("make");
    const name = desk.dialog().getByLabel(desk.t("programs.name"), { exact: true });
    await name.fill(" ");
    await dialogButton("programs.make").click();
    await desk.dialog().getByText(desk.t("fields.empty")).waitFor();
    await name.fill(story.program);
    await dialogButton("programs.make").click();
    client = await shownSecret();
    expect(client.id).toMatch(/^prg_/);
    await look("secret");
    await dialogButton("common.close").last().click();
    await desk.row(story.program).getByText(story.account).waitFor();
    await look("list");
    const told = await mailAboutIt();
    expect(told.text).toContain(story.program);
    expect(told.text).not.toContain(client.secret);
  });

  // The mails of the account's founding come first.
  async function mailAboutIt() {
    const next = openInbox(world, mail);
    for (;;) {
      const found = await next();
      if (found.text.includes(story.program)) return found;
    }
  }

  it("lets the program do what its maker may, in that account alone", async () => {
    const token = await tokenOf(client);
    const accounts = await (await call(token, "/api/v1/smart_accounts")).json();
    expect(accounts.items.map((each: { name: string }) => each.name)).toEqual([story.account]);
    const body = JSON.stringify({ name: "By a program", description: "", commerce_access: "PUBLIC" });
    const headers = { "content-type": "application/json" };
    const path = `/api/v1/smart_accounts/${sa}/virtual_accounts`;
    expect((await call(token, path, { method: "POST", body, headers })).status).toBe(200);
    expect((await call(token, "/api/v1/me/profile")).status).toBe(403);
    expect((await call("nonsense", path)).status).toBe(401);
    await desk.page.goto(`${world.portal}/accounts/${sa}/manage?tab=events`);
    await desk.row("By a program").getByText(story.program).first().waitFor();
  });

  it("gives it a new secret while the old one still works", async () => {
    await desk.page.goto(`${world.portal}/me/programs`);
    await rowButton("rotate", story.program).click();
    await look("rotate");
    await dialogButton("programs.rotate").click();
    const next = await shownSecret();
    expect(next.secret).not.toBe(client.secret);
    await dialogButton("common.close").last().click();
    expect((await ask(client)).status).toBe(200);
    expect((await ask(next)).status).toBe(200);
    const last = client.secret.slice(-4);
    await desk.page.getByRole("button", { name: `${desk.t("programs.end_secret")}: …${last}`, exact: true }).click();
    await dialogButton("programs.end_secret").click();
    await desk.page.getByText(desk.t("programs.done.secret_ended")).waitFor();
    expect((await ask(client)).status).toBe(401);
    client = next;
  });

  it("narrows it to reading, which holds for tokens that are out already", async () => {
    const token = await tokenOf(client);
    await rowButton("change", story.program).click();
    await desk.dialog().getByLabel(desk.t("programs.name"), { exact: true }).fill(story.other);
    await desk
      .dialog()
      .getByRole("radio", { name: desk.t("programs.reads"), exact: true })
      .check();
    await dialogButton("programs.change").click();
    await desk.row(story.other).getByText(desk.t("programs.reads"), { exact: true }).waitFor();
    const path = `/api/v1/smart_accounts/${sa}/virtual_accounts`;
    expect((await call(token, path)).status).toBe(200);
    const headers = { "content-type": "application/json" };
    expect((await call(token, path, { method: "POST", body: "{}", headers })).status).toBe(403);
  });

  it("is ended by whoever administers the account, at once", async () => {
    const token = await tokenOf(client);
    await desk.page.goto(`${world.portal}/accounts/${sa}/manage?tab=programs`);
    await desk.row(story.other).waitFor();
    await look("account");
    await rowButton("end", story.other).click();
    await dialogButton("programs.end").click();
    await desk.page.getByText(desk.t("programs.done.ended", { name: story.other })).waitFor();
    expect((await call(token, `/api/v1/smart_accounts/${sa}`)).status).toBe(401);
    expect((await ask(client)).status).toBe(401);
  });

  it("left no complaint in the browser", () => expect(desk.faults).toEqual([]));
});
