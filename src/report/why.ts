import { causeId } from "../causes/cause.ts";
import type { Explanation } from "../causes/explain.ts";
import { createFactBook, type LocalCauses, localCausesOf } from "../causes/local-causes.ts";
import { type Outside, worldsOf } from "../causes/world.ts";
import type { Comparison } from "../compare/compare-runs.ts";
import { actionsOfPackage, type InputValue, inputValue } from "./inputs.ts";
import type { Report, ReportAction, ReportCause, ReportRun } from "./report.ts";
import type { WhyTest } from "./why-test.ts";

/** Why one package ran: `gocache-why why`. As in `schema/why.schema.json`. */
export interface Why {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  /** Import path. */
  readonly package: string;
  readonly baseline: Report["baseline"];
  readonly before: ReportRun | null;
  readonly now: ReportRun;
  readonly actions: readonly WhyAction[];
  /** What the actions here name; `causes` of each action are indices into this list. Counts are of the whole run. */
  readonly causes: readonly ReportCause[];
  /** Keys of the package's actions that ran, and no cause was found. */
  readonly unexplained: readonly string[];
  /** With `--test`: what the test depends on. Only the test's own action and what it names is told then. */
  readonly test?: WhyTest;
}

export interface WhyAction {
  readonly action: ReportAction;
  readonly paths: readonly WhyPath[];
}

/** The shortest way from an action to a root of these causes. */
export interface WhyPath {
  readonly causes: readonly number[];
  /** The action first, the root last. */
  readonly steps: readonly WhyStep[];
}

export interface WhyStep {
  readonly action: ReportAction;
  /** What changed in its key on this path: the output of the next step; of the root what the causes changed. */
  readonly inputs: readonly InputValue[];
}

/**
 * The paths from a package's actions to the roots of their causes.
 * @param report of the same explanation, with all its actions.
 * @param test of the package's test alone, and what it depends on (`buildWhyTest`)
 */
export function buildWhy(
  explanation: Explanation,
  outside: Outside,
  report: Report,
  name: string,
  test?: WhyTest,
): Why {
  const all = actionsOfPackage(report, name);
  const mine = test === undefined ? all : all.filter((action) => action.kind === "test");
  const numbers = [...new Set(mine.flatMap((action) => action.causes))].sort((a, b) => a - b);
  const place = new Map(numbers.map((cause, at) => [cause, at]));
  const renumber = (action: ReportAction): ReportAction => ({
    ...action,
    causes: action.causes.flatMap((cause) => place.get(cause) ?? []),
  });
  const find = createPathFinder(explanation, outside, report);
  const unexplained = new Set(report.unexplained);
  return {
    schemaVersion: 1,
    tool: report.tool,
    package: name,
    baseline: report.baseline,
    before: report.before,
    now: report.now,
    actions: mine.map((action) => ({
      action: renumber(action),
      paths: mergePaths(
        action.causes.map((cause) => ({
          causes: [place.get(cause) ?? 0],
          steps: find(action.key, cause).map((step) => ({ ...step, action: renumber(step.action) })),
        })),
      ),
    })),
    causes: numbers.flatMap((cause) => report.causes[cause] ?? []),
    unexplained: mine.map((action) => action.key).filter((key) => unexplained.has(key)),
    ...(test === undefined ? {} : { test }),
  };
}

/** Paths over the same actions are one; its root shows what each of the causes changed. */
function mergePaths(paths: readonly WhyPath[]): WhyPath[] {
  const merged = new Map<string, WhyPath>();
  for (const path of paths) {
    const id = path.steps.map((step) => step.action.key).join("\n");
    const known = merged.get(id);
    if (known === undefined) {
      merged.set(id, path);
      continue;
    }
    const steps = known.steps.map((step, at) => ({
      ...step,
      inputs: distinct([...step.inputs, ...(path.steps[at]?.inputs ?? [])]),
    }));
    merged.set(id, { causes: [...known.causes, ...path.causes], steps });
  }
  return [...merged.values()];
}

function distinct(inputs: readonly InputValue[]): InputValue[] {
  return [...new Map(inputs.map((each) => [JSON.stringify(each), each])).values()];
}

interface Hop {
  readonly key: string;
  readonly inputs: readonly string[];
}

function createPathFinder(
  explanation: Explanation,
  outside: Outside,
  report: Report,
): (key: string, cause: number) => WhyStep[] {
  const { comparison } = explanation;
  const actions = new Map(report.actions.map((action) => [action.key, action]));
  const explained = new Map(explanation.actions.map((each) => [each.action.key, each]));
  const localOf = comparison === null ? () => null : createLocals(comparison, outside);

  /** Where a changed input leads; through what was noted where the inputs are not known. */
  function hops(key: string): Hop[] {
    const changed = (localOf(key)?.dependencies ?? []).map((each) => ({
      key: each.key,
      inputs: [...each.inputs].sort(),
    }));
    const via = explained.get(key)?.via ?? null;
    if (via !== null && changed.every((hop) => hop.key !== via)) changed.push({ key: via, inputs: [] });
    return changed.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  function stepOf(key: string, inputs: readonly string[]): WhyStep[] {
    const action = actions.get(key);
    if (action === undefined) return [];
    const compared = comparison?.inputs(key) ?? null;
    const values = inputs.map((input) =>
      inputValue(input, compared?.before.get(input)?.text ?? null, compared?.now.get(input)?.text ?? null),
    );
    return [{ action, inputs: values }];
  }

  return (key, index) => {
    const cause = report.causes[index];
    const id = cause === undefined ? "" : causeId(cause);
    const from = new Map<string, { key: string; inputs: readonly string[] } | null>([[key, null]]);
    const queue = [key];
    let root = key;
    for (const next of queue) {
      if (explained.get(next)?.own.includes(id)) {
        root = next;
        break;
      }
      for (const hop of hops(next)) {
        if (from.has(hop.key)) continue;
        from.set(hop.key, { key: next, inputs: hop.inputs });
        queue.push(hop.key);
      }
    }
    let steps = stepOf(root, [...(localOf(root)?.own.get(id) ?? [])].sort());
    for (let at = from.get(root); at !== undefined && at !== null; at = from.get(at.key)) {
      steps = [...stepOf(at.key, at.inputs), ...steps];
    }
    return steps;
  };
}

function createLocals(comparison: Comparison, outside: Outside): (key: string) => LocalCauses | null {
  const worlds = worldsOf(comparison, outside);
  const book = createFactBook();
  const known = new Map<string, LocalCauses | null>();
  return (key) => {
    const settled = known.get(key);
    if (settled !== undefined) return settled;
    const pair = comparison.pairs.get(key);
    const isChanged = pair !== undefined && pair.before !== null && pair.sameId !== true;
    const local = isChanged ? localCausesOf(pair.now, comparison, worlds, book) : null;
    known.set(key, local);
    return local;
  };
}
