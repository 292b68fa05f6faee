import type { Checkup, GoSite, Where } from "../checkup.ts";

/** Can a build that this place makes find anything of an earlier one? A fresh machine without a cache can't: nothing there costs a miss. */
export function hasCache(where: Where): boolean {
  if (where.kind === "job") return where.job.caches.some((cache) => cache.holds.builds);
  if (where.kind === "docker") return where.run.caches.length > 0;
  return true;
}

/** A target that is there to clean up does what its name says. */
export function isCleaning(where: Where): boolean {
  return where.kind === "make" && /clean|purge|reset|clear|nuke|distclean/i.test(where.target);
}

export function sitesWithCache({ sites }: Checkup): readonly GoSite[] {
  return sites.filter(({ where }) => hasCache(where));
}

/** `make test`, `job lint`; for evidence. */
export function whereText(where: Where): string {
  if (where.kind === "job") return `job ${where.job.name}`;
  if (where.kind === "make") return `target ${where.target}`;
  return where.kind === "docker" ? "RUN" : "script";
}
