import type { Beside, PastRun } from "../../beside.ts";
import type { Report } from "../../report.ts";
import { commandText } from "../../wording/head.ts";
import { countText, numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { html, type Markup, nothing } from "./markup.ts";
import { secondText } from "./runs-part.ts";

/** The recorded runs of the same command, oldest first, and what changed on how many of them. The script draws curves above it. */
export function historyPart(report: Report, beside: Beside | null): Markup {
  const runs = beside?.history ?? [];
  if (runs.length < 2) return nothing;
  const compared = runs.filter(({ causes }) => causes !== null);
  return html`<section id="history" aria-labelledby="history-title"><h2 id="history-title">History</h2>
<p>The last ${numberText(runs.length)} recorded runs of this command.</p>
${changedPart(compared)}
<details><summary>All runs in a table</summary><div class="scroll" tabindex="0" role="group" aria-label="Recorded runs"><table><thead><tr><th scope="col">run</th><th scope="col">started</th><th scope="col">cached</th><th scope="col">missed</th><th scope="col">work</th><th scope="col">clock</th><th scope="col">causes</th></tr></thead><tbody>${[...runs].reverse().map((run) => rowOf(run, report))}</tbody></table></div></details>
</section>`;
}

function rowOf(run: PastRun, report: Report): Markup {
  const now = run.id === report.now.id ? html` <span class="dim">this run</span>` : "";
  const causes =
    run.causes === null
      ? html`<span class="dim">not compared</span>`
      : run.causes.length === 0
        ? html`<span class="dim">none</span>`
        : html`${run.causes
            .slice(0, 3)
            .map(({ summary }) => shortenMiddle(visibleText(summary), 90))
            .join("; ")}${run.causes.length > 3 ? ` and ${numberText(run.causes.length - 3)} more` : ""}`;
  const failed =
    run.exitCode === 0 || run.exitCode === null
      ? ""
      : html` <span class="warn">status ${run.exitCode}</span>`;
  return html`<tr><th scope="row"><span title="${commandText(["go", ...run.args])}">${shortenMiddle(visibleText(run.id), 20)}</span>${now}${failed}</th><td>${run.startedAt === null ? "" : secondText(run.startedAt)}</td><td class="right">${numberText(run.hit)} of ${numberText(run.actions)}</td><td class="right">${run.missed === null ? "" : numberText(run.missed)}</td><td class="right">${run.seconds === null ? "" : secondsText(run.seconds)}</td><td class="right">${run.clockSeconds === null ? "" : secondsText(run.clockSeconds)}</td><td>${causes}</td></tr>`;
}

/** What changed, the most often first, with a mark for each run; what changed every time is what to mend. */
function changedPart(runs: readonly PastRun[]): Markup {
  if (runs.length < 2) return nothing;
  const found = new Map<
    string,
    { subject: string; code: string; runs: Set<number>; seconds: number | null }
  >();
  runs.forEach((run, at) => {
    for (const { code, subject, seconds } of run.causes ?? []) {
      const key = `${code} ${subject}`;
      const known = found.get(key) ?? { subject, code, runs: new Set<number>(), seconds: null };
      known.runs.add(at);
      if (seconds !== null) known.seconds = (known.seconds ?? 0) + seconds;
      found.set(key, known);
    }
  });
  const rows = [...found.values()]
    .sort(
      (a, b) =>
        b.runs.size - a.runs.size || (b.seconds ?? 0) - (a.seconds ?? 0) || (a.subject < b.subject ? -1 : 1),
    )
    .slice(0, mostRows);
  if (rows.length === 0) return html`<p>Nothing that these runs depend on changed.</p>`;
  const always = rows.filter((row) => row.runs.size === runs.length);
  const told =
    always.length === 0
      ? ""
      : html`<p><strong>Changed on every run:</strong> ${always.map(({ subject }) => shortenMiddle(visibleText(subject), 80)).join(", ")}. What changes every time is never cached.</p>`;
  return html`${told}<p class="dim">What changed, in the ${countText(runs.length, "run")} that had one to compare with; the oldest stands left.</p><div class="scroll" tabindex="0" role="group" aria-label="What changed on which run"><table class="marks"><thead><tr><th scope="col">input</th><th scope="col">runs</th><th scope="col">work</th><th scope="col">when</th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><th scope="row">${shortenMiddle(visibleText(row.subject), 120)} <span class="dim">${row.code}</span></th><td class="right">${numberText(row.runs.size)} of ${numberText(runs.length)}</td><td class="right">${row.seconds === null ? "" : secondsText(row.seconds)}</td><td>${strip(row.runs, runs.length)}</td></tr>`,
  )}</tbody></table></div>`;
}

const mostRows = 20;

/** A box a run, full where it changed. */
function strip(changed: ReadonlySet<number>, count: number): Markup {
  const boxes = Array.from({ length: count }, (_, at) =>
    changed.has(at)
      ? html`<rect x="${at * 9}" y="1" width="7" height="10" fill="currentColor"/>`
      : html`<rect x="${at * 9 + 0.5}" y="1.5" width="6" height="9" fill="none" stroke="currentColor" opacity="0.35"/>`,
  );
  const places = [...changed].map((at) => String(at + 1)).join(", ");
  return html`<svg class="strip" width="${count * 9}" height="12" role="img" aria-label="changed in run ${places} of ${count}">${boxes}</svg>`;
}
