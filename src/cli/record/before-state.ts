import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openCache } from "../../go/cache.ts";
import type { ShortId } from "../../model/ids.ts";
import type { CacheState, Run, SourceFile } from "../../model/run.ts";

/** Notes what the run may change: the cache's trim time, the build IDs of output files, known source files. */
export function noteBefore(
  baseline: Run | null,
  gocache: string,
  targets: readonly string[],
): { cache: CacheState; files: readonly SourceFile[] } {
  const known = baseline?.actions.flatMap((action) => (action.target === null ? [] : [action.target])) ?? [];
  const cache = openCache(gocache).state([...new Set([...known, ...targets])]);
  return { cache, files: (baseline?.files ?? []).flatMap((file) => noteFile(file) ?? []) };
}

/** A file as it is now; its content is read only where size or time are not what they were. */
export function noteFile(file: Pick<SourceFile, "path"> & Partial<SourceFile>): SourceFile | null {
  const stat = statSync(file.path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return null;
  const { size, mtimeMs } = stat;
  if (file.hash !== undefined && file.size === size && file.mtimeMs === mtimeMs) {
    return { path: file.path, size, mtimeMs, hash: file.hash };
  }
  try {
    return { path: file.path, size, mtimeMs, hash: shortHashOf(readFileSync(file.path)) };
  } catch {
    return null;
  }
}

export function shortHashOf(content: Uint8Array): ShortId {
  return createHash("sha256").update(content).digest().subarray(0, 15).toString("base64url") as ShortId;
}

/** The cache that go will use, as far as it can be told without asking go. */
export function likelyGocache(env: Readonly<Record<string, string>>, baseline: Run | null): string {
  if (env.GOCACHE) return env.GOCACHE;
  if (baseline?.gocache) return baseline.gocache;
  const base = env.XDG_CACHE_HOME || join(env.HOME ?? "/", ".cache");
  return join(base, "go-build");
}
