// What a person does on every page: reads a language, signs in, reads mail, and needs pages that hide nothing from
// anybody.
import AxeBuilder from "@axe-core/playwright";
import i18next, { type TFunction } from "i18next";
import type { Locator, Page } from "playwright-core";
import en from "../src/i18n/en.json";
import ja from "../src/i18n/ja.json";
import type { ReceivedMail, World } from "./world";

export type Language = "ja" | "en";
export const LOCALES: Record<Language, string> = { ja: "ja-JP", en: "en-US" };

export async function texts(language: Language): Promise<TFunction> {
  const instance = i18next.createInstance();
  const resources = { ja: { translation: ja }, en: { translation: en } };
  return instance.init({ lng: language, resources, interpolation: { escapeValue: false } });
}

// Fills in both steps; `between` sees the first step with the address filled in.
export async function signIn(world: World, page: Page, t: TFunction, mail: string, between = async () => {}) {
  await page.getByLabel(t("sign_in.mail")).fill(mail);
  await between();
  await page.getByRole("button", { name: t("sign_in.next"), exact: true }).click();
  await page.getByLabel(t("sign_in.password")).fill(world.passwordOf(mail));
  await page.getByRole("button", { name: t("sign_in.submit"), exact: true }).click();
}

// What stands in a person's way: what axe calls serious or critical, and problems that the page reports.
export async function barriers(page: Page): Promise<string[]> {
  // axe waits for an answer from each frame, but the frame of a mail runs no scripts; in legacy mode it stays outside.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().exclude("iframe").analyze();
  const problems = await page.locator("[role=alert]").allInnerTexts();
  return [
    ...problems.filter((text) => text.trim() !== "").map((text) => `a problem: ${text}`),
    ...violations
      .filter((each) => each.impact === "serious" || each.impact === "critical")
      .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`),
  ];
}

const WIDTHS = [320, 768, 1440];
const SCHEMES = ["dark", "light"] as const;

// What is wrong with the page as it is shown now, at any width and in any colours; keeps a picture of each.
export async function everyLook(world: World, page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      const which = `${name} ${width} ${colorScheme}`;
      await page.setViewportSize({ width, height: width === 320 ? 800 : 1000 });
      await page.waitForTimeout(150);
      await page.screenshot({ path: world.picture(which.replaceAll(" ", "-")), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (wide > 0) found.push(`${which}: ${wide} px wider than the screen`);
      if (width !== 768) found.push(...(await barriers(page)).map((each) => `${which}: ${each}`));
    }
  }
  const text = await page.locator("body").innerText();
  for (const [word] of text.matchAll(/\b\w+\.\w+(\.\w+)*\b|\{\{|\bundefined\b|\bNaN\b|\[object/g)) {
    const section = word.includes(".") ? word.slice(0, word.indexOf(".")) : undefined;
    if (section === undefined || section in en) found.push(`${name}: "${word}" is no text for a person`);
  }
  await page.setViewportSize({ width: 1440, height: 1000 });
  return found;
}

// A person at a browser of its own.
export interface Desk {
  t: TFunction;
  page: Page;
  // What the browser complained about; refusals that belong to the story are left out.
  faults: string[];
  button: (key: string) => ReturnType<Page["getByRole"]>;
  link: (key: string) => ReturnType<Page["getByRole"]>;
  tab: (key: string) => ReturnType<Page["getByRole"]>;
  heading: (key: string) => ReturnType<Page["getByRole"]>;
  field: (key: string) => ReturnType<Page["getByLabel"]>;
  row: (name: string) => ReturnType<Page["getByRole"]>;
  dialog: () => ReturnType<Page["getByRole"]>;
  // Presses that button of the dialog.
  submit: (key: string) => Promise<void>;
  // Waits for a text of the portal.
  told: (key: string, values?: Record<string, unknown>) => Promise<void>;
  // Keeps a picture of the page; the second one asks axe about it, too, and answers what is in the way.
  picture: (name: string) => Promise<void>;
  look: (name: string) => Promise<string[]>;
  close: () => Promise<void>;
}

// `refusals` are the answers of the server that this person's story provokes; that nobody is signed in at first always
// belongs to it.
export async function openDesk(world: World, language: Language, refusals = /status of 401/): Promise<Desk> {
  const t = await texts(language);
  const context = await world.browser.newContext({
    locale: LOCALES[language],
    viewport: { width: 1440, height: 1000 },
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !refusals.test(message.text())) faults.push(message.text());
  });
  const named = (role: Parameters<Page["getByRole"]>[0]) => (key: string) =>
    page.getByRole(role, { name: t(key), exact: true });
  const picture = async (name: string) => {
    await page.screenshot({ path: world.picture(`${language}-${name}`) });
  };
  return {
    t,
    page,
    faults,
    button: named("button"),
    link: named("link"),
    tab: named("tab"),
    heading: named("heading"),
    field: (key) => page.getByLabel(t(key), { exact: true }),
    row: (name) => page.getByRole("row").filter({ hasText: name }),
    dialog: () => page.getByRole("dialog"),
    submit: (key) =>
      page
        .getByRole("dialog")
        .getByRole("button", { name: t(key), exact: true })
        .click(),
    told: (key, values = {}) => page.getByText(t(key, values), { exact: true }).first().waitFor(),
    picture,
    look: async (name) => {
      await picture(name);
      return await barriers(page);
    },
    close: () => context.close(),
  };
}

// The mails to one address, each once, in the order in which they came.
export function openInbox(world: World, mail: string) {
  let read = 0;
  return async function next(): Promise<ReceivedMail> {
    for (let tries = 0; tries < 300; ++tries) {
      const found = world.mailsTo(mail)[read];
      if (found !== undefined) {
        read += 1;
        return found;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no mail number ${read + 1} came to ${mail}`);
  };
}

// Where the mail leads, in the portal under test.
export function wayOf(world: World, mail: ReceivedMail): string {
  const address = /^https?:\/\/\S+\/\S+$/m.exec(mail.text)?.[0] ?? "";
  return world.portal + new URL(address).pathname;
}

const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`);

// Shows the mail as a reader of mails does, and gives its button, which leads to the portal under test.
export async function openMail(world: World, desk: Desk, mail: ReceivedMail): Promise<Locator> {
  const origin = new URL(/^https?:\/\/\S+\/\S+$/m.exec(mail.text)?.[0] ?? "").origin;
  const style = "padding:16px 24px;border-bottom:1px solid #c6c6cd;font:15px/1.6 system-ui,sans-serif;color:#0f141a";
  const head = `<div style="${style}"><strong>${escaped(mail.headers.subject ?? "")}</strong><br>${escaped(mail.headers.from ?? "")}</div>`;
  await desk.page.goto("about:blank");
  await desk.page.setContent(mail.html.replaceAll(origin, world.portal).replace(/<body[^>]*>/, (body) => body + head));
  return desk.page.locator(`a[href^="${world.portal}"]`).first();
}

const PASSWORD = "Kettle-42-orbit";

// Asks the server as the portal does at this desk, past the forms that other tests walk through.
export async function send(desk: Desk, method: "POST" | "PUT" | "PATCH", path: string, body: unknown) {
  const answer = await desk.page.evaluate(
    async ([method, path, text]) => {
      const headers = { "content-type": "application/json", "menkyo-request": "1" };
      const response = await fetch(path ?? "", { method, headers, body: text });
      return { ok: response.ok, text: await response.text() };
    },
    [method, path, JSON.stringify(body)],
  );
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.text}`);
  return answer.text === "" ? undefined : JSON.parse(answer.text);
}

// A Smart Account of whoever sits at the desk, which is active at once, since the domain is that of its mail address.
export async function found(desk: Desk, name: string, domain: string): Promise<string> {
  const headquarters = {
    country: "JP",
    postal_code: "107-6227",
    region: "Tokyo",
    city: "MINATO",
    line1: "9-7-1 AKASAKA",
  };
  const founded = await send(desk, "POST", "/api/v1/smart_accounts", { name, domain, headquarters });
  return founded.smart_account.smart_account_id;
}

// What a profile has to tell before its owner can turn to others.
export async function tellCompany(desk: Desk, company_name = "Tsubaki Foods Co., Ltd.") {
  const address = await send(desk, "POST", "/api/v1/me/addresses", {
    type: "company",
    acknowledged: true,
    country: "JP",
    postal_code: "107-6227",
    region: "Tokyo",
    city: "MINATO",
    line1: "9-7-1 AKASAKA",
    line2: "MIDTOWN TOWER",
  });
  await send(desk, "PUT", "/api/v1/me/profile/company", {
    company_name,
    company_address_id: address.person_address_id,
    company_phone: "3-6434-1234",
  });
}

// Somebody with an account, who works somewhere and is signed in.
export async function employ(
  world: World,
  desk: Desk,
  mail: string,
  given_name: string,
  family_name: string,
  company_name?: string,
) {
  const language = (await desk.page.evaluate(() => navigator.language)).slice(0, 2);
  await desk.page.goto(`${world.portal}/sign_in`);
  const inbox = openInbox(world, mail);
  await send(desk, "POST", "/api/v1/sign_up", {
    mail,
    password: PASSWORD,
    given_name,
    family_name,
    country: "JP",
    language,
  });
  // Somebody may have written to the address before.
  let way = wayOf(world, await inbox());
  while (!way.includes("/link/")) way = wayOf(world, await inbox());
  const token = way.split("/").pop();
  await send(desk, "POST", "/api/v1/sign_up/activation", { token, password: PASSWORD });
  await tellCompany(desk, company_name);
  return inbox;
}
