import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import type { CacheNotes } from "../model/cache-trace.ts";
import type { Digest } from "../model/ids.ts";
import { openCache } from "./cache.ts";

/** The log of what a test read, as Go stored it with the last result under a test ID. */
export interface StoredTestLog {
  /** When it was stored, in milliseconds since the epoch, with a fraction. */
  readonly putAtMs: number;
  /** Bytes. */
  readonly size: number;
  /** The log from its beginning, in chunks of up to a megabyte; read anew each time. */
  readonly chunks: () => Iterable<Uint8Array>;
}

export interface StoredTestResult {
  /** When it was stored, in milliseconds since the epoch, with a fraction. */
  readonly putAtMs: number;
  /** Its text ends in a line `ok  \t…\t…`, so that Go takes it (test/test.go tryCacheWithID, Go 1.21–1.27). */
  readonly accepted: boolean;
}

/** Read-only questions about test results to a GOCACHE directory. Null stands for what Go would not find there either. */
export interface TestResults {
  /** Null also where its content is not what was stored. */
  readTestLog(testId: Digest): StoredTestLog | null;
  /** The text of the result is looked at and never given away. Null also where its content is not what was stored. */
  readResult(key: Digest): StoredTestResult | null;
  /**
   * When an entry was stored that is looked for and not read before it is found: a coverage profile, or the empty sign in its
   * place (cache.GetFile compares sizes alone, Go 1.25–1.27). In milliseconds since the epoch, null where there is none.
   */
  storedAtMs(key: Digest): number | null;
  /** Since when results count, in milliseconds since the epoch: `go clean -testcache`. Null where it never ran. */
  testExpireMs(): number | null;
}

/** @param gocache absolute directory; null where there is none to look into (GOCACHEPROG, GOCACHE=off) */
export function openTestResults(gocache: string | null): TestResults {
  if (gocache === null)
    return {
      readTestLog: () => null,
      readResult: () => null,
      storedAtMs: () => null,
      testExpireMs: () => null,
    };
  const cache = openCache(gocache);
  return resultsIn({
    entry(key) {
      const entry = cache.entry(key);
      if (entry === null) return null;
      return { ...entry, path: join(gocache, entry.outputId.slice(0, 2), `${entry.outputId}-d`) };
    },
    storedAtMs: (key) =>
      cache.held(key, Number.POSITIVE_INFINITY) ? (cache.entry(key)?.putAtMs ?? null) : null,
    gocache,
  });
}

/**
 * What a cache program had for go, and got from it, in a run that was traced.
 * @param gocache where `go clean -testcache` leaves its mark, with a program too (clean/clean.go, Go 1.24–1.27)
 */
export function openTracedResults(notes: CacheNotes, gocache: string): TestResults {
  const startMs = notes.exchanges[0]?.startMs ?? 0;
  const entries = new Map<Digest, HeldOutput>();
  for (const exchange of notes.exchanges) {
    const { actionId, outputId, path, result, bytes, flaw } = exchange;
    const isHeld =
      (result === "hit" && flaw === undefined) || (result === "done" && exchange.command === "put");
    if (!isHeld || actionId === null || outputId === undefined || path === undefined) continue;
    // What it has it had before the run, whenever it says that it got it: some give the time of a download.
    const putAtMs = result === "hit" ? Math.min(exchange.putAtMs ?? startMs, startMs) : exchange.startMs;
    if (!entries.has(actionId)) entries.set(actionId, { outputId, size: bytes, putAtMs, path });
  }
  return resultsIn({
    entry: (key) => entries.get(key) ?? null,
    storedAtMs: (key) => entries.get(key)?.putAtMs ?? null,
    gocache,
  });
}

interface HeldOutput {
  readonly outputId: string;
  readonly size: number;
  readonly putAtMs: number;
  readonly path: string;
}

function resultsIn({
  entry,
  storedAtMs,
  gocache,
}: {
  readonly entry: (key: Digest) => HeldOutput | null;
  readonly storedAtMs: TestResults["storedAtMs"];
  readonly gocache: string;
}): TestResults {
  /** Go checks outputs that it reads as a whole by their digest, which is their name (cache.GetBytes). */
  const stored = (key: Digest): HeldOutput | null => {
    const held = entry(key);
    return held !== null && digestOfFile(held.path, held.size) === held.outputId ? held : null;
  };
  return {
    readTestLog(testId) {
      const found = stored(testId);
      if (found === null) return null;
      const { putAtMs, size, path } = found;
      return { putAtMs, size, chunks: () => readChunks(path) };
    },
    readResult(key) {
      const found = stored(key);
      return found === null
        ? null
        : { putAtMs: found.putAtMs, accepted: /\nok {2}\t[^\t\n]*\t[^\n]*\n$/.test(endOf(found.path)) };
    },
    storedAtMs,
    testExpireMs() {
      try {
        const text = readFileSync(join(gocache, "testexpire.txt"), "latin1");
        // Beyond 2^53: the microseconds and the rest apart.
        return /^-?\d+\n$/.test(text) ? Number(BigInt(text.trim()) / 1000n) / 1000 : null;
      } catch {
        return null;
      }
    },
  };
}

const chunkSize = 1 << 20;

/** @throws where the file can't be read */
function* readChunks(path: string): Generator<Uint8Array> {
  const descriptor = openSync(path, "r");
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafe(chunkSize);
      const length = readSync(descriptor, buffer, 0, chunkSize, null);
      if (length === 0) return;
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Null where there is no such file, or it has another size. */
function digestOfFile(path: string, size: number): string | null {
  try {
    const hash = createHash("sha256");
    let read = 0;
    for (const chunk of readChunks(path)) {
      read += chunk.length;
      if (read > size) return null;
      hash.update(chunk);
    }
    return read === size ? hash.digest("hex") : null;
  } catch {
    return null;
  }
}

/** The last 64 KiB, after a newline that stands for what is before. */
function endOf(path: string): string {
  const descriptor = openSync(path, "r");
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, 1 << 16));
    const length = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.toString("latin1", 0, length);
    return size > buffer.length ? text : `\n${text}`;
  } catch {
    return "";
  } finally {
    closeSync(descriptor);
  }
}
