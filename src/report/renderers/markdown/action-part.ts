import type { ReportAction } from "../../report.ts";
import type { ReportView } from "../../transforms/report-view.ts";
import { actionName } from "../../wording/names.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import type { View } from "../view.ts";
import { codeSpan, prose } from "./escape.ts";
import type { Part } from "./room.ts";
import { markdownTable } from "./table.ts";

/** What ran or may have run, the longest first, folded; without `-vv` the first hundred. */
export function actionPart(view: ReportView, options: View): Part | null {
  const actions = view.report.actions
    .filter((action) => action.verdict !== "hit")
    .sort((a, b) => (b.seconds ?? -1) - (a.seconds ?? -1));
  if (actions.length === 0) return null;
  const most = options.verbosity >= 2 ? actions.length : 100;
  const numbers = numbersOf(view);
  const compared = view.report.baseline.status !== "none";
  const timed = actions.some((action) => action.seconds !== null);
  const table = markdownTable(
    [
      ...(timed ? [["work", "right"] as const] : []),
      ["action", "left"],
      ["verdict", "left"],
      ...(compared ? [["because of", "left"] as const] : []),
    ],
    actions
      .slice(0, most)
      .map((action) => [
        ...(timed ? [action.seconds === null ? "" : prose(secondsText(action.seconds))] : []),
        nameOf(action.key, view),
        action.verdict,
        ...(compared ? [whyText(action, view, numbers)] : []),
      ]),
  );
  const over = actions.length - Math.min(most, actions.length);
  const maybe = view.report.totals.byVerdict.unknown > 0 ? " or may have run" : "";
  const longest = over > 0 ? `, the ${numberText(most)} longest` : "";
  return {
    open: `<details>\n<summary>${countText(actions.length, "action")} that ran${maybe}${longest}</summary>\n\n${table.head}`,
    pieces: table.rows,
    close: `${over > 0 ? `\n… and ${countText(over, "more action")}: \`-vv\` lists them\n` : ""}\n</details>\n`,
    more: (left) => `\n… and ${countText(left, "more action")}\n`,
  };
}

/** With `--all` the actions that were cached, folded. */
export function hitPart(view: ReportView, options: View): Part | null {
  const hits = options.all ? view.report.actions.filter((action) => action.verdict === "hit") : [];
  if (hits.length === 0) return null;
  return {
    open: `<details>\n<summary>${countText(hits.length, "action")} cached</summary>\n\n`,
    pieces: hits.map((action) => `- ${nameOf(action.key, view)}\n`),
    close: "\n</details>\n",
    more: (left) => `- … and ${numberText(left)} more\n`,
  };
}

function nameOf(key: string, view: ReportView): string {
  return codeSpan(shortenMiddle(visibleText(actionName(key, view.report.now.module)), 300));
}

/** How the causes' lines are called, by index. */
function numbersOf(view: ReportView): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  [...view.shown, ...view.hidden].forEach((group, at) => {
    for (const cause of group.causes) names.set(cause, numberText(at + 1));
  });
  for (const group of view.always) for (const cause of group.causes) names.set(cause, "what always runs");
  for (const group of view.also) for (const cause of group.causes) names.set(cause, "the VCS stamp");
  return names;
}

function whyText(action: ReportAction, view: ReportView, numbers: ReadonlyMap<number, string>): string {
  if (action.role === null || action.causes.length === 0)
    return action.verdict === "unknown" ? "" : "unexplained";
  const names = [...new Set(action.causes.flatMap((cause) => numbers.get(cause) ?? []))];
  const more = names.length > 5 ? ` and ${numberText(names.length - 5)} more` : "";
  const root = action.role === "root" ? "root of " : "";
  const via = action.via === null ? "" : ` through ${nameOf(action.via, view)}`;
  return `${root}${names.slice(0, 5).join(", ")}${more}${via}`;
}
