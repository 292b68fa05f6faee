import type { ReportAction } from "../../report.ts";
import { actionName } from "../../wording/names.ts";
import { secondsText } from "../../wording/numbers.ts";
import { visibleText } from "../../wording/values.ts";
import { layOutTable } from "./lay-out-table.ts";
import { squeeze, squeezeAll } from "./layout.ts";

/**
 * Every action in a line: seconds, action, verdict, why (the numbers of its causes in `causes`, and the dependency
 * through which they came). Plain text, no line wider than `width`.
 */
export function actionTable(
  actions: readonly ReportAction[],
  module: string | null,
  width: number,
): string[] {
  const limits = columnsFor(width);
  const names = actions.map((action) => visibleText(actionName(action.key, module)));
  const shown = squeezeAll(names, limits[1] ?? 0);
  const rows = actions.map((action, at) => [
    action.seconds === null ? "" : secondsText(action.seconds),
    shown[at] ?? "",
    action.verdict,
    whyText(action, module),
  ]);
  const cells = [["seconds", "action", "verdict", "why"], ...rows].map((row) =>
    row.flatMap((text, at) => (limits[at] === 0 ? [] : squeeze(text, limits[at] ?? 0))),
  );
  return layOutTable(cells, ["right", "left", "left", "left"]);
}

/** Widths of the four columns, 0 for one that has no place. */
function columnsFor(width: number): readonly number[] {
  const seconds = 8;
  const verdict = width < 60 ? 0 : "not-cacheable".length;
  const gaps = verdict === 0 ? 4 : 6;
  const left = width - seconds - verdict - gaps;
  const action = Math.ceil(left * 0.6);
  return [seconds, action, verdict, left - action];
}

function whyText(action: ReportAction, module: string | null): string {
  if (action.role === null) return "";
  const causes = action.causes.map((cause) => cause + 1).join(", ");
  const numbers = causes === "" ? "unexplained" : `${action.role === "cascade" ? "" : "root of "}${causes}`;
  return action.via === null
    ? numbers
    : `${numbers} via ${visibleText(actionName(action.via, module)).replace(/^build /, "")}`;
}
