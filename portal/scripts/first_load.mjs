// What a browser has to fetch, in Brotli bytes, before a page of the portal can be used.
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

// The routes and the language files each of them waits for. Both languages are measured; the larger one counts.
export const FIRST_LOADS = {
  sign_in: { bound: 250_000, texts: ["entry"], modules: ["src/features/people/sign_in.tsx"] },
  license_manager: {
    bound: 500_000,
    texts: ["entry", "rest"],
    modules: [
      "src/features/people/sign_in.tsx",
      "src/features/home/home.tsx",
      "src/features/licenses/layout.tsx",
      "src/features/licenses/overview.tsx",
      "src/features/licenses/virtual_account_page.tsx",
    ],
  },
};

const LANGUAGES = ["ja", "en"];

function languageModules(manifest, language, texts) {
  return [
    ...texts.map((part) => `src/i18n/${language}.json?${part}`),
    ...Object.keys(manifest).filter((key) => key.endsWith(`messages/all.${language}.js`)),
  ];
}

function addFiles(manifest, key, files) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no module ${key}`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const sheet of chunk.css ?? []) files.add(sheet);
  for (const imported of chunk.imports ?? []) addFiles(manifest, imported, files);
}

function brotliSize(dist, file) {
  const compressed = join(dist, `${file}.br`);
  return statSync(existsSync(compressed) ? compressed : join(dist, file)).size;
}

/**
 * Measures each first load of the build in a folder.
 * @param {string} dist
 * @returns {{name: string, bound: number, bytes: number, files: {file: string, bytes: number}[]}[]}
 */
export function measureFirstLoads(dist) {
  const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
  return Object.entries(FIRST_LOADS).map(([name, { bound, texts, modules }]) => {
    const perLanguage = LANGUAGES.map((language) => {
      const files = new Set(["index.html"]);
      for (const key of ["index.html", ...modules, ...languageModules(manifest, language, texts)]) {
        addFiles(manifest, key, files);
      }
      const sizes = [...files].map((file) => ({ file, bytes: brotliSize(dist, file) }));
      return { files: sizes, bytes: sizes.reduce((sum, each) => sum + each.bytes, 0) };
    });
    const largest = perLanguage.reduce((a, b) => (a.bytes >= b.bytes ? a : b));
    return { name, bound, ...largest };
  });
}
