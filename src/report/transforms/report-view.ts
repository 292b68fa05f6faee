import type { Evidence, EvidenceKind } from "../../causes/cause.ts";
import type { Report, ReportAction, ReportCause } from "../report.ts";

/** One line of a face for people: a cause, or several that were folded into one. Its counts are of distinct actions. */
export interface CauseGroup {
  /** Indices into `report.causes`, ascending; never empty. */
  readonly causes: readonly number[];
  readonly code: ReportCause["code"];
  readonly summary: string;
  readonly origin: ReportCause["origin"];
  readonly advice: ReportCause["advice"];
  readonly evidence: Evidence;
  /** Of the roots; unique, sorted. */
  readonly packages: readonly string[];
  readonly direct: number;
  readonly cascade: number;
  /** Work in seconds, null where unknown. */
  readonly seconds: number | null;
}

/**
 * What a face for people shows of a report: the same facts in fewer lines. Every cause is in exactly one group, and
 * every group in exactly one of the four lists.
 */
export interface ReportView {
  readonly report: Report;
  /** The actions that name a cause, by its index. */
  readonly actionsOf: ReadonlyMap<number, readonly ReportAction[]>;
  /** Numbered, most costly first. */
  readonly shown: readonly CauseGroup[];
  /** Counted in one line, since they are beyond the limit. */
  readonly hidden: readonly CauseGroup[];
  /** What runs every time. */
  readonly always: readonly CauseGroup[];
  /** What only goes along with other causes. */
  readonly also: readonly CauseGroup[];
}

/** The view before any transform: each cause a group of its own, in the report's order. */
export function viewOf(report: Report): ReportView {
  return {
    report,
    actionsOf: indexActions(report),
    shown: report.causes.map((cause, index) => groupOf(cause, index)),
    hidden: [],
    always: [],
    also: [],
  };
}

/** Several groups as one; an action that names more than one of their causes counts once. */
export function mergeGroups(view: ReportView, groups: readonly CauseGroup[], summary: string): CauseGroup {
  const [first, ...rest] = groups;
  if (first === undefined) throw new Error("nothing to merge");
  if (rest.length === 0) return first;
  const causes = groups.flatMap((group) => group.causes).sort((a, b) => a - b);
  const packages = [...new Set(groups.flatMap((group) => group.packages))].sort();
  const same = groups.every((group) => group.advice?.text === first.advice?.text);
  return {
    causes,
    code: first.code,
    summary,
    origin: groups.every((group) => group.origin === first.origin) ? first.origin : null,
    advice: same ? first.advice : null,
    evidence: weakest(groups.map((group) => group.evidence)),
    packages,
    ...countOf(view, groups, causes, new Set(packages)),
  };
}

/** The distinct actions that name one of the causes. */
export function actionsOfCauses(view: ReportView, causes: readonly number[]): readonly ReportAction[] {
  if (causes.length === 1) return view.actionsOf.get(causes[0] ?? -1) ?? [];
  return [...new Set(causes.flatMap((cause) => view.actionsOf.get(cause) ?? []))];
}

/** True where an action is a root of one of the causes whose roots are in these packages. */
export function isRootOf(action: ReportAction, packages: ReadonlySet<string>): boolean {
  return action.role === "root" || (action.role === "both" && packages.has(action.package));
}

/** The contract's order: seconds falling with unknown ones last, then the number of actions, then the words. */
export function byCost(a: CauseGroup, b: CauseGroup): number {
  return (
    (b.seconds ?? -1) - (a.seconds ?? -1) ||
    b.direct + b.cascade - (a.direct + a.cascade) ||
    (a.summary < b.summary ? -1 : a.summary > b.summary ? 1 : 0)
  );
}

/** The sum of the known seconds, or null where none is known. */
export function sumSeconds(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function groupOf(cause: ReportCause, index: number): CauseGroup {
  return {
    causes: [index],
    code: cause.code,
    summary: cause.summary,
    origin: cause.origin,
    advice: cause.advice,
    evidence: cause.evidence,
    packages: cause.packages,
    direct: cause.direct,
    cascade: cause.cascade,
    seconds: cause.seconds,
  };
}

function indexActions(report: Report): Map<number, ReportAction[]> {
  const actionsOf = new Map<number, ReportAction[]>();
  for (const action of report.actions) {
    for (const cause of action.causes) {
      const list = actionsOf.get(cause);
      if (list === undefined) actionsOf.set(cause, [action]);
      else list.push(action);
    }
  }
  return actionsOf;
}

function countOf(
  view: ReportView,
  groups: readonly CauseGroup[],
  causes: readonly number[],
  packages: ReadonlySet<string>,
): { direct: number; cascade: number; seconds: number | null } {
  const actions = actionsOfCauses(view, causes);
  if (actions.length === 0) {
    return {
      direct: Math.max(...groups.map((group) => group.direct)),
      cascade: Math.max(...groups.map((group) => group.cascade)),
      seconds: groups.reduce<number | null>((most, group) => larger(most, group.seconds), null),
    };
  }
  const direct = actions.filter((action) => isRootOf(action, packages)).length;
  return {
    direct,
    cascade: actions.length - direct,
    seconds: sumSeconds(actions.map((action) => action.seconds)),
  };
}

function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b);
}

const strength: Readonly<Record<EvidenceKind, number>> = {
  proven: 4,
  observed: 3,
  predicted: 2,
  "at-most": 1,
  inferred: 0,
};

function weakest(all: readonly Evidence[]): Evidence {
  return all.reduce((least, evidence) => (strength[evidence.kind] < strength[least.kind] ? evidence : least));
}
