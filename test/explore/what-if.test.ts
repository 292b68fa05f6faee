import { beforeAll, describe, expect, it } from "vitest";
import { type CauseFact, causeId } from "../../src/causes/cause.ts";
import type { Explanation } from "../../src/causes/explain.ts";
import {
  type Hypothesis,
  noVcsHypothesis,
  trimpathHypothesis,
} from "../../src/explore/what-if/hypothesis.ts";
import { type Supposition, whatIf } from "../../src/explore/what-if/what-if.ts";
import { renderWhatIf, renderWhatIfJson } from "../../src/report/renderers/what-if.ts";
import { buildWhatIf } from "../../src/report/what-if.ts";
import { closedValidator } from "../report/schema.ts";
import { explainFixture, fixtureNames, outsideOfFixture, readFixture } from "../scenarios/fixture.ts";

const missVerdicts = ["key-changed", "entry-missing", "new"];
const sameDirectory: Hypothesis = { word: "--same-dir", kind: "same-directory" };

function without(facts: readonly Pick<CauseFact, "code" | "subject">[]): Hypothesis[] {
  return facts.map(({ code, subject }) => ({
    word: `--without-cause ${code}:${subject}`,
    kind: "without-cause",
    code,
    subject,
  }));
}

/** The flag or the variable of a cause, supposed to be one and the same in both runs. */
function evened({ code, subject, now }: CauseFact): Hypothesis | null {
  if (code === "flag-changed")
    return { word: `--without-flag ${subject}`, kind: "flag", name: subject, value: null };
  if (code === "env-changed")
    return { word: `--set ${subject}=`, kind: "variable", name: subject, value: now ?? "" };
  return null;
}

/** What failed in either run is never stored. */
function hasFailed({ comparison }: Explanation): boolean {
  return [...(comparison?.pairs.values() ?? [])].some(
    ({ now, before }) => now.failed || before?.failed === true,
  );
}

function missesOf({ actions }: { readonly actions: readonly Supposition[] }): string[] {
  return actions.flatMap(({ action, would }) => (would === "miss" ? action.key : [])).sort();
}

/** An entry that was gone and came out otherwise: without either those above it would have hit. */
function takesBoth(causes: readonly string[]): boolean {
  return ["cache-", "output-not-reproducible "].every((begin) => causes.some((id) => id.startsWith(begin)));
}

describe.each(fixtureNames().filter((name) => readFixture(name).before !== null))("%s", (name) => {
  const fixture = readFixture(name);
  const outside = outsideOfFixture(fixture);
  let explanation: Explanation;
  let missed: string[] = [];
  let facts: CauseFact[] = [];
  const suppose = (...hypotheses: readonly Hypothesis[]) => whatIf(explanation, hypotheses, outside);

  beforeAll(() => {
    explanation = explainFixture(fixture) as Explanation;
    const misses = explanation.actions.filter(({ verdict }) => missVerdicts.includes(verdict));
    missed = misses.map(({ action }) => action.key).sort();
    facts = [...explanation.causes.values()].map(({ fact }) => fact);
  });

  it("supposing nothing predicts the misses that were", () => {
    expect(missesOf(suppose())).toEqual(missed);
  });

  it("undoing all causes predicts none, but for what had failed", () => {
    const failed = explanation.actions.flatMap(({ action }) =>
      explanation.comparison?.pairs.get(action.key)?.before?.failed === true ? action.key : [],
    );
    expect(missesOf(suppose(...without(facts))).filter((key) => !failed.includes(key))).toEqual([]);
  });

  it("undoing one cause spares what had no other", () => {
    for (const fact of facts) {
      const id = causeId(fact);
      const other = explanation.actions.filter(
        ({ own, inherited, action }) =>
          missed.includes(action.key) &&
          [...own, ...inherited].some((each) => each !== id) &&
          !(own.length === 0 && takesBoth(inherited) && inherited.includes(id)),
      );
      const left = missesOf(suppose(...without([fact])));
      expect(left).toEqual(expect.arrayContaining(other.map(({ action }) => action.key)));
      if (!hasFailed(explanation)) expect(left.length).toBe(other.length);
    }
  });

  it("one value in both runs is as good as undoing the change", () => {
    for (const fact of facts) {
      const hypothesis = evened(fact);
      if (hypothesis === null) continue;
      const left = missesOf(suppose(hypothesis));
      // What else a setting takes along may spare more: a build without cgo has no CGO_CFLAGS.
      const undone = missesOf(suppose(...without([fact])));
      expect(undone).toEqual(expect.arrayContaining(left));
    }
  });

  it("nothing that is supposed makes a hit of what another change made", () => {
    for (const hypothesis of [trimpathHypothesis, noVcsHypothesis, sameDirectory]) {
      const found = suppose(hypothesis);
      const spared = found.actions.filter(({ would }) => would !== "miss").map(({ action }) => action.key);
      const edited = explanation.actions.filter(({ own }) => own.some((id) => id.startsWith("file-edited ")));
      expect(spared.filter((key) => edited.some(({ action }) => action.key === key))).toEqual([]);
    }
  });

  it("fits the schema", () => {
    const validate = closedValidator("what-if");
    const report = buildWhatIf(explanation, suppose(trimpathHypothesis), {
      version: "0.0.0",
      hypotheses: [trimpathHypothesis],
      warnings: [],
      verified: null,
    });
    expect(validate(JSON.parse(renderWhatIfJson(report))), JSON.stringify(validate.errors)).toBe(true);
  });
});

/** Scenario, what is supposed, misses that were and would have been, and how sure that is. */
const cases: readonly (readonly [string, Hypothesis, number, number, string])[] = [
  ["directory-moved", trimpathHypothesis, 13, 0, "predicted"],
  ["directory-moved", sameDirectory, 13, 0, "proven"],
  ["directory-moved-pgo", trimpathHypothesis, 6, 0, "predicted"],
  ["modcache-moved", trimpathHypothesis, 5, 0, "predicted"],
  ["goroot-moved", trimpathHypothesis, 2, 0, "predicted"],
  ["env-cgo-cflags", trimpathHypothesis, 8, 6, "at-most"],
  ["env-cgo-cflags-space", trimpathHypothesis, 4, 0, "predicted"],
  ["flag-ldflags", trimpathHypothesis, 4, 2, "predicted"],
  ["cgo-directive-moved", trimpathHypothesis, 78, 3, "at-most"],
  ["vcs-commit", noVcsHypothesis, 4, 0, "predicted"],
  ["vcs-edit", noVcsHypothesis, 7, 5, "at-most"],
  ["two-causes", { word: "", kind: "variable", name: "CGO_CFLAGS", value: "-O2 -g" }, 10, 5, "at-most"],
];

it.each(cases)("%s, %o: of %i misses %i would be left, %s", (name, hypothesis, missed, left, evidence) => {
  const fixture = readFixture(`go1.26.8/${name}`);
  const explanation = explainFixture(fixture) as Explanation;
  const found = whatIf(explanation, [hypothesis], outsideOfFixture(fixture));
  expect([found.actions.length, missesOf(found).length, found.evidence]).toEqual([missed, left, evidence]);
});

const view = { width: 80, colour: 0, verbosity: 0, now: new Date(0), all: false } as const;

it("says in words what -trimpath can't reach", () => {
  const fixture = readFixture("go1.26.8/cgo-directive-moved");
  const explanation = explainFixture(fixture) as Explanation;
  const hypotheses = [trimpathHypothesis];
  const found = whatIf(explanation, hypotheses, outsideOfFixture(fixture));
  const report = buildWhatIf(explanation, found, {
    version: "0.0.0",
    hypotheses,
    warnings: [],
    verified: null,
  });
  expect(renderWhatIf(report, view)).toMatchInlineSnapshot(`
    "gocache-why: with -trimpath in both runs 75 of 78 misses would have been hits,
      14 s of work
      (run now, 21 Nov 2026, go build -trimpath -o bin/ ./cmd/...; before: run
        before, 21 Nov 2026, go build -o bin/ ./cmd/...)

      at-most: by Go's rules what goes into their keys is the same in both runs;
        taken for granted: equal inputs give equal outputs, and the earlier run's
        results are still there; 2 would miss only if the output of a dependency
        differs, which need not be so

      would miss still:
        the checkout moved: /tmp/gocache-why-fixtures/work/m →
          /tmp/gocache-why-fixtures/work/elsewhere/m: 3 actions, 0.7 s
      -trimpath leaves the directory in CGO_CFLAGS of internal/native, where a
        #cgo line or a variable names it (-I, SRCDIR)
    "
  `);
});
