import { classOf } from "../causes/catalogue.ts";
import type { CauseFact, Verdict } from "../causes/cause.ts";
import type { Explanation } from "../causes/explain.ts";
import type { ExplainedAction, ExplainedCause } from "../causes/explained.ts";
import type { Innocent } from "../causes/innocents.ts";
import type { Savings } from "../explore/what-if/savings.ts";
import { unknownGo } from "../model/known-go.ts";
import { type ActionKind, actionKinds, type Problem, type Run } from "../model/run.ts";
import { unionOf } from "../util/union-of.ts";
import { advise } from "./advise.ts";
import { cacheProgramOf } from "./cache-program.ts";
import type {
  CauseSet,
  KindTotals,
  Report,
  ReportAction,
  ReportCause,
  ReportInnocent,
  ReportRun,
  Totals,
  Warning,
} from "./report.ts";
import { countHidden } from "./transforms/show-values.ts";
import { staleText } from "./wording/stale.ts";
import { summaryOf, type WordingContext } from "./wording.ts";

export interface ReportOptions {
  readonly version: string;
  /** The go command's words, as typed, redacted. */
  readonly command: readonly string[];
  /** Null where nothing was run. */
  readonly exitCode: number | null;
  readonly baseline: Report["baseline"];
  /** Every action, hits too. */
  readonly all: boolean;
  readonly warnings: readonly Warning[];
  /** What changed and cost no miss, where that was asked for. */
  readonly innocents?: readonly Innocent[];
  /** Runs before this one, newest first, for what a traced cache program is judged by; the baseline where they are left out. */
  readonly earlier?: readonly Run[];
  /** What fixes would have saved, for the advice; without it the advice stands alone. */
  readonly savings?: Savings;
}

/** The report of an explained run: counts, sums, order and words, by the contract's rules. */
export function buildReport(explanation: Explanation, now: Run, options: ReportOptions): Report {
  const { actions } = explanation;
  const before = explanation.comparison?.before.run ?? null;
  const named = actions.map((each) => ({ each, ids: new Set([...each.own, ...each.inherited]) }));
  const ordered = orderCauses(explanation, named, contextOf(now, options.baseline.status), options);
  const index = new Map(ordered.map(({ id }, at) => [id, at]));
  const indices = (ids: ReadonlySet<string>): number[] =>
    [...ids].flatMap((id) => index.get(id) ?? []).sort((a, b) => a - b);
  const shown = named.filter(({ each }) => options.all || each.verdict !== "hit");
  const cacheProgram = cacheProgramOf(now, options.earlier ?? (before === null ? [] : [before]));
  const report: Report = {
    schemaVersion: 1,
    tool: { name: "gocache-why", version: options.version },
    command: options.command,
    exitCode: options.exitCode,
    baseline: options.baseline,
    before: before === null ? null : reportRun(before),
    now: reportRun(now),
    totals: totalsOf(explanation, now),
    causes: ordered.map(({ cause }) => cause),
    causeSets: causeSetsOf(named, indices, now.hasGraph),
    actions: shown
      .map(({ each, ids }) => reportAction(each, indices(ids)))
      .sort((a, b) => compareText(a.key, b.key)),
    unexplained: [...explanation.unexplained].sort(compareText),
    ...(options.innocents === undefined
      ? {}
      : { innocent: options.innocents.map((each) => reportInnocent(each, now, options)) }),
    ...(cacheProgram === null ? {} : { cacheProgram }),
    warnings: [
      ...options.warnings,
      ...unknownGoWarnings(now, before),
      ...problemWarnings([...now.problems, ...(before?.problems ?? []).filter(isOfBoth)]),
      ...unverifiedWarnings(explanation),
      ...hiddenWarnings(explanation),
      ...openInputWarnings(explanation),
      ...unkeyedWarnings(now),
    ],
    redaction: { applied: true, hidden: 0 },
  };
  return { ...report, redaction: { applied: true, hidden: countHidden(report) } };
}

type Named = readonly { readonly each: ExplainedAction; readonly ids: ReadonlySet<string> }[];

function contextOf(now: Run, baseline: Report["baseline"]["status"]): WordingContext {
  return {
    module: now.module,
    goVersion: now.goVersion,
    verb: now.verb,
    flags: now.settings.flags.map((flag) => flag.name),
    baseline,
  };
}

function orderCauses(
  explanation: Explanation,
  named: Named,
  context: WordingContext,
  { savings }: ReportOptions,
): { id: string; cause: ReportCause }[] {
  const counted = [...explanation.causes].map(([id, cause]) => ({
    id,
    cause: reportCause(id, cause, named, context),
  }));
  const advice = advise(
    counted.map(({ cause }) => cause),
    context,
    savings ?? null,
  );
  const causes = counted.map(({ id, cause }) => ({
    id,
    cause: { ...cause, advice: advice.get(id) ?? null },
  }));
  return causes.sort(
    (a, b) =>
      (b.cause.seconds ?? -1) - (a.cause.seconds ?? -1) ||
      b.cause.direct + b.cause.cascade - (a.cause.direct + a.cause.cascade) ||
      compareText(a.cause.code, b.cause.code) ||
      compareText(a.cause.subject, b.cause.subject),
  );
}

function reportCause(
  id: string,
  explained: ExplainedCause,
  named: Named,
  context: WordingContext,
): ReportCause {
  const mine = named.filter(({ ids }) => ids.has(id));
  const roots = mine.filter(({ each }) => each.own.includes(id));
  const alone = mine.filter(({ ids }) => ids.size === 1);
  const fact: CauseFact = explained.fact;
  const counted = {
    code: fact.code,
    class: classOf(fact.code),
    subject: fact.subject,
    before: fact.before,
    now: fact.now,
    origin: fact.origin,
    changes: explained.changes,
    direct: roots.length,
    ...(explained.contentInGit === undefined ? {} : { contentInGit: explained.contentInGit }),
  };
  return {
    code: counted.code,
    class: counted.class,
    subject: counted.subject,
    before: counted.before,
    now: counted.now,
    origin: counted.origin,
    summary: summaryOf(counted, context),
    advice: null,
    evidence: explained.evidence,
    packages: [...new Set(roots.map(({ each }) => each.action.package))].sort(compareText),
    direct: roots.length,
    cascade: mine.length - roots.length,
    exclusive: alone.length,
    seconds: workOf(mine.map(({ each }) => each)),
    wallSeconds: clockOf(mine.map(({ each }) => each)),
    exclusiveSeconds:
      alone.length === 0 && hasTimes(mine.map(({ each }) => each))
        ? 0
        : workOf(alone.map(({ each }) => each)),
    changes: explained.changes,
    ...(explained.contentInGit === undefined ? {} : { contentInGit: explained.contentInGit }),
  };
}

function reportInnocent({ fact, reason }: Innocent, now: Run, options: ReportOptions): ReportInnocent {
  const { code, subject, before, now: present, origin } = fact;
  const summary = summaryOf(fact, contextOf(now, options.baseline.status));
  return { code, class: classOf(code), subject, before, now: present, origin, summary, reason };
}

function reportAction(each: ExplainedAction, causes: readonly number[]): ReportAction {
  const { action, own, inherited, verdict } = each;
  const role =
    causes.length === 0
      ? null
      : own.length > 0 && inherited.length > 0
        ? "both"
        : own.length > 0
          ? "root"
          : "cascade";
  return {
    key: action.key,
    kind: action.kind,
    package: action.package,
    variant: action.variant,
    verdict,
    id: action.id,
    idBefore: verdict === "new" ? null : each.idBefore,
    seconds: action.seconds === null ? null : Math.round(action.seconds * 1e6) / 1e6,
    role,
    causes,
    via: role === "cascade" ? each.via : null,
    ...(action.failed ? { failed: true as const } : {}),
  };
}

function causeSetsOf(
  named: Named,
  indices: (ids: ReadonlySet<string>) => number[],
  hasTimes: boolean,
): CauseSet[] {
  const sets = new Map<string, { causes: number[]; members: ExplainedAction[] }>();
  for (const { each, ids } of named) {
    if (ids.size === 0) continue;
    const causes = indices(ids);
    const known = sets.get(causes.join(","));
    if (known === undefined) sets.set(causes.join(","), { causes, members: [each] });
    else known.members.push(each);
  }
  return [...sets.values()]
    .map(({ causes, members }) => ({
      causes,
      actions: members.length,
      seconds: hasTimes ? workOf(members) : null,
      alone: aloneOf(causes, members, indices),
    }))
    .sort((a, b) => b.actions - a.actions || compareIndices(a.causes, b.causes));
}

function aloneOf(
  causes: readonly number[],
  members: readonly ExplainedAction[],
  indices: (ids: ReadonlySet<string>) => number[],
): number[] {
  const sufficient = members.map((each) => new Set(indices(new Set(each.sufficient))));
  return causes.map((cause) => sufficient.filter((each) => each.has(cause)).length);
}

function compareIndices(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const order = (a[at] ?? -1) - (b[at] ?? -1);
    if (order !== 0) return order;
  }
  return 0;
}

function totalsOf(explanation: Explanation, now: Run): Totals {
  const { actions } = explanation;
  const byVerdict: Record<Verdict, number> = {
    hit: 0,
    forced: 0,
    new: 0,
    "key-changed": 0,
    "not-cacheable": 0,
    "entry-missing": 0,
    unknown: 0,
  };
  for (const { verdict } of actions) byVerdict[verdict]++;
  const missed = byVerdict["key-changed"] + byVerdict["entry-missing"] + byVerdict.new;
  const alwaysRan = byVerdict.forced + byVerdict["not-cacheable"];
  const ran = actions.filter(didRun);
  const byKind = Object.fromEntries(
    actionKinds.map((kind): [ActionKind, KindTotals] => {
      const own = actions.filter(({ action }) => action.kind === kind);
      const worked = own.filter(didRun);
      return [
        kind,
        { actions: own.length, ran: worked.length, seconds: now.hasGraph ? (workOf(worked) ?? 0) : null },
      ];
    }),
  ) as Record<ActionKind, KindTotals>;
  return {
    actions: actions.length,
    hit: byVerdict.hit,
    ran: missed + alwaysRan,
    missed,
    alwaysRan,
    cutOff: explanation.cutOff,
    seconds: now.hasGraph ? (workOf(ran) ?? 0) : null,
    wallSeconds: now.hasGraph ? (clockOf(ran) ?? 0) : null,
    byVerdict,
    byKind,
  };
}

function didRun({ verdict }: ExplainedAction): boolean {
  return verdict !== "hit" && verdict !== "unknown";
}

function hasTimes(actions: readonly ExplainedAction[]): boolean {
  return actions.some(({ action }) => action.seconds !== null);
}

/** Seconds of work; null where no action has a time. */
function workOf(actions: readonly ExplainedAction[]): number | null {
  if (!hasTimes(actions)) return null;
  return round(actions.reduce((sum, { action }) => sum + (action.seconds ?? 0), 0));
}

/** Seconds during which at least one of the actions was running: the union of their intervals. */
function clockOf(actions: readonly ExplainedAction[]): number | null {
  if (!hasTimes(actions)) return null;
  return round(unionOf(actions.flatMap(({ action }) => action.intervals)));
}

/** Milliseconds are what the graph's times are good for. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** A run as reports name it. */
export function reportRun(run: Run): ReportRun {
  return {
    id: run.id,
    startedAt: run.startedAt,
    goVersion: run.goVersion,
    goos: run.goos,
    goarch: run.goarch,
    directory: run.directory,
    module: run.module,
    head: run.head,
    gocache: run.gocache,
    args: run.command.slice(1),
    exitCode: run.exitCode,
    source: run.source,
  };
}

/** One warning, of the later run where both are meant. */
function unknownGoWarnings(now: Run, before: Run | null): Warning[] {
  const message = unknownGo(now) ?? (before === null ? null : unknownGo(before));
  return message === null ? [] : [{ code: "newer-go", message }];
}

/** What an earlier run lacks stands in its own report, but for what leaves causes open in this one. */
function isOfBoth({ code }: Problem): boolean {
  return code === "may-be-unstored";
}

/** One warning a kind of problem, with the first message and how many more there are. */
function problemWarnings(problems: readonly Problem[]): Warning[] {
  const byCode = new Map<Problem["code"], Problem[]>();
  for (const problem of problems) byCode.set(problem.code, [...(byCode.get(problem.code) ?? []), problem]);
  return [...byCode].map(([code, found]) => {
    const more = found.length > 1 ? ` (and ${found.length - 1} more)` : "";
    return { code, message: `${found[0]?.message ?? ""}${more}` };
  });
}

/** Why actions are `unknown`, one warning a reason. */
function unverifiedWarnings(explanation: Explanation): Warning[] {
  const byReason = new Map<string, string[]>();
  for (const { action, verdict } of explanation.actions) {
    if (verdict !== "unknown" || action.unverified === null) continue;
    byReason.set(action.unverified, [...(byReason.get(action.unverified) ?? []), action.key]);
  }
  return [...byReason].map(([reason, keys]) => {
    const more = keys.length > 3 ? ` and ${keys.length - 3} more` : "";
    return { code: "block-missing", message: `${reason}: ${keys.slice(0, 3).join(", ")}${more}` };
  });
}

/** Tokens of a snapshot compare with nothing outside it. */
function hiddenWarnings(explanation: Explanation): Warning[] {
  const keys = explanation.comparison?.uncertain ?? [];
  const ran = new Set(explanation.actions.filter(didRun).map(({ action }) => action.key));
  const [key, ...more] = keys.filter((each) => ran.has(each)).sort(compareText);
  if (key === undefined) return [];
  const others = more.length > 0 ? ` and ${more.length} more` : "";
  return [
    {
      code: "hidden-not-compared",
      message: `a hidden value in ${key}${others} can't be compared: the two runs hide values in different ways; whether it changed too is not known`,
    },
  ];
}

function openInputWarnings(explanation: Explanation): Warning[] {
  const keys = [...explanation.openInputs.keys()].sort(compareText);
  const [key] = keys;
  if (key === undefined) return [];
  const inputs = explanation.openInputs.get(key) ?? [];
  const more = keys.length > 1 ? `, and in ${keys.length - 1} more actions` : "";
  return [
    {
      code: "input-unexplained",
      message: `an input of ${key} changed for a reason that is not known: ${inputs.slice(0, 3).join(", ")}${more}`,
    },
  ];
}

/** By code unit: the same order on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Files that a package is compiled with and no key has, of packages that were taken from the cache: contract, rule 8. */
function unkeyedWarnings(now: Run): Warning[] {
  const outcomes = new Map(now.actions.map((action) => [action.key, action.outcome]));
  const stale = new Map<string, string[]>();
  for (const { key, path, built, now: present } of now.unkeyed ?? []) {
    if (built !== present && outcomes.get(key) === "hit") stale.set(path, [...(stale.get(path) ?? []), key]);
  }
  const roots = Object.values(now.moduleRoots);
  return [...stale].map(([path, keys]) => ({
    code: "input-not-in-key",
    message: staleText(belowRoot(path, roots), keys, now.module),
  }));
}

function belowRoot(path: string, roots: readonly string[]): string {
  const root = roots.find((each) => path.startsWith(`${each}/`));
  return root === undefined ? path : path.slice(root.length + 1);
}
