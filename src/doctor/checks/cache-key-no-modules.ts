import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { oncePerPlace, savedBuildCaches, spelled } from "./cache-key.ts";

/** Keys that follow something, such as the branch, and neither the modules nor the commit. */
export function cacheKeyNoModules({ jobs }: Checkup): readonly Sighting[] {
  return oncePerPlace(
    savedBuildCaches(jobs).flatMap(({ job, cache, key }): readonly Sighting[] => {
      const { parts } = key;
      const follows = parts.perRun || parts.sources || parts.modules || parts.isUnclear;
      if (!cache.isFrozen || follows || !parts.branch) return [];
      return [
        {
          code: "cache-key-no-modules",
          file: cache.file,
          line: key.line,
          values: { key: key.text, example: `key: ${key.text}-${spelled[job.system].modules}` },
          evidence: `key: ${key.text}`,
        },
      ];
    }),
  );
}
