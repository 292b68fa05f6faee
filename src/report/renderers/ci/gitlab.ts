import type { Report } from "../../report.ts";
import { headText } from "../../wording/head.ts";
import { renderTerminal } from "../terminal.ts";
import type { View } from "../view.ts";
import { harmless, logText } from "./harmless.ts";

/**
 * The log of a GitLab job: the report in a section, and a step more of it (`-v`, with `-v` `-vv`) in another one that is folded.
 * @param unixSeconds when the sections begin and end
 */
export function renderGitlabLog(report: Report, view: View, unixSeconds: number): string {
  const plain = { ...view, colour: 0 as const };
  const short = section("gocache_why", headText(report), renderTerminal(report, plain), unixSeconds, false);
  if (report.totals.ran === 0) return short;
  const all = renderTerminal(report, { ...plain, verbosity: view.verbosity === 0 ? 1 : 2 });
  return (
    short +
    section("gocache_why_details", "gocache-why: all causes, and what they were of", all, unixSeconds, true)
  );
}

/** A section's name has letters, digits and the signs _ - . only; its head ends at the line's end. */
function section(name: string, head: string, body: string, unixSeconds: number, folded: boolean): string {
  const start = `\x1b[0Ksection_start:${unixSeconds}:${name}${folded ? "[collapsed=true]" : ""}\r\x1b[0K`;
  const end = `\x1b[0Ksection_end:${unixSeconds}:${name}\r\x1b[0K`;
  return `${start}${harmless(head.replaceAll("\n", " "))}\n${logText(body)}\n${end}\n`;
}
