import type { ReportAction, ReportCause } from "../report.ts";
import type { Why, WhyAction, WhyPath, WhyStep } from "../why.ts";
import { adviceText, savesText } from "../wording/advice.ts";
import { shortEdit } from "../wording/edit.ts";
import { inputChangeText } from "../wording/inputs.ts";
import { actionName, listText, packageName } from "../wording/names.ts";
import { countText, secondsText } from "../wording/numbers.ts";
import { originText } from "../wording/origin.ts";
import { visibleText } from "../wording/values.ts";
import { runsText } from "./inputs.ts";
import { editRows } from "./terminal/edit-lines.ts";
import { hang, wrap } from "./terminal/layout.ts";
import type { View } from "./view.ts";
import { testLines } from "./why-test.ts";

/** Why a package ran, as JSON: two spaces, a newline at the end. */
export function renderWhyJson(why: Why): string {
  return `${JSON.stringify(why, null, 2)}\n`;
}

/** Why a package ran, on a terminal: the causes, then from each of its actions the way to the root. */
export function renderWhy(why: Why, view: View): string {
  const width = Math.min(Math.max(view.width, 40), 100);
  const lines = hang(`gocache-why: ${headText(why)}`, "", width);
  lines.push(...hang(`(${runsText(why.before, why.now, view)})`, "  ", width));
  if (why.causes.length > 0 && why.baseline.status !== "none") {
    lines.push("");
    why.causes.forEach((cause, at) => {
      lines.push(...causeLines(cause, at + 1, width));
    });
  }
  const told = new Map<string, string>();
  for (const each of why.actions) lines.push("", ...actionLines(each, why, told, view, width));
  if (why.test !== undefined) {
    const isCached = why.actions.every(({ action }) => action.verdict === "hit");
    lines.push(...testLines(why.test, isCached, view, width));
  }
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function headText(why: Why): string {
  const packageText = visibleText(packageName(why.package, why.now.module));
  const name = why.test === undefined ? packageText : `the test of ${packageText}`;
  const ran = why.actions.filter(({ action }) => didRun(action));
  const unknown = why.actions.filter(({ action }) => action.verdict === "unknown");
  if (ran.length === 0 && unknown.length > 0) return `the record cannot say whether or why ${name} ran`;
  if (ran.length === 0) {
    return why.actions.length === 1
      ? `${name} was cached`
      : `${name} was cached: all its ${why.actions.length} actions`;
  }
  if (why.baseline.status === "none") return `${name} ran; there is no earlier run to compare with`;
  const [first] = why.causes;
  if (first === undefined) return `${name} ran, and no cause was found`;
  if (why.causes.length === 1) return `${name} ran: ${visibleText(first.summary)}`;
  return `${name} ran, for ${countText(why.causes.length, "cause")}`;
}

function causeLines(cause: ReportCause, number: number, width: number): string[] {
  const mark = `${String(number).padStart(3)}  `;
  const indent = " ".repeat(mark.length);
  const origin = originText(cause);
  const told = `${visibleText(cause.summary)}${origin === null ? "" : ` (${origin})`}, ${cause.evidence.kind}`;
  const all = cause.direct + cause.cascade;
  const seconds = cause.seconds === null ? "" : `, ${secondsText(cause.seconds)} of work`;
  const lines = wrap(told, width - mark.length).map((line, at) => (at === 0 ? mark : indent) + line);
  lines.push(...hang(`in the whole run: ${countText(all, "action")}${seconds}`, indent, width));
  if (cause.advice !== null) {
    lines.push(...hang(visibleText(adviceText(cause.advice)), indent, width));
    if (cause.advice.saves !== undefined) lines.push(...hang(savesText(cause.advice.saves), indent, width));
  }
  return lines;
}

/** Paths of one action that are told; JSON has all. */
const mostPaths = 5;

function actionLines(
  each: WhyAction,
  why: Why,
  told: Map<string, string>,
  view: View,
  width: number,
): string[] {
  const { action } = each;
  const name = visibleText(actionName(action.key, why.now.module));
  const seconds = action.seconds === null || action.seconds === 0 ? "" : `, ${secondsText(action.seconds)}`;
  const lines = hang(`${name}: ${stateText(action, why)}${seconds}`, "  ", width);
  const most = view.verbosity > 0 ? each.paths.length : mostPaths;
  if (why.baseline.status === "none") return lines;
  for (const path of pathsToTell(each, why).slice(0, most))
    lines.push(...pathLines(path, why, told, view, width));
  const over = pathsToTell(each, why).length - most;
  if (over > 0) lines.push(...hang(`and ${countText(over, "more way")}: add -v`, "    ", width));
  return lines;
}

/** With `--test` a test that is a root of its own is told by its inputs (`testLines`). */
function pathsToTell(each: WhyAction, why: Why): readonly WhyPath[] {
  return why.test === undefined ? each.paths : each.paths.filter((path) => path.steps.length > 1);
}

function stateText(action: ReportAction, why: Why): string {
  switch (action.verdict) {
    case "hit":
      return "cached";
    case "forced":
      return "ran, as everything was forced to";
    case "new":
      return why.baseline.status === "none" ? "ran" : "ran; the earlier run has no such action";
    case "key-changed":
      return why.unexplained.includes(action.key) ? "ran; what changed has no known cause" : "ran";
    case "not-cacheable":
      return "ran, since Go keeps no result of it";
    case "entry-missing":
      return "ran; its inputs are the same, but its entry was not in the cache";
    case "unknown":
      return "the record cannot say whether or why it ran";
  }
}

/** One line a step; what an earlier path told already is not told again. */
function pathLines(path: WhyPath, why: Why, told: Map<string, string>, view: View, width: number): string[] {
  const { module } = why.now;
  const numbers = path.causes.map((cause) => String(cause + 1));
  const many = why.causes.length > 1;
  const indent = many ? "      " : "    ";
  const lines = many ? hang(`because of ${listText(numbers, 6)}:`, "    ", width) : [];
  const rest = path.steps.map((step) => step.action.key).join("\n");
  for (const [at, step] of path.steps.entries()) {
    const key = visibleText(actionName(step.action.key, module));
    const below = `${path.causes.join(",")}\n${path.steps
      .slice(at)
      .map((each) => each.action.key)
      .join("\n")}`;
    if (told.has(below)) {
      lines.push(...hang(`${key}: as above`, indent, width));
      return lines;
    }
    told.set(below, rest);
    const changes = step.inputs.map((input) => inputChangeText(input, module));
    const last = at === path.steps.length - 1;
    if (changes.length === 0 && last && path.steps.length === 1) continue;
    const what =
      changes.length === 0 ? (last ? "this is the root" : "followed") : changes.slice(0, 6).join("; ");
    const over = changes.length > 6 ? `; and ${countText(changes.length - 6, "more input")}` : "";
    lines.push(...hang(`${key}: ${what}${over}`, indent, width));
    if (last)
      lines.push(
        ...stepEdits(path, step, why, view, width - indent.length - 4).map((row) => `${indent}    ${row}`),
      );
  }
  return lines;
}

/** The edits of the root's own files, of those that its causes changed. */
function stepEdits(path: WhyPath, step: WhyStep, why: Why, view: View, width: number): string[] {
  const changes = path.causes.flatMap((cause) => why.causes[cause]?.changes ?? []);
  const own = changes.filter(({ input, before, now }) =>
    step.inputs.some((each) => each.input === input && each.before === before && each.now === now),
  );
  const diffs = new Set(own.flatMap(({ diff }) => diff ?? []));
  const most = view.verbosity > 0 ? null : shortEdit;
  return [...diffs].flatMap((diff) => editRows(diff, most, "add -v", width));
}

function didRun(action: ReportAction): boolean {
  return action.verdict !== "hit" && action.verdict !== "unknown";
}
