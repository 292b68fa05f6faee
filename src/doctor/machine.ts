/** What was seen of the machine, of the cache and of the history; a thing that could not be seen is null. */
export interface Machine {
  readonly gocache: CachePlace | null;
  /** Each place that sets GOFLAGS, with its text; the first counts. */
  readonly goflags: readonly {
    readonly from: "environment" | "go env -w" | "go.env";
    readonly text: string;
  }[];
  /** The Go that stands in PATH, and the one that go.mod makes it start. */
  readonly toolchain: { readonly own: string; readonly used: string; readonly line: string } | null;
  readonly cacheProgram: { readonly command: string; readonly problem: string | null } | null;
  readonly checkout: CheckoutTimes | null;
  readonly history: HistoryFacts | null;
}

export interface CachePlace {
  readonly path: string;
  /** `nfs`, `tmpfs`, `overlay`, `cifs`, …; null for an ordinary one. */
  readonly fileSystem: string | null;
  readonly freeBytes: number | null;
  readonly isWritable: boolean;
  /** Users that own entries. */
  readonly owners: number;
  readonly entries: number;
  readonly bytes: number;
  /** Entries that the next trim deletes: not used for five days and an hour. */
  readonly old: { readonly entries: number; readonly bytes: number };
  /** The trim is due: the last one is more than a day ago, or never was. */
  readonly isTrimDue: boolean;
  /** CI variables are set. */
  readonly isCi: boolean;
}

/** Times of tracked files. */
export interface CheckoutTimes {
  readonly files: number;
  /** Files whose time lies within ten minutes of the checkout's own. */
  readonly fresh: number;
}

/** What recorded runs of this module say. */
export interface HistoryFacts {
  readonly runs: number;
  readonly directory: string;
  /** Checkouts of the runs before, with their number. */
  readonly directories: readonly { readonly path: string; readonly runs: number }[];
  /** What missed in the runs, cause by cause. */
  readonly causes: readonly PastCause[];
}

export interface PastCause {
  readonly code: string;
  readonly subject: string;
  /** Runs that it cost something in. */
  readonly runs: number;
  /** Actions that missed for it alone, and their seconds. */
  readonly missed: number;
  readonly seconds: number | null;
  /** All of its changes are times of files. */
  readonly isOnlyTimes: boolean;
  readonly example: string;
}
