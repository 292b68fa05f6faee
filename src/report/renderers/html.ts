import { createHash } from "node:crypto";
import type { Beside } from "../beside.ts";
import type { Report } from "../report.ts";
import { forPeople } from "../transforms/for-people.ts";
import type { ReportView } from "../transforms/report-view.ts";
import { baselineText, commandText, comparedText, headText } from "../wording/head.ts";
import { numberText, secondsText } from "../wording/numbers.ts";
import { visibleText } from "../wording/values.ts";
import { actionsPart } from "./html/actions-part.ts";
import { causesPart } from "./html/cause-part.ts";
import { historyPart } from "./html/history-part.ts";
import { html, jsonText, type Markup, nothing, trusted } from "./html/markup.ts";
import { belowPart, notesPart } from "./html/notes-part.ts";
import { pageAssets } from "./html/page-assets.ts";
import { pageDataOf } from "./html/page-data.ts";
import { runsPart } from "./html/runs-part.ts";
import { reachPart, timelinePart } from "./html/timeline-part.ts";
import type { View } from "./view.ts";

/** Causes that are not folded. */
const mostCauses = 8;

/**
 * The report as one page that needs nothing else: no network, no other file. All of it is there without its script and its
 * style; these add what is to be looked at. Its policy lets through its own script and style, by their digests, and nothing else.
 */
export function renderHtml(report: Report, view: View): string {
  const people = forPeople(report, mostCauses);
  const beside = view.beside ?? null;
  const { script, style } = pageAssets();
  const isFirst = report.baseline.status === "none";
  const policy = `default-src 'none'; script-src '${digestOf(script)}'; style-src '${digestOf(style)}'; base-uri 'none'; form-action 'none'`;
  const head = capital(headText(report));
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${head} – gocache-why</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<p class="brand"><a href="#causes">gocache-why</a> <code>${commandText(report.command, 60)}</code></p>
<h1>${head}</h1>
${headLines(report)}${hitBar(report, beside)}
</header>
<main>
${isFirst ? nothing : causesPart(people)}
${notesPart(people)}
${belowPart(people)}
${timelinePart(people, beside)}
${reachPart(people)}
${runsPart(report, beside)}
${historyPart(report, beside)}
${actionsPart(people)}
</main>
<footer>
${wordsPart(people)}
<p class="dim">Made by gocache-why ${visibleText(report.tool.version).slice(0, 60)}. This file needs nothing else, and sends nothing.</p>
</footer>
<script type="application/json" id="data">${jsonText(pageDataOf(people, beside))}</script>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.text;
}

function headLines(report: Report): Markup {
  const compared = comparedText(report, null);
  const baseline = baselineText(report);
  return html`${compared === null ? "" : html`<p class="compared">${compared}</p>\n`}${baseline === null ? "" : html`<p class="compared">${baseline.slice(0, 500)}</p>\n`}`;
}

/** Hits and misses as numbers, before and now, and as one bar of their shares. */
function hitBar({ totals }: Report, beside: Beside | null): Markup {
  const { actions, hit, missed, alwaysRan, byVerdict, seconds } = totals;
  if (actions === 0) return nothing;
  const was = beside?.before ?? null;
  const parts = [
    { name: "cached", count: hit, kind: "hit", was: was === null ? null : numberText(was.hit) },
    { name: "missed", count: missed, kind: "missed", was: null },
    { name: alwaysRan === 1 ? "always runs" : "always run", count: alwaysRan, kind: "always", was: null },
    { name: "unknown", count: byVerdict.unknown, kind: "unknown", was: null },
  ].filter(({ count }) => count > 0);
  const clock = beside?.now?.clockSeconds ?? null;
  const times = [
    { name: "work", seconds, was: was?.seconds ?? null },
    { name: "clock", seconds: clock, was: was?.clockSeconds ?? null },
  ].filter((each) => each.seconds !== null);
  const before = (text: string | null): Markup =>
    text === null ? nothing : html` <span class="was">before ${text}</span>`;
  let from = 0;
  const pieces = parts.map(({ count, kind }) => {
    const width = (count / actions) * 100;
    const rect = html`<rect class="${kind}" x="${from.toFixed(2)}" width="${Math.max(0.4, width).toFixed(2)}" height="8"/>`;
    from += width;
    return rect;
  });
  const counts = parts.map(
    (each) =>
      html`<li class="${each.kind}"><b>${numberText(each.count)}</b> ${each.name}${before(each.was)}</li> `,
  );
  const clocks = times.map(
    (each) =>
      html`<li class="time"><b>${secondsText(each.seconds ?? 0)}</b> ${each.name}${before(each.was === null ? null : secondsText(each.was))}</li> `,
  );
  return html`<ul class="totals">${counts}${clocks}</ul>
<svg class="hits" width="100%" height="8" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${pieces}</svg>
`;
}

/** A sentence of the terminal, where it stands behind the tool's name, as one of its own. */
function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** The words that a stranger may not know, folded. */
function wordsPart(view: ReportView): Markup {
  if (view.report.causes.length === 0) return nothing;
  return html`<details><summary>What the words mean</summary><dl>
<dt>action</dt><dd>What go looks up under a key: a package that is compiled, a link, a vet, a test.</dd>
<dt>work</dt><dd>The time that processes ran for an action, added up: more than the clock shows where several ran at once.</dd>
<dt>cached, missed</dt><dd>The key was in Go's build cache, or it was not: an input was new, the entry was gone, or the action is new.</dd>
<dt>proven</dt><dd>The earlier key was made again from what lies outside it (the old value, the old file), and came out as Go had it.</dd>
<dt>observed</dt><dd>Both values were recorded, and every input that differs has a known cause.</dd>
<dt>predicted, at-most, inferred</dt><dd>It must be so, it is an upper bound, or it was deduced from other signs.</dd>
</dl></details>`;
}

function digestOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
