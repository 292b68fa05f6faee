import { classOf } from "../../src/causes/catalogue.ts";
import type { CauseCode, ContentInGit, EvidenceKind, InputChange, Verdict } from "../../src/causes/cause.ts";
import type { ActionKind, Origin } from "../../src/model/run.ts";
import type { View } from "../../src/report/renderers/view.ts";
import type { Report, ReportAction, ReportCause, ReportRun, Totals } from "../../src/report/report.ts";
import type { WordingContext } from "../../src/report/wording.ts";
import { adviceOf, summaryOf } from "../../src/report/wording.ts";

/** An action of a report under construction: a key, what came of it, and why. */
export interface ActionSpec {
  readonly key: string;
  readonly verdict?: Verdict;
  readonly role?: ReportAction["role"];
  readonly causes?: readonly number[];
  /** With the role `both`: the causes that it is a root of; the others reached it through a dependency. */
  readonly rootOf?: readonly number[];
  readonly seconds?: number | null;
  readonly via?: string | null;
  /** Its compiler or linker ended with an error. */
  readonly failed?: true;
}

export interface CauseSpec {
  readonly code: CauseCode;
  readonly subject: string;
  readonly before?: string | null;
  readonly now?: string | null;
  readonly origin?: Origin | null;
  readonly evidence?: EvidenceKind;
  readonly detail?: string;
  readonly changes?: readonly InputChange[];
  readonly contentInGit?: ContentInGit;
}

export interface ReportSpec {
  readonly causes?: readonly CauseSpec[];
  /** Actions that ran or are unknown. */
  readonly actions?: readonly ActionSpec[];
  /** Number of hits of each kind. */
  readonly hits?: Partial<Record<ActionKind, number>>;
  readonly args?: readonly string[];
  readonly before?: Partial<ReportRun> | null;
  readonly now?: Partial<ReportRun>;
  readonly exitCode?: number | null;
  readonly baseline?: Report["baseline"];
  readonly cutOff?: number;
  readonly wallSeconds?: number | null;
  readonly unexplained?: readonly string[];
  readonly warnings?: Report["warnings"];
  readonly context?: Partial<WordingContext>;
}

/** The clock of all goldens, in local time, so that they read the same in every time zone. */
export const clock = new Date(2026, 10, 21, 14, 10, 0);

/** `minutes` before the goldens' clock. */
export function minutesAgo(minutes: number): string {
  return new Date(clock.getTime() - minutes * 60_000).toISOString();
}

export const view: View = { width: 80, colour: 0, verbosity: 0, now: clock, all: false };

/** A whole and consistent report: counts, sets, totals, order, summaries and advice follow from the actions and causes. */
export function buildReport(spec: ReportSpec): Report {
  const args = spec.args ?? ["build", "./..."];
  const now = run({ id: "7c2e", startedAt: minutesAgo(0), args, ...spec.now });
  const context: WordingContext = {
    module: now.module,
    goVersion: now.goVersion,
    verb: args[0] ?? null,
    flags: [],
    baseline: spec.baseline?.status ?? "compared",
    ...spec.context,
  };
  const actions = (spec.actions ?? []).map(action).sort((a, b) => (a.key < b.key ? -1 : 1));
  const rootOf = new Map((spec.actions ?? []).map((one) => [one.key, one.rootOf]));
  const causes = (spec.causes ?? []).map((cause, at) => reportCause(cause, at, actions, rootOf, context));
  const { order, sorted } = sortCauses(causes);
  const renumbered = actions.map((one) => ({
    ...one,
    causes: one.causes.map((at) => order[at] ?? at).sort((a, b) => a - b),
  }));
  return {
    schemaVersion: 1,
    tool: { name: "gocache-why", version: "0.1.0" },
    command: ["go", ...args],
    exitCode: spec.exitCode === undefined ? 0 : spec.exitCode,
    baseline: spec.baseline ?? { status: "compared", note: null },
    before:
      spec.before === null || (spec.baseline !== undefined && spec.baseline.status !== "compared")
        ? null
        : run({ id: "5b1d", startedAt: minutesAgo(8), args, ...spec.before }),
    now,
    totals: totalsOf(renumbered, spec),
    causes: sorted,
    causeSets: setsOf(renumbered),
    actions: renumbered,
    unexplained: spec.unexplained ?? [],
    warnings: spec.warnings ?? [],
    redaction: { applied: true, hidden: 0 },
  };
}

/** `count` actions alike; `#` in the key becomes the number, from 1. */
export function times(count: number, spec: ActionSpec): ActionSpec[] {
  return Array.from({ length: count }, (_, at) => ({ ...spec, key: spec.key.replace("#", String(at + 1)) }));
}

function run(part: Partial<ReportRun>): ReportRun {
  return {
    id: "0000",
    startedAt: null,
    goVersion: "go1.26.8",
    goos: "linux",
    goarch: "amd64",
    directory: "/src/m",
    module: "example.com/m",
    head: null,
    gocache: "/cache",
    args: [],
    exitCode: 0,
    source: "recorded",
    ...part,
  };
}

function action(spec: ActionSpec): ReportAction {
  const [kind = "build", path = "", variant = null] = spec.key.split(" ");
  const verdict = spec.verdict ?? "key-changed";
  const same = verdict === "not-cacheable" || verdict === "forced" || verdict === "entry-missing";
  return {
    key: spec.key,
    kind: kind as ActionKind,
    package: path,
    variant,
    verdict,
    id: "kT0v2cM8s4bR1nXyQwZe",
    idBefore: verdict === "new" ? null : same ? "kT0v2cM8s4bR1nXyQwZe" : "a9Fh3LpO7uJd5tGiBvEs",
    seconds: spec.seconds === undefined ? 0.1 : spec.seconds,
    role: spec.role === undefined ? "root" : spec.role,
    causes: spec.causes ?? [0],
    via: spec.via ?? null,
    ...(spec.failed === true ? { failed: true as const } : {}),
  };
}

function reportCause(
  spec: CauseSpec,
  at: number,
  actions: readonly ReportAction[],
  rootOf: ReadonlyMap<string, readonly number[] | undefined>,
  context: WordingContext,
): ReportCause {
  const mine = actions.filter((one) => one.causes.includes(at));
  const roots = mine.filter((one) => one.role !== "cascade" && (rootOf.get(one.key)?.includes(at) ?? true));
  const alone = mine.filter((one) => one.causes.length === 1);
  const fact = {
    code: spec.code,
    subject: spec.subject,
    before: spec.before ?? null,
    now: spec.now ?? null,
    origin: spec.origin ?? null,
    changes: spec.changes ?? [],
    direct: roots.length,
    ...(spec.contentInGit === undefined ? {} : { contentInGit: spec.contentInGit }),
  };
  const advice = adviceOf(fact, context);
  return {
    code: spec.code,
    class: classOf(spec.code),
    subject: spec.subject,
    before: fact.before,
    now: fact.now,
    origin: fact.origin,
    summary: summaryOf(fact, context),
    advice,
    evidence: { kind: spec.evidence ?? "proven", detail: spec.detail ?? "" },
    packages: [...new Set(roots.map((one) => one.package))].sort(),
    direct: roots.length,
    cascade: mine.length - roots.length,
    exclusive: alone.length,
    seconds: secondsOf(mine),
    wallSeconds: secondsOf(mine),
    exclusiveSeconds: secondsOf(alone),
    changes: fact.changes,
    ...(spec.contentInGit === undefined ? {} : { contentInGit: spec.contentInGit }),
  };
}

function sortCauses(causes: readonly ReportCause[]): { order: number[]; sorted: ReportCause[] } {
  const places = causes.map((cause, at) => ({ cause, at }));
  places.sort(
    (a, b) =>
      (b.cause.seconds ?? -1) - (a.cause.seconds ?? -1) ||
      b.cause.direct + b.cause.cascade - (a.cause.direct + a.cause.cascade) ||
      compare(a.cause.code, b.cause.code) ||
      compare(a.cause.subject, b.cause.subject),
  );
  const order: number[] = [];
  places.forEach(({ at }, place) => {
    order[at] = place;
  });
  return { order, sorted: places.map(({ cause }) => cause) };
}

function setsOf(actions: readonly ReportAction[]): Report["causeSets"] {
  const sets = new Map<string, ReportAction[]>();
  for (const one of actions) {
    if (one.causes.length === 0) continue;
    const key = one.causes.join(" ");
    sets.set(key, [...(sets.get(key) ?? []), one]);
  }
  return [...sets.values()]
    .map((list) => ({ causes: list[0]?.causes ?? [], actions: list.length, seconds: secondsOf(list) }))
    .sort((a, b) => b.actions - a.actions || compare(a.causes.join(" "), b.causes.join(" ")));
}

function totalsOf(actions: readonly ReportAction[], spec: ReportSpec): Totals {
  const hits = { build: 0, link: 0, vet: 0, test: 0, ...spec.hits };
  const hit = hits.build + hits.link + hits.vet + hits.test;
  const count = (verdict: Verdict) => actions.filter((one) => one.verdict === verdict).length;
  const byVerdict = {
    hit,
    forced: count("forced"),
    new: count("new"),
    "key-changed": count("key-changed"),
    "not-cacheable": count("not-cacheable"),
    "entry-missing": count("entry-missing"),
    unknown: count("unknown"),
  };
  const missed = byVerdict["key-changed"] + byVerdict["entry-missing"] + byVerdict.new;
  const alwaysRan = byVerdict.forced + byVerdict["not-cacheable"];
  const kind = (name: ActionKind) => {
    const mine = actions.filter((one) => one.kind === name);
    const ran = mine.filter((one) => one.verdict !== "unknown");
    return { actions: mine.length + hits[name], ran: ran.length, seconds: secondsOf(ran) };
  };
  const seconds = secondsOf(actions);
  return {
    actions: actions.length + hit,
    hit,
    ran: missed + alwaysRan,
    missed,
    alwaysRan,
    cutOff: spec.cutOff ?? 0,
    seconds,
    wallSeconds: seconds === null ? null : (spec.wallSeconds ?? seconds / 2),
    byVerdict,
    byKind: { build: kind("build"), link: kind("link"), vet: kind("vet"), test: kind("test") },
  };
}

function secondsOf(actions: readonly ReportAction[]): number | null {
  const known = actions.flatMap((one) => (one.seconds === null ? [] : [one.seconds]));
  if (actions.length > 0 && known.length === 0) return null;
  return Math.round(known.reduce((sum, value) => sum + value, 0) * 1000) / 1000;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
