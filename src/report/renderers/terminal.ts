import { Chalk, type ChalkInstance } from "chalk";
import type { Report, ReportCause } from "../report.ts";
import { forPeople } from "../transforms/for-people.ts";
import { overlapsOf } from "../transforms/overlaps.ts";
import { reachOf } from "../transforms/reach.ts";
import type { CauseGroup, ReportView } from "../transforms/report-view.ts";
import { viewOf } from "../transforms/report-view.ts";
import { adviceText, savesText } from "../wording/advice.ts";
import { cacheProgramLines } from "../wording/cache-program.ts";
import { shortEdit } from "../wording/edit.ts";
import { evidenceText } from "../wording/evidence.ts";
import { baselineText, comparedText, headText } from "../wording/head.ts";
import { innocentText } from "../wording/innocent.ts";
import { packageName } from "../wording/names.ts";
import {
  alsoText,
  alwaysText,
  hiddenText,
  overlapText,
  redactionText,
  unexplainedText,
  unknownText,
} from "../wording/notes.ts";
import { countText, numberText, secondsText } from "../wording/numbers.ts";
import { originText } from "../wording/origin.ts";
import { cutOffText, reachText } from "../wording/reach.ts";
import { runLines } from "../wording/runs.ts";
import { changeText, stateChangeText, visibleText } from "../wording/values.ts";
import { actionTable } from "./terminal/action-table.ts";
import { editRows } from "./terminal/edit-lines.ts";
import { glued, keptApart, widthOf, wrap } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/**
 * The report on a terminal: a head line, causes with the most costly first, then what is beside them in dim lines.
 * Ends in a newline, has no trailing spaces, and colour codes only where `view.colour` is above 0.
 */
export function renderTerminal(report: Report, view: View): string {
  const paper: Paper = {
    width: Math.min(Math.max(view.width, 40), 100),
    table: Math.max(view.width, 40),
    ink: new Chalk({ level: view.colour }),
    view,
  };
  const blocks = [
    headLines(report, paper),
    ...(report.baseline.status === "none" ? [] : causeBlocks(report, paper)),
    innocentLines(report, paper),
    cacheLines(report, paper),
    belowLines(report, paper),
    tableLines(report, paper),
  ].filter((lines) => lines.length > 0);
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

interface Paper {
  /** Columns for text: no more than people read in a line. */
  readonly width: number;
  /** Columns for tables. */
  readonly table: number;
  readonly ink: ChalkInstance;
  readonly view: View;
}

type Style = (text: string) => string;

function headLines(report: Report, paper: Paper): string[] {
  const { ink } = paper;
  const name = "gocache-why:";
  const told = `${name} ${visibleText(headText(report))}`;
  const compared = comparedText(report, paper.view.now);
  const whole = compared === null ? told : `${told} (${compared})`;
  const apart = widthOf(whole) > paper.width;
  const [first = "", ...rest] = wrap(apart ? told : whole, paper.width);
  const lines = [ink.bold(name) + first.slice(name.length), ...hang(rest.join(" "), "  ", paper.width)];
  if (apart && compared !== null) lines.push(...hang(`(${compared})`, "  ", paper.width));
  const baseline = baselineText(report);
  if (baseline !== null) lines.push(...hang(baseline, "  ", paper.width, ink.dim));
  if (report.baseline.status === "none") lines.push(...noteLines(viewOf(report), paper));
  return lines;
}

function causeBlocks(report: Report, paper: Paper): string[][] {
  const short = paper.view.verbosity === 0;
  const view = short ? forPeople(report) : viewOf(report);
  const only = view.shown.length === 1;
  const told = new Set<string>();
  const summaries = keptApart(
    view.shown.map((group) => visibleText(group.summary)),
    roomBeside(paper, mark(1)),
  );
  const causes = view.shown.flatMap((group, at) => [
    ...causeLines(view, group, summaries[at] ?? "", at + 1, only, paper),
    ...adviceLines(group.advice, told, paper),
  ]);
  return [causes, [...betweenLines(view, paper), ...noteLines(view, paper), ...pagesLines(view, paper)]];
}

/** Where the pages of the causes are: their codes, which nothing else in this face names, as many as one line takes. */
function pagesLines({ shown, always }: ReportView, paper: Paper): string[] {
  const [first, ...rest] = new Set([...shown, ...always].map(({ code }) => code));
  if (first === undefined) return [];
  let text = `more: gocache-why explain ${first}`;
  for (const code of rest) if (text.length + 1 + code.length <= paper.width - 2) text += ` ${code}`;
  return hang(text, "  ", paper.width, paper.ink.dim);
}

function causeLines(
  view: ReportView,
  group: CauseGroup,
  summary: string,
  number: number,
  only: boolean,
  paper: Paper,
): string[] {
  const { ink } = paper;
  const { report } = view;
  const indent = " ".repeat(mark(number).length);
  const origin = originText(group);
  const told = `${summary}${origin === null ? "" : `   ${glued(`(${origin})`)}`}`;
  const seconds = group.seconds === null ? "" : secondsText(group.seconds);
  const alone = group.direct + group.cascade;
  const cutOff = only ? cutOffText(report.totals.cutOff, alone) : "";
  const reach = [reachText(group, reachOf(view, group), report), cutOff]
    .filter((part) => part !== "")
    .join(", ");
  const sure: Style = group.evidence.kind === "proven" ? ink.green : ink.yellow;
  const word = evidenceText(group.evidence);
  const lines = [
    ...beside(told, seconds, mark(number), paper, ink.bold, ink.bold),
    ...(word === group.evidence.kind
      ? beside(reach, word, indent, paper, plain, sure)
      : beside(`${reach}; ${word}`, "", indent, paper, plain, sure)),
  ];
  const detailed =
    paper.view.verbosity > 0 || group.evidence.kind === "inferred" || group.evidence.kind === "at-most";
  if (detailed && group.evidence.detail !== "") {
    lines.push(
      ...hang(`${group.evidence.kind}: ${visibleText(group.evidence.detail)}`, indent, paper.width, ink.dim),
    );
  }
  if (paper.view.verbosity > 0) lines.push(...detailLines(report, group, indent, paper));
  return lines;
}

/** The number of a cause, in front of its first line. */
function mark(number: number): string {
  return `${String(number).padStart(3)}  `;
}

function detailLines(report: Report, group: CauseGroup, indent: string, paper: Paper): string[] {
  const { ink, width } = paper;
  const [cause] = group.causes.flatMap((index) => report.causes[index] ?? []);
  if (cause === undefined) return [];
  const names = cause.packages.map((path) => visibleText(packageName(path, report.now.module)));
  const lines: string[] = [];
  const most = paper.view.verbosity > 1 ? null : shortEdit;
  const told = new Set<string>();
  if (names.length > 0) lines.push(...hang(`roots: ${names.join(", ")}`, indent, width, ink.dim));
  lines.push(...hang(aloneText(cause), indent, width, ink.dim));
  for (const change of cause.changes.slice(0, mostChanges)) {
    const isState = fileStates.has(change.input);
    const values = isState
      ? stateChangeText(change.before, change.now)
      : changeText(change.before, change.now);
    const text = values === "" ? change.input : `${change.input}: ${values}`;
    lines.push(...hang(visibleText(text), `${indent}  `, width, ink.dim));
    // One file may be an input of two packages: embedded in both.
    if (change.diff === null || told.has(change.diff)) continue;
    told.add(change.diff);
    const styles = { added: ink.green, removed: ink.red, beside: ink.dim };
    const rows = editRows(change.diff, most, "add -vv", width - indent.length - 4, styles);
    lines.push(...rows.map((row) => (row === "" ? row : `${indent}    ${row}`)));
  }
  const more = cause.changes.length - mostChanges;
  if (more > 0) lines.push(...hang(`and ${countText(more, "more input")}`, `${indent}  `, width, ink.dim));
  return lines;
}

/** What changes of a file that a test reads (`changes[].input` of test causes). */
const fileStates = new Set(["exists", "size", "mode", "mtime", "zone", "listing"]);

/** Inputs that `-v` shows of one cause; JSON has all. */
const mostChanges = 20;

function aloneText(cause: ReportCause): string {
  if (cause.exclusive === cause.direct + cause.cascade) return "";
  const seconds = cause.exclusiveSeconds === null ? "" : `, ${secondsText(cause.exclusiveSeconds)} of work`;
  return `for this alone: ${countText(cause.exclusive, "action")}${cause.exclusive === 0 ? "" : seconds}`;
}

/** Advice below its cause; what an earlier cause's advice said is not said again. */
function adviceLines(advice: ReportCause["advice"], told: Set<string>, paper: Paper): string[] {
  if (advice === null || told.has(advice.text)) return [];
  const caution = advice.caution !== null && told.has(advice.caution) ? null : advice.caution;
  for (const text of [advice.text, caution]) if (text !== null) told.add(text);
  const text = visibleText(adviceText({ text: advice.text, caution }));
  const lines = hang(text, "     ", paper.width, paper.ink.cyan);
  // On a line of its own: an advice may end in a value that is to be copied.
  if (advice.saves !== undefined)
    lines.push(...hang(savesText(advice.saves), "     ", paper.width, paper.ink.dim));
  return lines;
}

function betweenLines(view: ReportView, paper: Paper): string[] {
  const lines: string[] = [];
  const overlaps = overlapsOf(view).slice(0, paper.view.verbosity > 0 ? 10 : 2);
  const text = overlaps.map((overlap, at) => overlapText(overlap, at === 0)).join(" ");
  if (text !== "") lines.push(...hang(text, "  ", paper.width));
  if (view.shown.length > 1 && view.report.totals.cutOff > 0) {
    lines.push(...hang(`${cutOffText(view.report.totals.cutOff, null)}.`, "  ", paper.width));
  }
  if (view.hidden.length > 0) lines.push(...hang(hiddenText(view), "  ", paper.width, paper.ink.dim));
  return lines;
}

function noteLines(view: ReportView, paper: Paper): string[] {
  const { ink, width } = paper;
  const { report } = view;
  const lines: string[] = [];
  for (const group of view.always) {
    const advice = group.advice === null ? "" : ` ${visibleText(adviceText(group.advice))}`;
    lines.push(
      ...hang(`always runs: ${visibleText(alwaysText(group, report))}${advice}`, "  ", width, ink.dim),
    );
  }
  for (const group of view.also)
    lines.push(...hang(`also: ${alsoText(group, report)}`, "  ", width, ink.dim));
  if (report.totals.byVerdict.unknown > 0)
    lines.push(...hang(`unknown: ${unknownText(report)}`, "  ", width, ink.yellow));
  if (report.unexplained.length > 0) {
    const listed = unexplainedText(report, paper.view.verbosity > 0 ? report.unexplained.length : 3);
    lines.push(...hang(`unexplained: ${listed}`, "  ", width, ink.yellow));
  }
  const most = paper.view.verbosity > 0 ? report.warnings.length : 5;
  for (const warning of report.warnings.slice(0, most)) {
    lines.push(...hang(`warning: ${visibleText(warning.message)}`, "  ", width, ink.yellow));
  }
  if (report.warnings.length > most) {
    lines.push(
      ...hang(`${countText(report.warnings.length - most, "more warning")}: add -v`, "  ", width, ink.dim),
    );
  }
  // Only where something stands here that is hidden: a token in go's own words is in no line of this face.
  const isHere = lines.length > 0 || view.shown.length > 0;
  const redaction = isHere && mentionsHidden(report) ? redactionText(report) : null;
  if (redaction !== null) lines.push(...hang(redaction, "  ", width, ink.dim));
  return lines;
}

function mentionsHidden({ causes, warnings, redaction }: Report): boolean {
  return !redaction.applied || JSON.stringify([causes, warnings]).includes("<hidden:");
}

/** What changed and cost no miss, where that was asked for. */
function innocentLines({ innocent }: Report, paper: Paper): string[] {
  if (innocent === undefined) return [];
  if (innocent.length === 0) return hang("innocent: nothing else changed", "  ", paper.width, paper.ink.dim);
  const most = paper.view.verbosity > 0 ? innocent.length : 20;
  const lines = ["  innocent: changed, and cost no miss"];
  for (const each of innocent.slice(0, most)) {
    const origin = originText(each);
    const told = `${each.summary}${origin === null ? "" : ` (${origin})`}: ${innocentText(each.reason)}`;
    lines.push(...hang(visibleText(told), "    ", paper.width));
  }
  const more = innocent.length - most;
  if (more > 0) lines.push(...hang(`and ${numberText(more)} more: add -v`, "    ", paper.width));
  return lines.map((line) => paper.ink.dim(line));
}

/** What a traced cache program was asked and answered. */
function cacheLines(report: Report, paper: Paper): string[] {
  const most = paper.view.verbosity > 0 ? 20 : undefined;
  return cacheProgramLines(report, most).flatMap((line, at) =>
    at === 0
      ? hang(`cache program: ${visibleText(line)}`, "  ", paper.width)
      : hang(visibleText(line), "    ", paper.width),
  );
}

/** The go commands of `gocache-why run`. */
function belowLines(report: Report, paper: Paper): string[] {
  if (report.runs === undefined || report.runs.length < 2) return [];
  const { ink, width } = paper;
  const { lines, left } = runLines(report, paper.view.verbosity > 0 ? report.runs.length : 6);
  if (lines.length === 0) return [];
  return [
    ...lines.flatMap(({ command, place, told, failed }) => {
      const where = place === null ? "" : ` (in ${place})`;
      return hang(`${command}${where}: ${told}`, "  ", width, failed ? ink.red : ink.dim);
    }),
    ...hang(left, "  ", width, ink.dim),
  ];
}

function tableLines(report: Report, paper: Paper): string[] {
  if (paper.view.verbosity < 2 && !paper.view.all) return [];
  const actions = paper.view.all
    ? report.actions
    : report.actions.filter((action) => action.verdict !== "hit");
  return actions.length === 0 ? [] : actionTable(actions, report.now.module, paper.table);
}

/** A text with a short word at the right edge of its first line; in narrow places the word stands behind the text. */
function beside(
  text: string,
  right: string,
  mark: string,
  paper: Paper,
  style: Style,
  rightStyle: Style,
): string[] {
  const { width } = paper;
  const indent = " ".repeat(mark.length);
  if (width < narrow) {
    const joined = right === "" ? text : `${text}, ${right}`;
    return wrap(joined, roomBeside(paper, mark)).map((line, at) => (at === 0 ? mark : indent) + style(line));
  }
  return wrap(text, roomBeside(paper, mark)).map((line, at) => {
    if (at > 0 || right === "") return (at === 0 ? mark : indent) + style(line);
    const gap = width - mark.length - widthOf(right);
    return mark + style(line) + " ".repeat(Math.max(1, gap - widthOf(line))) + rightStyle(right);
  });
}

/** Columns for a text behind a mark. */
function roomBeside({ width }: Paper, mark: string): number {
  return width - mark.length - (width < narrow ? 0 : rightColumn);
}

/** With fewer columns nothing stands at the right edge. */
const narrow = 60;

/** Room for the longest evidence word and a gap. */
const rightColumn = 11;

function hang(text: string, indent: string, width: number, style: Style = plain): string[] {
  if (text === "") return [];
  return wrap(text, width - indent.length).map((line) => indent + style(line));
}

function plain(text: string): string {
  return text;
}
