import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openHistory } from "../../src/store/history.ts";

let root: string;
let writer: string;
let directory: string;
let count = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "gocache-why-processes-"));
  writer = join(root, "writer.mjs");
  await build({
    entryPoints: [new URL("writer.ts", import.meta.url).pathname],
    outfile: writer,
    bundle: true,
    platform: "node",
    format: "esm",
  });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  directory = join(root, `state-${count++}`);
});

/** A process that saves so many runs, each different from the one before. */
function startWriter(seed: number, runs: number): ChildProcess {
  return spawn(process.execPath, [writer, directory, String(seed), String(runs)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Every run of the history and all of its blocks can be read. */
function expectAllReadable(): number {
  const history = openHistory(directory);
  const summaries = history.list(null);
  for (const { id } of summaries) {
    const run = history.load(id);
    const blocks = run && history.blocks(run);
    expect(blocks?.size).toBe(run?.actions.length);
  }
  expect(history.warnings).toEqual([]);
  return summaries.length;
}

test("two processes at once, past the limit of runs: each run is whole, ids differ, one key", async () => {
  const writers = [startWriter(1, 40), startWriter(2, 40)];
  const outputs = await Promise.all(
    writers.map(async (child) => {
      let output = "";
      child.stdout?.on("data", (data) => (output += data));
      expect(await once(child, "close")).toEqual([0, null]);
      return output.trim().split("\n");
    }),
  );
  const [first = [], second = []] = outputs;
  expect(first[0]).toMatch(/^key [0-9a-f]{64}$/);
  expect(second[0]).toBe(first[0]);
  expect(new Set([...first.slice(1), ...second.slice(1)]).size).toBe(80);
  expect(expectAllReadable()).toBe(30);
  expect(readdirSync(join(directory, "v2", "tmp"))).toEqual([]);
});

test("kill -9 at any moment leaves a readable history", async () => {
  for (let round = 0; round < 25; round++) {
    const child = startWriter(round, 1_000_000);
    await once(child.stdout ?? child, "data");
    await new Promise((resolve) => setTimeout(resolve, (round * 7) % 40));
    child.kill("SIGKILL");
    await once(child, "close");
    expectAllReadable();
  }
  // Each one that was killed between saving and clearing up leaves one run too many; the next that is not clears up.
  await once(startWriter(99, 1), "close");
  expect(expectAllReadable()).toBeLessThanOrEqual(30);
});
