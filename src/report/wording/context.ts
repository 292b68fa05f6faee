import type { ContentInGit, InputChange, CauseFact as OutsideChange } from "../../causes/cause.ts";
import type { Report } from "../report.ts";

/** A cause as far as the sentences about it need it; a `ReportCause` is one. */
export interface CauseFact extends OutsideChange {
  readonly changes?: readonly InputChange[];
  /** Number of actions that ran for it of their own. */
  readonly direct?: number;
  readonly contentInGit?: ContentInGit;
}

/** A file or folder that tests read, of which nothing but the time changed. */
export function isTimeOnly({ code, changes = [] }: CauseFact): boolean {
  return (
    code === "test-file-changed" && changes.length > 0 && changes.every(({ input }) => input === "mtime")
  );
}

/** What the sentences need to know of the run. */
export interface WordingContext {
  /** `Run.module` of the present run. */
  readonly module: string | null;
  /** `go1.26.8`, of the present run. */
  readonly goVersion: string | null;
  /** `build`, `test`, `vet`, `run`, `install`. */
  readonly verb: string | null;
  /** Names of the flags in effect in the present run, with one dash: `-trimpath`, `-o`. */
  readonly flags: readonly string[];
  readonly baseline: Report["baseline"]["status"];
}

/** The context of a cause of which nothing else is known. */
export const noContext: WordingContext = {
  module: null,
  goVersion: null,
  verb: null,
  flags: [],
  baseline: "compared",
};

/** 25 for `go1.25.5` and `go1.25rc1`; null where it is no release of Go 1. */
export function goMinor(goVersion: string | null): number | null {
  const minor = /^go1\.(\d+)/.exec(goVersion ?? "")?.[1];
  return minor === undefined ? null : Number(minor);
}
