import type { RunAction } from "../model/run.ts";
import type { CauseFact, ContentInGit, Evidence, InputChange, Verdict } from "./cause.ts";
import type { Edit } from "./edits.ts";
import type { TouchedFile } from "./touched.ts";

/** What became of one action of the now-run, and through whom. */
export interface ExplainedAction {
  readonly action: RunAction;
  readonly idBefore: string | null;
  readonly verdict: Verdict;
  /** Causes of which it is a root. */
  readonly own: readonly string[];
  /** Causes that reached it through other actions. */
  readonly inherited: readonly string[];
  /** Those of its causes that would have sufficed alone, as far as that is known. */
  readonly sufficient: readonly string[];
  /** The dependency on the shortest way to a root; null for a root and for what hit. */
  readonly via: string | null;
}

export interface ExplainedCause {
  readonly fact: CauseFact;
  readonly evidence: Evidence;
  readonly changes: readonly InputChange[];
  /** Those of the changes that are edits of files; `showEdits` fills in their diffs. */
  readonly edits: readonly Edit[];
  /** The file that it is, where nothing but the time of a regular file changed; else absent. */
  readonly touched?: TouchedFile;
  /** Of such a file, where git was asked: `showContentInGit` fills it in. */
  readonly contentInGit?: ContentInGit;
}
