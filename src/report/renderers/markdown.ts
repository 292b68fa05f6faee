import type { Report } from "../report.ts";
import { forPeople } from "../transforms/for-people.ts";
import { hideHomes } from "../transforms/hide-homes.ts";
import type { CauseGroup, ReportView } from "../transforms/report-view.ts";
import { baselineText, commandText, comparedText, headText } from "../wording/head.ts";
import { numberText } from "../wording/numbers.ts";
import { visibleText } from "../wording/values.ts";
import { actionPart, hitPart } from "./markdown/action-part.ts";
import { adviceLines, causePart } from "./markdown/cause-part.ts";
import { changeParts } from "./markdown/change-part.ts";
import { prose } from "./markdown/escape.ts";
import { factsText } from "./markdown/facts.ts";
import { noteLines, overlapLines } from "./markdown/notes.ts";
import { createRoom, fill, type Part, type Room } from "./markdown/room.ts";
import type { View } from "./view.ts";

/** No more than this: GitHub takes 65,536 characters a comment, and some room is for what people write around it. */
export const mostCharacters = 60_000;

/** Causes that are not folded. */
const mostCauses = 10;

/**
 * The report to be pasted in an issue or a pull request: the causes in a table, what is beside them, then details, folded. Never
 * above 60,000 characters: what has no room is left out and counted, hits first, then actions, then changed inputs, then
 * causes. Times are UTC and home directories `~`, since others read it.
 */
export function renderMarkdown(report: Report, view: View): string {
  const shown = hideHomes(report);
  const people = forPeople(shown, mostCauses);
  const room = createRoom(mostCharacters - noteRoom);
  const head = headBlock(shown);
  room.take(head);
  const dropped: string[] = [];
  const isFirst = shown.baseline.status === "none";
  const causes = isFirst ? "" : taken(causePart(people, people.shown, 1), room, dropped, "causes");
  const beside = taken(linesPart(besideLines(people)), room, dropped, "lines of advice and notes");
  const facts = factsText(shown);
  const factsBlock = room.take(facts) ? facts : "";
  const more = isFirst ? "" : taken(moreCauses(people), room, dropped, "causes");
  const changes = isFirst ? [] : detailsOf(people, view, room, dropped);
  const actions = taken(actionPart(people, view), room, dropped, "actions that ran");
  const hits = taken(hitPart(people, view), room, dropped, "cached actions");
  const blocks = [head, causes, beside, more, ...changes, actions, hits, factsBlock, droppedText(dropped)];
  return `${blocks
    .filter((block) => block !== "")
    .map((block) => block.trimEnd())
    .join("\n\n")}\n`;
}

/** Characters kept for the blank lines between blocks and for the words that say what was left out. */
const noteRoom = 600;

function headBlock(report: Report): string {
  const compared = comparedText(report, null);
  const text = compared === null ? headText(report) : `${headText(report)} (${compared})`;
  const baseline = report.totals.ran + report.totals.byVerdict.unknown === 0 ? null : baselineText(report);
  const before =
    report.before === null ? [] : [commandText(["go", ...report.before.args]), visibleText(report.before.id)];
  const lines = [`**gocache-why**: ${prose(text, before)}`];
  if (baseline !== null) lines.push(prose(baseline.slice(0, 500)));
  return `${lines.join("\n\n")}\n`;
}

function besideLines(people: ReportView): string[] {
  if (people.report.baseline.status === "none") return noteLines(people);
  return [...adviceLines(people, people.shown), ...overlapLines(people), ...noteLines(people)];
}

function linesPart(lines: readonly string[]): Part {
  return {
    open: "",
    pieces: lines.map((line) => `- ${line}\n`),
    close: "",
    more: (left) => `- … and ${numberText(left)} more lines\n`,
  };
}

function moreCauses(people: ReportView): Part {
  const groups: readonly CauseGroup[] = people.hidden;
  const part = causePart(people, groups, people.shown.length + 1);
  const title = groups.length === 1 ? "1 more cause" : `${numberText(groups.length)} more causes`;
  return { ...part, open: `${detailsOpen(title)}${part.open}`, close: `${part.close}${detailsClose}` };
}

function detailsOf(people: ReportView, view: View, room: Room, dropped: string[]): string[] {
  const parts = changeParts(people, view);
  if (parts.length === 0) return [];
  const title = "What changed, cause by cause";
  const open = detailsOpen(title);
  const texts: string[] = [];
  let left = 0;
  if (!room.take(open + detailsClose)) left = parts.length;
  else {
    for (const part of parts) {
      const filled = left > 0 ? { text: "", left: 1 } : fill(part, room);
      if (filled.text === "") left++;
      else texts.push(filled.text);
    }
  }
  if (left > 0)
    dropped.push(`the changed inputs of ${numberText(left)} of ${numberText(parts.length)} causes`);
  return texts.length === 0 ? [] : [`${open}${texts.join("\n")}${detailsClose}`];
}

function taken(part: Part | null, room: Room, dropped: string[], what: string): string {
  if (part === null || part.pieces.length === 0) return "";
  const { text, left } = fill(part, room);
  if (left > 0) dropped.push(`${numberText(left)} of ${numberText(part.pieces.length)} ${what}`);
  return text;
}

function detailsOpen(title: string): string {
  return `<details>\n<summary>${title}</summary>\n\n`;
}

const detailsClose = "\n</details>\n";

function droppedText(dropped: readonly string[]): string {
  if (dropped.length === 0) return "";
  return `Left out, to stay below ${numberText(mostCharacters)} characters: ${dropped.join("; ")}. \`--format json\` has all.\n`;
}
