// Somebody who has a keyboard and no mouse: keys are pressed, and at each stop it is looked at whether the focus can be
// seen. Nothing here clicks, and nothing puts the focus anywhere but by a key.
import type { ElementHandle, Locator, Page } from "playwright-core";

// More stops than any page has between two things that belong together.
const MOST_STOPS = 150;
const MOST_OPTIONS = 60;
const MOST_ENTRIES = 10;

// How an element, what lies around it and what is drawn before and behind them look.
function appearance(element: Element): string {
  const around = [element, element.parentElement, ...(element.parentElement?.children ?? [])];
  const looks = around.flatMap((each) => {
    if (each === null) return [];
    return ["", "::before", "::after"].map((part) => {
      const style = getComputedStyle(each, part === "" ? null : part);
      const outline = style.outlineStyle === "none" ? "" : `${style.outlineWidth} ${style.outlineColor}`;
      return [outline, style.boxShadow, style.borderTopColor, style.backgroundColor, style.top].join(";");
    });
  });
  return looks.join("\n");
}

const focused = async (page: Page) =>
  (await page.evaluateHandle(() => document.activeElement)) as ElementHandle<Element>;

// In words, for messages.
const named = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement;
    return `${element?.tagName} ${element?.getAttribute("aria-label") ?? element?.textContent?.slice(0, 60) ?? ""}`;
  });

export class Keyboard {
  // What somebody without a mouse would complain about.
  readonly faults: string[] = [];
  stops = 0;

  constructor(readonly page: Page) {}

  async press(key: string) {
    await this.page.keyboard.press(key);
  }

  async write(text: string) {
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.type(text);
  }

  async has(target: Locator): Promise<boolean> {
    return target.evaluate((element) => element === document.activeElement, null, { timeout: 5000 });
  }

  // Waits until the focus is there, as it comes by itself.
  async waitFor(target: Locator) {
    await target.waitFor();
    for (let tries = 0; tries < 40; ++tries) {
      if (await this.has(target)) return;
      await this.page.waitForTimeout(50);
    }
    this.faults.push(`the focus is on ${await named(this.page)} instead of ${target}`);
  }

  // Goes on with Tab, or back with Shift+Tab, until the target has the focus.
  async goTo(target: Locator, key: "Tab" | "Shift+Tab" = "Tab") {
    await target.waitFor();
    const way = [await named(this.page)];
    for (let count = 0; count < MOST_STOPS; ++count) {
      if (await this.has(target)) return;
      await this.#step(key);
      const name = await named(this.page);
      if (name.startsWith("BODY")) break;
      way.push(name);
    }
    throw new Error(`${key} does not lead to ${target}, but by ${way.join(", ")}`);
  }

  async goBackTo(target: Locator) {
    await this.goTo(target, "Shift+Tab");
  }

  async enter(target: Locator, text: string) {
    await this.goTo(target);
    await this.write(text);
  }

  async push(target: Locator, key = "Enter") {
    await this.goTo(target);
    await this.press(key);
  }

  // Opens a list and walks to an option; text narrows a list that can be searched.
  async choose(target: Locator, option: RegExp, text = "") {
    await this.push(target);
    const options = this.page.locator("[role=option]");
    await options.first().waitFor();
    if (text !== "") await this.page.keyboard.type(text);
    await options.filter({ hasText: option }).first().waitFor();
    for (let count = 0; count < MOST_OPTIONS; ++count) {
      const active = await this.page.evaluate(() => {
        const id = document.activeElement?.getAttribute("aria-activedescendant") ?? "";
        return document.getElementById(id)?.textContent ?? "";
      });
      if (option.test(active)) {
        await this.press("Enter");
        return;
      }
      await this.press("ArrowDown");
    }
    throw new Error(`the arrows do not lead to ${option}`);
  }

  // Opens a menu and walks to an entry.
  async pick(menu: Locator, entry: Locator) {
    await this.push(menu);
    await entry.waitFor();
    for (let count = 0; count < MOST_ENTRIES; ++count) {
      if (await this.has(entry)) {
        await this.press("Enter");
        return;
      }
      await this.press("ArrowDown");
    }
    throw new Error(`the arrows do not lead to ${entry}`);
  }

  async #step(key: string) {
    const before = await focused(this.page);
    const withFocus = await before.evaluate(appearance).catch(() => "");
    await this.page.keyboard.press(key);
    this.stops += 1;
    // What is gone cannot be compared, and the document itself shows no focus.
    const { isThere, name } = await before.evaluate((element) => ({
      isThere: element.isConnected && element !== document.activeElement && element !== document.body,
      name: element.outerHTML.slice(0, 160),
    }));
    if (isThere && (await before.evaluate(appearance)) === withFocus) this.faults.push(`no focus to be seen: ${name}`);
    const isInSight = await this.page.evaluate(() => {
      const { top, bottom, left, right } = (document.activeElement ?? document.body).getBoundingClientRect();
      return bottom > 0 && right > 0 && top < window.innerHeight && left < window.innerWidth;
    });
    if (!isInSight) this.faults.push(`out of sight: ${await named(this.page)}`);
  }
}
