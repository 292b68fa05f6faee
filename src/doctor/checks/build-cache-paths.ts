import type { Job } from "../pipeline.ts";

/**
 * Where go keeps its cache on the machines that a job of GitHub runs on, as the `path` of a cache has it: os.UserCacheDir (Go 1.21–1.27) below
 * the home directory. Several with commas; `path` takes them all, and passes over those that are not there.
 */
export function buildCachePaths({ platforms }: Job): string {
  const labels = platforms ?? [];
  const isOf = (pattern: RegExp) => labels.some((label) => pattern.test(label));
  const hasOthers = labels.length === 0 || labels.some((label) => !windows.test(label) && !mac.test(label));
  return [
    ...(hasOthers ? ["~/.cache/go-build"] : []),
    ...(isOf(mac) ? ["~/Library/Caches/go-build"] : []),
    ...(isOf(windows) ? ["~\\AppData\\Local\\go-build"] : []),
  ].join(", ");
}

const windows = /windows/i;
const mac = /macos|darwin/i;
