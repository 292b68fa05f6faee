import type { Report } from "../report.ts";
import { commandText, headText } from "./head.ts";
import { countText, secondsText } from "./numbers.ts";
import { visibleText } from "./values.ts";

/** One go command of `gocache-why run`: `go test ./... (in sub): 2 of 40 actions ran, 3.1 s of work`. */
export interface RunLine {
  readonly command: string;
  /** Its directory, from where the command was started; null where it is the same. */
  readonly place: string | null;
  readonly told: string;
  readonly failed: boolean;
}

/** The go commands that are of interest: failed ones first, then those with most work. `cached` more had nothing to do. */
export function runLines(report: Report, most: number): { lines: readonly RunLine[]; left: string } {
  const runs = report.runs ?? [];
  const telling = runs.filter(
    ({ exitCode, totals }) => exitCode !== 0 || totals.ran + totals.byVerdict.unknown > 0,
  );
  const sorted = [...telling].sort(
    (a, b) =>
      Number(b.exitCode !== 0) - Number(a.exitCode !== 0) ||
      (b.totals.seconds ?? 0) - (a.totals.seconds ?? 0),
  );
  const shown = sorted.slice(0, most);
  const more = sorted.slice(most);
  const cached = runs.length - telling.length;
  const left = [
    ...(more.length > 0 ? [`${countText(more.length, "more go command")}${workText(more)}`] : []),
    ...(cached > 0 ? [`${countText(cached, "go command")} had everything cached`] : []),
  ];
  return { lines: shown.map((run) => runLine(run, report.now.directory)), left: left.join("; ") };
}

function runLine(run: Report, start: string | null): RunLine {
  const { directory } = run.now;
  return {
    command: commandText(run.command, 60),
    place: directory === null || directory === start ? null : visibleText(placeOf(directory, start)),
    told: `${headText(run)}${run.baseline.status === "none" ? " (no earlier run)" : ""}`,
    failed: run.exitCode !== 0,
  };
}

function placeOf(directory: string, start: string | null): string {
  return start !== null && directory.startsWith(`${start}/`) ? directory.slice(start.length + 1) : directory;
}

function workText(runs: readonly Report[]): string {
  const seconds = runs.reduce((sum, { totals }) => sum + (totals.seconds ?? 0), 0);
  return seconds === 0 ? "" : `, ${secondsText(seconds)} of work`;
}
