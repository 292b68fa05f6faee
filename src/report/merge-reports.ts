import type { Evidence, EvidenceKind, Verdict } from "../causes/cause.ts";
import { type ActionKind, actionKinds } from "../model/run.ts";
import { mergeCachePrograms } from "./merge-cache-programs.ts";
import type { CauseSet, KindTotals, Report, ReportCause, ReportRun, Totals } from "./report.ts";
import { countHidden } from "./transforms/show-values.ts";

export interface MergeOptions {
  readonly version: string;
  /** The command below which the go commands ran, redacted. */
  readonly command: readonly string[];
  /** Its status. */
  readonly exitCode: number;
  /** Where it was started. */
  readonly directory: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly warnings: Report["warnings"];
}

/**
 * The report on all go commands of `gocache-why run` together. An action that ran in two of them counts twice; a cause of one code,
 * subject and sentence is one cause, whichever command it is of. Seconds on the clock are null: the commands may have run side
 * by side.
 * @param runs by their start
 */
export function mergeReports(runs: readonly Report[], options: MergeOptions): Report {
  const { causes, indices } = mergeCauses(runs);
  const cacheProgram = mergeCachePrograms(runs.flatMap((run) => run.cacheProgram ?? []));
  const report: Report = {
    schemaVersion: 1,
    tool: { name: "gocache-why", version: options.version },
    command: options.command,
    exitCode: options.exitCode,
    baseline: baselineOf(runs),
    before: null,
    now: runOf(runs, options),
    totals: totalsOf(runs),
    causes,
    causeSets: mergeSets(runs, indices),
    actions: runs
      .flatMap(({ actions }, at) =>
        actions.map((action) => ({ ...action, causes: renumber(action.causes, indices[at]) })),
      )
      .sort((a, b) => compareText(a.key, b.key)),
    unexplained: [...new Set(runs.flatMap(({ unexplained }) => unexplained))].sort(compareText),
    ...(cacheProgram === null ? {} : { cacheProgram }),
    warnings: unique([...options.warnings, ...runs.flatMap(({ warnings }) => warnings)]),
    redaction: { applied: true, hidden: 0 },
    runs,
  };
  return { ...report, redaction: { applied: true, hidden: countHidden(report) } };
}

/** The causes of all, in the report's order; `indices[run][cause]` is the place of a run's cause among them. */
function mergeCauses(runs: readonly Report[]): { causes: ReportCause[]; indices: number[][] } {
  const groups = new Map<string, ReportCause[]>();
  const idOf = ({ code, subject, summary }: ReportCause): string => JSON.stringify([code, subject, summary]);
  for (const cause of runs.flatMap((run) => run.causes)) {
    groups.set(idOf(cause), [...(groups.get(idOf(cause)) ?? []), cause]);
  }
  const merged = [...groups].map(([id, group]) => ({ id, cause: mergeCause(group) }));
  merged.sort(
    ({ cause: a }, { cause: b }) =>
      (b.seconds ?? -1) - (a.seconds ?? -1) ||
      b.direct + b.cascade - (a.direct + a.cascade) ||
      compareText(a.code, b.code) ||
      compareText(a.subject, b.subject),
  );
  const place = new Map(merged.map(({ id }, at) => [id, at]));
  return {
    causes: merged.map(({ cause }) => cause),
    indices: runs.map((run) => run.causes.map((cause) => place.get(idOf(cause)) ?? 0)),
  };
}

function mergeCause(group: readonly ReportCause[]): ReportCause {
  const [first] = group;
  if (first === undefined) throw new Error("nothing to merge");
  if (group.length === 1) return { ...first, wallSeconds: null };
  const same = <Name extends "before" | "now" | "origin">(name: Name): ReportCause[Name] | null =>
    group.every((cause) => cause[name] === first[name]) ? first[name] : null;
  const sum = (name: "direct" | "cascade" | "exclusive"): number =>
    group.reduce((total, cause) => total + cause[name], 0);
  return {
    ...first,
    before: same("before"),
    now: same("now"),
    origin: same("origin"),
    advice: group.find(({ advice }) => advice !== null)?.advice ?? null,
    evidence: mergeEvidence(group.map(({ evidence }) => evidence)),
    packages: [...new Set(group.flatMap(({ packages }) => packages))].sort(compareText),
    direct: sum("direct"),
    cascade: sum("cascade"),
    exclusive: sum("exclusive"),
    seconds: sumSeconds(group.map(({ seconds }) => seconds)),
    wallSeconds: null,
    exclusiveSeconds: sumSeconds(group.map(({ exclusiveSeconds }) => exclusiveSeconds)),
    changes: unique(group.flatMap(({ changes }) => changes)),
  };
}

/** The weakest of all: what holds for each. */
function mergeEvidence(all: readonly Evidence[]): Evidence {
  const weakest = all.reduce((least, each) => (strength[each.kind] < strength[least.kind] ? each : least));
  const keys = all.flatMap((each) => each.keys ?? []);
  const { keys: _, ...rest } = weakest;
  if (keys.length === 0) return rest;
  const sum = (name: "proven" | "of"): number => keys.reduce((total, each) => total + each[name], 0);
  return { ...rest, keys: { proven: sum("proven"), of: sum("of") } };
}

const strength: Readonly<Record<EvidenceKind, number>> = {
  proven: 4,
  observed: 3,
  predicted: 2,
  "at-most": 1,
  inferred: 0,
};

function mergeSets(runs: readonly Report[], indices: readonly (readonly number[])[]): CauseSet[] {
  const sets = new Map<string, { causes: number[]; members: CauseSet[] }>();
  for (const [at, run] of runs.entries()) {
    for (const set of run.causeSets) {
      const causes = renumber(set.causes, indices[at]);
      // In the order of the numbers that the causes have now.
      const alone = causes.map((cause) => aloneOf(set, indices[at] ?? [], cause));
      const member: CauseSet = { ...set, causes, ...(set.alone === undefined ? {} : { alone }) };
      const known = sets.get(causes.join(","));
      if (known === undefined) sets.set(causes.join(","), { causes, members: [member] });
      else known.members.push(member);
    }
  }
  return [...sets.values()]
    .map(({ causes, members }) => ({
      causes,
      actions: members.reduce((sum, { actions }) => sum + actions, 0),
      seconds: sumSeconds(members.map(({ seconds }) => seconds)),
      ...(members.some(({ alone }) => alone === undefined)
        ? {}
        : { alone: causes.map((_, at) => members.reduce((sum, { alone }) => sum + (alone?.[at] ?? 0), 0)) }),
    }))
    .sort((a, b) => b.actions - a.actions || compareIndices(a.causes, b.causes));
}

function aloneOf({ causes, alone }: CauseSet, indices: readonly number[], cause: number): number {
  const sides = causes.map((each, at) => (indices[each] === cause ? (alone?.[at] ?? 0) : 0));
  return Math.max(0, ...sides);
}

function renumber(causes: readonly number[], indices: readonly number[] = []): number[] {
  return [...new Set(causes.flatMap((cause) => indices[cause] ?? []))].sort((a, b) => a - b);
}

function totalsOf(runs: readonly Report[]): Totals {
  const totals = runs.map((run) => run.totals);
  const sum = (of: (each: Totals) => number): number => totals.reduce((all, each) => all + of(each), 0);
  const byVerdict = Object.fromEntries(
    verdicts.map((verdict) => [verdict, sum((each) => each.byVerdict[verdict])]),
  ) as Record<Verdict, number>;
  const byKind = Object.fromEntries(
    actionKinds.map((kind): [ActionKind, KindTotals] => [
      kind,
      {
        actions: sum((each) => each.byKind[kind].actions),
        ran: sum((each) => each.byKind[kind].ran),
        seconds: sumSeconds(totals.map((each) => each.byKind[kind].seconds)),
      },
    ]),
  ) as Record<ActionKind, KindTotals>;
  return {
    actions: sum((each) => each.actions),
    hit: sum((each) => each.hit),
    ran: sum((each) => each.ran),
    missed: sum((each) => each.missed),
    alwaysRan: sum((each) => each.alwaysRan),
    cutOff: sum((each) => each.cutOff),
    seconds: sumSeconds(totals.map(({ seconds }) => seconds)),
    wallSeconds: null,
    byVerdict,
    byKind,
  };
}

const verdicts: readonly Verdict[] = [
  "hit",
  "forced",
  "new",
  "key-changed",
  "not-cacheable",
  "entry-missing",
  "unknown",
];

function baselineOf(runs: readonly Report[]): Report["baseline"] {
  const without = runs.filter(({ baseline }) => baseline.status === "none");
  if (without.length === runs.length) return { status: "none", note: null };
  const status = runs.some(({ baseline }) => baseline.status === "compared") ? "compared" : "reconstructed";
  if (without.length === 0) return { status, note: null };
  const have = without.length === 1 ? "has" : "have";
  return {
    status,
    note: `${without.length} of the ${runs.length} go commands ${have} no earlier run to compare with`,
  };
}

/** What the runs have in common. */
function runOf(
  runs: readonly Report[],
  { command, exitCode, directory, startedAt }: MergeOptions,
): ReportRun {
  const same = (name: "goVersion" | "goos" | "goarch" | "head" | "gocache"): string | null => {
    const values = new Set(runs.map(({ now }) => now[name]));
    return values.size === 1 ? (runs[0]?.now[name] ?? null) : null;
  };
  const modules = [...new Set(runs.flatMap(({ now }) => now.module?.split(",") ?? []))];
  return {
    id: runs.map(({ now }) => now.id).join(","),
    startedAt,
    goVersion: same("goVersion"),
    goos: same("goos"),
    goarch: same("goarch"),
    directory,
    module: modules.length === 0 ? null : modules.join(","),
    head: same("head"),
    gocache: same("gocache"),
    args: command.slice(1),
    exitCode,
    source: "recorded",
  };
}

/** Milliseconds are what the times are good for. */
function sumSeconds(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return Math.round(known.reduce((sum, value) => sum + value, 0) * 1000) / 1000;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function compareIndices(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = (a[at] ?? -1) - (b[at] ?? -1);
    if (order !== 0) return order;
  }
  return 0;
}

/** By code unit: the same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
