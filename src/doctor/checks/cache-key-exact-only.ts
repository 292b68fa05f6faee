import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { CacheUse, Job } from "../pipeline.ts";
import { oncePerPlace, savedBuildCaches } from "./cache-key.ts";

/** Keys that change, and have nothing to fall back to. */
export function cacheKeyExactOnly({ jobs }: Checkup): readonly Sighting[] {
  return oncePerPlace(
    savedBuildCaches(jobs).flatMap(({ job, cache, key }): readonly Sighting[] => {
      const { parts } = key;
      const moves = parts.modules || parts.sources || parts.perRun || parts.branch;
      if (!moves || parts.isUnclear || isRestored(cache, job, jobs)) return [];
      return [
        {
          code: "cache-key-exact-only",
          file: cache.file,
          line: key.line,
          values: { key: key.text, example: fallbackExample(job, key.text) },
          evidence: `key: ${key.text}, and no ${job.system === "gitlab" ? "fallback_keys" : "restore key"}`,
        },
      ];
    }),
  );
}

/**
 * There is a prefix, here or at another step that restores; or a key of this run alone is handed from job to job, which is no cache
 * over time.
 */
function isRestored(cache: CacheUse, job: Job, jobs: readonly Job[]): boolean {
  if (cache.fallbacks.length > 0) return true;
  const key = cache.key?.text ?? "";
  const others = jobs.filter((each) => each.system === job.system).flatMap((each) => each.caches);
  const restoring = others.filter((each) => each !== cache && each.does !== "save");
  const finds = (text: string | undefined) => text !== undefined && text !== key && key.startsWith(text);
  if (restoring.some((each) => each.fallbacks.some((fallback) => finds(fallback.text)))) return true;
  if (restoring.some((each) => each.isPrefix && finds(each.key?.text))) return true;
  const isHandedOn = cache.key?.parts.perRun === true;
  return isHandedOn && restoring.some((each) => each.key?.text === key && each.file === cache.file);
}

function fallbackExample(job: Job, key: string): string {
  const prefix = prefixOf(key);
  if (job.system === "github") return `restore-keys: ${prefix}`;
  if (job.system === "gitlab")
    return "fallback_keys: [go-main], and a job on the main branch that saves under the key go-main";
  if (job.system === "circleci") return `a second key of restore_cache: ${prefix}`;
  return "restore: pipeline";
}

/** The key up to its last part that changes with the code. */
function prefixOf(key: string): string {
  const at = Math.max(
    key.lastIndexOf("${{ hashFiles"),
    key.lastIndexOf("${{hashFiles"),
    key.lastIndexOf("${{ github."),
    key.lastIndexOf("{{ checksum"),
    key.lastIndexOf("{{checksum"),
    key.lastIndexOf("{{ .Revision"),
    key.lastIndexOf("{{ epoch"),
  );
  return at > 0 ? key.slice(0, at) : `${key.split(/[-_]/)[0] ?? "go"}-`;
}
