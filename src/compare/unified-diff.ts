import { structuredPatch } from "diff";

/** What a diff shows at the most: what is beyond it helps nobody to recognise an edit. */
const mostLines = 60;
const mostCharacters = 4096;
const longestLine = 400;

/** Unchanged lines around a change, as `diff -u` gives them. */
const context = 3;

/** Lines that were added or taken out. Two texts that differ in 1,000 take 60 ms, and the time grows with the square. */
const mostEdits = 1000;

/**
 * The edit from one text to another as hunks of a unified diff, without file headers, each line ended by a newline. At most
 * 60 lines and 4,096 characters; what is left out is counted in a last line that begins with a backslash, and the ranges
 * of a hunk are those of the lines that it shows.
 * @returns null where the texts are equal, or have too little in common
 */
export function unifiedDiff(before: string, now: string): string | null {
  const [earlier, later] =
    hasOnlyCrlf(before) && hasOnlyCrlf(now) ? [toLf(before), toLf(now)] : [before, now];
  const patch = structuredPatch("", "", earlier, later, undefined, undefined, {
    context,
    maxEditLength: mostEdits,
  });
  if (patch === undefined || patch.hunks.length === 0) return null;
  const total = patch.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
  const shown: string[] = [];
  let room = mostCharacters;
  let taken = 0;
  for (const hunk of patch.hunks) {
    const lines: string[] = [];
    for (const line of hunk.lines.map(shortened)) {
      if (shown.length + 1 + lines.length >= mostLines || line.length + 1 > room) break;
      lines.push(line);
      room -= line.length + 1;
    }
    if (!lines.some(isChange)) break;
    const header = headerOf(hunk.oldStart, hunk.newStart, lines);
    room -= header.length + 1;
    shown.push(header, ...lines);
    taken += lines.length;
    if (lines.length < hunk.lines.length) break;
  }
  const left = total - taken;
  if (left > 0) shown.push(`\\ ${left} more ${left === 1 ? "line" : "lines"} left out`);
  return `${shown.join("\n")}\n`;
}

function isChange(line: string): boolean {
  return line.startsWith("+") || line.startsWith("-");
}

/** Where a side has no line, its range begins one line earlier (POSIX diff -u). */
function headerOf(oldStart: number, newStart: number, lines: readonly string[]): string {
  const count = (sign: string): number =>
    lines.filter((line) => line.startsWith(sign) || line.startsWith(" ")).length;
  const range = (start: number, length: number): string =>
    length === 1 ? `${start}` : `${length === 0 ? start - 1 : start},${length}`;
  return `@@ -${range(oldStart, count("-"))} +${range(newStart, count("+"))} @@`;
}

function shortened(line: string): string {
  return line.length <= longestLine ? line : `${line.slice(0, longestLine)}…`;
}

function hasOnlyCrlf(text: string): boolean {
  return text.includes("\n") && !/(?<!\r)\n/.test(text);
}

function toLf(text: string): string {
  return text.replaceAll("\r\n", "\n");
}
