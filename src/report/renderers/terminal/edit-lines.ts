import { editLines } from "../../wording/edit.ts";
import { visibleText } from "../../wording/values.ts";
import { cutEnd, widthOf } from "./layout.ts";

/** A changed line that is wider goes on below, so often at the most: what differs may be at its end. */
const mostRows = 6;

type Style = (text: string) => string;

export interface EditStyles {
  readonly added: Style;
  readonly removed: Style;
  /** Unchanged lines and what is said about the diff. */
  readonly beside: Style;
}

/**
 * A unified diff in rows of at most `width` columns, without trailing spaces.
 * @param most changed lines that are shown, null for all
 * @param remedy what shows the rest
 */
export function editRows(
  diff: string,
  most: number | null,
  remedy: string,
  width: number,
  styles: EditStyles = plain,
): string[] {
  return editLines(diff, most, remedy).flatMap((line) => {
    const shown = visibleText(line.replaceAll("\t", "  "));
    const isAdded = line.startsWith("+");
    if (!isAdded && !line.startsWith("-")) return [styles.beside(cutEnd(shown, width).trimEnd())];
    return rowsOf(shown, width).map((row) => (isAdded ? styles.added(row) : styles.removed(row)));
  });
}

const same: Style = (text) => text;
const plain: EditStyles = { added: same, removed: same, beside: same };

/** The rows of one line; those that continue it stand one column to the right, below its text. */
function rowsOf(text: string, width: number): string[] {
  const rows: string[] = [];
  let row = "";
  let taken = 0;
  for (const character of text) {
    if (widthOf(row + character) > width) {
      if (rows.length === mostRows - 1) return [...rows, cutEnd(row + text.slice(taken), width)];
      rows.push(row.trimEnd());
      row = " ";
    }
    row += character;
    taken += character.length;
  }
  return [...rows, row.trimEnd()];
}
