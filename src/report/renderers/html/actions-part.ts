import type { ReportView } from "../../transforms/report-view.ts";
import { actionName } from "../../wording/names.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { html, type Markup, nothing } from "./markup.ts";
import { groupsOf } from "./page-data.ts";

/** Every action that the report lists, in a table that is folded; the most work first. */
export function actionsPart(view: ReportView): Markup {
  const { report } = view;
  const actions = report.actions
    .map((action, place) => ({ action, place }))
    .sort((a, b) => (b.action.seconds ?? -1) - (a.action.seconds ?? -1) || a.place - b.place);
  if (actions.length === 0) return nothing;
  const groups = groupsOf(view);
  const labels = new Map(
    groups.flatMap(({ group, label }) => group.causes.map((cause) => [cause, label] as const)),
  );
  const shown = actions.slice(0, mostActions);
  const rows = shown.map(({ action, place }) => {
    const because = [...new Set(action.causes.flatMap((cause) => labels.get(cause) ?? []))];
    return html`<tr><th scope="row"><span data-action="${place}">${shortenMiddle(visibleText(actionName(action.key, report.now.module)), 200)}</span></th><td>${action.verdict}${action.failed === true ? ", failed" : ""}</td><td>${because.join(", ")}</td><td class="right">${action.seconds === null ? "" : secondsText(action.seconds)}</td></tr>`;
  });
  const over = actions.length - shown.length;
  const ran = report.actions.filter(({ verdict }) => verdict !== "hit").length;
  const title =
    ran === report.actions.length
      ? `${countText(ran, "action")} that ran${report.totals.byVerdict.unknown > 0 ? " or may have run" : ""}`
      : `${countText(report.actions.length, "action")}, ${numberText(ran)} of them ran`;
  return html`<section id="actions" aria-labelledby="actions-title"><h2 id="actions-title">Actions</h2>
<details><summary>${title}</summary><div class="scroll" tabindex="0" role="group" aria-label="Actions"><table><thead><tr><th scope="col">action</th><th scope="col">verdict</th><th scope="col">because of</th><th scope="col">work</th></tr></thead><tbody>${rows}</tbody></table></div>${over > 0 ? html`<p class="dim">and ${countText(over, "more action")}: --format json has all</p>` : ""}</details></section>`;
}

const mostActions = 2000;
