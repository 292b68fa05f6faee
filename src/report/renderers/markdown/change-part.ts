import type { ReportCause } from "../../report.ts";
import type { CauseGroup, ReportView } from "../../transforms/report-view.ts";
import { packageName } from "../../wording/names.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import type { View } from "../view.ts";
import { causeText } from "./cause-part.ts";
import { codeSpan, prose } from "./escape.ts";
import type { Part } from "./room.ts";
import { markdownTable } from "./table.ts";

/** For each cause its roots, how it is known, and the inputs that it changed, before and now. */
export function changeParts(view: ReportView, options: View): Part[] {
  const numbered = [...view.shown, ...view.hidden];
  return [...numbered, ...view.also].flatMap((group, at) =>
    partOf(view, group, at < numbered.length ? `**${numberText(at + 1)}.** ` : "", options),
  );
}

/** Inputs shown of one cause without `-v`, and lines of an edit. */
const mostChanges = 20;
const mostDiffLines = 40;
const longestValue = 300;
/** Files of a folded cause that are named. */
const mostSubjects = 100;

function partOf(view: ReportView, group: CauseGroup, number: string, options: View): Part[] {
  const causes = group.causes.flatMap((index) => view.report.causes[index] ?? []);
  const facts = factLines(view, group, causes);
  const changes = causes.flatMap((cause) =>
    cause.changes.map((change) => ({ ...change, of: causes.length > 1 ? cause.subject : null })),
  );
  if (facts.length === 0 && changes.length === 0) return [];
  const most = options.verbosity > 0 ? changes.length : mostChanges;
  const rows = changes
    .slice(0, most)
    .map(({ input, before, now, of }) => [
      value(of === null ? input : `${of}: ${input}`),
      valueOrNone(before),
      valueOrNone(now),
    ]);
  const table = markdownTable(
    [
      ["input", "left"],
      ["before", "left"],
      ["now", "left"],
    ],
    rows,
  );
  const over = changes.length - rows.length;
  const diffs = changes.slice(0, most).flatMap(({ diff }) => (diff === null ? [] : [diffBlock(diff)]));
  const heading = `${number}${causeText(view, group)}`;
  return [
    {
      open: `${[heading, "", ...facts.map((line) => `- ${line}`)].join("\n")}\n${rows.length === 0 ? "" : "\n"}`,
      pieces: [
        ...(rows.length === 0 ? [""] : [`${table.head}${table.rows[0]}`]),
        ...table.rows.slice(1),
        ...(over > 0 ? [`\n… and ${countText(over, "more changed input")}: \`-v\` lists them\n`] : []),
        ...diffs,
      ],
      close: "",
      more: (left) => `\n… and ${countText(left, "more changed input")}\n`,
    },
  ];
}

function factLines(view: ReportView, group: CauseGroup, causes: readonly ReportCause[]): string[] {
  const names = group.packages.map((name) =>
    shortenMiddle(visibleText(packageName(name, view.report.now.module)), longestValue),
  );
  const shown = names.slice(0, 20).map(codeSpan);
  const more = names.length > 20 ? ` and ${numberText(names.length - 20)} more` : "";
  const lines: string[] = [];
  if (causes.length > 1) {
    const subjects = causes.slice(0, mostSubjects).map((cause) => value(cause.subject));
    const over = causes.length > mostSubjects ? ` and ${numberText(causes.length - mostSubjects)} more` : "";
    lines.push(`these are: ${subjects.join(", ")}${over}`);
  }
  if (shown.length > 0) lines.push(`roots: ${shown.join(", ")}${more}`);
  const [cause] = causes;
  if (causes.length === 1 && cause !== undefined) {
    const all = cause.direct + cause.cascade;
    const seconds =
      cause.exclusiveSeconds === null || cause.exclusive === 0
        ? ""
        : `, ${secondsText(cause.exclusiveSeconds)} of work`;
    if (cause.exclusive !== all)
      lines.push(prose(`for this alone: ${countText(cause.exclusive, "action")}${seconds}`));
  }
  const detail = shortenMiddle(visibleText(group.evidence.detail), longestValue);
  if (detail !== "") lines.push(`${group.evidence.kind}: ${prose(detail)}`);
  return lines;
}

/** A unified diff in a fence that is longer than any in it. */
function diffBlock(diff: string): string {
  const lines = diff.trimEnd().split("\n");
  const shown = lines
    .slice(0, mostDiffLines)
    .map((line) => visibleText(line.replaceAll("\t", "    ")).slice(0, longestValue));
  const over = lines.length - shown.length;
  const longest = Math.max(2, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = "`".repeat(longest + 1);
  const more = over > 0 ? `… and ${countText(over, "more line")} of the edit\n` : "";
  return `\n${fence}diff\n${shown.join("\n")}\n${fence}\n${more}`;
}

function value(text: string): string {
  return codeSpan(shortenMiddle(visibleText(text), longestValue));
}

function valueOrNone(text: string | null): string {
  if (text === null) return "none";
  return text === "" ? "empty" : value(text);
}
