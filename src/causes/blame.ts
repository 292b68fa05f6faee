import type { ComparedInputs } from "../compare/compare-runs.ts";
import { keyWithInputsPutBack } from "../keys/put-back.ts";
import type { Digest } from "../model/ids.ts";

/** Inputs that change together: an action's own ones of one cause, or the outputs of dependencies with equal causes. */
export interface Share {
  readonly inputs: ReadonlySet<string>;
  readonly causes: ReadonlySet<string>;
}

/** More subsets than this are not tried; then every share is to blame. */
const subsetLimit = 600;

/**
 * The smallest set of shares that, put back, gives a key that the cache held before the run: these are to blame,
 * the others were paid for earlier. Of several such sets the one whose entry was put last. All shares where there
 * is none, or where a hidden value keeps keys from being made.
 */
export function sharesToBlame(
  inputs: ComparedInputs,
  shares: readonly Share[],
  held: (key: Digest) => number | null,
): readonly Share[] {
  const causes = new Set(shares.flatMap((share) => [...share.causes]));
  if (shares.length < 2 || causes.size < 2 || inputs.hidden) return shares;
  let tried = 0;
  for (let size = 1; size < shares.length; size++) {
    let best: { shares: readonly Share[]; at: number } | null = null;
    for (const subset of subsetsOf(shares, size)) {
      if (++tried > subsetLimit) return best?.shares ?? shares;
      const putBack = new Set(subset.flatMap((share) => [...share.inputs]));
      const at = held(keyWithInputsPutBack(inputs.beforeOrder, inputs.nowOrder, putBack));
      if (at !== null && at > (best?.at ?? Number.NEGATIVE_INFINITY)) best = { shares: subset, at };
    }
    if (best !== null) return best.shares;
  }
  return shares;
}

function* subsetsOf<T>(items: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let at = from; at <= items.length - size; at++) {
    for (const rest of subsetsOf(items, size - 1, at + 1)) yield [items[at] as T, ...rest];
  }
}
