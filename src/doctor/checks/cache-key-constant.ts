import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { oncePerPlace, savedBuildCaches, spelled } from "./cache-key.ts";

/** Keys of immutable caches in which nothing follows the code: what the first run saved stays. */
export function cacheKeyConstant({ jobs }: Checkup): readonly Sighting[] {
  return oncePerPlace(
    savedBuildCaches(jobs).flatMap(({ job, cache, key }): readonly Sighting[] => {
      const { parts } = key;
      const moves = parts.perRun || parts.sources || parts.modules || parts.branch || parts.isUnclear;
      if (!cache.isFrozen || moves) return [];
      const commit = spelled[job.system].commit;
      const restore =
        job.system === "github" ? `restore-keys: ${key.text}-` : `restore_cache with the key ${key.text}-`;
      return [
        {
          code: "cache-key-constant",
          file: cache.file,
          line: key.line,
          values: { key: key.text, example: `key: ${key.text}-${commit}, and ${restore}` },
          evidence: `key: ${key.text}`,
        },
      ];
    }),
  );
}
