import type { Comparison } from "../compare/compare-runs.ts";
import type { CauseFact, Evidence } from "./cause.ts";
import type { ExplainedAction } from "./explain.ts";

/** How sure a cause is, and why, in words. */
export function evidenceOf(
  fact: CauseFact,
  roots: readonly ExplainedAction[],
  comparison: Comparison,
  signs: {
    /** An input shows the cause itself. */
    readonly certain: boolean;
    /** Roots whose part in it is deduced: their files could not be looked into. */
    readonly inferred: number;
  },
): Evidence {
  switch (fact.code) {
    case "cache-trimmed":
      return {
        kind: "inferred",
        detail:
          "the keys are the earlier run's; the runs are more than five days apart, and Go trimmed the cache in between",
      };
    case "cache-dir-changed":
    case "cache-cleaned":
    case "cache-entry-missing":
    case "cache-program-miss":
      return {
        kind: "observed",
        detail: `${count(roots.length, "key is", "keys are")} the earlier run's, and each action ran`,
      };
    case "forced-rebuild":
      return { kind: "observed", detail: "the flag is in effect, and Go looks nothing up under it" };
    case "link-not-cached":
    case "link-target-replaced":
    case "vet-not-cached":
    case "build-failed-before":
      return { kind: "observed", detail: "the key is the earlier run's, and Go stores no result of it" };
    case "output-not-reproducible":
      return { kind: "observed", detail: "both runs recorded the same key and different outputs" };
    case "first-build":
      return { kind: "observed", detail: "the earlier run has no such action" };
    default: {
      if (signs.inferred > 0 && (!signs.certain || signs.inferred === roots.length)) {
        return {
          kind: "inferred",
          detail:
            "other files were built, which this setting can do; the files themselves could not be looked into",
        };
      }
      const changed = roots.filter(({ action }) => comparison.inputs(action.key) !== null).length;
      const detail =
        changed === roots.length
          ? `the inputs of ${count(roots.length, "action", "actions")} were recorded before and now, and add up to the keys that Go printed`
          : `the inputs of ${changed} of ${roots.length} actions were recorded before and now`;
      return { kind: "observed", detail };
    }
  }
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
