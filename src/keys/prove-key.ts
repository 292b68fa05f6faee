import type { Run } from "../model/run.ts";
import type { Segment } from "../model/segments.ts";
import type { Disk } from "./outside-values.ts";
import { createRegenerator } from "./regenerate-key.ts";
import type { KeyRule } from "./rule.ts";
import { keyRules } from "./rules.ts";
import { actionsByKey, type NamedCause } from "./site.ts";

/** What a prover is given. `Run` is a record of the outside, of IDs and outputs: no block is in it. */
export interface ProofGround {
  readonly before: Run;
  readonly now: Run;
  readonly disk: Disk;
  /** Short output ID that the cache has under a key. */
  readonly outputOf: (digest: string) => string | null;
  /** The inputs of an action of the now-run; null where they are not known. */
  readonly inputsNow: (key: string) => readonly Segment[] | null;
  /** Causes of an action's own inputs; null where an input has no known cause, or a value is hidden. */
  readonly causesOf: (key: string) => readonly NamedCause[] | null;
}

export interface Proof {
  /** The inputs under which the earlier key comes out; null where no rule gave it. */
  readonly inputs: readonly Segment[] | null;
  /** Why not, in words; null where it was proven. */
  readonly gap: string | null;
}

export interface KeyProver {
  /** Made once for each action. */
  prove(key: string): Proof;
  /** Whether the earlier key does not come out without what this cause changed. */
  isNeeded(key: string, cause: NamedCause): boolean;
}

/**
 * Regenerates earlier keys: the present inputs, with what each cause changed written as Go would have written the earlier
 * outside value, and the earlier outputs of dependencies. The digest alone decides.
 */
export function createProver(ground: ProofGround, rules: readonly KeyRule[] = keyRules): KeyProver {
  const earlier = actionsByKey(ground.before);
  const present = actionsByKey(ground.now);
  const regenerator = createRegenerator(
    {
      before: ground.before,
      now: ground.now,
      disk: ground.disk,
      outputOf: ground.outputOf,
      inputsNow: ground.inputsNow,
      earlier: (key) => earlier.get(key) ?? null,
      inputsBefore: (key) => prove(key).inputs,
      earlierPackages: new Set(
        ground.before.actions.flatMap((action) => (action.kind === "build" ? action.package : [])),
      ),
    },
    rules,
  );
  const known = new Map<string, Proof>();
  function prove(key: string): Proof {
    const settled = known.get(key);
    if (settled !== undefined) return settled;
    known.set(key, missing("it depends on itself"));
    const fresh = tryToProve(key);
    known.set(key, fresh);
    return fresh;
  }

  function isNeeded(key: string, cause: NamedCause): boolean {
    const causes = ground.causesOf(key) ?? [];
    return causes.length < 2 || tryToProve(key, cause).gap !== null;
  }

  function tryToProve(key: string, leftOut: NamedCause | null = null): Proof {
    const action = present.get(key);
    const wanted = earlier.get(key)?.id ?? null;
    const inputs = ground.inputsNow(key);
    if (action === undefined || wanted === null || inputs === null)
      return missing("its inputs are not recorded");
    if (Object.keys(ground.before.settings.env).length === 0)
      return missing("a log alone does not tell what lay outside");
    if (action.kind === "test") return missing("a test's key is regenerated while its run is recorded");
    const causes = ground.causesOf(key);
    if (causes === null) return missing("a value is hidden, or an input has no known cause");
    const kept = causes.filter(({ code, subject }) => code !== leftOut?.code || subject !== leftOut.subject);
    const drafts = regenerator.candidates(action, kept);
    if (typeof drafts === "string") return missing(drafts);
    for (const draft of drafts) {
      if (draft.id() === wanted) return { inputs: draft.segments(), gap: null };
    }
    return missing("Go's rules for its causes did not give its earlier key");
  }

  return { prove, isNeeded };
}

function missing(gap: string): Proof {
  return { inputs: null, gap };
}
