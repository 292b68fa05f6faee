import stringWidth from "string-width";
import { shortenMiddle } from "../../wording/values.ts";

/** Columns that a text takes on a terminal; East Asian wide characters take two. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e\u00a0→…]*$/.test(text) ? text.length : stringWidth(text);
}

/**
 * Text in lines of at most `width` columns, broken at spaces. A word that is wider is shortened around a …, a path so
 * that its last part stays whole where it can.
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let columns = 0;
  for (const raw of text.split(breakable)) {
    const word = squeeze(raw, width);
    const wide = widthOf(word);
    if (line !== "" && columns + 1 + wide > width) {
      lines.push(finish(line));
      line = "";
      columns = 0;
    }
    columns += line === "" ? wide : 1 + wide;
    line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(finish(line));
  return lines;
}

function finish(line: string): string {
  return line.replaceAll(glue, " ").trimEnd();
}

/** A number stays with its unit, -o with its file; so does all that `glued` joined. */
const breakable = /(?<!(?:^| )-o)(?:(?<!\d) | (?!(?:s|min|h)(?:[ ,.;:)]|$)))/;

/** A text that `wrap` does not break. */
export function glued(text: string): string {
  return text.replaceAll(" ", glue);
}

const glue = "\u00a0";

/** A word in at most `width` columns. */
export function squeeze(word: string, width: number): string {
  if (widthOf(word) <= width) return word;
  const base = word.slice(word.lastIndexOf("/") + 1);
  const room = width - widthOf(base) - 2;
  if (base !== word && room >= 3) {
    return `${takeColumns(word.slice(0, word.length - base.length - 1), room)}…/${base}`;
  }
  for (let length = width; length > 1; length--) {
    const short = shortenMiddle(word, length);
    if (widthOf(short) <= width) return short;
  }
  return "…";
}

/** A text in at most `width` columns, with … for the end that had to go. */
export function cutEnd(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${takeColumns(text, width - 1)}…`;
}

/** Spaces up to `width` columns behind the text. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

function takeColumns(text: string, width: number): string {
  let taken = "";
  for (const character of text) {
    if (widthOf(taken + character) > width) break;
    taken += character;
  }
  return taken;
}
