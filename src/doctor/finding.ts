import type { FindingCode } from "./catalogue.ts";

export type Severity = "error" | "warning" | "note";

/** What a check saw: codes and values; `catalogue.ts` makes the sentences. */
export interface Sighting {
  readonly code: FindingCode;
  /** Relative to the root of the checkout, with slashes; absolute where it lies elsewhere; null where no file is to blame. */
  readonly file: string | null;
  /** From 1; null where the whole file, or none, is meant. */
  readonly line: number | null;
  /** What the sentences of the catalogue are filled with. */
  readonly values: Readonly<Record<string, string>>;
  /** What was seen, in words of the file or of the machine. */
  readonly evidence: string;
  /** Where this one weighs more or less than its kind. */
  readonly severity?: Severity;
}

/** What a finding would have spared in the recorded history: actions that missed for no other cause, and their seconds of work. */
export interface WouldSave {
  readonly missed: number;
  /** Null where the runs have no times. */
  readonly seconds: number | null;
}

export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  readonly file: string | null;
  readonly line: number | null;
  readonly message: string;
  readonly evidence: string;
  readonly fix: string;
  readonly caution: string | null;
  readonly wouldSave: WouldSave | null;
}
