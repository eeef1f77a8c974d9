// The portal in front of an account with thousands of virtual accounts and users, as its administrator meets it. Not
// among the tests: it measures, against a database that page_bench has kept (docs/performance.md), which MENKYO_LARGE
// names. It fails where a page draws more, or asks for more, than a page of a list.
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Desk, openDesk, signIn } from "./person";
import { KEPT_ADMINISTRATOR, openWorld, type World } from "./world";

// No list shows more at a time than fits on a few screens, and no answer is more than a page of one.
const MOST_NODES = 4_000;
const LARGEST_ANSWER = 200_000;
const MOST_REQUESTS = 12;
// These read a list to its end, page after page: the tree all virtual accounts, and the choice of another creator all
// users, because the server cannot be asked for administrators alone.
const READ_ALL = ["license manager", "another creator"];

interface Figures {
  name: string;
  // Until what was asked for is there, and until nothing more is asked of the server.
  shown_ms: number;
  settled_ms: number;
  // Of the page's thread: what it did in one go at most, and all that took longer than 50 ms.
  longest_ms: number;
  busy_ms: number;
  // From a key to the next picture: at most, and in the middle.
  key_ms: number[];
  requests: number;
  bytes: number;
  largest: number;
  nodes: number;
}

interface Seen {
  tasks: number[];
  keys: number[];
}
declare global {
  interface Window {
    seen: Seen;
  }
}

// Long Tasks API and Event Timing API (W3C); the latter rounds to 8 ms and leaves out what takes less than 16.
function watch() {
  window.seen = { tasks: [], keys: [] };
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.seen.tasks.push(task.duration);
  }).observe({ type: "longtask", buffered: true });
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) if (each.name === "keydown") window.seen.keys.push(each.duration);
  }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
}

class Meter {
  readonly figures: Figures[] = [];
  #sizes: number[] = [];
  #open = 0;
  #last = 0;

  constructor(readonly page: Page) {
    page.on("request", (request) => this.#isApi(request.url()) && this.#change(1));
    page.on("requestfailed", (request) => this.#isApi(request.url()) && this.#change(-1));
    page.on("requestfinished", async (request) => {
      if (!this.#isApi(request.url())) return;
      const body = await request.response().then((response) => response?.body());
      this.#sizes.push(body?.length ?? 0);
      this.#change(-1);
    });
  }

  // Does something, waits until it is shown and until the page has come to rest, and writes down what it took.
  async take(name: string, act: () => Promise<unknown>, shown: Locator) {
    await this.#rest();
    this.#sizes = [];
    await this.page.evaluate(() => {
      window.seen.tasks = [];
      window.seen.keys = [];
    });
    const begin = performance.now();
    await act();
    await shown.first().waitFor();
    const shown_ms = performance.now() - begin;
    await this.#rest();
    const settled_ms = Math.max(shown_ms, this.#last - begin);
    const { tasks, keys } = await this.page.evaluate(() => window.seen);
    const nodes = await this.page.evaluate(() => document.querySelectorAll("*").length);
    this.figures.push({
      name,
      shown_ms,
      settled_ms,
      longest_ms: Math.max(0, ...tasks),
      busy_ms: tasks.reduce((sum, each) => sum + each, 0),
      key_ms: keys.toSorted((a, b) => a - b),
      requests: this.#sizes.length,
      bytes: this.#sizes.reduce((sum, each) => sum + each, 0),
      largest: Math.max(0, ...this.#sizes),
      nodes,
    });
  }

  #isApi(url: string) {
    return url.includes("/api/") && !url.includes("/live");
  }

  #change(by: number) {
    this.#open += by;
    this.#last = performance.now();
  }

  async #rest() {
    this.#last = performance.now();
    while (this.#open > 0 || performance.now() - this.#last < 700) await this.page.waitForTimeout(50);
  }
}

const number = (value: number) => String(Math.round(value)).padStart(8);

function table(figures: Figures[]): string {
  const head = ["shown", "settled", "longest", "busy", "key", "requests", "kB", "largest", "nodes"];
  const lines = figures.map((each) => {
    const { shown_ms, settled_ms, longest_ms, busy_ms, key_ms, requests, bytes, largest, nodes } = each;
    const slowest = key_ms.at(-1) ?? 0;
    const values = [shown_ms, settled_ms, longest_ms, busy_ms, slowest, requests, bytes / 1000, largest / 1000, nodes];
    return each.name.padEnd(44) + values.map(number).join("");
  });
  return ["".padEnd(44) + head.map((each) => each.padStart(8)).join(""), ...lines].join("\n");
}

describe("a large account", () => {
  let world: World;
  let desk: Desk;
  let meter: Meter;

  beforeAll(async () => {
    world = await openWorld({ kept: process.env.MENKYO_LARGE });
    // As she reads it herself.
    desk = await openDesk(world, "ja");
    await desk.page.addInitScript(watch);
    await desk.page.goto(`${world.portal}/sign_in`);
    meter = new Meter(desk.page);
  });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => desk.picture(`failed-large-${task.name.replaceAll(/\W+/g, "-")}`));
  });
  afterAll(async () => {
    console.log(table(meter?.figures ?? []));
    await desk?.close();
    await world?.close();
  });

  const row = (index = 1) => desk.page.getByRole("row").nth(index).getByRole("cell").first();
  const type = (text: string) => desk.page.keyboard.type(text, { delay: 120 });
  const rowsOfTree = () => desk.page.getByRole("treeitem");
  const listbox = () => desk.dialog().locator("button[aria-haspopup]");
  const option = (text: string | RegExp) => desk.page.locator("[role=option]").filter({ hasText: text });

  it("home and license manager", async () => {
    const { page, t } = desk;
    await meter.take(
      "sign-in, home",
      () => signIn(world, page, t, KEPT_ADMINISTRATOR),
      page.getByText(t("health.look")),
    );
    await meter.take("license manager", () => desk.link("home.licenses").first().click(), row());
    await meter.take("its tree is whole", async () => {}, rowsOfTree());
    const tree = page.getByRole("tree");
    await meter.take(
      "a branch is opened by key",
      async () => {
        await tree.focus();
        for (const key of ["Home", "ArrowRight", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
      },
      rowsOfTree().nth(1),
    );
    await meter.take("its end", () => page.keyboard.press("End"), rowsOfTree().last());
    const search = page.getByRole("searchbox", { name: t("virtual_accounts.search") });
    await meter.take(
      "searched: Site 1012",
      async () => {
        await search.first().focus();
        await type("Site 1012");
      },
      rowsOfTree().filter({ hasText: "1012" }),
    );
    await search.first().fill("");
    await meter.take(
      "overview searched: Site 1012",
      async () => {
        await search.last().focus();
        await type("Site 1012");
        await page.getByRole("row").nth(20).waitFor({ state: "detached" });
      },
      row(),
    );
    await meter.take(
      "a virtual account",
      () => page.getByRole("row").nth(1).getByRole("link").click(),
      desk.tab("inventory.devices"),
    );
    await meter.take(
      "the switcher",
      () => page.locator(".menkyo-switcher button").first().click(),
      page.locator("[role=option]"),
    );
    await page.keyboard.press("Escape");
  });

  it("virtual accounts", async () => {
    const { page, t } = desk;
    await meter.take("account management", () => desk.link("home.manage").first().click(), row());
    await meter.take(
      "searched: Site 1012",
      async () => {
        await page.getByRole("searchbox").last().focus();
        await type("Site 1012");
        await page.getByRole("row").nth(20).waitFor({ state: "detached" });
      },
      row(),
    );
    await meter.take(
      "the dialog to move one",
      async () => {
        await page.getByRole("row").nth(1).getByRole("button").last().click();
        await page.getByRole("menuitem", { name: t("virtual_accounts.move"), exact: true }).click();
      },
      listbox(),
    );
    await meter.take("its places", () => listbox().click(), option(/Site/));
    await meter.take("searched: Site 1012", () => type("Site 1012"), option("Site 1012"));
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await desk.dialog().waitFor({ state: "detached" });
  });

  it("users", async () => {
    const { page, t } = desk;
    await meter.take("users", () => desk.tab("users.title").click(), desk.row("@aozora.example"));
    await meter.take(
      "the next page",
      () => page.locator("ul:has(button[aria-current]) button").last().click(),
      page.locator("[aria-current=true]", { hasText: "2" }),
    );
    await meter.take("the dialog to add one", () => desk.button("users.add").click(), listbox());
    await listbox().first().click();
    await meter.take(
      "a role for a virtual account",
      () => option(t("roles.va_user")).first().click(),
      listbox().nth(1),
    );
    await meter.take("its virtual accounts", () => listbox().nth(1).click(), option(/Site/));
    await meter.take("searched: Site 1012", () => type("Site 1012"), option("Site 1012"));
    await meter.take("chosen", () => page.keyboard.press("Enter"), listbox());
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await desk.dialog().waitFor({ state: "detached" });
  });

  it("properties and groups", async () => {
    const { page, t } = desk;
    await meter.take("properties", () => desk.tab("properties.title").click(), desk.tab("properties.information"));
    await desk.button("properties.details").click();
    await meter.take("another creator", () => desk.button("properties.change.creator").click(), listbox());
    await meter.take("the administrators", () => listbox().click(), option(/@/));
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await meter.take(
      "user groups",
      () => desk.tab("groups.title").click(),
      page.getByRole("heading", { name: t("groups.title") }),
    );
    await meter.take("event log", () => desk.tab("inventory.events").click(), row());
  });

  it("asks for and draws no more than a page at a time", () => {
    for (const each of meter.figures) {
      expect(each.nodes, each.name).toBeLessThan(MOST_NODES);
      expect(each.largest, each.name).toBeLessThan(LARGEST_ANSWER);
      if (!READ_ALL.includes(each.name)) expect(each.requests, each.name).toBeLessThanOrEqual(MOST_REQUESTS);
    }
    expect(desk.faults).toEqual([]);
  });
});
