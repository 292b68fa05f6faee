import type { Report } from "../../report.ts";
import { headText } from "../../wording/head.ts";
import { prose } from "../markdown/escape.ts";
import { mostCharacters, renderMarkdown } from "../markdown.ts";
import type { View } from "../view.ts";

/**
 * The report as Markdown in at most so many bytes of UTF-8: details go first, then causes, at last all but the first line.
 * Null where not even that has room.
 * @param more a line of Markdown that stands at the end, or null
 */
export function renderSummary(
  report: Report,
  view: View,
  mostBytes: number,
  more: string | null,
): string | null {
  const end = more === null ? "" : `\n${more}\n`;
  const room = mostBytes - bytesOf(end);
  let characters = Math.min(room, longest);
  // A character has up to three bytes here, so that the first text may be too long; each further one is shorter by what that was too much.
  while (characters >= leastCharacters) {
    const text = renderMarkdown(report, view, characters);
    const bytes = bytesOf(text);
    if (bytes <= room) return text + end;
    characters = Math.min(characters - 1_000, Math.floor((characters * room) / bytes));
  }
  const line = `**gocache-why**: ${prose(headText(report))}\n`;
  return bytesOf(line) <= mostBytes ? line : null;
}

/** Nobody reads more, and browsers are slow with it: ten times of what a comment takes. */
const longest = 10 * mostCharacters;

/** With less there is no room for a table. */
const leastCharacters = 2_000;

function bytesOf(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
