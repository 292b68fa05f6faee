import { constants, copyFileSync, cpSync, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { openCache } from "../../go/cache.ts";
import { type Digest, subkeyOf } from "../../model/ids.ts";

/**
 * Copies what a cache had for some keys before a time into a cache of our own: copies on write where the file system makes them, else
 * plain ones. Hard links would be cheaper, but Go refreshes the times of what it uses, and writes entries in place, in the user's cache too.
 * What is not copied is only compiled once more.
 */
export function copyEntries(
  gocache: string,
  to: string,
  digests: Iterable<Digest>,
  beforeMs: number,
  limit: number,
): { readonly bytes: number; readonly isWhole: boolean } {
  const cache = openCache(gocache);
  const file = (root: string, digest: string, kind: "a" | "d") =>
    join(root, digest.slice(0, 2), `${digest}-${kind}`);
  let bytes = 0;
  for (const digest of digests) {
    for (const key of [digest, subkeyOf(digest, "stdout")]) {
      const entry = cache.entry(key);
      if (entry === null || entry.putAtMs >= beforeMs) continue;
      const output = file(gocache, entry.outputId, "d");
      if (bytes + entry.size > limit) return { bytes, isWhole: false };
      if (!existsSync(output)) continue;
      for (const name of [key, entry.outputId]) mkdirSync(join(to, name.slice(0, 2)), { recursive: true });
      copyFileSync(file(gocache, key, "a"), file(to, key, "a"), constants.COPYFILE_FICLONE);
      const copy = file(to, entry.outputId, "d");
      if (existsSync(copy)) continue;
      // A program is kept in a folder (Go 1.24+).
      if (statSync(output).isDirectory()) cpSync(output, copy, { recursive: true });
      else copyFileSync(output, copy, constants.COPYFILE_FICLONE);
      bytes += entry.size;
    }
  }
  return { bytes, isWhole: true };
}
