import type { ReportCause } from "../../report.ts";
import { reachOf } from "../../transforms/reach.ts";
import type { CauseGroup, ReportView } from "../../transforms/report-view.ts";
import { adviceText, savesText } from "../../wording/advice.ts";
import { evidenceText } from "../../wording/evidence.ts";
import { packageName } from "../../wording/names.ts";
import { numberText, secondsText } from "../../wording/numbers.ts";
import { originText } from "../../wording/origin.ts";
import { cutOffText, reachText } from "../../wording/reach.ts";
import { changeText, shortenMiddle, valueText, visibleText } from "../../wording/values.ts";
import { prose } from "./escape.ts";
import type { Part } from "./room.ts";
import { type Align, markdownTable } from "./table.ts";

/**
 * Causes as a table, one row each: number, what changed before → now, work, what ran for it, how it is known.
 * @param first the first row's number.
 */
export function causePart(view: ReportView, groups: readonly CauseGroup[], first: number): Part {
  const timed = groups.some((group) => group.seconds !== null);
  const columns: readonly (readonly [string, Align])[] = [
    ["#", "right"],
    ["cause", "left"],
    ...(timed ? [["work", "right"] as const] : []),
    ["what ran for it", "left"],
    ["evidence", "left"],
  ];
  const rows = groups.map((group, at) => {
    const seconds = group.seconds === null ? "" : prose(secondsText(group.seconds));
    return [
      numberText(first + at),
      causeText(view, group),
      ...(timed ? [seconds] : []),
      reachCell(view, group),
      evidenceText(group.evidence),
    ];
  });
  const table = markdownTable(columns, rows);
  return {
    open: table.head,
    pieces: table.rows,
    close: "",
    more: (left) => `\n… and ${numberText(left)} more\n`,
  };
}

/** The summary of a cause and where it was set. */
export function causeText(view: ReportView, group: CauseGroup): string {
  const origin = originText(group);
  const summary = shortenMiddle(visibleText(group.summary), longest);
  return `${prose(summary, valuesOf(view, group))}${origin === null ? "" : ` (${origin})`}`;
}

/** One line of advice a cause, with its number where there are several; none twice. */
export function adviceLines(view: ReportView, groups: readonly CauseGroup[]): string[] {
  const told = new Set<string>();
  return groups.flatMap((group, at) => {
    const { advice } = group;
    const lines: string[] = [];
    const number = groups.length === 1 ? "" : `${numberText(at + 1)}: `;
    if (advice !== null && !told.has(advice.text)) {
      const caution = advice.caution !== null && told.has(advice.caution) ? null : advice.caution;
      for (const text of [advice.text, caution]) if (text !== null) told.add(text);
      const text = shortenMiddle(visibleText(adviceText({ text: advice.text, caution })), longest);
      const saves = advice.saves === undefined ? "" : ` ${savesText(advice.saves)}`;
      const end = saves === "" || /[.)]$/.test(text) ? "" : ".";
      lines.push(`${number}${prose(text, valuesOf(view, group))}${end}${saves}`);
    }
    const weak = group.evidence.kind === "inferred" || group.evidence.kind === "at-most";
    if (weak && group.evidence.detail !== "") {
      const detail = shortenMiddle(visibleText(group.evidence.detail), longest);
      lines.push(`${number}${group.evidence.kind}: ${prose(detail)}`);
    }
    return lines;
  });
}

/** Characters of a text that others may have made long. */
const longest = 400;

function reachCell(view: ReportView, group: CauseGroup): string {
  const { report } = view;
  const only = view.shown.length === 1 && view.shown[0] === group;
  const cutOff = only ? cutOffText(report.totals.cutOff, group.direct + group.cascade) : "";
  const text = [reachText(group, reachOf(view, group), report), cutOff]
    .filter((part) => part !== "")
    .join(", ");
  const names = group.packages.length > 3 ? [] : group.packages;
  return prose(
    shortenMiddle(text, longest),
    names.map((name) => visibleText(packageName(name, report.now.module))),
  );
}

/** The values that a sentence about these causes may hold, as they stand in it. */
function valuesOf(view: ReportView, group: CauseGroup): string[] {
  const causes = group.causes.slice(0, 3).flatMap((index) => view.report.causes[index] ?? []);
  return causes.flatMap((cause) => [
    visibleText(cause.subject),
    visibleText(packageName(cause.subject, view.report.now.module)),
    ...sidesOf(cause),
    ...[cause.before, cause.now].flatMap((value) => (value === null ? [] : [valueText(value)])),
  ]);
}

function sidesOf(cause: ReportCause): string[] {
  const pairs = [cause, ...cause.changes.slice(0, 5)];
  return pairs
    .flatMap(({ before, now }) => changeText(before, now).split(" → "))
    .filter((side) => side !== "none" && side !== "unset" && side.length > 1);
}
