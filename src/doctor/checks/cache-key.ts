import type { CacheKey, CacheUse, CiSystem, Job } from "../pipeline.ts";

/** A cache of a job, as the checks of keys want it. */
export interface KeyedCache {
  readonly job: Job;
  readonly cache: CacheUse;
  readonly key: CacheKey;
}

/** The caches whose key people write, and that hold compiled packages; of those that only restore, none. */
export function savedBuildCaches(jobs: readonly Job[]): readonly KeyedCache[] {
  return keyedCaches(jobs).filter(({ cache }) => cache.does !== "restore" && cache.holds.builds);
}

export function keyedCaches(jobs: readonly Job[]): readonly KeyedCache[] {
  return jobs.flatMap((job) =>
    job.caches.flatMap((cache) =>
      cache.by === "cache" && cache.key !== null ? [{ job, cache, key: cache.key }] : [],
    ),
  );
}

/** One sighting for each place in a file: a step that several jobs take in is told once. */
export function oncePerPlace<T extends { readonly file: string | null; readonly line: number | null }>(
  sightings: readonly T[],
): readonly T[] {
  const seen = new Set<string>();
  return sightings.filter(({ file, line }) => {
    const place = `${file}:${line}`;
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  });
}

/** How a system writes what a key may hold. */
export const spelled: Readonly<Record<CiSystem, { platform: string; modules: string; commit: string }>> = {
  github: {
    platform: `\${{ runner.os }}-\${{ runner.arch }}`,
    modules: `\${{ hashFiles('**/go.sum') }}`,
    commit: `\${{ github.sha }}`,
  },
  gitlab: { platform: "$CI_RUNNER_EXECUTABLE_ARCH", modules: "files: [go.sum]", commit: "$CI_COMMIT_SHA" },
  circleci: { platform: "{{ arch }}", modules: '{{ checksum "go.sum" }}', commit: "{{ .Revision }}" },
  buildkite: { platform: "linux-amd64", modules: "manifest: go.sum", commit: "" },
  jenkins: { platform: "", modules: "", commit: "" },
};

/** Go's version as the job's file writes it, for a key. */
export function versionText(job: Job): string {
  const [text = "1.x"] = job.goVersionTexts;
  if (!text.startsWith("file:")) return `go${text}`;
  return job.system === "github" ? `\${{ hashFiles('${text.slice(5)}') }}` : `go-${text.slice(5)}`;
}
