import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BuildProgress, createProgressCounter } from "../../src/log/build-progress.ts";
import { createLogParser } from "../../src/log/parse-log.ts";
import { readLog } from "../../src/model/read-log.ts";

const logs = join(import.meta.dirname, "../../testdata/demo");

/** How far the build had come after each line of a log. */
function progressOf(log: string): BuildProgress[] {
  const counter = createProgressCounter();
  const parser = createLogParser((event) => counter.take(event));
  return log.split("\n").map((line) => {
    parser.push(Buffer.from(`${line}\n`));
    return counter.now();
  });
}

describe.each(["before.log", "now.log"])("the real log %s", (name) => {
  const log = readFileSync(join(logs, name), "utf8");

  test("has as many actions done at its end as it has commands that ran", async () => {
    const { run } = await readLog([log]);
    const ran = run.actions.filter(({ outcome }) => outcome === "ran").length;
    expect(ran).toBeGreaterThan(0);
    expect(progressOf(log).at(-1)).toEqual({ ran, current: null });
  });

  test("shows only packages that run, and counts none twice", async () => {
    const { run } = await readLog([log]);
    const ran = new Set(
      run.actions.filter(({ outcome }) => outcome === "ran").map((action) => action.package),
    );
    const progress = progressOf(log);
    const shown = new Set(progress.flatMap(({ current }) => current ?? []));
    expect([...shown].filter((name) => !ran.has(name))).toEqual([]);
    // Compilers run beside each other, so that some packages are never the last one that was begun.
    expect(shown).toContain("example.com/shop/price");
    progress.reduce((before, { ran: now }) => {
      expect(now - before === 0 || now - before === 1).toBe(true);
      return now;
    }, 0);
  });
});
