import type { Beside } from "../../beside.ts";
import { type Folder, foldPackages } from "../../fold-packages.ts";
import type { Timeline } from "../../timeline.ts";
import { actionsOfCauses, type ReportView } from "../../transforms/report-view.ts";
import { actionName } from "../../wording/names.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { bar } from "./bar.ts";
import { html, type Markup, nothing } from "./markup.ts";

/** The run on the clock; without a script: what the whole run waited for, one after the other. The script draws above it. */
export function timelinePart(view: ReportView, beside: Beside | null): Markup {
  const timeline = beside?.timeline ?? null;
  if (timeline === null) {
    const { totals } = view.report;
    if (totals.ran === 0) return nothing;
    return html`<section id="timeline" aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
<p class="dim">When each action ran stands in the record of the run, and that is not here. Where the run was recorded, <code>gocache-why diff --format html</code> has it.</p></section>`;
  }
  const hasHits = timeline.actions.some(({ outcome, spans }) => outcome === "hit" && spans.length > 0);
  const faint = hasHits ? " Faint is what was looked up in the cache, and was there." : "";
  return html`<section id="timeline" aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
<p>At most ${countText(timeline.lanes, "action")} at once; the last one ended after ${secondsText(timeline.seconds)}.${faint}</p>
${pathPart(timeline, view.report.now.module)}
</section>`;
}

/** What the whole run waited for, one after the other. */
function pathPart(timeline: Timeline, module: string | null): Markup {
  const path = timeline.critical.flatMap((at) => timeline.actions[at] ?? []);
  if (path.length === 0) return nothing;
  const longest = Math.max(...path.map(({ spans }) => workOf(spans)));
  const shown = path.length > mostSteps ? path.slice(-mostSteps) : path;
  const items = shown.map(({ key, spans }) => {
    const from = Math.min(...spans.map((span) => span[0]));
    const to = Math.max(...spans.map((span) => span[1]));
    return html`<tr><th scope="row">${name(key, module)}</th><td class="right">${from.toFixed(2)} s</td><td class="right">${(to - from).toFixed(2)} s${bar(workOf(spans), longest)}</td></tr>`;
  });
  const over = path.length - shown.length;
  const before =
    over > 0 ? html`<tr><td colspan="3" class="dim">${countText(over, "action")} before these</td></tr>` : "";
  return html`<details><summary>Critical path: ${countText(path.length, "action")}${path.length === 1 ? "" : ", each waited for the one before"}</summary>
<div class="scroll" tabindex="0" role="group" aria-label="Critical path"><table><thead><tr><th scope="col">action</th><th scope="col">start</th><th scope="col">took</th></tr></thead><tbody>${before}${items}</tbody></table></div>
<p class="dim">Making one of these faster, or sparing it, makes the run shorter; others only make room. Go's record does not name workers: each action stands in the first row that was free.</p></details>`;
}

const mostSteps = 60;

function workOf(spans: readonly (readonly [number, number, number])[]): number {
  return spans.reduce((sum, [from, to]) => sum + to - from, 0);
}

/** How far the causes reached, by module and folder; the script draws the packages themselves above it. */
export function reachPart(view: ReportView): Markup {
  const groups = [...view.shown, ...view.hidden].filter(({ direct, cascade }) => direct + cascade > 1);
  if (groups.length === 0 || view.report.baseline.status === "none") return nothing;
  const { module } = view.report.now;
  const tables = groups.slice(0, mostGroups).map((group, at) => {
    const actions = actionsOfCauses(view, group.causes);
    const rows = foldPackages(actions, ({ package: path }) => path, module)
      .map((folder) => {
        const known = itemsIn(folder).flatMap(({ seconds }) => seconds ?? []);
        const seconds = known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
        return { path: folder.path, count: folder.count, seconds };
      })
      .sort((a, b) => (b.seconds ?? -1) - (a.seconds ?? -1) || b.count - a.count);
    const shown = rows.slice(0, mostFolders);
    const over = rows.length - shown.length;
    return html`<details><summary>${numberText(at + 1)}  ${shortenMiddle(visibleText(group.summary), 200)}: ${countText(rows.length, "module")}</summary><div class="scroll" tabindex="0" role="group" aria-label="Modules that cause ${at + 1} reached"><table><thead><tr><th scope="col">module</th><th scope="col">actions</th><th scope="col">work</th></tr></thead><tbody>${shown.map(
      ({ path, count, seconds }) =>
        html`<tr><th scope="row">${path === "std" ? "standard library" : shortenMiddle(visibleText(path), 200)}</th><td class="right">${numberText(count)}</td><td class="right">${seconds === null ? "" : secondsText(seconds)}</td></tr>`,
    )}${over > 0 ? html`<tr><td colspan="3" class="dim">and ${numberText(over)} more</td></tr>` : ""}</tbody></table></div></details>`;
  });
  return html`<section id="reach" aria-labelledby="reach-title"><h2 id="reach-title">How far it reached</h2>${tables}</section>`;
}

const mostGroups = 20;
const mostFolders = 40;

function itemsIn<T>(folder: Folder<T>): T[] {
  return [...folder.items, ...folder.folders.flatMap(itemsIn)];
}

function name(key: string, module: string | null): string {
  return shortenMiddle(visibleText(actionName(key, module)), 200);
}
