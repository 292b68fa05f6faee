import type { ReportCause } from "../../report.ts";
import type { CauseGroup, ReportView } from "../../transforms/report-view.ts";
import { inputName } from "../../wording/inputs.ts";
import { packageName } from "../../wording/names.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import type { View } from "../view.ts";
import { causeText } from "./cause-part.ts";
import { codeSpan, prose } from "./escape.ts";
import type { Part } from "./room.ts";
import { markdownTable } from "./table.ts";

/** A cause's details, and the edits of its files, which stand below them and are the first to be left out. */
export interface ChangePart {
  readonly part: Part;
  readonly edits: readonly string[];
}

/** For each cause its roots, how it is known, and the inputs that it changed, before and now. */
export function changeParts(view: ReportView, options: View): ChangePart[] {
  const numbered = [...view.shown, ...view.hidden];
  return [...numbered, ...view.also].flatMap((group, at) =>
    partOf(view, group, at < numbered.length ? `**${numberText(at + 1)}.** ` : "", options),
  );
}

/** Inputs shown of one cause without `-v`. */
const mostChanges = 20;
const longestValue = 300;
/** Files of a folded cause that are named. */
const mostSubjects = 100;

function partOf(view: ReportView, group: CauseGroup, number: string, options: View): ChangePart[] {
  const causes = group.causes.flatMap((index) => view.report.causes[index] ?? []);
  const facts = factLines(view, group, causes);
  const changes = causes.flatMap((cause) =>
    cause.changes
      .filter(({ input }) => !isFraming(input))
      .map((change) => ({ ...change, of: causes.length > 1 ? cause.subject : null })),
  );
  if (facts.length === 0 && changes.length === 0) return [];
  const most = options.verbosity > 0 ? changes.length : mostChanges;
  const rows = changes
    .slice(0, most)
    .map(({ input, before, now, of }) => [
      `${of === null ? "" : `${value(of)}: `}${prose(inputName(input, view.report.now.module))}`,
      ...sidesOf(before, now).map(valueOrNone),
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
  const heading = `${number}${causeText(view, group)}`;
  const part: Part = {
    open: `${[heading, "", ...facts.map((line) => `- ${line}`)].join("\n")}\n${rows.length === 0 ? "" : "\n"}`,
    pieces: [
      ...(rows.length === 0 ? [""] : [`${table.head}${table.rows[0]}`]),
      ...table.rows.slice(1),
      ...(over > 0 ? [`\n… and ${countText(over, "more changed input")}: \`-v\` lists them\n`] : []),
    ],
    close: "",
    more: (left) => `\n… and ${countText(left, "more changed input")}\n`,
  };
  return [{ part, edits: editBlocks(changes.slice(0, most)) }];
}

/** What only opens and closes the build info tells nothing. */
function isFraming(input: string): boolean {
  return /^modinfo (?:end)?$|^modinfo$/.test(input);
}

/** Lists of more entries than this are cut to those that differ. */
const mostEntries = 8;

/** Both values as they are; of two long lists (the GODEBUG defaults have thirty entries) only what differs. */
function sidesOf(before: string | null, now: string | null): readonly (string | null)[] {
  const lists = [before, now].map((text) => text?.split(",") ?? []);
  const [was = [], is = []] = lists;
  if (was.length <= mostEntries || is.length <= mostEntries) return [before, now];
  const rest = (own: readonly string[], other: readonly string[]): string => {
    const different = own.filter((entry) => !other.includes(entry));
    return different.length === 0 ? "…" : `…,${different.join(",")},…`;
  };
  return [rest(was, is), rest(is, was)];
}

/** One block an edit; of several files each has its name above. */
function editBlocks(changes: readonly { input: string; diff: string | null; of: string | null }[]): string[] {
  const blocks = new Map<string, string>();
  for (const { diff, of } of changes) {
    // One file may be an input of two packages: embedded in both.
    const name = of === null ? "" : `\n${value(of)}\n`;
    if (diff !== null) blocks.set(name + diff, name + diffBlock(diff));
  }
  return [...blocks.values()];
}

function factLines(view: ReportView, group: CauseGroup, causes: readonly ReportCause[]): string[] {
  const { module } = view.report.now;
  const named = group.packages.map((name) => ({ name, shown: packageName(name, module) }));
  // The module's own packages first: they are what people know.
  const names = [
    ...named.filter(({ name, shown }) => name !== shown),
    ...named.filter(({ name, shown }) => name === shown),
  ].map(({ shown }) => shortenMiddle(visibleText(shown), longestValue));
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
      lines.push(
        cause.exclusive === 0
          ? "nothing ran for this alone"
          : prose(`for this alone: ${countText(cause.exclusive, "action")}${seconds}`),
      );
  }
  const detail = shortenMiddle(visibleText(group.evidence.detail), longestValue);
  const values = causes.flatMap(({ subject, before }) =>
    before === null ? [] : [`${subject}=${before}`, before],
  );
  if (detail !== "") lines.push(`${group.evidence.kind}: ${prose(detail, values.map(visibleText))}`);
  return lines;
}

/** A unified diff in a fence that is longer than any in it. */
function diffBlock(diff: string): string {
  const shown = diff
    .trimEnd()
    .split("\n")
    .map((line) => visibleText(line.replaceAll("\t", "    ")));
  const longest = Math.max(2, ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  const fence = "`".repeat(longest + 1);
  return `\n${fence}diff\n${shown.join("\n")}\n${fence}\n`;
}

function value(text: string): string {
  return codeSpan(shortenMiddle(visibleText(text), longestValue));
}

function valueOrNone(text: string | null): string {
  if (text === null) return "none";
  return text === "" ? "empty" : value(text);
}
