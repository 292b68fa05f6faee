import { overlapsOf } from "../../transforms/overlaps.ts";
import type { ReportView } from "../../transforms/report-view.ts";
import { adviceText } from "../../wording/advice.ts";
import { cacheProgramLines } from "../../wording/cache-program.ts";
import { innocentText } from "../../wording/innocent.ts";
import { actionName } from "../../wording/names.ts";
import {
  alsoText,
  alwaysText,
  overlapText,
  redactionText,
  unexplainedText,
  unknownText,
} from "../../wording/notes.ts";
import { numberText } from "../../wording/numbers.ts";
import { cutOffText } from "../../wording/reach.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { prose } from "./escape.ts";

/** Actions that several causes share, and what ran to the same output, in words. */
export function overlapLines(view: ReportView): string[] {
  const overlaps = overlapsOf(view);
  const lines = overlaps.slice(0, 5).map((overlap, at) => prose(overlapText(overlap, at === 0)));
  if (overlaps.length > 5) lines.push(`and ${numberText(overlaps.length - 5)} more sets of causes`);
  if (view.shown.length > 1 && view.report.totals.cutOff > 0) {
    lines.push(`${prose(cutOffText(view.report.totals.cutOff, null))}.`);
  }
  return lines;
}

/** What changed and cost no miss, where that was asked for. */
export function innocentLines({ report }: ReportView): string[] {
  if (report.innocent === undefined) return [];
  if (report.innocent.length === 0) return ["innocent: nothing else changed"];
  return report.innocent.map((each) =>
    short(visibleText(`innocent: ${each.summary}: ${innocentText(each.reason)}`)),
  );
}

/** What stands beside the causes: what always runs, what only goes along, what is not known, warnings. */
export function noteLines(view: ReportView): string[] {
  const { report } = view;
  const lines: string[] = [];
  for (const group of view.always) {
    const advice = group.advice === null ? "" : ` ${visibleText(adviceText(group.advice))}`;
    lines.push(`always runs: ${short(visibleText(`${alwaysText(group, report)}${advice}`))}`);
  }
  for (const group of view.also) lines.push(`also: ${short(alsoText(group, report))}`);
  const names = (keys: readonly string[]): string[] =>
    keys.slice(0, 10).map((key) => visibleText(actionName(key, report.now.module)));
  if (report.totals.byVerdict.unknown > 0) {
    const keys = report.actions.filter((action) => action.verdict === "unknown").map((action) => action.key);
    lines.push(`unknown: ${short(unknownText(report), names(keys))}`);
  }
  if (report.unexplained.length > 0) {
    lines.push(`unexplained: ${short(unexplainedText(report, 10), names(report.unexplained))}`);
  }
  const [traffic, ...rest] = cacheProgramLines(report, 10);
  if (traffic !== undefined) lines.push(`cache program: ${short(visibleText(traffic))}`);
  lines.push(...rest.map((line) => `cache program: ${short(visibleText(line))}`));
  lines.push(...report.warnings.map((warning) => `warning: ${short(visibleText(warning.message))}`));
  const redaction = redactionText(report);
  return redaction === null ? lines : [...lines, redaction];
}

function short(text: string, parts: readonly string[] = []): string {
  return prose(shortenMiddle(text, 600), parts);
}
