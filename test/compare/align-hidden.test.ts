import { describe, expect, test } from "vitest";
import { alignHidden } from "../../src/compare/align-hidden.ts";
import { createHide } from "../../src/log/hide-secrets.ts";
import { type Digest, digestOf } from "../../src/model/ids.ts";
import type { Block, RunWithBlocks } from "../../src/model/run.ts";
import { makeRun } from "../store/make-run.ts";

const here = createHide(Buffer.alloc(32, 1));
const there = createHide(Buffer.alloc(32, 2));

interface Main {
  readonly token: string;
  readonly rest: string;
}

/** A run of mains, each with a hidden value in its key and something else. */
function runOf(mains: readonly Main[], hide: typeof here, hiddenUnder: string | null): RunWithBlocks {
  const blocks = new Map<Digest, Block>();
  const { run: base } = makeRun([1]);
  const [pattern] = base.actions;
  if (pattern === undefined) throw new Error("no action");
  const actions = mains.map(({ token, rest }, at) => {
    const name = `link m${at}`;
    const lines = (value: string): string[] => [
      "go1.26.8",
      `linkflags ["-X" "main.token=${value}"]\n`,
      `modinfo "path\\tm${at}\\nbuild\\t-ldflags=\\"-X main.token=${value}\\"\\nbuild\\tvcs.revision=${rest}\\n"\n`,
    ];
    const digest = digestOf(lines(token).join(""));
    blocks.set(digest, { digest, name, lines: lines(hide(token)), hidden: true });
    return { ...pattern, key: name, kind: "link" as const, digest };
  });
  const run = { ...base, actions, ...(hiddenUnder === null ? {} : { hiddenUnder }) };
  return { run, blocks };
}

const linesOf = ({ blocks }: RunWithBlocks): string[] => [...blocks.values()].flatMap(({ lines }) => lines);

describe("hidden values of two runs under different keys", () => {
  test("are the same where the keys are", () => {
    const now = runOf([{ token: "a", rest: "1" }], there, "snapshot x");
    const { before, uncertain } = alignHidden(runOf([{ token: "a", rest: "1" }], here, null), now);
    expect(linesOf(before)).toEqual(linesOf(now));
    expect(uncertain).toEqual([]);
  });

  test("changed where nothing else in the key did", () => {
    const now = runOf([{ token: "b", rest: "1" }], there, "snapshot x");
    const earlier = runOf([{ token: "a", rest: "1" }], here, null);
    const { before, uncertain } = alignHidden(earlier, now);
    expect(linesOf(before)).toEqual(linesOf(earlier));
    expect(uncertain).toEqual([]);
  });

  test("are taken for the same where something else changed, and said to be uncertain", () => {
    const now = runOf([{ token: "a", rest: "2" }], there, "snapshot x");
    const { before, uncertain } = alignHidden(runOf([{ token: "a", rest: "1" }], here, null), now);
    expect(linesOf(before)).toEqual(linesOf(now).map((line) => line.replace("revision=2", "revision=1")));
    expect(uncertain).toEqual(["link m0"]);
  });

  test("are known in one action by what another tells", () => {
    const now = runOf(
      [
        { token: "a", rest: "1" },
        { token: "a", rest: "2" },
      ],
      there,
      "snapshot x",
    );
    const same = alignHidden(
      runOf(
        [
          { token: "a", rest: "1" },
          { token: "a", rest: "1" },
        ],
        here,
        null,
      ),
      now,
    );
    expect(same.uncertain).toEqual([]);
    expect(linesOf(same.before)).toContain(linesOf(now)[1]);
    const other = runOf(
      [
        { token: "b", rest: "1" },
        { token: "b", rest: "1" },
      ],
      here,
      null,
    );
    const changed = alignHidden(other, now);
    expect(changed.uncertain).toEqual([]);
    expect(linesOf(changed.before)).toEqual(linesOf(other));
  });

  test("under one key are left as they are", () => {
    const earlier = runOf([{ token: "a", rest: "1" }], here, "log a");
    expect(alignHidden(earlier, runOf([{ token: "b", rest: "1" }], here, "log a")).before).toBe(earlier);
  });
});
