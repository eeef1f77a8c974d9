import type { UserConfig } from "vite";

const results = process.env.MENKYO_E2E_RESULTS;

export default {
  test: {
    include: ["e2e/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
} satisfies UserConfig & { test: unknown };
