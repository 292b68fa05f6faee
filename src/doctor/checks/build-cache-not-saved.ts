import type { Checkup } from "../checkup.ts";
import type { Sighting } from "../finding.ts";
import type { Job } from "../pipeline.ts";
import { covers } from "../read/cache-contents.ts";
import { buildCachePaths } from "./build-cache-paths.ts";
import { buildVerbs, jobSettings } from "./build-settings.ts";
import { oncePerPlace } from "./cache-key.ts";

/** Jobs that build, and keep modules alone; and those whose GOCACHE lies outside of what they keep. */
export function buildCacheNotSaved(checkup: Checkup): readonly Sighting[] {
  return oncePerPlace(
    checkup.jobs.flatMap((job): readonly Sighting[] => {
      // What is kept under this run's key alone is handed from job to job.
      const caches = job.caches.filter(
        (cache) => cache.by === "cache" && cache.does !== "restore" && cache.key?.parts.perRun !== true,
      );
      const [modules] = caches.filter((cache) => cache.holds.modules || cache.holds.builds);
      const isUnclear = job.caches.some((cache) => cache.holds.isUnclear && cache.does !== "restore");
      const keepsMachine = (job.platforms ?? []).some((label) => /self-hosted/i.test(label));
      if (modules === undefined || isUnclear || keepsMachine || !builds(job, checkup)) return [];
      const gocache = job.variables.get("GOCACHE");
      const isCovered = (path: string) =>
        caches.some((cache) => cache.paths.some(({ text }) => covers(text, path)));
      if (gocache !== undefined && gocache.text !== "") {
        if (/\$\{\{|<</.test(gocache.text) || isCovered(gocache.text)) return [];
        if (job.caches.some((cache) => cache.by === "setup-go")) return [];
        return [
          {
            code: "gocache-outside-ci-cache",
            file: job.file,
            line: gocache.line,
            values: { gocache: gocache.text, example: outsideExample(job, gocache.text) },
            evidence: `paths of the cache: ${caches.flatMap((cache) => cache.paths.map(({ text }) => text)).join(", ")}`,
          },
        ];
      }
      if (job.caches.some((cache) => cache.holds.builds)) return [];
      return [
        {
          code: "build-cache-not-saved",
          file: modules.file,
          line: modules.paths[0]?.line ?? modules.line,
          values: { job: job.name, example: notSavedExample(job) },
          evidence: `paths of the cache: ${modules.paths.map(({ text }) => text).join(", ")}`,
        },
      ];
    }),
  );
}

function builds(job: Job, checkup: Checkup): boolean {
  return jobSettings(job, checkup).uses.some(
    ({ command }) =>
      command.verb !== null &&
      buildVerbs.has(command.verb) &&
      !(command.packages.length > 0 && command.packages.every((pattern) => pattern.includes("@"))),
  );
}

function outsideExample(job: Job, gocache: string): string {
  if (job.system !== "gitlab") return `Add ${gocache} to the paths of the cache`;
  return "Set GOCACHE: $CI_PROJECT_DIR/.cache/go-build, and add .cache/go-build/ to the paths of the cache";
}

function notSavedExample(job: Job): string {
  if (job.system === "github") return `path: ${buildCachePaths(job)}`;
  if (job.system === "gitlab")
    return "GOCACHE: $CI_PROJECT_DIR/.cache/go-build, and .cache/go-build/ among the paths";
  return "~/.cache/go-build";
}
