import { describe, expect, it } from "vitest";
import { explain } from "../../src/causes/explain.ts";
import type { Outside } from "../../src/causes/world.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import type { Digest, ShortId } from "../../src/model/ids.ts";
import type { RunAction } from "../../src/model/run.ts";
import { actionOf, contentOf, type MadeAction, runOf } from "../compare/made-runs.ts";

/** Package p has two files; q imports p and has one. A state is their contents: `p1`, `p2`, `q`. */
interface State {
  readonly p1: number;
  readonly p2: number;
  readonly q: number;
}

const hash = (text: string): ShortId => contentOf(text);

function lines(name: string, files: readonly string[], imports: readonly string[]): string[] {
  return [
    "go1.26.8",
    "compile\n",
    `dir /m/${name}\n`,
    "go 1.24\n",
    "goos linux goarch amd64\n",
    `import "example.com/m/${name}"\n`,
    'omitdebug false standard false local false prefix ""\n',
    "compile compile version go1.26.8 [] []\n",
    "GOAMD64=v1\n",
    ...files,
    ...imports,
  ];
}

const p = "build example.com/m/p";
const q = "build example.com/m/q";

function buildOfP({ p1, p2 }: State, more: Partial<RunAction> = {}): MadeAction {
  const files = [`file p1.go ${hash(`p1 ${p1}`)}\n`, `file p2.go ${hash(`p2 ${p2}`)}\n`];
  return actionOf(p, lines("p", files, []), { content: `p ${p1} ${p2}`, ...more });
}

function buildOfQ(state: State, more: Partial<RunAction> = {}): MadeAction {
  const imported = `import example.com/m/p ${contentOf(`p ${state.p1} ${state.p2}`)}\n`;
  return actionOf(q, lines("q", [`file q.go ${hash(`q ${state.q}`)}\n`], [imported]), {
    content: `q ${state.p1} ${state.p2} ${state.q}`,
    ...more,
  });
}

/** Put times of what the cache held before the run, with the outputs. */
type Cache = ReadonlyMap<Digest, { readonly at: number; readonly content: ShortId | null }>;

function cacheOf(...held: readonly MadeAction[]): Cache {
  return new Map(held.map((action, at) => [action.block.digest, { at, content: action.contentId }]));
}

function outsideWith(cache: Cache): Outside {
  return {
    readFile: () => null,
    modifiedAt: () => null,
    heldBefore: (digest) => cache.get(digest)?.at ?? null,
    contentOf: (digest) => cache.get(digest)?.content ?? null,
  };
}

function causesOf(
  before: State,
  now: State,
  cache: Cache,
  hits: readonly string[] = [],
): Record<string, string[]> {
  const made = [buildOfP(now), buildOfQ(now)].map(
    (action): MadeAction =>
      hits.includes(action.key) ? { ...action, outcome: "hit", seconds: 0, intervals: [] } : action,
  );
  const explained = explain(
    compareRuns(runOf([buildOfP(before), buildOfQ(before)]), runOf(made)),
    outsideWith(cache),
  );
  expect(explained.unexplained).toEqual([]);
  return Object.fromEntries(
    explained.actions.map(({ action, own, inherited }) => [
      action.key,
      [...own.map((id) => `own ${id}`), ...inherited].map((id) => id.replace("file-edited ", "")).sort(),
    ]),
  );
}

const start: State = { p1: 0, p2: 0, q: 0 };
const full = (state: State): MadeAction[] => [buildOfP(state), buildOfQ(state)];

describe("to blame against the cache", () => {
  it("one edit: it alone, and what depends on it by cascade", () => {
    expect(causesOf(start, { ...start, p1: 1 }, cacheOf(...full(start)))).toEqual({
      [p]: ["own p/p1.go"],
      [q]: ["p/p1.go"],
    });
  });

  it("two edits, both unpaid: both", () => {
    expect(causesOf(start, { ...start, p1: 1, p2: 1 }, cacheOf(...full(start)))).toEqual({
      [p]: ["own p/p1.go", "own p/p2.go"],
      [q]: ["p/p1.go", "p/p2.go"],
    });
  });

  it("one edit was paid for outside, the other is new: the new one alone", () => {
    const between: State = { ...start, p1: 1 };
    const now: State = { ...start, p1: 1, p2: 1 };
    expect(causesOf(start, now, cacheOf(...full(start), ...full(between)))).toEqual({
      [p]: ["own p/p2.go"],
      [q]: ["p/p2.go"],
    });
  });

  it("an edit of a dependency was paid for outside, now the package itself changed", () => {
    const between: State = { ...start, p1: 1 };
    const now: State = { ...start, p1: 1, q: 1 };
    expect(causesOf(start, now, cacheOf(...full(start), ...full(between)), [p])).toEqual({
      [p]: [],
      [q]: ["own q/q.go"],
    });
  });

  it("a plain build stopped half-way: the dependency hits, and its edit is to blame for the dependent", () => {
    const now: State = { ...start, p1: 1 };
    expect(causesOf(start, now, cacheOf(...full(start), buildOfP(now)), [p])).toEqual({
      [p]: [],
      [q]: ["p/p1.go"],
    });
  });

  it("stopped half-way, then an edit of the dependent: both, since neither alone was ever paid", () => {
    const between: State = { ...start, p1: 1 };
    const now: State = { ...start, p1: 1, q: 1 };
    expect(causesOf(start, now, cacheOf(buildOfP(start), buildOfP(between)), [p])).toEqual({
      [p]: [],
      [q]: ["own q/q.go", "p/p1.go"],
    });
  });

  it("stopped half-way with the earlier results still there: the smallest set that leads back", () => {
    const between: State = { ...start, p1: 1 };
    const now: State = { ...start, p1: 1, q: 1 };
    // Only everything put back gives a key that was held: all causes are to blame.
    expect(causesOf(start, now, cacheOf(...full(start), buildOfP(between)), [p])[q]).toEqual([
      "own q/q.go",
      "p/p1.go",
    ]);
  });

  it("there and back again: what is as it was is no cause", () => {
    const away: State = { ...start, p1: 1 };
    const now: State = { ...start, p2: 1 };
    expect(causesOf(start, now, cacheOf(...full(start), ...full(away)))).toEqual({
      [p]: ["own p/p2.go"],
      [q]: ["p/p2.go"],
    });
  });

  it("of two single edits that both lead back, the one whose result was stored last counts", () => {
    const now: State = { ...start, p1: 1, p2: 1 };
    const first = buildOfP({ ...start, p1: 1 });
    const second = buildOfP({ ...start, p2: 1 });
    expect(causesOf(start, now, cacheOf(first, second))[p]).toEqual(["own p/p1.go"]);
    expect(causesOf(start, now, cacheOf(second, first))[p]).toEqual(["own p/p2.go"]);
  });

  it("a dependency's output in between that nobody kept can't be asked for: all are to blame", () => {
    const between: State = { ...start, p1: 1 };
    const now: State = { ...start, p1: 1, p2: 1 };
    const lost = buildOfP(between);
    const cache = new Map([
      ...cacheOf(...full(start), ...full(between)),
      [lost.block.digest, { at: 9, content: null }] as const,
    ]);
    expect(causesOf(start, now, cache)).toEqual({ [p]: ["own p/p2.go"], [q]: ["p/p1.go", "p/p2.go"] });
  });
});
