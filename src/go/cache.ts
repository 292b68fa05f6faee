import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Digest, ShortId } from "../model/ids.ts";
import { isDigest } from "../model/ids.ts";
import type { CacheState } from "../model/run.ts";
import { contentIdIn } from "./archive-headers.ts";
import { linkActionOf, readBuildId } from "./build-id.ts";

/** What the index of the cache says about one action. */
export interface CacheEntry {
  /** SHA-256 of the output: the name of its `-d` file. */
  readonly outputId: Digest;
  /** Bytes of the output. */
  readonly size: number;
  /** When it was stored (never refreshed by a hit), in milliseconds since the epoch, with a fraction. */
  readonly putAtMs: number;
}

/** Read-only questions to a GOCACHE directory. None of them refreshes an entry's last use, as go's own would. */
export interface Cache {
  /**
   * Would go's lookup have hit: a well-formed index entry that was put before `beforeMs` (milliseconds since the epoch), and
   * an output of the size that it names. (An entry that was put again later is taken for absent.)
   */
  held(digest: Digest, beforeMs: number): boolean;
  /** The index entry, whether or not its output is there; null where it is absent or malformed. */
  entry(digest: Digest): CacheEntry | null;
  /**
   * Was there an index entry before `beforeMs`, even one whose output is gone? Go writes a new entry into the old file
   * (cache/cache.go putIndexEntry, Go 1.21–1.27), so its birth tells; false where the file system keeps no birth times.
   */
  indexedBefore(digest: Digest, beforeMs: number): boolean;
  /** Content ID of the archive stored under a key, from the build ID in its first lines; null where there is none. */
  contentId(digest: Digest): ShortId | null;
  /** What is to be noted before go is started. @param targets absolute paths of known output files */
  state(targets: readonly string[]): CacheState;
}

/** @param gocache absolute directory; it need not exist */
export function openCache(gocache: string): Cache {
  const file = (digest: string, kind: "a" | "d") => join(gocache, digest.slice(0, 2), `${digest}-${kind}`);
  // One byte more than an entry has, to see whether the file is too long.
  const buffer = Buffer.alloc(entrySize + 1);
  const entry = (digest: Digest): CacheEntry | null => {
    let descriptor: number;
    try {
      descriptor = openSync(file(digest, "a"), "r");
    } catch {
      return null;
    }
    try {
      const length = readSync(descriptor, buffer, 0, buffer.length, 0);
      return length === entrySize ? parseEntry(buffer.toString("latin1", 0, length), digest) : null;
    } catch {
      return null;
    } finally {
      closeSync(descriptor);
    }
  };
  return {
    entry,
    held(digest, beforeMs) {
      const found = entry(digest);
      return found !== null && found.putAtMs < beforeMs && sizeOf(file(found.outputId, "d")) === found.size;
    },
    indexedBefore(digest, beforeMs) {
      const born = statSync(file(digest, "a"), { throwIfNoEntry: false })?.birthtimeMs ?? 0;
      return born > 0 && born < beforeMs;
    },
    contentId(digest) {
      const found = entry(digest);
      return found === null ? null : archiveContentId(file(found.outputId, "d"));
    },
    state(targets) {
      const ids = targets.map((target): [string, ShortId | null] => {
        const id = readBuildId(target);
        return [target, id === null ? null : linkActionOf(id)];
      });
      return { trimmedAt: trimTime(gocache), present: hasEntries(gocache), targets: Object.fromEntries(ids) };
    },
  };
}

const entrySize = 175;

function archiveContentId(path: string): ShortId | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return null;
  }
  try {
    const head = Buffer.alloc(4096);
    const length = readSync(descriptor, head, 0, head.length, 0);
    return contentIdIn(head.toString("latin1", 0, length));
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** `v1 <id> <output id> <size> <unix ns>\n`, numbers right-aligned in 20 columns (cache/cache.go, Go 1.21–1.27). */
function parseEntry(text: string, digest: Digest): CacheEntry | null {
  const match = /^v1 ([0-9a-f]{64}) ([0-9a-f]{64}) ( *\d+) ( *\d+)\n$/.exec(text);
  if (match === null || match[1] !== digest) return null;
  const [, , outputId = "", size, time = ""] = match;
  if (!isDigest(outputId)) return null;
  // Beyond 2^53: the microseconds and the rest apart.
  const nanoseconds = BigInt(time.trim());
  return { outputId, size: Number(size), putAtMs: Number(nanoseconds / 1000n) / 1000 };
}

/** Bytes of an output; an executable's output is a directory with the one file in it (Go 1.24+). */
function sizeOf(path: string): number | null {
  try {
    const status = statSync(path);
    if (!status.isDirectory()) return status.size;
    const names = readdirSync(path);
    return names.length === 1 && names[0] !== undefined ? statSync(join(path, names[0])).size : null;
  } catch {
    return null;
  }
}

function trimTime(gocache: string): number | null {
  try {
    const line = readFileSync(join(gocache, "trim.txt"), "latin1").split("\n")[0]?.trim() ?? "";
    return /^\d+$/.test(line) ? Number(line) : null;
  } catch {
    return null;
  }
}

function hasEntries(gocache: string): boolean {
  for (let first = 0; first < 256; first++) {
    try {
      if (readdirSync(join(gocache, first.toString(16).padStart(2, "0"))).length > 0) return true;
    } catch {
      // A cache has its 256 directories or none at all, but a restored one may lack the empty ones.
      if (first === 0 && !exists(gocache)) return false;
    }
  }
  return false;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
