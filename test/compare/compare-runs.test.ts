import { describe, expect, it } from "vitest";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import { wordChanges } from "../../src/compare/word-changes.ts";
import { actionOf, runOf } from "./made-runs.ts";

const head = ["go1.26.8", "compile\n"];

describe("compareRuns", () => {
  const before = runOf([
    actionOf("build a", [...head, "file a.go AA\n", "file b.go BB\n"]),
    actionOf("build gone", head),
    actionOf("build same", [...head, "dir /s\n"]),
  ]);
  const now = runOf([
    actionOf("build new", head),
    actionOf("build a", [...head, "file a.go CC\n", "file c.go DD\n"]),
    actionOf("build same", [...head, "dir /s\n"]),
  ]);
  const comparison = compareRuns(before, now);

  it("has one pair for each action of the now-run, in its order", () => {
    expect(
      [...comparison.pairs.values()].map(({ key, before: other, sameId }) => [key, other?.key, sameId]),
    ).toEqual([
      ["build new", undefined, null],
      ["build a", "build a", false],
      ["build same", "build same", true],
    ]);
  });

  it("tells what is edited, added and removed", () => {
    expect(comparison.inputs("build a")?.deltas).toEqual([
      { input: "file a.go", before: "file a.go AA\n", now: "file a.go CC\n" },
      { input: "file c.go", before: null, now: "file c.go DD\n" },
      { input: "file b.go", before: "file b.go BB\n", now: null },
    ]);
    expect(comparison.inputs("build same")?.deltas).toEqual([]);
  });

  it("has no inputs where one side is lacking", () => {
    expect(comparison.inputs("build new")).toBeNull();
    expect(comparison.inputs("build gone")).toBeNull();
    expect(comparison.inputs("build nobody")).toBeNull();
    const bare = compareRuns({ ...before, blocks: new Map() }, { ...now, blocks: new Map() });
    expect(bare.inputs("build a")).toBeNull();
    // A block that only one of the runs brought serves both.
    expect(compareRuns({ ...before, blocks: new Map() }, now).inputs("build same")?.deltas).toEqual([]);
  });

  it("an unknown ID is neither the same nor another", () => {
    const unknown = runOf([{ ...actionOf("build a", head), id: null }]);
    expect(compareRuns(before, unknown).pairs.get("build a")?.sameId).toBeNull();
    expect(compareRuns(unknown, now).pairs.get("build a")?.sameId).toBeNull();
  });

  it("says when a value is hidden", () => {
    const hidden = runOf([actionOf("build a", head)]);
    const blocks = new Map([...hidden.blocks].map(([digest, block]) => [digest, { ...block, hidden: true }]));
    expect(compareRuns({ ...hidden, blocks }, now).inputs("build a")?.hidden).toBe(true);
    expect(comparison.inputs("build a")?.hidden).toBe(false);
  });

  it("is mirrored when the sides change places", () => {
    const mirrored = compareRuns(now, before).inputs("build a")?.deltas ?? [];
    const deltas = comparison.inputs("build a")?.deltas ?? [];
    const text = (one: string | null, other: string | null, input: string): string =>
      `${input} ${one} ${other}`;
    expect(mirrored.map((delta) => text(delta.now, delta.before, delta.input)).sort()).toEqual(
      deltas.map((delta) => text(delta.before, delta.now, delta.input)).sort(),
    );
  });
});

describe("wordChanges", () => {
  it.each<[string[], string[], string[], string[]]>([
    [[], [], [], []],
    [["-s"], ["-s"], [], []],
    [["-s", "-w"], ["-w"], ["-s"], []],
    [["-O2", "-g"], ["-O1", "-g"], ["-O2"], ["-O1"]],
    [["-a", "-b"], ["-b", "-a"], ["-a"], ["-a"]],
    [["-a"], ["-a", "-a"], [], ["-a"]],
  ])("%j → %j", (before, now, removed, added) => {
    expect(wordChanges(before, now)).toEqual({ removed, added });
  });
});
