import { reachOf } from "../../transforms/reach.ts";
import type { CauseGroup, ReportView } from "../../transforms/report-view.ts";
import { adviceText, savesText } from "../../wording/advice.ts";
import { evidenceText } from "../../wording/evidence.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { originText } from "../../wording/origin.ts";
import { cutOffText, reachText } from "../../wording/reach.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { changePart } from "./change-part.ts";
import { html, type Markup, nothing } from "./markup.ts";
import { groupsOf } from "./page-data.ts";
import { treePart } from "./tree-part.ts";

/** All numbered causes, the most costly first; those beyond the first ones are folded, and all are there. */
export function causesPart(view: ReportView): Markup {
  if (view.shown.length + view.hidden.length === 0) return nothing;
  const places = new Map(view.report.actions.map(({ key }, at) => [key, at]));
  const told = new Set<string>();
  const items = groupsOf(view)
    .slice(0, view.shown.length + view.hidden.length)
    .map(({ group, label, colour }) => causeItem(view, group, label, colour, told, places));
  const first = items.slice(0, view.shown.length);
  const rest = items.slice(view.shown.length);
  const more =
    rest.length === 0
      ? ""
      : html`<details><summary>${countText(rest.length, "more cause")}</summary><ol class="causes" start="${first.length + 1}">${rest}</ol></details>`;
  return html`<section id="causes" aria-labelledby="causes-title">
<h2 id="causes-title" class="quiet">What changed</h2>
<ol class="causes">${first}</ol>${more}
</section>`;
}

function causeItem(
  view: ReportView,
  group: CauseGroup,
  label: string,
  colour: number,
  told: Set<string>,
  places: ReadonlyMap<string, number>,
): Markup {
  const { report } = view;
  const origin = originText(group);
  const only = view.shown.length === 1 && view.hidden.length === 0;
  const cutOff = only ? cutOffText(report.totals.cutOff, group.direct + group.cascade) : "";
  const reach = [reachText(group, reachOf(view, group), report), cutOff]
    .filter((part) => part !== "")
    .join(", ");
  const seconds =
    group.seconds === null ? "" : html`<span class="work">${secondsText(group.seconds)}</span> `;
  const evidence = html`<span class="evidence ${group.evidence.kind === "proven" ? "sure" : "unsure"}">${evidenceText(group.evidence)}</span>`;
  const changes = changePart(view, group);
  const tree = treePart(view, group, places);
  const count = group.direct + group.cascade;
  return html`<li class="cause c${colour}" id="cause-${label}">
<h3><span class="number" aria-hidden="true">${label}</span> <span class="summary">${shortenMiddle(visibleText(group.summary), 400)}${origin === null ? "" : html` <span class="dim">(${origin})</span>`}</span> ${seconds}</h3>
<p>${shortenMiddle(reach, 400)} ${evidence}</p>
${advicePart(group, told)}${changes === null ? "" : html`<details><summary>Inputs before and now</summary>${changes}</details>`}${tree === null ? "" : html`<details><summary>${countText(count, "action")} that ran for it</summary>${tree}</details>`}
</li>`;
}

/** What would have saved it; what an earlier cause's advice said is not said again. */
function advicePart(group: CauseGroup, told: Set<string>): Markup {
  const { advice } = group;
  if (advice === null || told.has(advice.text)) return nothing;
  const caution = advice.caution !== null && told.has(advice.caution) ? null : advice.caution;
  for (const text of [advice.text, caution]) if (text !== null) told.add(text);
  const text = shortenMiddle(visibleText(adviceText({ text: advice.text, caution })), 600);
  const saves = advice.saves === undefined ? "" : html` <span class="dim">${savesText(advice.saves)}</span>`;
  return html`<p class="fix"><span class="label">Fix</span> ${text}${saves}</p>
`;
}

/** The number of causes in a view, as a sentence needs it. */
export function causeCount(view: ReportView): string {
  return numberText(view.shown.length + view.hidden.length);
}
