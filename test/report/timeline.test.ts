import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { type Timeline, timelineOf } from "../../src/report/timeline.ts";
import { fixtureNames, readFixture, runOfFixture } from "../scenarios/fixture.ts";
import { makeRun } from "../store/make-run.ts";

/** A run with some actions at some times, without inputs. */
const anyRun: fc.Arbitrary<RunWithBlocks> = fc
  .array(
    fc.record({
      from: fc.integer({ min: 0, max: 400 }),
      took: fc.integer({ min: 0, max: 90 }),
      pieces: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((list) => {
    const { run, blocks } = makeRun([1]);
    const [pattern] = run.actions;
    if (pattern === undefined) throw new Error("the run has no action");
    const actions = list.map(({ from, took, pieces }, at) => ({
      ...pattern,
      key: `build p${at}`,
      package: `p${at}`,
      digest: null,
      outcome: pieces === 0 ? ("hit" as const) : ("ran" as const),
      intervals: Array.from({ length: pieces }, (_, piece): [number, number] => [
        (from + piece * 100) / 16,
        (from + piece * 100 + took) / 16,
      ]),
    }));
    return { run: { ...run, hasGraph: true, actions }, blocks };
  });

describe("the timeline", () => {
  test("has no two actions in one row at once, and no more rows than run at once", () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const timeline = timelineOf(run);
        if (timeline === null) {
          expect(run.run.actions.every(({ intervals }) => intervals.length === 0)).toBe(true);
          return;
        }
        checkRows(timeline);
        const pieces = timeline.actions.flatMap(({ spans }) => spans.map(([from, to]) => [from, to]));
        expect(pieces.sort()).toEqual(
          run.run.actions.flatMap(({ intervals }) => intervals.map((each) => [...each])).sort(),
        );
        expect(timeline.lanes).toBeLessThanOrEqual(mostAtOnce(timeline));
      }),
    );
  });

  const recorded = fixtureNames().filter((_, at) => at % 30 === 0);
  test.each(recorded)("of %s tells what waited for what", (name) => {
    const fixture = readFixture(name);
    const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
    const now = runOfFixture(fixture.now, "now", before);
    const timeline = timelineOf(now);
    const ran = now.run.actions.filter(({ intervals }) => intervals.length > 0);
    if (timeline === null) {
      expect(ran).toEqual([]);
      return;
    }
    checkRows(timeline);
    expect(
      timeline.actions
        .filter(({ spans }) => spans.length > 0)
        .map(({ key }) => key)
        .sort(),
    ).toEqual(ran.map(({ key }) => key).sort());
    checkOrder(timeline);
  });

  test("of a chain of imports is one path from the first package to the link", () => {
    const fixture = readFixture("go1.26.8/file-edited-api");
    const before = runOfFixture(fixture.before as never, "before", null);
    const timeline = timelineOf(runOfFixture(fixture.now, "now", before));
    const path = timeline?.critical.map((at) => timeline.actions[at]?.key) ?? [];
    expect(path.at(-1)).toMatch(/^link /);
    expect(path.length).toBeGreaterThan(2);
    expect(path.at(-2)).toBe(path.at(-1)?.replace("link", "build"));
  });
});

function checkRows({ actions, lanes }: Timeline): void {
  const rows: [number, number][][] = Array.from({ length: lanes }, () => []);
  for (const { spans } of actions) for (const [from, to, lane] of spans) rows[lane]?.push([from, to]);
  for (const row of rows) {
    expect(row.length).toBeGreaterThan(0);
    row.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    row.forEach(([from], at) => {
      expect(from).toBeGreaterThanOrEqual(row[at - 1]?.[1] ?? 0);
    });
  }
}

/** Pieces that touch count as at once: one of no length takes a row too. */
function mostAtOnce({ actions }: Timeline): number {
  const pieces = actions.flatMap(({ spans }) => spans);
  return Math.max(...pieces.map(([at]) => pieces.filter(([from, to]) => from <= at && at <= to).length));
}

/** Nothing starts before what it waited for has ended, but for the clock's error; the path's last action ends last of all. */
function checkOrder({ actions, critical, seconds }: Timeline): void {
  const start = (at: number): number => Math.min(...(actions[at]?.spans ?? []).map(([from]) => from));
  const end = (at: number): number => Math.max(...(actions[at]?.spans ?? []).map(([, to]) => to));
  actions.forEach(({ unblockedBy, needs, kind }, at) => {
    for (const need of needs) expect(actions[need]).toBeDefined();
    if (unblockedBy === null) return;
    expect(end(unblockedBy)).toBeLessThanOrEqual(start(at) + 0.005);
    if (kind !== "link") expect(needs).toContain(unblockedBy);
  });
  const ends = actions.flatMap(({ outcome, spans }) => (outcome === "hit" ? [] : spans.map(([, to]) => to)));
  if (ends.length === 0) {
    expect(critical).toEqual([]);
    return;
  }
  expect(end(critical.at(-1) ?? -1)).toBe(Math.max(...ends));
  expect(seconds).toBeGreaterThanOrEqual(Math.max(...ends));
  critical.forEach((at, step) => {
    if (step > 0) expect(actions[at]?.unblockedBy).toBe(critical[step - 1]);
  });
  expect(actions[critical[0] ?? -1]?.unblockedBy ?? null).toBeNull();
}
