import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ArchiveHeader, readArchiveHead } from "./archive-headers.ts";
import { readCacheNames } from "./cache-names.ts";

/** One index entry of a cache, and what it names. */
export interface SurveyedEntry {
  /** In hex. */
  readonly key: string;
  /** Bytes of the output; null where it is gone. */
  readonly size: number | null;
  /** When it was stored, in milliseconds since the epoch. */
  readonly putAtMs: number;
  /** Null where the output is no archive. */
  readonly header: ArchiveHeader | null;
}

export interface CacheSurvey {
  readonly entries: readonly SurveyedEntry[];
  /** Bytes of all files, index entries included. */
  readonly bytes: number;
  /** Last use of each file, in milliseconds since the epoch, and its size: what a trim goes by. */
  readonly files: readonly { readonly usedAtMs: number; readonly bytes: number; readonly isEntry: boolean }[];
  /** When the cache was trimmed, in milliseconds since the epoch; null where never. */
  readonly trimmedAtMs: number | null;
}

/** Looks at every file of a cache: its size and times, of outputs the first bytes. Refreshes no entry's last use. */
export function surveyCache(gocache: string): CacheSurvey {
  const { keys, outputs } = readCacheNames(gocache);
  const files: { usedAtMs: number; bytes: number; isEntry: boolean }[] = [];
  const sizes = new Map<string, number>();
  let bytes = 0;
  for (const [names, kind] of [
    [keys, "a"],
    [outputs, "d"],
  ] as const) {
    for (const name of names) {
      const status = statSync(join(gocache, name.slice(0, 2), `${name}-${kind}`), { throwIfNoEntry: false });
      if (status === undefined) continue;
      bytes += status.size;
      if (kind === "d") sizes.set(name, status.size);
      files.push({ usedAtMs: status.mtimeMs, bytes: status.size, isEntry: kind === "a" });
    }
  }
  const entries = [...keys].flatMap((key): SurveyedEntry[] => {
    const entry = readEntry(gocache, key);
    if (entry === null) return [];
    const size = sizes.get(entry.output) ?? null;
    const header = size === null || size < smallestArchive ? null : headerOf(gocache, entry.output);
    return [{ key, size, putAtMs: entry.putAtMs, header }];
  });
  return { entries, bytes, files, trimmedAtMs: trimTime(gocache) };
}

/** An archive of an empty package has more. */
const smallestArchive = 100;

function headerOf(gocache: string, output: string): ArchiveHeader | null {
  return readArchiveHead(gocache, output)?.header ?? null;
}

const line = Buffer.alloc(176);

function readEntry(gocache: string, key: string): { output: string; putAtMs: number } | null {
  let descriptor: number;
  try {
    descriptor = openSync(join(gocache, key.slice(0, 2), `${key}-a`), "r");
  } catch {
    return null;
  }
  try {
    const length = readSync(descriptor, line, 0, line.length, 0);
    const found = /^v1 [0-9a-f]{64} ([0-9a-f]{64}) +\d+ +(\d+)\n$/.exec(line.toString("latin1", 0, length));
    return found === null ? null : { output: found[1] ?? "", putAtMs: Number(found[2]) / 1e6 };
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

function trimTime(gocache: string): number | null {
  try {
    const text = readFileSync(join(gocache, "trim.txt"), "latin1").trim();
    return /^\d+$/.test(text) ? Number(text) * 1000 : null;
  } catch {
    return null;
  }
}
