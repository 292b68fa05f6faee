import { minorOf } from "../model/go-release.ts";
import type { Run } from "../model/run.ts";
import type { Assumption } from "./assumption.ts";

/** The newest patch of each minor version that is asked for without a sign of it. */
const patches: Readonly<Record<number, number>> = {
  21: 13,
  22: 12,
  23: 14,
  24: 16,
  25: 12,
  26: 16,
  27: 8,
};

/**
 * Other versions of Go: those that the cache's archives name, and all releases where not every archive was looked into.
 * @param seen versions in headers of archives, the most frequent first
 * @param gorootOf where the toolchain of a version lies on this machine; null where it is not there
 * @param isWhole no other version made anything that is in the cache
 */
export function assumeToolchains(
  now: Run,
  seen: readonly string[],
  gorootOf: (goVersion: string) => string | null,
  isWhole = false,
): readonly Assumption[] {
  const releases = Object.entries(patches).flatMap(([minor, last]) => [
    ...Array.from({ length: last + 1 }, (_each, patch) => `go1.${minor}.${patch}`),
    `go1.${minor}rc1`,
    `go1.${minor}rc2`,
  ]);
  return [...new Set([...seen, ...(isWhole ? [] : releases)])]
    .filter((version) => version !== now.goVersion)
    .map((version): Assumption => {
      const goroot = gorootOf(version);
      return {
        label: version,
        group: "toolchain",
        patch: (run) => ({ ...run, goVersion: version, goroot: goroot ?? `/nowhere/${version}` }),
        causesOf: () => [{ code: "toolchain-changed", subject: "go" }],
        reaches: () => true,
        onlyWith: null,
        showsInFiles: false,
        standsIn: "every key",
        isLikely: seen.includes(version),
        asRun: goroot === null ? null : { toolchain: { goVersion: version, goroot } },
      };
    });
}

/** Other `go` lines of the main modules. */
export function assumeGoLines(now: Run): readonly Assumption[] {
  const paths = Object.keys(now.moduleRoots);
  const [path] = paths;
  if (path === undefined || paths.length > 1) return [];
  const newest = minorOf(now.goVersion);
  const present = now.modules?.list.find((module) => module.path === path)?.go ?? now.goDirective;
  const versions: string[] = [];
  for (let minor = newest; minor >= 11; minor--) {
    versions.push(`1.${minor}`);
    if (minor < 21) continue;
    for (let patch = 0; patch <= (patches[minor] ?? 0); patch++) versions.push(`1.${minor}.${patch}`);
  }
  return versions
    .filter((version) => version !== present)
    .map((version) => ({
      label: `go ${version} in go.mod`,
      group: "go line",
      patch: (run) => ({
        ...run,
        goDirective: version,
        modules:
          run.modules == null
            ? null
            : {
                ...run.modules,
                list: run.modules.list.map((each) => (each.path === path ? { ...each, go: version } : each)),
              },
      }),
      causesOf: () => [{ code: "go-directive-changed", subject: path }],
      reaches: (action) => action.kind === "link" || isBelow(action.package, path),
      onlyWith: null,
      showsInFiles: false,
      standsIn: "own keys",
      isLikely: false,
      asRun: null,
    }));
}

function isBelow(name: string, path: string): boolean {
  return name === path || name.startsWith(`${path}/`) || name.startsWith(`${path}_`);
}
