import { defineConfig } from "vitest/config";
import { pageAssets } from "./scripts/page-assets.mjs";

/** Where .ci/run wants the results as JSON; the command that it runs is the README's, without further words. */
const jsonReport = process.env.GOCACHE_WHY_TEST_REPORT;

// Real go runs fill a cache of their own, which takes a minute on a small machine. No test sees the user's cache or history:
// each sets its own GOCACHE and XDG_STATE_HOME; the end-to-end tests take nothing from the environment but PATH.
export default defineConfig({
  // As in scripts/build.mjs.
  define: { GOCACHE_WHY_PAGE: JSON.stringify(pageAssets().packed) },
  test: {
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: jsonReport ? ["default", ["json", { outputFile: jsonReport }]] : ["default"],
    projects: [
      {
        extends: true,
        test: {
          name: "parts",
          include: ["test/**/*.test.ts"],
          exclude: ["test/e2e/**"],
          globalSetup: "test/download-toolchains.ts",
        },
      },
      {
        extends: true,
        // The bundle is built once, and the standard library compiled once, for all of them.
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/download-toolchains.ts", "test/e2e/global-setup.ts"],
        },
      },
    ],
  },
});
