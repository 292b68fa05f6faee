import { type Digest, isDigest, type ShortId } from "../model/ids.ts";
import { contentIdIn, longHeadSize, readArchiveHead } from "./archive-headers.ts";
import { openCache } from "./cache.ts";
import { type Census, createCensus } from "./cache-census.ts";
import type { CacheNames } from "./cache-names.ts";
import { trimIntervalMs } from "./trim-times.ts";

/** What is in a cache that Go will trim when it ends. */
export interface NotedCache {
  /** What the archives say of themselves. */
  readonly census: Census;
  /** Content ID of the archive under a key; null where it was not come to, or is none. */
  contentOf(digest: Digest): ShortId | null;
}

/** @param trimmedAt Unix seconds; null where the cache has never been trimmed */
export function isTrimDue(trimmedAt: number | null, nowMs: number): boolean {
  return trimmedAt === null || nowMs - trimmedAt * 1000 >= trimIntervalMs;
}

/** So long nothing else is done, in milliseconds. */
const sliceMs = 8;

/**
 * Reads what a trim may take: the heads of archives, then the index. It is done while go runs, in small slices, and ends when go
 * does: then what it came to is known. Refreshes no entry's last use.
 * @param modules import paths of main modules
 */
export async function noteCache(
  gocache: string,
  names: CacheNames,
  modules: readonly string[],
  isOver: () => boolean,
): Promise<NotedCache> {
  const contents = new Map<string, ShortId>();
  const keys = new Map<Digest, ShortId>();
  const census = createCensus(modules);
  const cache = openCache(gocache);
  function* steps(): Generator<void> {
    for (const output of names.outputs) {
      const head = readArchiveHead(gocache, output, longHeadSize);
      if (head !== null) {
        census.take(head);
        const content = contentIdIn(head.text().slice(0, 4096));
        if (content !== null) contents.set(output, content);
      }
      yield;
    }
    for (const key of names.keys) {
      const entry = isDigest(key) ? cache.entry(key) : null;
      const content = contents.get(entry?.outputId ?? "");
      if (content !== undefined) keys.set(key as Digest, content);
      yield;
    }
  }
  let until = performance.now() + sliceMs;
  for (const _ of steps()) {
    if (performance.now() < until) continue;
    await new Promise((resolve) => setImmediate(resolve));
    if (isOver()) return finish(false);
    until = performance.now() + sliceMs;
  }
  return finish(true);

  function finish(isWhole: boolean): NotedCache {
    return { census: census.finish(isWhole), contentOf: (digest) => keys.get(digest) ?? null };
  }
}
