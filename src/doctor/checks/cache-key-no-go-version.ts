import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { oncePerPlace, savedBuildCaches, versionText } from "./cache-key.ts";

/** Keys that stay the same when Go's version changes. One that is new in every run, or that the file does not tell whole, is none. */
export function cacheKeyNoGoVersion({ jobs }: Checkup): readonly Sighting[] {
  return oncePerPlace(
    savedBuildCaches(jobs).flatMap(({ job, cache, key }): readonly Sighting[] => {
      const { parts } = key;
      if (parts.goVersion || parts.isUnclear) return [];
      const several = (job.goVersions?.length ?? 0) > 1;
      // Where each run saves anew, an old version's entries are passed once and then gone.
      if ((parts.perRun || parts.sources || !cache.isFrozen) && !several) return [];
      const evidence = several
        ? `job ${job.name} runs with ${job.goVersions?.join(", ")}`
        : `key: ${key.text}; job ${job.name}`;
      return [
        {
          code: "cache-key-no-go-version",
          file: cache.file,
          line: key.line,
          values: { key: key.text, example: `key: ${versionText(job)}-${key.text}` },
          evidence,
        },
      ];
    }),
  );
}
