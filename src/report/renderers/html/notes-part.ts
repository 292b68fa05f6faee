import { overlapsOf } from "../../transforms/overlaps.ts";
import type { ReportView } from "../../transforms/report-view.ts";
import { adviceText } from "../../wording/advice.ts";
import { cacheProgramLines } from "../../wording/cache-program.ts";
import { innocentText } from "../../wording/innocent.ts";
import {
  alsoText,
  alwaysText,
  overlapText,
  redactionText,
  unexplainedText,
  unknownText,
} from "../../wording/notes.ts";
import { originText } from "../../wording/origin.ts";
import { cutOffText } from "../../wording/reach.ts";
import { runLines } from "../../wording/runs.ts";
import { shortenMiddle, visibleText } from "../../wording/values.ts";
import { html, type Markup, nothing } from "./markup.ts";

/** What stands beside the causes: what they share, what always runs, what is not known, warnings. */
export function notesPart(view: ReportView): Markup {
  const { report } = view;
  const lines: Markup[] = [];
  const add = (label: string, text: string, kind = ""): void => {
    const shown = shortenMiddle(visibleText(text), 800);
    lines.push(
      html`<li${kind === "" ? "" : html` class="${kind}"`}>${label === "" ? "" : html`<strong>${label}</strong> `}${shown}</li>`,
    );
  };
  overlapsOf(view)
    .slice(0, 5)
    .forEach((overlap, at) => {
      add("", overlapText(overlap, at === 0));
    });
  if (view.shown.length > 1 && report.totals.cutOff > 0)
    add("", `${cutOffText(report.totals.cutOff, null)}.`);
  for (const group of view.always) {
    const advice = group.advice === null ? "" : ` ${adviceText(group.advice)}`;
    add("always runs", `${alwaysText(group, report)}${advice}`);
  }
  for (const group of view.also) add("also", alsoText(group, report));
  if (report.totals.byVerdict.unknown > 0) add("unknown", unknownText(report), "warn");
  if (report.unexplained.length > 0)
    add("unexplained", unexplainedText(report, report.unexplained.length), "warn");
  for (const line of cacheProgramLines(report, 20)) add("cache program", line);
  for (const { message } of report.warnings) add("warning", message, "warn");
  for (const each of report.innocent ?? []) {
    const origin = originText(each);
    add("innocent", `${each.summary}${origin === null ? "" : ` (${origin})`}: ${innocentText(each.reason)}`);
  }
  if (report.innocent?.length === 0) add("innocent", "nothing else changed");
  const redaction = redactionText(report);
  if (redaction !== null) add("", redaction);
  return lines.length === 0
    ? nothing
    : html`<section aria-label="Beside the causes"><ul class="notes">${lines}</ul></section>`;
}

/** The go commands of `gocache-why run`. */
export function belowPart(view: ReportView): Markup {
  const { report } = view;
  if (report.runs === undefined || report.runs.length < 2) return nothing;
  const { lines, left } = runLines(report, 100);
  const items = lines.map(
    ({ command, place, told, failed }) =>
      html`<li${failed ? html` class="warn"` : ""}><code>${command}</code>${place === null ? "" : ` (in ${place})`}: ${told}</li>`,
  );
  return html`<section aria-labelledby="commands-title"><h2 id="commands-title">The go commands</h2><ul class="notes">${items}${left === "" ? "" : html`<li class="dim">${left}</li>`}</ul></section>`;
}
