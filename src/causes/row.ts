import type { InputDelta } from "../compare/compare-runs.ts";
import type { Attribution, Site } from "./site.ts";

/**
 * A row of a classifier: one thing outside that can have changed an input. The tables of `classify*.ts` are made of
 * rows so that each can be read, named and taken away alone (test/mutation).
 */
export interface Row {
  /** What it is about, in a few words; unique in its table. */
  readonly name: string;
  /** Names of inputs (or what the table goes by) that it is about; any where it is left out. */
  readonly form?: RegExp;
  /**
   * Where the input comes from; null where this row is not it, so that the next one is asked.
   * @param word what `form` found in its first group; the whole name where it has none
   */
  readonly says: (delta: InputDelta, site: Site, word: string) => Attribution | null;
}

/** The answer of the first row that has one; null where none has. */
export function firstAnswer(
  rows: readonly Row[],
  name: string,
  delta: InputDelta,
  site: Site,
): Attribution | null {
  for (const { form, says } of rows) {
    const found = form?.exec(name);
    if (found === null) continue;
    const answer = says(delta, site, found?.[1] ?? name);
    if (answer !== null) return answer;
  }
  return null;
}
