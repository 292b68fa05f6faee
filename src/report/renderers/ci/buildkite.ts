import type { Report } from "../../report.ts";
import { forPeople } from "../../transforms/for-people.ts";
import { headText } from "../../wording/head.ts";
import { renderTerminal } from "../terminal.ts";
import type { View } from "../view.ts";
import { harmless, logText } from "./harmless.ts";

/** The most that an annotation's body has, in bytes. */
export const annotationBytes = 1024 * 1024;

export type AnnotationStyle = "success" | "info" | "warning";

/** The colour of an annotation: a warning where there is something to do about a miss. */
export function annotationStyle(report: Report): AnnotationStyle {
  if (report.exitCode !== null && report.exitCode !== 0) return "info";
  if (report.totals.missed === 0) return "success";
  return forPeople(report).shown.some(({ advice }) => advice !== null) ? "warning" : "info";
}

/** The log of a Buildkite job: the report in a group that is open where something missed. */
export function renderBuildkiteLog(report: Report, view: View): string {
  const mark = report.totals.missed === 0 ? "---" : "+++";
  const head = harmless(`gocache-why: ${headText(report)}`.replaceAll("\n", " "));
  return `${mark} ${head}\n${inGroup(logText(renderTerminal(report, view)))}\n`;
}

/** Lines that would begin a group of their own are moved in by a space. */
function inGroup(text: string): string {
  return text.replace(/^(?=---|\+\+\+|~~~|\^\^\^)/gm, " ");
}
