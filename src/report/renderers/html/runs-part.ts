import type { Beside, RunNumbers } from "../../beside.ts";
import type { Report, ReportRun } from "../../report.ts";
import { numberText, secondsText } from "../../wording/numbers.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { html, type Markup } from "./markup.ts";

/** Both runs side by side: how much was cached, work, clock, and what was run where. */
export function runsPart(report: Report, beside: Beside | null): Markup {
  const { before, now, totals } = report;
  const numbersNow: RunNumbers = {
    actions: totals.actions,
    hit: totals.hit,
    ran: totals.ran,
    seconds: totals.seconds,
    clockSeconds: beside?.now?.clockSeconds ?? null,
  };
  const rows: Markup[] = [
    ...numberRows.flatMap(([name, read]) =>
      rowOf(name, beside?.before ?? null, numbersNow, read, before !== null),
    ),
    ...factRows.flatMap(([name, read]) => rowOf(name, before, now, read, before !== null)),
  ];
  const head =
    before === null
      ? html`<th scope="col">this run</th>`
      : html`<th scope="col">before</th><th scope="col">now</th>`;
  return html`<section id="runs" aria-labelledby="runs-title">
<h2 id="runs-title">${before === null ? "The run" : "Before and now"}</h2>
<div class="scroll" tabindex="0" role="group" aria-labelledby="runs-title"><table class="facts"><thead><tr><td></td>${head}</tr></thead><tbody>${rows}</tbody></table></div>
</section>`;
}

function rowOf<T>(
  name: string,
  before: T | null,
  now: T,
  read: (side: T) => string | null,
  hasBefore: boolean,
): Markup[] {
  const left = before === null ? null : read(before);
  const right = read(now);
  if (left === null && right === null) return [];
  const cell = (text: string | null): Markup =>
    text === null
      ? html`<td class="dim">not known</td>`
      : html`<td>${shortenMiddle(visibleText(text), 300)}</td>`;
  return [
    html`<tr${hasBefore && left !== null && left !== right ? html` class="differs"` : ""}><th scope="row">${name}</th>${hasBefore ? cell(left) : ""}${cell(right)}</tr>`,
  ];
}

const numberRows: readonly (readonly [string, (numbers: RunNumbers) => string | null])[] = [
  ["cached", ({ hit, actions }) => (actions === 0 ? null : `${numberText(hit)} of ${numberText(actions)}`)],
  ["ran", ({ ran, actions }) => (actions === 0 ? null : numberText(ran))],
  ["work", ({ seconds }) => (seconds === null ? null : secondsText(seconds))],
  ["clock", ({ clockSeconds }) => (clockSeconds === null ? null : secondsText(clockSeconds))],
];

const factRows: readonly (readonly [string, (run: ReportRun) => string | null])[] = [
  ["command", ({ args }) => (args.length === 0 ? null : `go ${args.join(" ")}`)],
  ["started", ({ startedAt }) => (startedAt === null ? null : secondText(startedAt))],
  ["Go", ({ goVersion }) => goVersion],
  ["platform", ({ goos, goarch }) => (goos === null || goarch === null ? null : `${goos}/${goarch}`)],
  ["module", ({ module }) => module],
  ["directory", ({ directory }) => directory],
  ["GOCACHE", ({ gocache }) => gocache],
  ["commit", ({ head }) => head],
  ["exit status", ({ exitCode }) => (exitCode === null ? null : String(exitCode))],
  [
    "run",
    ({ id, source }) =>
      source === "recorded" ? id : `${id} (${source === "imported" ? "a log" : "a snapshot"})`,
  ],
];

/** `2026-11-21 14:02:33 UTC` */
export function secondText(startedAt: string): string {
  const then = new Date(startedAt);
  return Number.isNaN(then.getTime())
    ? startedAt
    : `${then.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
