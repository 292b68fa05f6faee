import { commandText, whenText } from "../wording/head.ts";
import { numberText, secondsText } from "../wording/numbers.ts";
import { visibleText } from "../wording/values.ts";
import { cutEnd, padEnd, widthOf } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/** The history: `gocache-why runs`. */
export interface RunsList {
  readonly schemaVersion: 1;
  /** Newest first. */
  readonly runs: readonly ListedRun[];
}

/** One run of the history; field by field as in `schema/runs.schema.json`. */
export interface ListedRun {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string | null;
  readonly command: readonly string[];
  readonly module: string | null;
  /** Number of actions that missed; null where the run was never compared. */
  readonly missed: number | null;
  readonly actions: number;
  /** Work, null where the times are not known. */
  readonly seconds: number | null;
  readonly exitCode: number | null;
  readonly source: "recorded" | "imported" | "snapshot";
}

/** The history as JSON: two spaces, stable order, a newline at the end. */
export function renderRunsJson(list: RunsList): string {
  const runs = list.runs.map(
    ({ id, startedAt, command, module, missed, actions, seconds, exitCode, source }) => ({
      id,
      startedAt,
      command,
      module,
      missed,
      actions,
      seconds,
      exitCode,
      source,
    }),
  );
  return `${JSON.stringify({ schemaVersion: list.schemaVersion, runs }, null, 2)}\n`;
}

/**
 * The history as a table for people, newest first: `@1` and the id name a run on the command line. The module has a column
 * where there is more than one.
 */
export function renderRuns(list: RunsList, view: View): string {
  if (list.runs.length === 0)
    return "gocache-why: no runs recorded yet; gocache-why go build ./... records one\n";
  const width = Math.max(view.width, 40);
  const modules = new Set(list.runs.map((run) => run.module));
  const rows = list.runs.map((run, at) => rowOf(run, at, modules.size > 1, view.now));
  const head = ["", "run", "when", "missed", "work", "command", ""];
  if (modules.size > 1) head.splice(2, 0, "module");
  const table = [head, ...rows].map((row) =>
    width < 60 ? row.filter((_, at) => !spared.has(head[at] ?? "")) : row,
  );
  return `${layOut(table, table[0]?.indexOf("command") ?? 0, width).join("\n")}\n`;
}

/** Columns that narrow terminals do without. */
const spared = new Set(["when", "work"]);

function rowOf(run: ListedRun, at: number, withModule: boolean, now: Date): string[] {
  const row = [
    `@${at + 1}`,
    visibleText(run.id),
    run.startedAt === null ? "-" : whenText(run.startedAt, now),
    `${run.missed === null ? "?" : numberText(run.missed)} of ${numberText(run.actions)}`,
    run.seconds === null ? "-" : secondsText(run.seconds),
    commandText(run.command, 200),
    noteOf(run),
  ];
  if (withModule) row.splice(2, 0, visibleText(run.module ?? "-"));
  return row;
}

function noteOf(run: ListedRun): string {
  const failed = run.exitCode === null || run.exitCode === 0 ? [] : [`exit ${run.exitCode}`];
  return [...(run.source === "recorded" ? [] : [run.source]), ...failed].join(", ");
}

/** Columns with two spaces between them; the flexible one gives way where the line would be too wide. */
function layOut(rows: readonly (readonly string[])[], flexible: number, width: number): string[] {
  const columns = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))));
  const used = columns.reduce((sum, column) => sum + column, 0) + 2 * (columns.length - 1);
  const room = Math.max(12, (columns[flexible] ?? 0) - Math.max(0, used - width));
  return rows.map((row) =>
    row
      .map((text, at) => {
        const column = at === flexible ? Math.min(room, columns[at] ?? 0) : (columns[at] ?? 0);
        return padEnd(cutEnd(text, column), column);
      })
      .join("  ")
      .trimEnd(),
  );
}
