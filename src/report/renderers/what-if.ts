import type { ReportRun } from "../report.ts";
import type { WhatIfReport } from "../what-if.ts";
import { listText } from "../wording/names.ts";
import { numberText } from "../wording/numbers.ts";
import { visibleText } from "../wording/values.ts";
import { remainingText, unreachedText, verifiedText, whatIfHeadText } from "../wording/what-if.ts";
import { runsText } from "./inputs.ts";
import { hang } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/** As JSON: two spaces, a newline at the end. */
export function renderWhatIfJson(report: WhatIfReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** What would have missed, on a terminal. With `-v` every action that would still. */
export function renderWhatIf(report: WhatIfReport, view: View): string {
  const width = Math.min(Math.max(view.width, 40), 100);
  const { module } = report.now;
  const lines = hang(`gocache-why: ${visibleText(whatIfHeadText(report))}`, "", width);
  lines.push(...hang(`(${runsText(report.before as ReportRun, report.now, view)})`, "  ", width));
  if (report.missed > 0 && report.evidence.detail !== "") {
    lines.push("", ...hang(`${report.evidence.kind}: ${report.evidence.detail}`, "  ", width));
  }
  if (report.remaining.length > 0) {
    lines.push("", "  would miss still:");
    const most = view.verbosity > 0 ? report.remaining.length : mostCauses;
    for (const cause of report.remaining.slice(0, most))
      lines.push(...hang(visibleText(remainingText(cause)), "    ", width));
    const more = report.remaining.length - most;
    if (more > 0) lines.push(`    and ${numberText(more)} more: add -v`);
  }
  if (view.verbosity > 0) lines.push(...actionLines(report, width));
  for (const each of report.unreached)
    lines.push(...hang(visibleText(unreachedText(each, module)), "  ", width));
  if (report.verified !== null) lines.push("", ...hang(verifiedText(report.verified, report), "  ", width));
  for (const warning of report.warnings)
    lines.push(...hang(`warning: ${visibleText(warning.message)}`, "  ", width));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** Causes that the short text shows. */
const mostCauses = 5;

function actionLines(report: WhatIfReport, width: number): string[] {
  return (["miss", "hit", "absent"] as const).flatMap((fate) => {
    const keys = report.actions.filter(({ would }) => would === fate).map(({ key }) => key);
    if (keys.length === 0) return [];
    const text = view[fate];
    return hang(`${text}: ${listText(keys.map(visibleText), 200)}`, "  ", width);
  });
}

const view = { miss: "would miss", hit: "would hit", absent: "would not be there" } as const;
