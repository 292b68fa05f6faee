import type { Report, ReportAction, ReportCause, Warning } from "../report.ts";
import { countText, numberText, secondsText } from "../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../wording/values.ts";
import type { CauseMatch, Limits } from "./limits.ts";
import { createPackagePattern } from "./package-pattern.ts";

/** Limits, and for which packages they hold. */
export interface Gate {
  /** As go writes patterns; null for all packages. */
  readonly pattern: string | null;
  readonly limits: Limits;
}

/** What a gate found; field by field as in `schema/check.schema.json`. */
export interface Check {
  readonly schemaVersion: 1;
  /** True where every limit is kept. */
  readonly ok: boolean;
  readonly checks: readonly CheckedLimit[];
  /** Of the report: those that `checks` name. */
  readonly causes: readonly ReportCause[];
  readonly warnings: readonly Warning[];
}

export interface CheckedLimit {
  readonly limit: "maxMissed" | "maxSeconds" | "minHitRate" | "failOn";
  /** The pattern; null for all packages. */
  readonly package: string | null;
  /** The number; for `failOn` the `CODE[:SUBJECT]`. */
  readonly wanted: number | string;
  /** Of `failOn` the number of actions that ran for such causes; null for a hit rate where nothing hit or missed. */
  readonly found: number | null;
  readonly ok: boolean;
  /** One line for people. */
  readonly message: string;
  /** Indices into `causes`, what missed most first: of those that count against the limit. */
  readonly causes: readonly number[];
}

/**
 * Holds a report against limits.
 * @returns the result, or one line that says why the report can't tell
 */
export function checkReport(report: Report, gates: readonly Gate[]): Check | { error: string } {
  const checked: Found[] = [];
  for (const gate of gates) {
    const found = checkGate(report, gate);
    if ("error" in found) return found;
    checked.push(...found.found);
  }
  const named = [...new Set(checked.flatMap(({ causes }) => causes))].sort((a, b) => a - b);
  const place = new Map(named.map((cause, at) => [cause, at]));
  return {
    schemaVersion: 1,
    ok: checked.every(({ ok }) => ok),
    checks: checked.map((each) => ({
      ...each,
      causes: each.causes.flatMap((cause) => place.get(cause) ?? []),
    })),
    causes: named.flatMap((cause) => report.causes[cause] ?? []),
    warnings: warningsOf(report, checked),
  };
}

/** Its `causes` are indices into the report's. */
type Found = CheckedLimit;

function checkGate(report: Report, { pattern, limits }: Gate): { found: Found[] } | { error: string } {
  const isIn = pattern === null ? () => true : createPackagePattern(pattern, report.now.module);
  const actions = report.actions.filter((action) => isIn(action.package));
  const isWhole = report.actions.length === report.totals.actions;
  if (pattern !== null && isWhole && report.totals.actions > 0 && actions.length === 0) {
    return { error: `no package of the run is one of ${visibleText(pattern)}` };
  }
  const allowed = new Set(indicesOf(report, limits.allow));
  const missed = actions.filter(
    ({ verdict, causes }) =>
      missVerdicts.has(verdict) && !(causes.length > 0 && causes.every((cause) => allowed.has(cause))),
  );
  const found: Found[] = [];
  const add = (
    limit: Found["limit"],
    wanted: Found["wanted"],
    value: number | null,
    ok: boolean,
    causes: readonly number[],
    text: string,
  ) => {
    const scope = pattern === null ? "" : `${visibleText(pattern)}: `;
    found.push({ limit, package: pattern, wanted, found: value, ok, message: `${scope}${text}`, causes });
  };
  const causes = causesOf(missed);
  const why = whyText(report, missed, causes);

  const { maxMissed, maxSeconds, minHitRate } = limits;
  if (maxMissed !== null) {
    const ok = missed.length <= maxMissed;
    const text = `${countText(missed.length, "action")} missed, ${numberText(maxMissed)} ${maxMissed === 1 ? "is" : "are"} allowed`;
    add("maxMissed", maxMissed, missed.length, ok, ok ? [] : causes, ok ? text : text + why);
  }
  if (maxSeconds !== null) {
    if (report.totals.actions > 0 && report.totals.seconds === null) {
      return { error: "the report has no times, so that maxSeconds can't be checked" };
    }
    const seconds = round(missed.reduce((sum, action) => sum + (action.seconds ?? 0), 0));
    const ok = seconds <= maxSeconds;
    const text = `${secondsText(seconds)} of work missed, ${secondsText(maxSeconds)} ${maxSeconds === 1 ? "is" : "are"} allowed`;
    add("maxSeconds", maxSeconds, seconds, ok, ok ? [] : causes, ok ? text : text + why);
  }
  if (minHitRate !== null) {
    if (pattern !== null && !isWhole) {
      return {
        error: `the report lacks the cached actions, so that the hit rate of ${visibleText(pattern)} can't be checked; write it with --all`,
      };
    }
    const hits =
      pattern === null ? report.totals.hit : actions.filter(({ verdict }) => verdict === "hit").length;
    const all = hits + missed.length;
    const rate = all === 0 ? null : Math.round((hits / all) * 1e4) / 100;
    const ok = all === 0 || (hits / all) * 100 >= minHitRate;
    const text =
      rate === null
        ? "nothing hit or missed"
        : `${rate} % were hits (${numberText(hits)} of ${numberText(all)}), ${minHitRate} % are wanted`;
    add("minHitRate", minHitRate, rate, ok, ok ? [] : causes, ok ? text : text + why);
  }
  for (const match of limits.failOn) {
    const indices = indicesOf(report, [match]).filter((cause) => !allowed.has(cause));
    const ran = actions.filter((action) => action.causes.some((cause) => indices.includes(cause)));
    const hit = causesOf(ran).filter((cause) => indices.includes(cause));
    const name = match.subject === null ? match.code : `${match.code}:${match.subject}`;
    const text =
      hit.length === 0
        ? `${visibleText(name)} did not occur`
        : `${visibleText(name)} occurred, for ${countText(ran.length, "action")}: ${summariesOf(report, hit)}`;
    add("failOn", name, ran.length, hit.length === 0, hit, text);
  }
  return { found };
}

const missVerdicts: ReadonlySet<ReportAction["verdict"]> = new Set(["key-changed", "entry-missing", "new"]);

function indicesOf(report: Report, matches: readonly CauseMatch[]): number[] {
  return report.causes.flatMap((cause, at) =>
    matches.some(
      ({ code, subject }) => code === cause.code && (subject === null || subject === cause.subject),
    )
      ? [at]
      : [],
  );
}

/** The causes that actions name, those of most actions first. */
function causesOf(actions: readonly ReportAction[]): number[] {
  const counts = countsOf(actions);
  return [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || a - b);
}

function countsOf(actions: readonly ReportAction[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { causes } of actions)
    for (const cause of causes) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return counts;
}

/** `: CGO_CFLAGS changed … (12), x.go was edited (3), 2 more causes`. */
function whyText(report: Report, missed: readonly ReportAction[], causes: readonly number[]): string {
  const counts = countsOf(missed);
  const open = missed.filter((action) => action.causes.length === 0).length;
  const parts = causes
    .slice(0, mostNamed)
    .map((cause) => `${summaryOf(report, cause)} (${numberText(counts.get(cause) ?? 0)})`);
  if (causes.length > mostNamed) parts.push(countText(causes.length - mostNamed, "more cause"));
  if (open > 0) parts.push(`unexplained (${numberText(open)})`);
  return parts.length === 0 ? "" : `: ${parts.join(", ")}`;
}

function summariesOf(report: Report, causes: readonly number[]): string {
  const parts = causes.slice(0, mostNamed).map((cause) => summaryOf(report, cause));
  if (causes.length > mostNamed) parts.push(countText(causes.length - mostNamed, "more cause"));
  return parts.join(", ");
}

const mostNamed = 3;

function summaryOf(report: Report, cause: number): string {
  return shortenMiddle(visibleText(report.causes[cause]?.summary ?? ""), 120);
}

function warningsOf(report: Report, checked: readonly Found[]): Warning[] {
  const warnings: Warning[] = [];
  const { unknown } = report.totals.byVerdict;
  if (unknown > 0) {
    warnings.push({
      code: "unknown-not-counted",
      message: `${countText(unknown, "action")} may have run and the record can't say; not counted`,
    });
  }
  if (report.baseline.status === "none" && checked.some(({ ok }) => !ok)) {
    warnings.push({
      code: "no-baseline",
      message:
        "there is no earlier run, so that all that ran is new: --allow first-build lets first runs pass",
    });
  }
  return warnings;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
