import type { Report } from "../report.ts";
import { forPeople } from "../transforms/for-people.ts";
import { hideHomes } from "../transforms/hide-homes.ts";
import type { CauseGroup, ReportView } from "../transforms/report-view.ts";
import { baselineText, commandText, comparedText, headText } from "../wording/head.ts";
import { countText, numberText } from "../wording/numbers.ts";
import { runLines } from "../wording/runs.ts";
import { visibleText } from "../wording/values.ts";
import { actionPart, hitPart } from "./markdown/action-part.ts";
import { adviceLines, causePart } from "./markdown/cause-part.ts";
import { changeParts } from "./markdown/change-part.ts";
import { codeSpan, prose } from "./markdown/escape.ts";
import { factsText } from "./markdown/facts.ts";
import { innocentLines, noteLines, overlapLines } from "./markdown/notes.ts";
import { createRoom, fill, type Part, type Room } from "./markdown/room.ts";
import type { View } from "./view.ts";

/** No more than this: GitHub takes 65,536 characters a comment, and some room is for what people write around it. */
export const mostCharacters = 60_000;

/** Causes that are not folded. */
const mostCauses = 10;

/**
 * The report to be pasted in an issue or a pull request: the causes in a table, what is beside them, then details, folded. Never
 * above 60,000 characters: what has no room is left out and counted, edits first, then hits, actions, changed inputs and
 * causes. Times are UTC and home directories `~`, since others read it.
 * @param most characters, where another place takes more, or has less room left
 */
export function renderMarkdown(report: Report, view: View, most = mostCharacters): string {
  const shown = hideHomes(report);
  const people = forPeople(shown, mostCauses);
  const room = createRoom(most - noteRoom);
  const head = headBlock(shown);
  room.take(head);
  const dropped: string[] = [];
  const isFirst = shown.baseline.status === "none";
  const causes = isFirst ? "" : taken(causePart(people, people.shown, 1), room, dropped, "causes");
  const beside = taken(linesPart(besideLines(people)), room, dropped, "lines of advice and notes");
  const below = taken(belowPart(shown), room, dropped, "go commands");
  const facts = factsText(shown);
  const factsBlock = room.take(facts) ? facts : "";
  const more = isFirst ? "" : taken(moreCauses(people), room, dropped, "causes");
  const changes = isFirst ? [] : detailsOf(people, view, room, dropped);
  const actions = taken(actionPart(people, view), room, dropped, "actions that ran");
  const hits = taken(hitPart(people, view), room, dropped, "cached actions");
  const details = detailsText(changes, room, dropped);
  const blocks = [
    head,
    causes,
    beside,
    below,
    more,
    details,
    actions,
    hits,
    factsBlock,
    droppedText(dropped, most),
  ];
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
  const baseline = baselineText(report);
  const before =
    report.before === null ? [] : [commandText(["go", ...report.before.args]), visibleText(report.before.id)];
  const lines = [`**gocache-why**: ${prose(text, before)}`];
  if (baseline !== null) lines.push(prose(baseline.slice(0, 500)));
  return `${lines.join("\n\n")}\n`;
}

function besideLines(people: ReportView): string[] {
  if (people.report.baseline.status === "none") return noteLines(people);
  return [
    ...adviceLines(people, people.shown),
    ...overlapLines(people),
    ...noteLines(people),
    ...innocentLines(people),
  ];
}

function linesPart(lines: readonly string[]): Part {
  return {
    open: "",
    pieces: lines.map((line) => `- ${line}\n`),
    close: "",
    more: (left) => `- … and ${numberText(left)} more lines\n`,
  };
}

/** The go commands of `gocache-why run`. */
function belowPart(report: Report): Part | null {
  if (report.runs === undefined || report.runs.length < 2) return null;
  const { lines, left } = runLines(report, mostCauses);
  const told = lines.map(({ command, place, told }) => {
    const where = place === null ? "" : ` (in ${codeSpan(place)})`;
    return `- ${codeSpan(command)}${where}: ${prose(told)}\n`;
  });
  return {
    open: "",
    pieces: left === "" ? told : [...told, `- ${left}\n`],
    close: "",
    more: (count) => `- … and ${numberText(count)} more\n`,
  };
}

function moreCauses(people: ReportView): Part {
  const groups: readonly CauseGroup[] = people.hidden;
  const part = causePart(people, groups, people.shown.length + 1);
  const title = groups.length === 1 ? "1 more cause" : `${numberText(groups.length)} more causes`;
  return { ...part, open: `${detailsOpen(title)}${part.open}`, close: `${part.close}${detailsClose}` };
}

/** A cause's details as far as there was room for them, and its edits, which are given room last. */
interface Details {
  readonly text: string;
  readonly edits: readonly string[];
}

function detailsOf(people: ReportView, view: View, room: Room, dropped: string[]): Details[] {
  const parts = changeParts(people, view);
  if (parts.length === 0) return [];
  const details: Details[] = [];
  let left = 0;
  if (!room.take(changesOpen + detailsClose)) left = parts.length;
  else {
    for (const { part, edits } of parts) {
      const filled = left > 0 ? { text: "", left: 1 } : fill(part, room);
      if (filled.text === "") left++;
      else details.push({ text: filled.text, edits });
    }
  }
  if (left > 0)
    dropped.push(`the changed inputs of ${numberText(left)} of ${numberText(parts.length)} causes`);
  return details;
}

function detailsText(details: readonly Details[], room: Room, dropped: string[]): string {
  if (details.length === 0) return "";
  const all = details.flatMap(({ edits }) => edits).length;
  let shown = 0;
  const texts = details.map(({ text, edits }) => {
    const fitting = edits.filter((edit) => room.take(edit));
    shown += fitting.length;
    return text + fitting.join("");
  });
  if (shown < all) dropped.unshift(`${numberText(all - shown)} of ${countText(all, "edit")}`);
  return `${changesOpen}${texts.join("\n")}${detailsClose}`;
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

const changesOpen = detailsOpen("What changed, cause by cause");

function droppedText(dropped: readonly string[], most: number): string {
  if (dropped.length === 0) return "";
  return `Left out, to stay below ${numberText(most)} characters: ${dropped.join("; ")}. \`--format json\` has all.\n`;
}
