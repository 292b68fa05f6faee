#!/usr/bin/env node
// The end-to-end tests of endurance in their heavy form: kill -9 at sixty moments of a recording instead of six, thirty sizes of a full disk instead
// of three, two hundred builds at once instead of twelve. Minutes; wants Linux, and leave to mount a tmpfs (else those tests are skipped).
//   npm run endurance [-- --write]
// Prints the figures as a table; --write puts it into docs/how-it-works.md. Exit status 1 where a test fails.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeMarkedPlace } from "./marked-place.mjs";

const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
const project = join(import.meta.dirname, "..");
const root = mkdtempSync(join(tmpdir(), "gocache-why-endurance-"));
const figures = join(root, "figures.ndjson");
try {
  const { status } = spawnSync(
    "npx",
    ["vitest", "run", "--project", "e2e", "test/e2e/endurance.test.ts", "--testTimeout", "1800000"],
    { cwd: project, stdio: "inherit", env: { ...process.env, GOCACHE_WHY_ENDURANCE: figures } },
  );
  const table = tableOf(existsSync(figures) ? readFileSync(figures, "utf8") : "");
  process.stdout.write(`\n${table}`);
  if (values.write && status === 0) writeMarkedPlace("endurance", table);
  process.exitCode = status ?? 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** @param {string} text a line of JSON for each figure */
function tableOf(text) {
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map(({ what, figure }) => `| ${what} | ${figure} |\n`);
  return `| what | outcome |\n| --- | --- |\n${rows.join("")}`;
}
