// Builds the portal as it is delivered and looks at what came out.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIRST_LOADS, measureFirstLoads } from "../scripts/first_load.mjs";

const ROOT = join(import.meta.dirname, "..");
let dist = "";

const files = () =>
  readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".vite"))
    .map((entry) => join(entry.parentPath, entry.name));

beforeAll(() => {
  // A folder of its own: the tests must not disturb a build that is being served.
  dist = mkdtempSync(join(tmpdir(), "menkyo-portal-"));
  // The test runner says "test" here, which would build React's development version.
  const env = { ...process.env, NODE_ENV: "production" };
  const node = (...parameters: string[]) =>
    execFileSync(process.execPath, parameters, { cwd: ROOT, env, stdio: "pipe" });
  node("node_modules/vite/bin/vite.js", "build", "--outDir", dist, "--emptyOutDir", "--logLevel", "error");
  node("scripts/compress.mjs", dist);
}, 120_000);

afterAll(() => rmSync(dist, { recursive: true, force: true }));

describe("the build", () => {
  it.each(Object.keys(FIRST_LOADS))("keeps the bound of the first load: %s", (name) => {
    const found = measureFirstLoads(dist).find((each: { name: string }) => each.name === name);
    if (found === undefined) throw new Error(`${name} was not measured`);
    expect(found.bytes).toBeGreaterThan(50_000);
    expect(found.bytes).toBeLessThan(found.bound);
  });

  it("has a Brotli copy beside each text file, and hashed names under assets/", () => {
    const texts = files().filter((file) => /\.(html|js|css|svg)$/.test(file));
    expect(texts.length).toBeGreaterThan(20);
    for (const file of texts) {
      expect(existsSync(`${file}.br`), file).toBe(true);
      expect(brotliDecompressSync(readFileSync(`${file}.br`)).equals(readFileSync(file)), file).toBe(true);
      if (!file.endsWith("index.html")) expect(file).toMatch(/[/\\]assets[/\\][^/\\]+-[\w-]{8}\.\w+$/);
    }
  });

  it("holds every picture of the guide", () => {
    const folder = join(ROOT, "../docs/guide");
    const pictures = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith(".webp"),
    );
    const built = new Set(files().map((file) => readFileSync(file).toString("base64")));
    expect(pictures.length).toBeGreaterThan(40);
    for (const file of pictures)
      expect(built.has(readFileSync(join(folder, file)).toString("base64")), file).toBe(true);
  });

  it("needs nothing from elsewhere: no inline script or style, no data: font, no other host", () => {
    const page = readFileSync(join(dist, "index.html"), "utf8");
    expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
    expect(page).not.toMatch(/<style|\son\w+=|style=/);
    expect(page).not.toMatch(/(src|href)="(?!\/)/);
    for (const file of files().filter((each) => each.endsWith(".css"))) {
      const sheet = readFileSync(file, "utf8");
      expect(sheet, file).not.toMatch(/@font-face|@import|url\(\s*["']?(data|https?|\/\/)/);
    }
  });
});
