// A server with the sample on a fresh folder, a browser, and devices that are real agents.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";

const ROOT = join(import.meta.dirname, "../..");
const RESULTS = join(import.meta.dirname, "results");
const BROWSER_OPTIONS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Whoever administers the account of a kept database (bench/population.cpp).
export const KEPT_ADMINISTRATOR = "sora@aozora.example";
const KEPT_PASSWORDS = new Map([[KEPT_ADMINISTRATOR, "Kaze-wo-uketa-42-no-ho!"]]);

const run = promisify(execFile);

// What a mail server took, as tests/support/mail_server.py writes it down.
export interface ReceivedMail {
  to: string[];
  headers: Record<string, string>;
  text: string;
  html: string;
}

export interface World {
  address: string;
  // What the portal is read from: the server itself, unless MENKYO_E2E_PREVIEW asks for dist/.
  portal: string;
  browser: Browser;
  passwordOf: (mail: string) => string;
  agent: (device: string, options: string[], input?: string) => Promise<string>;
  picture: (name: string) => string;
  // The mails to that address so far, oldest first; empty without a mail server.
  mailsTo: (mail: string) => ReceivedMail[];
  close: () => Promise<void>;
}

function program(variable: string): string {
  const file = process.env[variable];
  if (file === undefined || file === "") throw new Error(`${variable} must name a program; ./dev e2e sets it.`);
  return file;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const bound = server.address();
      server.close(() => (bound !== null && typeof bound === "object" ? resolve(bound.port) : reject(bound)));
    });
  });
}

async function untilReady(address: string, child: ChildProcess, said: () => string) {
  for (let tries = 0; tries < 300; ++tries) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${said()}`);
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Nothing answers at ${address}: ${said()}`);
}

function start(file: string, options: string[], environment: NodeJS.ProcessEnv = process.env) {
  // Some end with their standard input, which is closed when they are stopped.
  const child = spawn(file, options, { cwd: ROOT, env: environment, stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data: Buffer) => {
      said = (said + data.toString()).slice(-4000);
    });
  }
  return { child, said: () => said };
}

async function stop(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(timer);
}

function readPasswords(file: string): Map<string, string> {
  const lines = readFileSync(file, "utf8").split("\n");
  return new Map(
    lines
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => line.split(/\s+/))
      .map(([mail = "", password = ""]) => [mail, password]),
  );
}

// Takes every mail and writes it into the folder. Answers its port.
async function startMailServer(folder: string, children: ChildProcess[]): Promise<number> {
  const server = start(join(ROOT, "tests/support/mail_server.py"), [folder]);
  children.push(server.child);
  for (let tries = 0; tries < 100; ++tries) {
    const port = /^(\d+)\n/.exec(server.said())?.[1];
    if (port !== undefined) return Number(port);
    if (server.child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The mail server says nothing of a port: ${server.said()}`);
}

function readMails(folder: string): ReceivedMail[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as ReceivedMail);
}

// Without a mail server, the server itself shows its mails. `more` are further settings. With `kept`, a folder of data
// that a bench has kept (bench/kept.hpp), a copy of it is served instead of the sample.
export async function openWorld({ hasMailServer = false, more = "", kept = "" } = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "menkyo-e2e-"));
  const children: ChildProcess[] = [];
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    for (const child of children.reverse()) await stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const data = join(folder, "data");
    if (kept === "") await run(program("MENKYO_BINARY"), ["sample", "--data", data], { cwd: ROOT });
    else cpSync(resolve(ROOT, kept), data, { recursive: true });
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const mails = join(folder, "mails");
    mkdirSync(mails);
    const settings = join(folder, "menkyo.toml");
    const mailSettings = async () =>
      `smtp_url = "smtp://127.0.0.1:${await startMailServer(mails, children)}"\n` +
      'smtp_without_tls = true\nmail_from = "no-reply@menkyo.example"\n';
    writeFileSync(settings, (hasMailServer ? await mailSettings() : "") + more);
    const options = ["serve", "--config", settings, "--data", data, "--listen", `127.0.0.1:${port}`];
    const server = start(program("MENKYO_BINARY"), options);
    children.push(server.child);
    await untilReady(`${address}/readyz`, server.child, server.said);
    let portal = address;
    if (process.env.MENKYO_E2E_PREVIEW === "1") {
      const preview = await freePort();
      portal = `http://127.0.0.1:${preview}`;
      const vite = join(import.meta.dirname, "../node_modules/vite/bin/vite.js");
      const options = [vite, "preview", "--host", "127.0.0.1", "--strictPort", "--port", String(preview)];
      const served = start(process.execPath, [...options, join(import.meta.dirname, "..")], {
        ...process.env,
        MENKYO_SERVER: address,
      });
      children.push(served.child);
      await untilReady(`${portal}/`, served.child, served.said);
    }
    browser = await chromium.launch({ executablePath: program("CHROMIUM"), args: BROWSER_OPTIONS });
    const passwords = kept === "" ? readPasswords(join(data, "sample-credentials")) : KEPT_PASSWORDS;
    mkdirSync(RESULTS, { recursive: true });
    return {
      address,
      portal,
      browser,
      passwordOf: (mail) => passwords.get(mail) ?? "",
      agent: (device, options, input = "") => runAgent(join(folder, `${device}.json`), options, input),
      picture: (name) => join(RESULTS, `${name}.png`),
      mailsTo: (mail) => readMails(mails).filter((each) => each.to.includes(mail)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function runAgent(state: string, [command = "", ...options]: string[], input: string): Promise<string> {
  const running = run(program("MENKYO_AGENT_BINARY"), [command, "--state", state, ...options]);
  running.child.stdin?.end(input);
  return (await running).stdout;
}
