import { causeCatalogue, causeCodes } from "../causes/catalogue.ts";
import type { CauseClass, CauseCode } from "../causes/cause.ts";
import { causePages } from "../causes/cause-pages.ts";

/** What is known of causes whatever the run: `gocache-why explain --format json`; field by field as in `schema/explain.schema.json`. */
export interface CodePages {
  readonly schemaVersion: 1;
  readonly causes: readonly CodePage[];
}

export interface CodePage {
  readonly code: CauseCode;
  readonly class: CauseClass;
  readonly title: string;
  readonly meaning: string;
  /** What `subject` of such a cause holds. */
  readonly subject: string;
  /** True where it comes back on every run of the same command. */
  readonly everyRun: boolean;
  readonly proof: string;
  readonly fix: string;
  /** When the fix does harm; null where it does none. */
  readonly unsafe: string | null;
  readonly byHand: { readonly commands: readonly string[]; readonly see: string };
  /** A document that tells more; null where there is none. */
  readonly more: { readonly file: string; readonly about: string } | null;
}

/** The pages of these codes, in the catalogue's order; of all codes where none is given. */
export function codePages(codes: readonly CauseCode[] = causeCodes): CodePages {
  const chosen = causeCodes.filter((code) => codes.includes(code));
  return {
    schemaVersion: 1,
    causes: chosen.map((code) => {
      const { class: kind, title, meaning, subject, everyRun } = causeCatalogue[code];
      const { proof, fix, unsafe, byHand, more = null } = causePages[code];
      return { code, class: kind, title, meaning, subject, everyRun, proof, fix, unsafe, byHand, more };
    }),
  };
}

export function isCauseCode(word: string): word is CauseCode {
  return Object.hasOwn(causeCatalogue, word);
}

/** Codes that somebody may have meant who wrote this one: the likeliest first, three at the most. */
export function codesLike(word: string): readonly CauseCode[] {
  const wanted = word.toLowerCase().replace(/[_\s]+/g, "-");
  const scored = causeCodes.map((code) => ({ code, score: distance(wanted, code) }));
  const near = scored.filter(({ code, score }) => score <= Math.max(2, Math.ceil(code.length / 4)));
  const within = causeCodes.filter((code) => wanted.length >= 3 && code.includes(wanted));
  const ordered = near.sort((a, b) => a.score - b.score).map(({ code }) => code);
  return [...new Set([...ordered, ...within])].slice(0, 3);
}

/** Letters that have to be put in, taken out or replaced to make one word of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [column, wanted] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
