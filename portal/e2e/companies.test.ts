// The operator's directory of companies: filled from a file after a preview, searched, and cleaned of records that mean
// the same, which can be undone. Once in each language, with pictures of every page at every width.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, everyLook, openDesk, send, signIn } from "./person";
import { openWorld, type World } from "./world";

const HEADER = "code,name,native_name,country,postal_code,region,city,line1,line2,domain,removed";
const STORIES = [
  { language: "ja", name: "Suzume Denki", other: "Sparrow Electric", native: "雀電機" },
  { language: "en", name: "Finch Electric", other: "Siskin Electric", native: "" },
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

describe.each(STORIES)("the directory of companies in $language", (story) => {
  let desk: Desk;
  const code = (n: number) => `${story.language}-${n}`;
  const row = (n: number, name: string, native: string, more = "") =>
    `${code(n)},${name},${native},JP,108-0075,TOKYO,MINATO,2-16-${n} KONAN,${more},,`;
  const rows = [
    row(1, `${story.name} K.K.`, story.native && `${story.native}株式会社`),
    row(2, `${story.name.toUpperCase()} CO. LTD.`, ""),
    row(3, story.other, ""),
  ];
  const shown = () => (story.language === "ja" ? `${story.native}株式会社` : `${story.name} K.K.`);

  beforeAll(async () => {
    // A file that is at fault, and a company that was merged meanwhile, are refused.
    desk = await openDesk(world, story.language, /status of (401|422)/);
    await desk.page.goto(`${world.portal}/sign_in?return_to=/operator?tab=companies`);
    await signIn(world, desk.page, desk.t, "kaori.aoki@aozora.example");
    await desk.page.getByRole("tab").first().waitFor();
    await send(desk, "PATCH", "/api/v1/me", { language: story.language });
    await desk.page.reload();
  });
  afterAll(() => desk?.close());
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-companies-${task.name.replaceAll(/\W+/g, "-")}`));
  });

  const look = async (name: string) =>
    expect(await everyLook(world, desk.page, `${story.language}-companies-${name}`)).toEqual([]);
  const contents = () => desk.page.getByLabel(desk.t("text_file.paste"), { exact: true });
  const rowOf = (n: number) => desk.page.getByRole("row").filter({ hasText: code(n) });
  const choose = (name: string, n: number) =>
    desk.page.getByRole("checkbox", { name: desk.t("companies.select", { name, code: code(n) }), exact: true }).check();

  it("previews a file, says what is to be mended, and imports what is new", async () => {
    await desk.button("companies.import").click();
    await desk.heading("company_file.title").waitFor();
    await desk.button("company_file.help").click();
    await look("help");
    await desk.button("company_file.help").click();
    await contents().fill(`${HEADER}\n${rows.join("\n")}\n${code(4)},,,JP,108-0075,TOKYO,MINATO,1,,,\n`);
    await desk.button("text_file.preview_button").click();
    await desk.told("company_file.faults.missing", { column: "name" });
    await look("faulty");
    await contents().fill(`${HEADER}\n${rows.join("\n")}\n`);
    await desk.button("text_file.preview_button").click();
    const count = { count: 3, formatted: "3" };
    const take = desk.page.getByRole("button", { name: desk.t("company_file.take", count), exact: true });
    await take.waitFor();
    await look("preview");
    await take.click();
    await desk.told("company_file.begun", count);
    await desk.page
      .getByRole("row")
      .filter({ hasText: desk.t("job_kinds.companies_import") })
      .filter({ hasText: desk.t("job_status.done") })
      .filter({ hasText: desk.t("jobs.progress_of", { done: "3", total: "3" }) })
      .first()
      .waitFor();
  });

  it("shows possible duplicates, and makes them one", async () => {
    await desk.tab("operator.companies").click();
    await desk.page.getByPlaceholder(desk.t("companies.search")).fill(story.name);
    await rowOf(2).waitFor();
    await rowOf(1).getByText(desk.t("companies.twin")).waitFor();
    await look("twins");
    await choose(shown(), 1);
    // What is chosen stays chosen while something else is looked for.
    await desk.page.getByPlaceholder(desk.t("companies.search")).fill(story.other);
    await rowOf(1).waitFor({ state: "detached" });
    await choose(story.other, 3);
    await desk.page.getByPlaceholder(desk.t("companies.search")).fill(story.name);
    await rowOf(2).waitFor();
    await choose(`${story.name.toUpperCase()} CO. LTD.`, 2);
    await desk.page
      .getByRole("button", { name: desk.t("companies.merge_count", { count: 3, formatted: "3" }), exact: true })
      .click();
    await desk.dialog().getByRole("radio").first().waitFor();
    await look("merge");
    await desk.submit("companies.merge");
    await desk.told("companies.merged", { count: 2, formatted: "2", kept: shown() });
    await rowOf(1).getByText(code(2), { exact: false }).waitFor();
    await look("merged");
    const found = await desk.page.request.get(`${world.portal}/api/v1/companies?search=${story.other.slice(0, 6)}`);
    expect((await found.json()).items.map((item: { code: string }) => item.code)).toEqual([code(1)]);
  });

  it("undoes it", async () => {
    const words = { code: code(3), kept: code(1) };
    await desk.page.getByRole("button", { name: desk.t("companies.split_of", words), exact: true }).click();
    await desk.dialog().getByText(desk.t("companies.split_title")).waitFor();
    await look("split");
    await desk.submit("companies.split");
    await desk.told("companies.was_split", { name: story.other, code: code(3) });
    await desk.page.getByPlaceholder(desk.t("companies.search")).fill(code(3));
    await rowOf(3).waitFor();
  });
});
