import type { Comparison } from "../compare/compare-runs.ts";
import type { RunAction } from "../model/run.ts";
import { programEvidence } from "./cache-program.ts";
import type { CauseFact, Evidence } from "./cause.ts";
import type { ExplainedAction } from "./explained.ts";
import type { Prover } from "./prove.ts";

/** How sure a cause is, and why, in words. */
export function evidenceOf(
  fact: CauseFact,
  roots: readonly ExplainedAction[],
  comparison: Comparison,
  prover: Prover,
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
    case "cache-entry-damaged":
      return {
        kind: "observed",
        detail: `${count(roots.length, "key is", "keys are")} the earlier run's, and each action ran`,
      };
    case "cache-program-miss":
      return programEvidence(
        roots.map(({ action }) => action),
        comparison.now.run,
      );
    case "cache-not-written":
      return {
        kind: "observed",
        detail: `${count(roots.length, "key is", "keys are")} the earlier run's, which compiled and left no entry`,
      };
    case "forced-rebuild":
      return { kind: "observed", detail: "the flag is in effect, and Go looks nothing up under it" };
    case "link-not-cached":
    case "link-target-replaced":
    case "vet-not-cached":
    case "build-failed-before":
      return { kind: "observed", detail: "the key is the earlier run's, and Go stores no result of it" };
    case "test-file-too-new":
      return roots.some(({ action }) => isInferred(action, fact, comparison))
        ? {
            kind: "inferred",
            detail: "the test passed and go kept no result; this file of its package changed while it ran",
          }
        : { kind: "observed", detail: "the test read it, and its time was less than 2 s before" };
    case "test-not-cacheable":
      return { kind: "observed", detail: "Go keeps no result of such a run" };
    case "test-expired":
      return { kind: "observed", detail: "the time of the cleaning is later than the earlier run" };
    case "output-not-reproducible":
      return { kind: "observed", detail: "both runs recorded the same key and different outputs" };
    case "first-build":
      return { kind: "observed", detail: "the earlier run has no such action" };
    default: {
      const proof = proofOf(fact, roots, prover);
      if (proof?.kind === "proven") return proof;
      if (signs.inferred > 0 && (!signs.certain || signs.inferred === roots.length)) {
        return {
          kind: "inferred",
          detail:
            "other files were built, which this setting can do; the files themselves could not be looked into",
        };
      }
      if (proof !== null) return proof;
      const changed = roots.filter(({ action }) => comparison.inputs(action.key) !== null).length;
      if (roots.length === 0) {
        return {
          kind: "observed",
          detail:
            "what it changes was in the cache already; the inputs of what had to follow were recorded before and now",
        };
      }
      const detail =
        changed === roots.length
          ? `the inputs of ${count(roots.length, "action", "actions")} were recorded before and now, and add up to the keys that Go printed`
          : `the inputs of ${changed} of ${roots.length} actions were recorded before and now`;
      const keys = roots.filter(({ verdict }) => verdict === "key-changed").length;
      return { kind: "observed", detail, ...(keys === 0 ? {} : { keys: { proven: 0, of: keys } }) };
    }
  }
}

/** Whether the young file is known by its time alone, in this run or in the one before it. */
function isInferred(action: RunAction, { subject }: CauseFact, comparison: Comparison): boolean {
  const before = comparison.pairs.get(action.key)?.before?.test?.tooNew ?? [];
  const files = [...(action.test?.tooNew ?? []), ...before].filter(({ path }) => path.endsWith(subject));
  return files.length > 0 && files.every(({ inferred }) => inferred === true);
}

/** Null where no earlier key was regenerated: then the recorded inputs are all there is to say. */
function proofOf(fact: CauseFact, roots: readonly ExplainedAction[], prover: Prover): Evidence | null {
  const changed = roots.filter(({ verdict }) => verdict === "key-changed");
  if (changed.length === 0) return null;
  const proofs = changed.map(({ action }) => ({ key: action.key, ...prover.proofOf(action.key) }));
  const proven = proofs.filter(({ gap }) => gap === null);
  // A cause that no key needs has no part in a proof, however many keys come out.
  if (!proven.some(({ key }) => prover.isNeeded(key, fact))) return null;
  const shared = proven.filter(({ key }) => prover.causeCount(key) > 1).length;
  const together =
    shared === 0
      ? ""
      : `, ${shared === proven.length ? (shared === 1 ? "" : "each ") : `${shared} of them `}together with other causes`;
  if (proven.length === changed.length) {
    const keys =
      changed.length === 1 ? "the root's earlier key" : `the earlier keys of all ${changed.length} roots`;
    return {
      kind: "proven",
      detail: `${keys} ${changed.length === 1 ? "was" : "were"} regenerated from ${sourceOf(fact)}${together}`,
      keys: { proven: proven.length, of: changed.length },
    };
  }
  const gaps = [...new Set(proofs.flatMap(({ gap }) => gap ?? []))].sort();
  return {
    kind: "observed",
    detail: `the earlier keys of ${proven.length} of ${changed.length} roots were regenerated${together}; of the rest: ${gaps.join("; ")}`,
    keys: { proven: proven.length, of: changed.length },
  };
}

/** What lies outside the blocks and made the earlier key come out. */
function sourceOf(fact: CauseFact): string {
  switch (fact.code) {
    case "test-file-changed":
      return `the recorded state of the earlier ${fact.subject}`;
    case "test-flag-changed":
      return `the test arguments of the earlier command (${fact.subject})`;
    case "test-env-changed":
      return fact.before === null ? `${fact.subject} unset` : `${fact.subject}=${fact.before}`;
    case "file-edited":
    case "file-removed":
      return `the digest that was recorded of the earlier ${fact.subject}`;
    case "file-added":
      return `the package without ${fact.subject}`;
    case "pgo-profile-changed":
      return fact.before === null ? "a build without the profile" : "the earlier profile";
    case "env-changed":
      return fact.before === null ? `${fact.subject} unset` : `${fact.subject}=${fact.before}`;
    case "flag-changed":
    case "coverage-changed":
      return fact.before === null
        ? `a build without ${fact.subject}`
        : fact.before === "true"
          ? `a build with ${fact.subject}`
          : `${fact.subject}=${fact.before}`;
    case "vcs-stamp-changed":
      return "what git said of the checkout then";
    case "module-version-changed":
    case "module-replaced":
    case "module-graph-changed":
      return `the earlier module files (${fact.subject}${fact.before === null ? "" : ` ${fact.before}`})`;
    case "godebug-default-changed":
      return "the earlier godebug lines";
    case "go-directive-changed":
      return `the go line ${fact.before ?? "that it had not"} of ${fact.subject}`;
    default:
      return `the earlier ${fact.subject}${fact.before === null ? "" : ` (${fact.before})`}`;
  }
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
