import { countText } from "./numbers.ts";

/**
 * The lines of a unified diff, up to so many that are added or taken out; then how many more of these it has.
 * @param most null for all of it
 * @param remedy what shows the rest: `-vv`
 */
export function editLines(diff: string, most: number | null, remedy: string): string[] {
  const lines = diff.trimEnd().split("\n");
  const changes = lines.filter(isChange).length;
  if (most === null || changes <= most) return lines;
  let seen = 0;
  const end = lines.findIndex((line) => isChange(line) && ++seen === most);
  return [...lines.slice(0, end + 1), `… ${countText(changes - most, "more changed line")}: ${remedy}`];
}

/** Changed lines of an edit that are shown where not all of it is asked for. */
export const shortEdit = 8;

function isChange(line: string): boolean {
  return line.startsWith("+") || line.startsWith("-");
}
