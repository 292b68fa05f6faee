import { type Explanation, explain } from "../../src/causes/explain.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import {
  compareLogsOfFixture,
  explainedFromLogs,
  fixtureNames,
  noOutside,
  outsideOfFixture,
  readFixture,
  runOfFixture,
} from "../scenarios/fixture.ts";

/** A scenario that can be explained again and again. */
export interface ExplainedCase {
  readonly name: string;
  /** What is said of it, as text: each cause with its values, each action with its causes, what is unexplained. */
  readonly says: () => string;
}

/** All scenarios with a baseline, of one Go version first, then those that are explained from logs too. */
export function explainedCases(first: string): readonly ExplainedCase[] {
  const names = fixtureNames();
  const ordered = [
    ...names.filter((name) => name.startsWith(first)),
    ...names.filter((name) => !name.startsWith(first)),
  ];
  return [
    ...ordered.flatMap((name) => caseOf(name) ?? []),
    ...explainedFromLogs.map((name) => {
      const comparison = compareLogsOfFixture(readFixture(name));
      return { name: `${name} from logs`, says: () => wordsOf(explain(comparison, noOutside, [])) };
    }),
  ];
}

function caseOf(name: string): ExplainedCase | null {
  const fixture = readFixture(name);
  if (fixture.before === null) return null;
  const before = runOfFixture(fixture.before, "before", null);
  const now = runOfFixture(fixture.now, "now", before);
  const comparison = compareRuns(before, now);
  const outside = outsideOfFixture(fixture);
  // Without the rules for keys: what is proven is another test's.
  return { name, says: () => wordsOf(explain(comparison, outside, [])) };
}

function wordsOf({ causes, actions, unexplained, openInputs }: Explanation): string {
  const lines = [
    ...[...causes].map(([id, { fact, changes }]) => JSON.stringify([id, fact, changes])).sort(),
    ...actions.flatMap(({ action, verdict, own, inherited }) =>
      verdict === "hit" ? [] : `${action.key}: ${[...own].sort()} | ${[...inherited].sort()}`,
    ),
    `unexplained: ${unexplained}`,
    ...[...openInputs].map(([key, inputs]) => `${key} has ${inputs}`),
  ];
  return lines.join("\n");
}
