import type { Comparison } from "../compare/compare-runs.ts";
import { createProver, type Proof } from "../keys/prove-key.ts";
import type { KeyRule } from "../keys/rule.ts";
import type { NamedCause } from "../keys/site.ts";
import type { Digest, ShortId } from "../model/ids.ts";
import type { CauseFact } from "./cause.ts";
import type { LocalCauses } from "./local-causes.ts";
import type { Outside } from "./world.ts";

export interface Prover {
  /** All proofs that were asked for. */
  readonly made: ReadonlyMap<string, Proof>;
  /** The proof of an action's earlier key. Made when it is asked for, and once. */
  proofOf(key: string): Proof;
  /** False where the earlier key comes out without what this cause changed. */
  isNeeded(key: string, fact: CauseFact): boolean;
  /** How many causes the action's own inputs have. */
  causeCount(key: string): number;
}

/** Hands the prover what lies outside the earlier blocks, and nothing of them. */
export function proverOf(
  comparison: Comparison,
  outside: Outside,
  localOf: (key: string) => LocalCauses | null,
  facts: ReadonlyMap<string, CauseFact>,
  rules?: readonly KeyRule[],
): Prover {
  const { before, now, pairs } = comparison;
  const causesOf = (key: string): readonly NamedCause[] | null => {
    const local = localOf(key);
    // A hidden value makes a block whose text is not what was hashed.
    if (local === null || local.unknown.length > 0 || comparison.inputs(key)?.hidden !== false) return null;
    return [...local.own.keys()].flatMap((id) => {
      const fact = facts.get(id);
      return fact === undefined ? [] : { code: fact.code, subject: fact.subject };
    });
  };
  const { prove, isNeeded } = createProver(
    {
      before: before.run,
      now: now.run,
      disk: {
        readFile: outside.readFile,
        listDirectory: outside.listDirectory ?? (() => null),
        earlierText: (content, path) => outside.earlierText?.(content as ShortId, path) ?? null,
      },
      outputOf: (digest) => outside.outputOf?.(digest as Digest) ?? null,
      inputsNow: (key) => {
        const action = pairs.get(key)?.now;
        return action === undefined ? null : comparison.segments("now", action);
      },
      causesOf,
    },
    rules,
  );
  /** The values of variables are known only while the run is recorded: the key was regenerated then, or it can't be. */
  function testProof(key: string): Proof {
    const pair = pairs.get(key);
    const isProven = pair?.before?.digest != null && pair.now.test?.proven === pair.before.digest;
    return {
      inputs: null,
      gap: isProven ? null : "what a test read can't be put back where its value is hidden",
    };
  }

  const made = new Map<string, Proof>();
  return {
    made,
    proofOf(key) {
      const proof = pairs.get(key)?.now.kind === "test" ? testProof(key) : prove(key);
      made.set(key, proof);
      return proof;
    },
    isNeeded: (key, fact) =>
      // Each input of a test is a line of its own, and a changed one makes another key.
      pairs.get(key)?.now.kind === "test" || isNeeded(key, { code: fact.code, subject: fact.subject }),
    causeCount: (key) => localOf(key)?.own.size ?? 0,
  };
}
