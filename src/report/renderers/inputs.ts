import type { ActionInputs, Inputs } from "../inputs.ts";
import type { ReportRun } from "../report.ts";
import { commandText, whenText } from "../wording/head.ts";
import { inputChangeText, inputGroup, inputGroups, inputName } from "../wording/inputs.ts";
import { actionName, packageName } from "../wording/names.ts";
import { countText } from "../wording/numbers.ts";
import { valueText, visibleText } from "../wording/values.ts";
import { hang, padEnd, widthOf, wrap } from "./terminal/layout.ts";
import type { View } from "./view.ts";

/** The inputs as JSON: two spaces, a newline at the end. */
export function renderInputsJson(inputs: Inputs): string {
  return `${JSON.stringify(inputs, null, 2)}\n`;
}

/**
 * The inputs of a package's actions on a terminal, in groups: files, packages, settings, flags, build info.
 * @param hint a last line: what to ask next; null for none.
 */
export function renderInputs(inputs: Inputs, view: View, hint: string | null): string {
  const width = Math.min(Math.max(view.width, 40), 100);
  const name = visibleText(packageName(inputs.package, inputs.now.module));
  const lines = hang(`gocache-why: ${headText(inputs, name)}`, "", width);
  lines.push(...hang(`(${runsText(inputs.before, inputs.now, view)})`, "  ", width));
  for (const each of inputs.actions) lines.push("", ...actionLines(each, inputs, width));
  if (hint !== null) lines.push("", ...hang(hint, "  ", width));
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

function headText(inputs: Inputs, name: string): string {
  const all = inputs.actions.reduce((sum, each) => sum + each.inputs.length, 0);
  const unknown = inputs.actions.some((each) => !each.known);
  if (inputs.before === null) return `what went into the keys of ${name}: ${countText(all, "input")}`;
  if (all > 0) return `${countText(all, "input")} of ${name} ${all === 1 ? "differs" : "differ"}`;
  return unknown ? `what differs in ${name} is not known` : `nothing differs in the inputs of ${name}`;
}

/** `run 7c2e, 14:10, go build ./...; before: run 5b1d, 14:02, same command` */
export function runsText(before: ReportRun | null, now: ReportRun, view: View): string {
  if (before === null) return runText(now, view);
  const isSame = before.args.length > 0 && before.args.join("\0") === now.args.join("\0");
  const earlier = runText(isSame ? { ...before, args: [] } : before, view);
  return `${runText(now, view)}; before: ${earlier}${isSame ? ", same command" : ""}`;
}

function runText(run: ReportRun, view: View): string {
  const when = run.startedAt === null ? [] : [whenText(run.startedAt, view.now)];
  const command = run.args.length === 0 ? [] : [commandText(["go", ...run.args])];
  return [`run ${visibleText(run.id)}`, ...when, ...command].join(", ");
}

function actionLines(each: ActionInputs, inputs: Inputs, width: number): string[] {
  const { module } = inputs.now;
  const name = visibleText(actionName(each.action.key, module));
  if (!each.known) return hang(`${name}: ${each.note ?? ""}`, "  ", width);
  if (each.inputs.length === 0) return hang(`${name}: nothing differs`, "  ", width);
  const lines = hang(`${name}`, "  ", width);
  for (const group of inputGroups) {
    const mine = each.inputs.filter((input) => inputGroup(input.input) === group);
    if (mine.length === 0) continue;
    lines.push(`    ${group}`);
    if (inputs.before !== null) {
      for (const input of mine) lines.push(...hang(inputChangeText(input, module), "      ", width));
      continue;
    }
    const named = mine.map(
      (input) =>
        [
          inputName(input.input, module)
            .replace(/^output of /, "")
            .replace(/ in the (build info|module list)$/, ""),
          input.now ?? "",
        ] as const,
    );
    const column = Math.min(32, Math.max(...named.map(([left]) => widthOf(left))));
    for (const [left, value] of named) lines.push(...pairLines(left, value, column, width));
  }
  return lines;
}

function pairLines(left: string, value: string, column: number, width: number): string[] {
  const shown = value === "" ? "-" : longValue(value);
  const room = width - 8 - column;
  if (room < 20 || widthOf(left) > column) {
    return [...hang(left, "      ", width), ...hang(shown, "        ", width)];
  }
  return wrap(shown, room).map((line, at) => `      ${padEnd(at === 0 ? left : "", column)}  ${line}`);
}

function longValue(value: string): string {
  const shown = visibleText(value);
  return shown.length > 400 ? valueText(value) : shown;
}
