import { closeSync, openSync, readSync } from "node:fs";
import { readAnyFirstLine } from "./frame.ts";
import type { RunSummary } from "./summary.ts";

/** What tells that a later run repeats this one, in which every action hit. */
export interface RepeatMark {
  /** Keyed digest of all that was recorded of the run's surroundings: words, environment, module files, … */
  readonly world: string;
  /** Digest of the IDs in its action graph. */
  readonly graph: string;
  readonly gocache: string | null;
  /** Output files whose build IDs are noted before go is started. */
  readonly targets: readonly string[];
}

/** The first line of a run's payload: what lists and the next run want to know without reading the rest. */
export interface RunHead {
  readonly summary: RunSummary;
  readonly mark: RepeatMark | null;
}

export function encodeHead(summary: RunSummary, mark: RepeatMark | null): Buffer {
  return Buffer.from(`${JSON.stringify(mark === null ? summary : { ...summary, mark })}\n`);
}

/**
 * The head of a run's file; null where the given bytes end before it does.
 * @param bytes the file's first bytes
 * @throws {Error} where the file is none, of another version, or damaged
 */
export function decodeHead(bytes: Buffer): RunHead | null {
  const { kind, payloadStart } = readAnyFirstLine(bytes);
  if (kind !== "run" && kind !== "repeat") throw new Error("it was not written by gocache-why");
  const end = bytes.indexOf(10, payloadStart);
  if (end < 0) return null;
  const { mark = null, ...summary } = JSON.parse(bytes.toString("utf8", payloadStart, end)) as RunSummary & {
    mark?: RepeatMark;
  };
  return { summary, mark };
}

const firstRead = 4096;

/**
 * The head of a run's file, of which no more is read.
 * @throws {Error} as `decodeHead`, and system errors
 */
export function readHeadOf(path: string): RunHead {
  const file = openSync(path, "r");
  try {
    for (let size = firstRead; ; size *= 8) {
      const bytes = Buffer.alloc(size);
      const length = readSync(file, bytes, 0, size, 0);
      const head = decodeHead(bytes.subarray(0, length));
      if (head !== null) return head;
      if (length < size) throw new Error("it is damaged");
    }
  } finally {
    closeSync(file);
  }
}
