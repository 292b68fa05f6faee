import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readLogFile } from "../../src/cli/read-log-file.ts";
import type { CollectedLog } from "../../src/log/collect-blocks.ts";
import { createHide } from "../../src/log/hide-secrets.ts";
import { runOfLog } from "../../src/model/log-run.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { explainRuns } from "../../src/report/explain-runs.ts";
import { temporaryDirectory } from "../go/temporary.ts";
import { ciShapes } from "../log/ci-shapes.ts";

const demo = join(import.meta.dirname, "../../testdata/demo");
const before = readFileSync(join(demo, "before.log"), "latin1").trimEnd().split("\n");
const now = readFileSync(join(demo, "now.log"), "latin1").trimEnd().split("\n");

async function commandsOf(content: Buffer): Promise<readonly CollectedLog[]> {
  const file = join(temporaryDirectory(), "ci.log");
  writeFileSync(file, content);
  const log = await readLogFile(file);
  if ("error" in log) throw new Error(log.error);
  return log.commands;
}

function runOf(log: CollectedLog | undefined): RunWithBlocks {
  if (log === undefined) throw new Error("no such command");
  const run = runOfLog(log, "ci.log", createHide(Buffer.alloc(32)));
  if ("error" in run) throw new Error(run.error);
  return run;
}

const plain = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join("\n")}\n`, "latin1");

describe("logs as CI systems keep them", async () => {
  const [rawBefore] = await commandsOf(plain(before));
  const [rawNow] = await commandsOf(plain(now));
  const raw = explainRuns(runOf(rawBefore), runOf(rawNow), { all: true });

  test("the raw logs have something to tell", () => {
    expect(raw.causes.map(({ code, subject, direct, cascade }) => [code, subject, direct, cascade])).toEqual([
      ["file-edited", "price/price.go", 1, 3],
    ]);
  });

  test.each(ciShapes)("$name: the same actions, inputs and causes as the raw log", async ({ wrap }) => {
    const commands = await commandsOf(wrap(now));
    expect(commands).toHaveLength(1);
    expect(runOf(commands[0])).toEqual(runOf(rawNow));
    const [earlier] = await commandsOf(wrap(before));
    expect(explainRuns(runOf(earlier), runOf(commands[0]), { all: true })).toEqual(raw);
  });

  test.each(ciShapes)("$name: two go commands in one log are two", async ({ wrap }) => {
    const commands = await commandsOf(wrap([...before, "+ go build -x -o bin/ ./...", ...now]));
    expect(commands.map(runOf)).toEqual([runOf(rawBefore), runOf(rawNow)]);
  });

  test("a command that was cut by the marks of another, at the same time, is put together again", async () => {
    const ends = now.flatMap((line, at) => (/^HASH\[build .*\]: [0-9a-f]{64}$/.test(line) ? at + 1 : []));
    for (const share of [0.5, 0.8]) {
      const cut = ends[Math.floor(ends.length * share)] ?? 0;
      const commands = await commandsOf(
        plain([...now.slice(0, cut), "HASH[moduleIndex]", ...now.slice(cut)]),
      );
      expect(commands.map(runOf)).toEqual([runOf(rawNow)]);
    }
  });

  test("go commands are parted too where their marks were filtered away", async () => {
    const marks = /^(WORK=|HASH\[moduleIndex)/;
    const commands = await commandsOf(plain([...before, ...now].filter((line) => !marks.test(line))));
    expect(commands.map((each) => [...each.blocks.keys()])).toEqual([
      [...(rawBefore?.blocks.keys() ?? [])],
      [...(rawNow?.blocks.keys() ?? [])],
    ]);
    expect(commands.flatMap(({ problems }) => problems)).toEqual([]);
  });
});
