import Table from "cli-table3";
import { widthOf } from "./layout.ts";

/**
 * Rows as lines with two blanks between the columns, without borders and blanks at the end.
 *
 * cli-table3 counts combining marks and joined emoji as columns of their own, so that rows with such names came out too wide:
 * it lays out stand-ins of the right width, and the texts take their places afterwards.
 */
export function layOutTable(
  rows: readonly (readonly string[])[],
  aligns: readonly ("left" | "right")[],
): string[] {
  const table = new Table({
    chars: noBorders,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) {
    table.push(
      row.map((text, at) => ({ content: standIn.repeat(widthOf(text)), hAlign: aligns[at] ?? "left" })),
    );
  }
  return table
    .toString()
    .split("\n")
    .map((line, at) => {
      const texts = (rows[at] ?? []).filter((text) => widthOf(text) > 0)[Symbol.iterator]();
      return line.replace(standIns, () => texts.next().value ?? "").trimEnd();
    });
}

/** Any character that takes one column: nothing else but blanks is in a line that is laid out. */
const standIn = "\ue000";
const standIns = /\ue000+/g;

const noBorders = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};
