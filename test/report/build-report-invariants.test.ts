import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explain, explainFirst } from "../../src/causes/explain.ts";
import type { Outside } from "../../src/causes/world.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import type { RunAction, RunWithBlocks } from "../../src/model/run.ts";
import { buildReport } from "../../src/report/build-report.ts";
import type { Report } from "../../src/report/report.ts";
import { fixtureNames, outsideOfFixture, readFixture, runOfFixture } from "../scenarios/fixture.ts";
import { checkInvariants } from "./check-invariants.ts";

const options = { version: "0.0.0", command: ["go", "build"], exitCode: 0, warnings: [] };

function reportOf(before: RunWithBlocks | null, now: RunWithBlocks, outside: Outside, all = true): Report {
  if (before === null) {
    return buildReport(explainFirst(now), now.run, {
      ...options,
      all,
      baseline: { status: "none", note: null },
    });
  }
  return buildReport(explain(compareRuns(before, now), outside), now.run, {
    ...options,
    all,
    baseline: { status: "compared", note: null },
  });
}

const nothingOutside: Outside = {
  readFile: () => null,
  modifiedAt: () => null,
  heldBefore: () => null,
  contentOf: () => null,
};

function withActions(side: RunWithBlocks, actions: readonly RunAction[]): RunWithBlocks {
  return { ...side, run: { ...side.run, actions } };
}

function withoutBlocks(side: RunWithBlocks, dropped: (at: number) => boolean): RunWithBlocks {
  return { ...side, blocks: new Map([...side.blocks].filter((_entry, at) => !dropped(at))) };
}

const causeNames = (report: Report): readonly string[] =>
  report.causes.map((cause) => `${cause.code} ${cause.subject}`);

/**
 * Known gaps: where the block of a main is lacking, its link's `defaultgodebug` or another main's profile is laid at
 * another cause's door; where nearly all are, a vendored or replaced module is taken for the main one; a covered package
 * whose build is lacking is taken for one that -coverpkg names no more.
 */
const misleading =
  /\/(go-directive-changed|godebug-comment|go-directive-changed-dep|module-replaced-cgo|pgo-profile-added|pgo-profile-changed|test-covered-package|vendored)$/;

/** Causes that the whole run has not, less what the contract falls back on. */
function otherCauses(report: Report, whole: Report): readonly string[] {
  // Whether all or some entries are gone can only be told from all of them.
  const generic = (name: string): string => name.replace(/^cache-(cleaned|entry-missing) /, "cache ");
  const known = new Set(causeNames(whole).map(generic));
  // What brought a new action can only be told by who imports it, why a test's binary was linked by its test.
  return causeNames(report).filter(
    (name) => !known.has(generic(name)) && !name.startsWith("first-build ") && !isTestLink(name),
  );
}

const isTestLink = (name: string): boolean => /^link-not-cached \S+\.test$/.test(name);

/** One drawn case a recorded state and run, of every eighth three: they are many, and each report takes a tenth of a second. */
const draws = (name: string): number => (fixtureNames().indexOf(name) % 8 === 0 ? 3 : 1);

/** A choice for each of many items, repeated where there are more. */
const choices = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 7, maxLength: 41 });
const chosen = (picks: readonly number[], at: number): number => picks[at % picks.length] ?? 0;

function shuffled<T>(items: readonly T[], picks: readonly number[]): T[] {
  const out: T[] = [];
  items.forEach((item, at) => {
    out.splice(Math.floor((chosen(picks, at) / 10) * (out.length + 1)), 0, item);
  });
  return out;
}

describe.each(fixtureNames())("%s", (name) => {
  const fixture = readFixture(name);
  const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
  const now = runOfFixture(fixture.now, "now", before);
  const outside = outsideOfFixture(fixture);
  const whole = reportOf(before, now, outside);
  // Where a key can't be made, what was paid for outside can't be told from what is to blame: then all are (report.md, rule 4).
  const unpaid = reportOf(before, now, { ...outside, heldBefore: () => null });

  it("adds up", () => {
    checkInvariants(whole);
    checkInvariants(reportOf(before, now, outside, false));
    const bare = withActions(
      now,
      now.run.actions.map((each) => ({ ...each, seconds: null, intervals: [] })),
    );
    const timeless = reportOf(before, { ...bare, run: { ...bare.run, hasGraph: false } }, outside);
    checkInvariants(timeless);
    expect(timeless.totals.seconds).toBeNull();
    // Where a link's output went is told by the graph alone.
    const told = causeNames(whole).filter((cause) => !cause.startsWith("link-"));
    expect([...causeNames(timeless)].sort()).toEqual([...told].sort());
  });

  it("without a baseline it adds up", () => {
    checkInvariants(reportOf(null, now, outside));
  });

  it("compared with itself nothing changed: only what always runs has a cause", () => {
    const comparison = compareRuns(now, now);
    for (const action of now.run.actions) {
      const deltas = comparison.inputs(action.key)?.deltas ?? [];
      // Go asks by the binary's key first, then by its content, and keeps the result under both.
      const own = action.kind === "test" ? deltas.filter(({ input }) => input !== "test binary") : deltas;
      expect(own).toEqual([]);
    }
    const same = reportOf(now, now, nothingOutside);
    checkInvariants(same);
    // Nothing keeps the link of a test's binary, whatever is found of its result, nor the result of a test that writes what it reads.
    for (const cause of same.causes)
      if (!isTestLink(`${cause.code} ${cause.subject}`) && cause.code !== "test-file-too-new")
        expect(cause.class).toBe("forced");
    expect(same.unexplained).toEqual([]);
    const warm = now.run.actions.map((each) => ({
      ...each,
      outcome: "hit" as const,
      seconds: 0,
      intervals: [],
    }));
    const hits = reportOf(now, withActions(now, warm), nothingOutside);
    checkInvariants(hits);
    expect(hits.causes).toEqual([]);
    expect(hits.totals.ran).toBe(0);
  });

  if (before === null) return;

  it("the order of the recorded actions does not matter", () => {
    fc.assert(
      fc.property(choices, choices, (one, two) => {
        const report = reportOf(
          withActions(before, shuffled(before.run.actions, one)),
          withActions(now, shuffled(now.run.actions, two)),
          outside,
        );
        expect(report).toEqual(whole);
      }),
      { numRuns: draws(name) },
    );
  });

  it("with blocks lacking it is less certain, never another cause", () => {
    fc.assert(
      fc.property(choices, choices, fc.integer({ min: 1, max: 10 }), (one, two, share) => {
        const report = reportOf(
          withoutBlocks(before, (at) => chosen(one, at) < share),
          withoutBlocks(now, (at) => chosen(two, at) < share),
          outside,
        );
        checkInvariants(report);
        if (!misleading.test(name)) expect(otherCauses(report, unpaid)).toEqual([]);
      }),
      { numRuns: draws(name) },
    );
  });

  it("with actions lacking it adds up, and names no cause that the whole run has not", () => {
    fc.assert(
      fc.property(choices, fc.integer({ min: 1, max: 9 }), (picks, share) => {
        const kept = now.run.actions.filter((_action, at) => chosen(picks, at) >= share);
        const report = reportOf(before, withActions(now, kept), outside);
        checkInvariants(report);
        if (!misleading.test(name)) expect(otherCauses(report, unpaid)).toEqual([]);
      }),
      { numRuns: draws(name) },
    );
  });

  it("with actions lacking in the baseline it adds up", () => {
    fc.assert(
      fc.property(choices, fc.integer({ min: 1, max: 9 }), (picks, share) => {
        const kept = before.run.actions.filter((_action, at) => chosen(picks, at) >= share);
        checkInvariants(reportOf(withActions(before, kept), now, outside));
      }),
      { numRuns: draws(name) },
    );
  });
});
