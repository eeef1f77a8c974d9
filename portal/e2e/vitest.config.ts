import type { UserConfig } from "vite";

const results = process.env.MENKYO_E2E_RESULTS;

export default {
  test: {
    include: [process.env.MENKYO_LARGE === undefined ? "e2e/**/*.test.ts" : "e2e/large.ts"],
    // Each file has a server and a browser of its own, which are enough for a machine at a time.
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
} satisfies UserConfig & { test: unknown };
