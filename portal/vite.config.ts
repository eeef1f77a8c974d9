import react from "@vitejs/plugin-react";
import type { Plugin, UserConfig } from "vite";
import { ENTRY_TEXTS } from "./src/i18n/entry_texts";

// Cloudscape's global style sheet carries Open Sans as data: URLs. The portal uses the fonts of the person's system
// (a policy without font-src data: stays possible, and Japanese needs the system's fonts anyway), so they are left out.
function withoutEmbeddedFonts(): Plugin {
  return {
    name: "without-embedded-fonts",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("@cloudscape-design/global-styles/index.css")) return null;
      return { code: code.replace(/@font-face\s*\{[^}]*\}/g, ""), map: null };
    },
  };
}

// A language comes in two parts, so that whoever wants to sign in does not wait for the texts of all pages.
function textsInParts(): Plugin {
  return {
    name: "texts-in-parts",
    enforce: "pre",
    transform(code, id) {
      const part = /\/i18n\/\w+\.json\?(entry|rest)$/.exec(id)?.[1];
      if (part === undefined) return null;
      const sections = Object.entries(JSON.parse(code));
      const wanted = sections.filter(([section]) => ENTRY_TEXTS.has(section) === (part === "entry"));
      return { code: `export default ${JSON.stringify(Object.fromEntries(wanted))}`, moduleType: "js", map: null };
    },
  };
}

// The server compares Origin with Host, so the proxy must leave Host as the browser sent it.
const server = { target: process.env.MENKYO_SERVER ?? "http://127.0.0.1:8080", changeOrigin: false };
const proxy = { "/api": server, "/oauth2": server, "/.well-known": server };

export default {
  plugins: [withoutEmbeddedFonts(), textsInParts(), react()],
  build: {
    target: "es2022",
    // Data URLs would need a wider content security policy than 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true,
    chunkSizeWarningLimit: 1500,
  },
  worker: { format: "es" },
  // The pictures of the guide lie outside.
  server: { proxy, fs: { allow: [".."] } },
  preview: { proxy },
  test: {
    include: ["tests/**/*.test.{ts,tsx}", "src/**/*.test.{ts,tsx}"],
    testTimeout: 60_000,
    // Cloudscape's modules import style sheets, which Node itself cannot.
    server: { deps: { inline: [/@cloudscape-design\//] } },
  },
} satisfies UserConfig & { test: unknown };
