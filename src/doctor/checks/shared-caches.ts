import { groupBy } from "../../util/group-by.ts";
import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { CacheUse, Job } from "../pipeline.ts";
import { isLinter, type JobSettings, jobSettings } from "./build-settings.ts";
import { versionText } from "./cache-key.ts";

/** Jobs that have one cache, and need other compiled packages of it. */
export function sharedCaches(checkup: Checkup): readonly Sighting[] {
  const sharers = checkup.jobs.flatMap((job) =>
    job.caches.flatMap((cache) => {
      const place = placeOf(job, cache);
      return place === null ? [] : [{ job, cache, place, settings: jobSettings(job, checkup) }];
    }),
  );
  return [...groupBy(sharers, (sharer) => sharer.place).values()].flatMap(judge);
}

interface Sharer {
  readonly job: Job;
  readonly cache: CacheUse;
  readonly settings: JobSettings;
}

/** What two jobs must have alike to meet in one cache; null where that can't be told, or a cache has no compiled packages. */
function placeOf(job: Job, cache: CacheUse): string | null {
  if (cache.key === null || !(cache.holds.builds || cache.does === "restore")) return null;
  if (cache.by === "setup-go") {
    const { platforms, goVersions } = job;
    if (platforms === null || goVersions === null || platforms.length === 0) return null;
    return `setup-go ${[...platforms].sort()} ${[...goVersions].sort()} ${cache.key.text}`;
  }
  // Keys that name the job, or a matrix' other axes, are its own.
  if (/github\.(?:job|workflow)|inputs\.|CI_JOB_NAME|CIRCLE_JOB|strategy\.job/.test(cache.key.text))
    return null;
  if (cache.key.parts.isUnclear) return null;
  const files = cache.by === "cache" && job.system === "github" ? "" : job.file;
  return `${job.system} ${files} ${cache.key.text} ${cache.key.parts.platform ? (job.platforms ?? []).join() : ""}`;
}

function judge(sharers: readonly Sharer[]): readonly Sighting[] {
  const [any] = sharers;
  const savers = sharers.filter(({ cache, job }) => cache.does !== "restore" && job.runsOnMain);
  if (any === undefined || savers.length === 0) return [];
  const whole = savers.filter(({ settings }) => settings.isWhole);
  for (const reader of sharers) {
    const needs = [...reader.settings.settings];
    // In a cache that is written once each saver may be the one; in another, all savers together fill it.
    const lacking = any.cache.isFrozen
      ? whole.find((saver) => saver.job !== reader.job && lacks(saver, needs).length > 0)
      : reader.cache.does === "restore" && whole.length === savers.length
        ? savers.find(
            (saver) => needs.every((need) => savers.every((each) => lacks(each, [need]).length > 0)) && saver,
          )
        : undefined;
    if (lacking === undefined || needs.length === 0) continue;
    return [tell(reader, lacking, sharers)];
  }
  return [];
}

function lacks({ job, settings }: Sharer, needs: readonly string[]): readonly string[] {
  const has = isLinter(job) ? new Set([...settings.settings, "no flags"]) : settings.settings;
  return needs.filter((need) => !has.has(need));
}

function tell(reader: Sharer, saver: Sharer, sharers: readonly Sharer[]): Sighting {
  const isSetupGo = reader.cache.by === "setup-go";
  const names = [...new Set(sharers.map(({ job }) => job.name))];
  const { job } = reader;
  return {
    code: isSetupGo ? "setup-go-cache-shared" : "cache-flags-differ",
    file: saver.cache.file,
    line: isSetupGo ? saver.cache.line : (saver.cache.key?.line ?? saver.cache.line),
    values: {
      jobs: names.join(", "),
      saver: saver.job.name,
      settings: `${saver.job.name} builds ${told(saver)}, ${job.name} ${told(reader)}`,
      example: isSetupGo ? setupGoExample(saver, reader) : `${exampleKey(reader)} in job ${job.name}`,
    },
    evidence: `${job.file}:${reader.cache.line} and ${saver.cache.file}:${saver.cache.line} have the key ${reader.cache.key?.text}`,
  };
}

function told({ job, settings }: Sharer): string {
  const all = [...settings.settings].map((each) => (each === "no flags" ? "without flags" : `with ${each}`));
  if (all.length === 0) return isLinter(job) ? "what its linter loads" : "nothing";
  return all.sort().join(" and ");
}

function setupGoExample(saver: Sharer, reader: Sharer): string {
  if (saver.settings.settings.size === 0) return `cache: false for setup-go in job ${saver.job.name}`;
  const version = versionText(reader.job);
  return `cache: false for setup-go in job ${reader.job.name}, and actions/cache with the key ${reader.job.name}-${version}-\${{ hashFiles('**/go.sum') }} and restore-keys: ${reader.job.name}-${version}-`;
}

function exampleKey({ job, cache }: Sharer): string {
  const text = cache.key?.text ?? "";
  if (job.system === "gitlab") return `key: { prefix: ${job.name}, files: [go.sum] }`;
  return `key: ${job.name}-${text}`;
}
