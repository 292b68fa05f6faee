import type { Report, ReportCause } from "../../report.ts";
import { forPeople } from "../../transforms/for-people.ts";
import { reachOf } from "../../transforms/reach.ts";
import type { CauseGroup, ReportView } from "../../transforms/report-view.ts";
import { adviceText } from "../../wording/advice.ts";
import { evidenceText } from "../../wording/evidence.ts";
import { secondsText } from "../../wording/numbers.ts";
import { originText } from "../../wording/origin.ts";
import { reachText } from "../../wording/reach.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { renderTerminal } from "../terminal.ts";
import type { View } from "../view.ts";
import { logText } from "./harmless.ts";

/** GitHub shows ten warnings a step, and as many notices: ten of both together fit in any case. */
export const mostAnnotations = 10;

/** Bytes of a step's summary; above them all of it is rejected. */
export const summaryBytes = 1024 * 1024;

/** Where a cause is shown in a checkout: a path from the workspace's root, with slashes. */
export interface Place {
  readonly file: string;
  /** From 1; null for the file as a whole. */
  readonly line: number | null;
}

/**
 * Workflow commands, one a root cause, the most costly first: warnings where there is something to do about it, else notices. None
 * where nothing missed, or there is nothing to compare with.
 * @param placeOf null for a cause that is shown nowhere in the checkout
 */
export function renderAnnotations(report: Report, placeOf: (cause: ReportCause) => Place | null): string[] {
  if (report.totals.missed === 0 || report.baseline.status === "none") return [];
  const people = forPeople(report, mostAnnotations);
  return people.shown.slice(0, mostAnnotations).map((group) => annotation(people, group, placeOf));
}

function annotation(
  people: ReportView,
  group: CauseGroup,
  placeOf: (cause: ReportCause) => Place | null,
): string {
  const [first] = group.causes;
  const cause = first === undefined ? undefined : people.report.causes[first];
  const found = cause === undefined ? null : placeOf(cause);
  // No file of a name that is not shown as it is: GitHub could not find it.
  const place = found !== null && visibleText(found.file) === found.file ? found : null;
  const properties = [
    ...(place === null ? [] : [`file=${property(place.file)}`]),
    ...(place === null || place.line === null ? [] : [`line=${place.line}`]),
    `title=${property("gocache-why")}`,
  ];
  const level = group.advice === null ? "notice" : "warning";
  return `::${level} ${properties.join(",")}::${data(message(people, group))}\n`;
}

/** `CGO_CFLAGS changed: "-O2 -g" → "-O1 -g" (environment)`, what ran for it, and below it the advice. */
function message(people: ReportView, group: CauseGroup): string {
  const origin = originText(group);
  const seconds = group.seconds === null ? [] : [`${secondsText(group.seconds)} of work`];
  const lines = [
    `${group.summary}${origin === null ? "" : ` (${origin})`}`,
    [reachText(group, reachOf(people, group), people.report), ...seconds, evidenceText(group.evidence)]
      .filter((part) => part !== "")
      .join(", "),
    ...(group.advice === null ? [] : [adviceText(group.advice)]),
  ];
  return lines.map((line) => visibleText(shortenMiddle(line, longestLine))).join("\n");
}

const longestLine = 500;

/** The log of a step: the report in a group, then the annotations. */
export function renderGithubLog(report: Report, view: View, annotations: readonly string[]): string {
  const body = logText(renderTerminal(report, view));
  return `::group::gocache-why\n${body}\n::endgroup::\n${annotations.join("")}`;
}

/** As @actions/core escapes what a command says (`escapeData` in packages/core/src/command.ts). */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** As @actions/core escapes the value of a property (`escapeProperty`). */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
