import { describe, expect, it } from "vitest";
import type { CollectedLog } from "../../src/log/collect-blocks.ts";
import { flattenLogs, restoreLogs } from "../../src/log/flat-log.ts";
import { createLogParser } from "../../src/log/parse-log.ts";
import { createCommandSplitter } from "../../src/log/split-commands.ts";
import { recordedLogs } from "./arbitraries.ts";

function commandsOf(log: Buffer): readonly CollectedLog[] {
  const splitter = createCommandSplitter();
  const parser = createLogParser(
    (event) => splitter.take(event),
    () => splitter.load(),
  );
  parser.push(log);
  parser.end();
  return splitter.finish();
}

describe("flat logs", () => {
  it.each(recordedLogs())("$name comes out as it went in", ({ log }) => {
    const commands = commandsOf(log);
    expect(commands[0]?.blocks.size).toBeGreaterThan(0);
    // As from one thread to another.
    const restored = restoreLogs(structuredClone(flattenLogs(commands)));
    expect(restored).toEqual(commands);
    expect([...(restored[0]?.blocks.keys() ?? [])]).toEqual([...(commands[0]?.blocks.keys() ?? [])]);
  });

  it("what several go commands have alike is kept once", () => {
    const [log] = recordedLogs().map((each) => each.log);
    const commands = commandsOf(Buffer.concat([log, log] as Buffer[]));
    expect(commands).toHaveLength(2);
    const [first, second] = commands.map(({ blocks }) => blocks);
    expect(second).toEqual(first);
    for (const [digest, block] of first ?? []) expect(second?.get(digest)).toBe(block);
  });

  it("of several go commands each keeps its own", () => {
    const logs = recordedLogs();
    const commands = commandsOf(Buffer.concat(logs.map(({ log }) => log)));
    expect(commands.length).toBeGreaterThan(1);
    expect(restoreLogs(flattenLogs(commands))).toEqual(commands);
  });
});
