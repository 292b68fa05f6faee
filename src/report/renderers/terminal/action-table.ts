import Table from "cli-table3";
import type { ReportAction } from "../../report.ts";
import { actionName } from "../../wording/names.ts";
import { secondsText } from "../../wording/numbers.ts";
import { visibleText } from "../../wording/values.ts";
import { squeeze } from "./layout.ts";

/**
 * Every action in a line: seconds, action, verdict, why (the numbers of its causes in `causes`, and the dependency
 * through which they came). Plain text, no line wider than `width`.
 */
export function actionTable(
  actions: readonly ReportAction[],
  module: string | null,
  width: number,
): string[] {
  const table = new Table({
    chars: noBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  const widths = columnsFor(width);
  const add = (row: readonly string[]) => table.push(row.flatMap((text, at) => cell(text, at, widths)));
  add(["seconds", "action", "verdict", "why"]);
  for (const action of actions) {
    const seconds = action.seconds === null ? "" : secondsText(action.seconds);
    add([seconds, visibleText(actionName(action.key, module)), action.verdict, whyText(action, module)]);
  }
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}

const noBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Widths of the four columns, 0 for one that has no place. */
function columnsFor(width: number): readonly number[] {
  const seconds = 8;
  const verdict = width < 60 ? 0 : "not-cacheable".length;
  const gaps = verdict === 0 ? 4 : 6;
  const left = width - seconds - verdict - gaps;
  const action = Math.ceil(left * 0.6);
  return [seconds, action, verdict, left - action];
}

function cell(text: string, at: number, widths: readonly number[]) {
  const width = widths[at] ?? 0;
  return width === 0
    ? []
    : [{ content: squeeze(text, width), hAlign: at === 0 ? ("right" as const) : ("left" as const) }];
}

function whyText(action: ReportAction, module: string | null): string {
  if (action.role === null) return "";
  const causes = action.causes.map((cause) => cause + 1).join(", ");
  const numbers = causes === "" ? "unexplained" : `${action.role === "cascade" ? "" : "root of "}${causes}`;
  return action.via === null
    ? numbers
    : `${numbers} via ${visibleText(actionName(action.via, module)).replace(/^build /, "")}`;
}
