import { minorOf } from "./go-release.ts";
import type { Run } from "./run.ts";

/** The newest Go whose keys were read in its source and checked against what it prints: go1.27rc1. */
export const newestKnownMinor = 27;

/**
 * Why a run's keys may hold what no rule here knows: a newer Go, a development version, one that was built with experiments
 * switched on, gccgo. Such inputs are compared and shown as they are (`opaque …`). Null for what is known.
 */
export function unknownGo(run: Pick<Run, "goVersion" | "settings">): string | null {
  const { goVersion, settings } = run;
  if (settings.flags.some((flag) => flag.name === "-compiler" && flag.value === "gccgo")) {
    return "gccgo's keys are known in part only: what is not is compared and shown, and may stay unexplained";
  }
  if (goVersion === null || goVersion === "") return null;
  const what = unknownKind(goVersion);
  if (what === null) return null;
  return `${goVersion} is ${what} than gocache-why knows (releases up to Go 1.${newestKnownMinor}): inputs that are new in it are compared and shown, and may stay unexplained`;
}

/** Version texts: internal/buildcfg and `go version` (Go 1.21–1.27): `go1.26.8 X:jsonv2`, `devel go1.24-abc date`, `go1.25-devel_abc date`. */
function unknownKind(goVersion: string): string | null {
  // A version of no release is taken for 99.
  if (/\bdevel\b|-devel_/.test(goVersion)) return "a development version, other";
  if (minorOf(goVersion) > newestKnownMinor) return "newer";
  return /[ -]X:/.test(goVersion) ? "built with experiments, other" : null;
}
