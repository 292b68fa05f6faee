import type {
  CauseClass,
  CauseCode,
  ContentInGit,
  Evidence,
  EvidenceKind,
  InputChange,
  Verdict,
} from "../causes/cause.ts";
import type { InnocentReason } from "../causes/innocents.ts";
import type { CacheLookup, CacheTrace } from "../model/cache-trace.ts";
import type { ActionKind, Origin } from "../model/run.ts";

/** The value that every face of gocache-why shows. Field by field as in `schema/report.schema.json`. */
export interface Report {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: "gocache-why"; readonly version: string };
  readonly command: readonly string[];
  readonly exitCode: number | null;
  readonly baseline: { readonly status: "compared" | "none" | "reconstructed"; readonly note: string | null };
  readonly before: ReportRun | null;
  readonly now: ReportRun;
  readonly totals: Totals;
  readonly causes: readonly ReportCause[];
  readonly causeSets: readonly CauseSet[];
  readonly actions: readonly ReportAction[];
  readonly unexplained: readonly string[];
  /** What changed and cost no miss; only where it was asked for (`diff --show-innocent`). */
  readonly innocent?: readonly ReportInnocent[];
  /** What the program of GOCACHEPROG was asked and answered; only where it was traced (`--trace-cache`). */
  readonly cacheProgram?: ReportCacheProgram;
  readonly warnings: readonly Warning[];
  readonly redaction: { readonly applied: boolean; readonly hidden: number };
  /** Of `gocache-why run`: the report of each go command, by their start; all else is of them together. Absent elsewhere. */
  readonly runs?: readonly Report[];
}

export interface ReportRun {
  readonly id: string;
  readonly startedAt: string | null;
  readonly goVersion: string | null;
  readonly goos: string | null;
  readonly goarch: string | null;
  readonly directory: string | null;
  readonly module: string | null;
  readonly head: string | null;
  readonly gocache: string | null;
  readonly args: readonly string[];
  readonly exitCode: number | null;
  readonly source: "recorded" | "imported" | "snapshot";
}

export interface Totals {
  readonly actions: number;
  readonly hit: number;
  readonly ran: number;
  readonly missed: number;
  readonly alwaysRan: number;
  readonly cutOff: number;
  readonly seconds: number | null;
  readonly wallSeconds: number | null;
  readonly byVerdict: Readonly<Record<Verdict, number>>;
  readonly byKind: Readonly<Record<ActionKind, KindTotals>>;
}

export interface KindTotals {
  readonly actions: number;
  readonly ran: number;
  readonly seconds: number | null;
}

export interface ReportCause {
  readonly code: CauseCode;
  readonly class: CauseClass;
  readonly subject: string;
  readonly before: string | null;
  readonly now: string | null;
  readonly origin: Origin | null;
  readonly summary: string;
  readonly advice: ReportAdvice | null;
  readonly evidence: Evidence;
  readonly packages: readonly string[];
  readonly direct: number;
  readonly cascade: number;
  readonly exclusive: number;
  readonly seconds: number | null;
  readonly wallSeconds: number | null;
  readonly exclusiveSeconds: number | null;
  readonly changes: readonly InputChange[];
  /**
   * Of a file that tests read, of which nothing but the time changed: how its content stands to what git has. Absent for all
   * others, and where that can't be told.
   */
  readonly contentInGit?: ContentInGit;
}

/** A change that no action ran for. */
export interface ReportInnocent {
  readonly code: CauseCode;
  readonly class: CauseClass;
  readonly subject: string;
  readonly before: string | null;
  readonly now: string | null;
  readonly origin: Origin | null;
  readonly summary: string;
  /** Null where it is not known. */
  readonly reason: InnocentReason | null;
}

export interface ReportAdvice {
  readonly text: string;
  readonly caution: string | null;
  /** What it would have saved in this run; absent where that was not worked out, and in reports of older versions. */
  readonly saves?: AdviceSaves;
}

export interface AdviceSaves {
  /** Misses that would not have been. */
  readonly missed: number;
  /** Misses that the causes with this advice have part in. */
  readonly of: number;
  /** Work of those that would not have been; null where no times are known. */
  readonly seconds: number | null;
  readonly evidence: EvidenceKind;
  /** By which of its fixes, where there are several; null: by undoing the change. */
  readonly with: "-trimpath" | null;
}

export interface CauseSet {
  readonly causes: readonly number[];
  readonly actions: number;
  readonly seconds: number | null;
  /**
   * For each of `causes` the number of these actions that it alone would have made run, as far as that is known. Absent in
   * reports of older versions.
   */
  readonly alone?: readonly number[];
}

export interface ReportAction {
  readonly key: string;
  readonly kind: ActionKind;
  readonly package: string;
  readonly variant: string | null;
  readonly verdict: Verdict;
  readonly id: string | null;
  readonly idBefore: string | null;
  readonly seconds: number | null;
  readonly role: "root" | "cascade" | "both" | null;
  readonly causes: readonly number[];
  readonly via: string | null;
  /** True for a compile or a link that ended with an error; else absent, as in reports of older versions. */
  readonly failed?: true;
}

/** What `--trace-cache` noted of a run, judged by the runs before it. Times are seconds, sizes bytes. */
export interface ReportCacheProgram extends Omit<CacheTrace, "lookups"> {
  /** Outputs that took longer to get than doing the work took, in the newest recorded run that did it. */
  readonly slower: readonly SlowerLookup[];
  /** Keys of actions that were asked for and missed, and that no run that was traced has put, this one included. */
  readonly neverPut: readonly string[];
  /** Those that an earlier run has put. */
  readonly lost: readonly { readonly key: string; readonly run: string }[];
  /** What was asked and answered of each action, by key. */
  readonly actions: readonly CacheLookup[];
}

export interface SlowerLookup {
  readonly key: string;
  /** To get it. */
  readonly seconds: number;
  readonly workSeconds: number;
  /** The run that did the work. */
  readonly run: string;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
}
