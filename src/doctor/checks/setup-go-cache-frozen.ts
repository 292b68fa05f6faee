import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import { buildCachePaths } from "./build-cache-paths.ts";
import { buildVerbs, jobSettings } from "./build-settings.ts";
import { versionText } from "./cache-key.ts";

/** setup-go's own cache in a job that builds or tests, and has no other. Told once: the same holds for all. */
export function setupGoCacheFrozen(checkup: Checkup): readonly Sighting[] {
  const found = checkup.jobs.flatMap((job) => {
    const own = job.caches.find((cache) => cache.by === "setup-go");
    const hasOther = job.caches.some(
      (cache) => cache.by === "cache" && (cache.holds.builds || cache.holds.isUnclear),
    );
    if (own === undefined || hasOther) return [];
    const { uses } = jobSettings(job, checkup);
    const builds = uses.some(({ command }) => command.verb !== null && buildVerbs.has(command.verb));
    return builds ? [{ job, cache: own }] : [];
  });
  const [first] = found;
  if (first === undefined) return [];
  const hashed = /hash\((.*)\)$/.exec(first.cache.key?.text ?? "")?.[1] ?? "go.mod";
  const version = versionText(first.job);
  const start = `go-\${{ runner.os }}-${version}-`;
  return [
    {
      code: "setup-go-cache-frozen",
      file: first.cache.file,
      line: first.cache.line,
      values: {
        hashed,
        example: `cache: false, then actions/cache with path: ${buildCachePaths(first.job)}, key: ${start}\${{ github.sha }} and restore-keys: ${start}`,
      },
      evidence: `used by ${found.length === 1 ? "job" : "jobs"} ${[...new Set(found.map(({ job }) => job.name))].slice(0, 8).join(", ")}`,
    },
  ];
}
