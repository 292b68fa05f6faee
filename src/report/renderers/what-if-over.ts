import type { WhatIfOver } from "../what-if-over.ts";
import { commandText, whenText } from "../wording/head.ts";
import { countText, numberText, secondsText } from "../wording/numbers.ts";
import { visibleText } from "../wording/values.ts";
import { cutEnd, hang, padEnd, widthOf } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/** As JSON: two spaces, a newline at the end. */
export function renderWhatIfOverJson(over: WhatIfOver): string {
  return `${JSON.stringify(over, null, 2)}\n`;
}

/** What would have been spared over several runs, on a terminal: the sum, then the runs in which anything was. */
export function renderWhatIfOver(over: WhatIfOver, view: View): string {
  const width = Math.min(Math.max(view.width, 40), 100);
  const lines = hang(`gocache-why: ${visibleText(headText(over))}`, "", width);
  const spared = over.runs.filter(({ missed, wouldMiss }) => wouldMiss < missed);
  const shown = view.verbosity > 0 ? over.runs.filter(({ missed }) => missed > 0) : spared;
  if (shown.length > 0) lines.push("", ...tableLines(shown, view, width));
  for (const warning of over.warnings)
    lines.push(...hang(`warning: ${visibleText(warning.message)}`, "  ", width));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function headText(over: WhatIfOver): string {
  const runs = `the last ${over.asked === 1 ? "run" : `${numberText(over.asked)} runs`}`;
  if (over.compared === 0) return `of ${runs} none has an earlier one to compare with`;
  if (over.missed === 0) return `nothing missed in ${runs}`;
  const spared = over.missed - over.wouldMiss;
  const misses = `${numberText(Math.max(0, spared))} of ${countText(over.missed, "miss", "misses")}`;
  const work =
    over.seconds === null || over.wouldTakeSeconds === null
      ? ""
      : `, ${secondsText(Math.max(0, over.seconds - over.wouldTakeSeconds))} of ${secondsText(over.seconds)} of work`;
  return `${over.supposed} ${misses} of ${runs} would not have been${work} (${over.evidence})`;
}

function tableLines(runs: WhatIfOver["runs"], view: View, width: number): string[] {
  const rows = [
    ["run", "when", "missed", "would", "spared", "command"],
    ...runs.map((run) => [
      visibleText(run.id),
      run.startedAt === null ? "-" : whenText(run.startedAt, view.now),
      numberText(run.missed),
      numberText(run.wouldMiss),
      run.seconds === null || run.wouldTakeSeconds === null
        ? "-"
        : secondsText(Math.max(0, run.seconds - run.wouldTakeSeconds)),
      commandText(["go", ...run.args], 60),
    ]),
  ];
  const columns = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))));
  return rows.map((row) =>
    cutEnd(`  ${row.map((text, at) => padEnd(text, columns[at] ?? 0)).join("  ")}`.trimEnd(), width),
  );
}
