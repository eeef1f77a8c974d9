// A desk at which nothing but the keyboard is used, and what every page on the way has to show such a person.
import type { Locator } from "playwright-core";
import { expect } from "vitest";
import { Keyboard } from "./keyboard";
import { barriers, type Desk, type Language, openDesk } from "./person";
import type { World } from "./world";

const WIDTHS = [320, 1440];

export interface KeyboardDesk extends Desk {
  keys: Keyboard;
  // The heading of the page, which has the focus after a page has changed.
  title: () => Locator;
  // The way in, from its first field to the page behind it.
  enterWith: (mail: string, password: string) => Promise<void>;
  // The button of the open dialog.
  inDialog: (key: string) => Locator;
  // By how the label begins: a button that opens a list has the chosen one in its name, too.
  selector: (key: string) => Locator;
  // The dialog is closed, and the focus is back where it was opened.
  backTo: (opener: Locator) => Promise<void>;
  // Escape instead of whatever the dialog is for.
  leaveDialog: (opener: Locator) => Promise<void>;
  // Goes to the tab in front, and from there by arrows to another.
  turnTo: (tab: Locator) => Promise<void>;
  // What is in the way on this page, wide and narrow; the focus stays where it is.
  pass: (name: string) => Promise<void>;
}

export async function openKeyboardDesk(world: World, language: Language, refusals?: RegExp): Promise<KeyboardDesk> {
  const desk = await openDesk(world, language, refusals);
  const { page, t } = desk;
  page.setDefaultTimeout(20_000);
  const keys = new Keyboard(page);
  const title = () => page.locator("#content h1");
  const backTo = async (opener: Locator) => {
    await desk.dialog().waitFor({ state: "detached" });
    await keys.waitFor(opener);
  };
  return {
    ...desk,
    keys,
    title,
    enterWith: async (mail, password) => {
      await keys.waitFor(desk.field("sign_in.mail"));
      await keys.write(mail);
      await keys.press("Enter");
      await keys.waitFor(desk.field("sign_in.password"));
      await keys.write(password);
      await keys.press("Enter");
      // In the language of whoever has come in.
      await page.locator(".menkyo-leave").waitFor();
      await keys.waitFor(title());
    },
    inDialog: (key) => desk.dialog().getByRole("button", { name: t(key), exact: true }),
    selector: (key) => page.getByRole("button", { name: t(key) }),
    backTo,
    leaveDialog: async (opener) => {
      await keys.press("Escape");
      await backTo(opener);
    },
    turnTo: async (tab) => {
      await tab.waitFor();
      const tabs = page.getByRole("tablist").filter({ has: tab }).last();
      await keys.goTo(tabs.locator("[aria-selected=true]"));
      const count = await tabs.getByRole("tab").count();
      for (let step = 1; step < count && !(await keys.has(tab)); ++step) await keys.press("ArrowRight");
      await keys.waitFor(tab);
    },
    pass: async (name) => {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 1000 });
        await desk.picture(`keyboard-${name}-${width}`);
        expect(await barriers(page), `${name} ${width}`).toEqual([]);
      }
      expect(keys.faults).toEqual([]);
    },
  };
}
