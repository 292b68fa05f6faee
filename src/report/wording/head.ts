import type { Report, ReportRun } from "../report.ts";
import { allCachedText } from "./all-cached.ts";
import { countText, numberText, secondsText } from "./numbers.ts";
import { shortenWords, visibleText } from "./values.ts";

/**
 * The first line of a report, without the tool's name: `11 of 412 actions ran, 8.3 s of work in 4.9 s`, or `all 412 actions
 * were cached`.
 */
export function headText(report: Report): string {
  const { totals } = report;
  const status = report.exitCode ?? report.now.exitCode ?? 0;
  if (report.runs?.length === 0) return "no go command that builds or tests was seen";
  if (totals.actions === 0) {
    return status === 0
      ? "go had nothing to build or test"
      : `${programText(report)} stopped before any action (exit status ${status})`;
  }
  const ended = status === 0 ? "" : `; ${programText(report)} ended with status ${status}`;
  if (totals.ran === 0 && totals.byVerdict.unknown === 0) return `${allCachedText(totals.actions)}${ended}`;
  return `${whatRan(report)}${workText(totals.seconds, totals.wallSeconds)}${ended}`;
}

/**
 * What the run was compared with: `before: 14:02, same command`; null where that is of no interest.
 * @param now tells today from other days, and times are local; null for a text that is read elsewhere: date and UTC.
 */
export function comparedText(report: Report, now: Date | null): string | null {
  if (report.runs !== undefined) return belowText(report.runs, report.command);
  const { actions, ran, byVerdict } = report.totals;
  if (actions === 0 || ran + byVerdict.unknown === 0 || report.baseline.status === "none") return null;
  if (report.before === null) return "no earlier run; looked into the cache instead";
  return `before: ${beforeText(report.before, report.now, now)}`;
}

/** What was run: `go`, or the command of `gocache-why run`, without its directory. */
function programText({ runs, command }: Report): string {
  return runs === undefined ? "go" : visibleText(command[0]?.replace(/^.*[/\\]/, "") ?? "");
}

/** `3 go commands of make build, 1 failed`; null where there was none. */
function belowText(runs: readonly Report[], command: readonly string[]): string | null {
  if (runs.length === 0) return null;
  const failed = runs.filter(({ exitCode }) => exitCode !== 0).length;
  const count = countText(runs.length, "go command");
  return `${count} of ${commandText(command, 60)}${failed === 0 ? "" : `, ${numberText(failed)} failed`}`;
}

/**
 * Why there is nothing to compare with, and that there will be; null where the runs were compared, and where nothing ran that could
 * be explained, unless something went wrong with the baseline.
 */
export function baselineText(report: Report): string | null {
  const { ran, byVerdict } = report.totals;
  if (ran + byVerdict.unknown === 0 && !(report.baseline.status === "none" && report.baseline.note !== null))
    return null;
  switch (report.baseline.status) {
    case "none":
      return report.baseline.note === null
        ? "There is no earlier run to compare with; the next one will be explained."
        : sentence(report.baseline.note);
    case "reconstructed":
    case "compared":
      return report.baseline.note === null ? null : sentence(report.baseline.note);
  }
}

/** `14:02` today, `yesterday 18:40`, `3 Nov 09:15`, `3 Nov 2025`; local time. Without a clock `2026-11-03 08:15 UTC`. */
export function whenText(startedAt: string, now: Date | null): string {
  const then = new Date(startedAt);
  if (Number.isNaN(then.getTime())) return visibleText(startedAt);
  if (now === null) return `${then.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const clock = `${two(then.getHours())}:${two(then.getMinutes())}`;
  const day = `${then.getDate()} ${months[then.getMonth()]}`;
  if (sameDay(then, now)) return clock;
  if (sameDay(then, new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)))
    return `yesterday ${clock}`;
  return then.getFullYear() === now.getFullYear() ? `${day} ${clock}` : `${day} ${then.getFullYear()}`;
}

/** A command as one line; where it is longer than `width` characters, long values are shortened, then words in its middle left out. */
export function commandText(words: readonly string[], width = 96): string {
  return shortenWords(words.map(visibleText), width);
}

function whatRan(report: Report): string {
  const { totals } = report;
  const { test, build } = totals.byKind;
  if (totals.ran === 0) {
    return `${numberText(totals.hit)} of ${countText(totals.actions, "action")} were cached, ${numberText(totals.byVerdict.unknown)} unknown`;
  }
  if (totals.missed === 0 && totals.byVerdict.unknown === 0 && totals.hit > 0) {
    const always = totals.alwaysRan === 1 ? "1 always runs" : `${numberText(totals.alwaysRan)} always run`;
    return `${numberText(totals.hit)} of ${countText(totals.actions, "action")} were cached, ${always}`;
  }
  if (test.ran > 0) {
    const compiled = build.ran === 0 ? "" : `, ${countText(build.ran, "package")} compiled`;
    return `${numberText(test.ran)} of ${countText(test.actions, "test package")} ran${compiled}`;
  }
  return `${numberText(totals.ran)} of ${countText(totals.actions, "action")} ran`;
}

function workText(seconds: number | null, wallSeconds: number | null): string {
  if (seconds === null) return "";
  const clock = wallSeconds === null ? "" : ` in ${secondsText(wallSeconds)}`;
  return `, ${secondsText(seconds)} of work${clock}`;
}

function beforeText(before: ReportRun, present: ReportRun, now: Date | null): string {
  const when = before.startedAt === null ? [] : [whenText(before.startedAt, now)];
  const foreign = before.source === "recorded" && when.length > 0 ? [] : [`run ${visibleText(before.id)}`];
  return [...foreign, ...when, ...commandDifference(before.args, present.args)].join(", ");
}

function commandDifference(before: readonly string[], present: readonly string[]): string[] {
  if (before.length === 0) return [];
  const same = before.length === present.length && before.every((word, at) => word === present[at]);
  return [same ? "same command" : commandText(["go", ...before])];
}

function sentence(text: string): string {
  const shown = visibleText(text);
  const first = shown.slice(0, 1).toUpperCase() + shown.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
