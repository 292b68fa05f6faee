import { defineConfig } from "vitest/config";

/** Where .ci/run wants the results as JSON; the command that it runs is the README's, without further words. */
const jsonReport = process.env.GOCACHE_WHY_TEST_REPORT;

// Real go runs fill a cache of their own, which takes a minute on a small machine. No test sees the user's cache or history:
// each sets its own GOCACHE and XDG_STATE_HOME; GOFLAGS and the rest of the environment stay as they are.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: jsonReport ? ["default", ["json", { outputFile: jsonReport }]] : ["default"],
  },
});
