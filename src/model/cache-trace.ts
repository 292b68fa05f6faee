import type { Digest } from "./ids.ts";

export const exchangeResults = ["hit", "miss", "done", "error", "none"] as const;
export type ExchangeResult = (typeof exchangeResults)[number];

/** One request of go to its cache program and the answer, as `--trace-cache` notes them. */
export interface CacheExchange {
  /** `get`, `put`, or what a later Go may ask. */
  readonly command: string;
  readonly actionId: Digest | null;
  /** `hit`, `miss`: of a get. `done`: of all else. `error`: the program said so. `none`: no answer came. */
  readonly result: ExchangeResult;
  /** The program's own words; only of an error. */
  readonly error?: string;
  /** Why go can't use the answer to a get, although it says hit; only where that was seen. */
  readonly flaw?: CacheFlaw;
  /** SHA-256 of the output; only where it was got or put. */
  readonly outputId?: Digest;
  /** Where the program says that the output lies on this machine. */
  readonly path?: string;
  /** When a hit was put, as the program says; milliseconds since the epoch. */
  readonly putAtMs?: number;
  /** Of the output: of a hit as answered, of a put as asked. */
  readonly bytes: number;
  /** When go asked, milliseconds since the epoch. */
  readonly startMs: number;
  /** From the request's first line to the end of its answer, a put's body included; null where none came. */
  readonly seconds: number | null;
}

/**
 * What is wrong with a hit: no DiskPath, no such file, a file of another size than was answered (cache/prog.go Get and cache.go
 * GetFile, Go 1.24–1.27 take all three for a miss).
 */
export type CacheFlaw = (typeof cacheFlaws)[number];
export const cacheFlaws = ["no-path", "no-file", "other-size"] as const;

/** What `--trace-cache` noted of one run, before anything is known of actions. */
export interface CacheNotes {
  /** What the program said it can do; null where it never said. */
  readonly commands: readonly string[] | null;
  readonly exchanges: readonly CacheExchange[];
  readonly end: CacheTraceEnd;
  /** The program's exit status, or the signal that ended it; null where neither was seen. */
  readonly status: number | string | null;
}

/**
 * How it ended: go closed it; the program ended before; it wrote what is no answer; go ended without closing it; or the notes stop
 * (the tool was killed, a full disk), and nothing is known.
 */
export type CacheTraceEnd = (typeof cacheTraceEnds)[number];
export const cacheTraceEnds = ["closed", "program-ended", "no-answer", "go-ended", "unknown"] as const;

/** Sums over requests of one command. */
export interface CacheTraffic {
  readonly requests: number;
  /** Gets that were answered with an output. */
  readonly hits: number;
  readonly misses: number;
  readonly errors: number;
  /** Hits that go could not use. */
  readonly flawed: number;
  readonly unanswered: number;
  /** Of outputs that were got or put. */
  readonly bytes: number;
  /** Seconds of all requests taken together; they are made side by side. */
  readonly seconds: number;
}

/** What go asked its program about one action: its output, and what Go stores beside that (compiler output, lists of files). */
export interface CacheLookup {
  /** Key of the action. */
  readonly key: string;
  /** Answer about its output; null where go did not ask. */
  readonly got: CacheExchange["result"] | null;
  readonly flaw?: CacheFlaw;
  /** Of all that was got for it. */
  readonly gotBytes: number;
  readonly gotSeconds: number;
  /** What became of storing its output; null where go stored none. */
  readonly put: CacheExchange["result"] | null;
  readonly putBytes: number;
  readonly putSeconds: number;
}

/** What the program of GOCACHEPROG was asked in a run, and what it answered. */
export interface CacheTrace {
  readonly commands: readonly string[] | null;
  readonly end: CacheTraceEnd;
  readonly status: number | string | null;
  readonly gets: CacheTraffic;
  readonly puts: CacheTraffic;
  /** Seconds on the clock during which go waited for at least one answer. */
  readonly waitSeconds: number;
  /** Different errors, the commonest first, few. */
  readonly errors: readonly { readonly text: string; readonly count: number }[];
  /** Actions that go asked for or stored, by key. */
  readonly lookups: readonly CacheLookup[];
}
