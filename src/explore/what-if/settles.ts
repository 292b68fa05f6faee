import type { CauseFact } from "../../causes/cause.ts";
import type { Run } from "../../model/run.ts";
import { type Hypothesis, takesAway } from "./hypothesis.ts";

/** Both runs as they are supposed to have been. */
export interface SupposedPair {
  readonly before: Run;
  readonly now: Run;
  readonly hypotheses: readonly Hypothesis[];
}

/**
 * Whether what made a cause is the same in both runs now: the flag has one value in both, the variable too, the directory is one.
 * Then all that it changed is as it was, whatever that is: the lines of a key are its doing and no other cause's.
 */
export function settles(fact: CauseFact, pair: SupposedPair): boolean {
  if (pair.hypotheses.some((hypothesis) => takesAway(hypothesis, fact))) return true;
  const { before, now } = pair;
  const { subject } = fact;
  switch (fact.code) {
    case "flag-changed":
    case "coverage-changed":
    case "test-flag-changed":
      return isTouched(pair, subject) && flagOf(before, subject) === flagOf(now, subject);
    case "test-not-cacheable":
    case "forced-rebuild":
      if (subject === "gocacheverify") return setTo(pair, "GODEBUG")?.includes("gocacheverify=1") === false;
      return isTouched(pair, subject) && flagOf(now, subject) === null;
    case "env-changed":
    case "test-env-changed":
      return setTo(pair, subject) !== null;
    case "directory-moved":
      return (
        now.moduleRoots[subject] !== undefined && now.moduleRoots[subject] === before.moduleRoots[subject]
      );
    case "goroot-moved":
      return setTo(pair, "GOROOT") !== null;
    case "modcache-moved":
      return setTo(pair, "GOMODCACHE") !== null;
    case "cache-dir-changed":
      return setTo(pair, "GOCACHE") !== null;
    case "vcs-stamp-changed":
      return flagOf(before, "-buildvcs") === "false" && flagOf(now, "-buildvcs") === "false";
    default:
      return false;
  }
}

/** The value that a variable is supposed to have had in both runs; null where nothing is supposed of it. */
function setTo({ hypotheses }: SupposedPair, name: string): string | null {
  for (const each of hypotheses) if (each.kind === "variable" && each.name === name) return each.value;
  return null;
}

/** Whether anything is supposed that can give this flag one value in both runs. */
function isTouched({ hypotheses }: SupposedPair, name: string): boolean {
  return hypotheses.some(
    (each) =>
      (each.kind === "flag" && each.name === name) || (each.kind === "variable" && each.name === "GOFLAGS"),
  );
}

function flagOf(run: Run, name: string): string | null {
  return run.settings.flags.find((flag) => flag.name === name)?.value ?? null;
}
