import type { Digest } from "./ids.ts";

/**
 * The inputs of one action: the writes that went into its key, in order.
 * `lines` are byte strings (one character a byte, see `digestOf`), most end in `\n`; joined, they hash to `digest`
 * unless `hidden` is true: then some value was replaced by a token before anything was kept.
 */
export interface Block {
  readonly digest: Digest;
  /** As logged: `build example.com/m/a`, `link example.com/m/cmd/app`, `vet …`, `testResult`, … */
  readonly name: string;
  readonly lines: readonly string[];
  readonly hidden: boolean;
}

/** Something in a log or a graph that does not add up: kept, counted and shown, never dropped. */
export interface Problem {
  readonly code:
    | "unproven-block"
    | "unfinished-block"
    | "damaged-line"
    | "orphan-line"
    | "graph-missing"
    | "graph-unreadable"
    | "replay-failed"
    | "block-missing"
    | "newer-go"
    | "may-be-unstored"
    | "tests-not-run";
  readonly message: string;
}
