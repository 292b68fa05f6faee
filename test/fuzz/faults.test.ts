import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type History, openHistory } from "../../src/store/history.ts";
import { makeRun } from "../store/make-run.ts";
import { type Fault, withFault } from "./faults.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gocache-why-faults-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const limits = { runsPerFamily: 3, bytes: 1e9 };

function save(history: History, number: number): string | null {
  const { run, blocks } = makeRun([number, 7, 8]);
  return history.save(run, blocks, history.baseline(run)?.run ?? null)?.id ?? null;
}

/** Every fault at every step of some work; `begin` makes what is there before. @returns how many steps the work has */
function atEachStep(
  begin: () => void,
  work: (history: History) => void,
  then: (fault: Fault) => void,
): number {
  begin();
  const steps = withFault(null, () => work(openHistory(directory, limits)));
  for (let at = 0; at < steps; at++) {
    for (const kind of ["killed", "full", "read-only", "failing"] as const) {
      for (const isDone of kind === "killed" ? [true, false] : [false]) {
        rmSync(directory, { recursive: true });
        begin();
        withFault({ kind, at, isDone }, () => work(openHistory(directory, limits)));
        then({ kind, at, isDone });
      }
    }
  }
  return steps;
}

describe.each([
  ["the first run of all", 0],
  ["a second run, which shares blocks", 1],
  ["a run for which an older one goes", 3],
])("saving %s", (_what, runs) => {
  test("a fault at any step costs that run at the most, and the next is recorded", () => {
    let before: string[] = [];
    const steps = atEachStep(
      () => {
        const history = openHistory(directory, limits);
        before = Array.from({ length: runs }, (_each, number) => save(history, number) ?? "");
      },
      (history) => save(history, 100),
      (fault) => {
        const said = JSON.stringify(fault);
        const history = openHistory(directory, limits);
        const listed = history.list(null).map(({ id }) => id);
        const fresh = listed.filter((id) => !before.includes(id));
        expect(fresh.length, said).toBeLessThanOrEqual(1);
        // The oldest of three goes only where the new one is there.
        const mayGo = fresh.length === 1 && runs === 3 ? 1 : 0;
        expect(listed.length - fresh.length, said).toBeGreaterThanOrEqual(runs - mayGo);
        for (const id of listed) {
          const run = history.load(id);
          expect(run && history.blocks(run).size, said).toBe(3);
        }
        const next = save(openHistory(directory, limits), 101);
        const after = openHistory(directory, limits);
        expect(after.list(null).map(({ id }) => id)[0], said).toBe(next);
        expect([next === null, history.warnings, after.warnings], said).toEqual([false, [], []]);
      },
    );
    expect(steps).toBeGreaterThan(4);
  });
});

test("the key of a history is whole or is not there, whatever goes wrong while it is made", () => {
  atEachStep(
    () => {},
    (history) => history.key(),
    (fault) => {
      const history = openHistory(directory, limits);
      const key = history.key();
      expect(key, JSON.stringify(fault)).toHaveLength(32);
      expect(openHistory(directory, limits).key(), JSON.stringify(fault)).toEqual(key);
      expect(history.warnings, JSON.stringify(fault)).toEqual([]);
    },
  );
});

test("a folder of runs that was deleted is made again", () => {
  save(openHistory(directory, limits), 1);
  rmSync(join(directory, "v2", "runs"), { recursive: true });
  const history = openHistory(directory, limits);
  expect([save(history, 2) === null, history.warnings]).toEqual([false, []]);
  expect(readdirSync(join(directory, "v2", "tmp"))).toEqual([]);
});
