// The guide as it is read in the portal, by somebody who is not signed in: every chapter with its pictures, one after the
// other, and from the pages that it is about.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import en from "../src/features/guide/en.json";
import type { Words } from "../src/features/guide/guide";
import ja from "../src/features/guide/ja.json";
import { type Desk, everyLook, openDesk } from "./person";
import { openWorld, type World } from "./world";

const GUIDES: ["ja" | "en", Words][] = [
  ["ja", ja],
  ["en", en],
];

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

describe.each(GUIDES)("the guide in the portal in %s", (language, words) => {
  let desk: Desk;
  const chapters = Object.entries(words.chapters);
  const heading = (name: string) => desk.page.getByRole("heading", { level: 1, name, exact: true });
  const look = async (name: string) =>
    expect(await everyLook(world, desk.page, `${language}-help-${name}`)).toEqual([]);

  beforeAll(async () => {
    desk = await openDesk(world, language);
  });
  afterAll(() => desk?.close());

  it("opens from the foot of every page", async () => {
    await desk.page.goto(`${world.portal}/sign_up`);
    await desk.page
      .getByRole("contentinfo")
      .getByRole("link", { name: desk.t("footer.guide"), exact: true })
      .click();
    await heading(words.title).waitFor();
    await look("contents");
  });

  it("is read chapter by chapter, with its pictures", async () => {
    const { page, t } = desk;
    await page
      .getByRole("main")
      .getByRole("link", { name: `1-1 ${words.chapters["1-1"]?.title}` })
      .click();
    for (const [at, [number, { title, steps }]] of chapters.entries()) {
      await heading(`${number} ${title}`).waitFor();
      for (const picture of await page.locator("article img").all()) {
        await picture.scrollIntoViewIfNeeded();
        await expect
          .poll(() => picture.evaluate((each) => (each as HTMLImageElement).naturalWidth))
          .toBeGreaterThan(300);
      }
      expect(await page.locator("article img").count()).toBe(Object.keys(steps).length);
      if (at % 8 === 1) await look(number);
      if (at + 1 < chapters.length) await page.getByRole("link", { name: new RegExp(`^${t("guide.next")}`) }).click();
    }
    expect(await page.getByRole("link", { name: new RegExp(`^${t("guide.next")}`) }).count()).toBe(0);
  });

  it("opens at a step, and in the other language", async () => {
    const { page } = desk;
    const last = Object.keys(words.chapters["1-3"]?.steps ?? {}).pop();
    await page.goto(`${world.portal}/help/1-3#${last}`);
    const step = page.locator(`#${last}`);
    await expect.poll(() => step.evaluate((each) => each.getBoundingClientRect().top < window.innerHeight)).toBe(true);
    const other = GUIDES.find(([each]) => each !== language)?.[1];
    const name = language === "ja" ? "English" : "日本語";
    await page.getByRole("button", { name, exact: true }).click();
    await heading(`1-3 ${other?.chapters["1-3"]?.title}`).waitFor();
    await page.goto(`${world.portal}/help/9-9`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.getByRole("article").count()).toBe(0);
  });

  it("is a tab away from the page that a chapter is about", async () => {
    const visitor = await openDesk(world, language);
    await visitor.page.goto(`${world.portal}/sign_up`);
    const opened = visitor.page.context().waitForEvent("page");
    await visitor.link("shell.help").click();
    const help = await opened;
    await help.getByRole("heading", { level: 1, name: `1-1 ${words.chapters["1-1"]?.title}` }).waitFor();
    expect(visitor.page.url()).toBe(`${world.portal}/sign_up`);
    expect(visitor.faults).toEqual([]);
    await visitor.close();
  });

  it("left no complaint in the browser", () => expect(desk.faults).toEqual([]));
});
