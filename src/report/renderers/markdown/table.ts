/** A table that GitHub and GitLab render, row by row, so that a part of it can be left out. */
export interface MarkdownTable {
  /** Two lines with line ends: the names and the line below them. */
  readonly head: string;
  readonly rows: readonly string[];
}

export type Align = "left" | "right";

/**
 * A table of cells in Markdown. Each row is one line that ends in a line end, with as many cells as the head: a cell must have
 * neither a pipe nor a line break, which `codeSpan` and `prose` see to.
 */
export function markdownTable(
  columns: readonly (readonly [string, Align])[],
  rows: readonly (readonly string[])[],
): MarkdownTable {
  return {
    head: `${rowOf(columns.map(([name]) => name))}${rowOf(columns.map(([, align]) => (align === "right" ? "--:" : "---")))}`,
    rows: rows.map(rowOf),
  };
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(/[\r\n]+/g, " ").trim()).join(" | ")} |\n`;
}
