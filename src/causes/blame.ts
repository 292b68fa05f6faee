import type { Comparison } from "../compare/compare-runs.ts";
import { keyWithInputsPutBack } from "../keys/put-back.ts";
import { type Digest, type ShortId, shortId } from "../model/ids.ts";
import type { RunAction } from "../model/run.ts";
import type { LocalCauses } from "./local-causes.ts";

export interface BlameQuestions {
  readonly comparison: Comparison;
  readonly localOf: (key: string) => LocalCauses | null;
  /** All causes of an action's change against the baseline, its own and those of its dependencies. */
  readonly causesOf: (key: string) => ReadonlySet<string>;
  /** The causes of its output's change, for those that depend on it. */
  readonly passedOn: (key: string) => ReadonlySet<string>;
  /** When the result of this key was stored before the run (ms since the epoch); null where it was not. */
  readonly held: (action: RunAction, key: Digest) => number | null;
  /** Content ID of the output that the cache held under a key. */
  readonly contentOf: (key: Digest) => ShortId | null;
}

/** More subsets than this are not tried; then every cause is to blame. */
const subsetLimit = 256;

/**
 * Of an action's causes the smallest set that, put back, gives a key that the cache held before the run: these are to
 * blame, the others were paid for earlier. Of several such sets the one whose result was stored last. All causes where
 * there is none, or where a hidden value keeps keys from being made.
 *
 * A dependency that both kinds of causes reached had a third output in between: it is asked of the cache, by the
 * dependency's own key with the same causes put back.
 */
export function createBlame(questions: BlameQuestions): (key: string) => ReadonlySet<string> {
  const { comparison, localOf, causesOf, passedOn, held, contentOf } = questions;
  const made = new Map<string, Digest | null>();

  function keyWithout(key: string, causes: ReadonlySet<string>): Digest | null {
    const id = `${key}\n${[...causes].sort().join("\n")}`;
    const known = made.get(id);
    if (known !== undefined) return known;
    made.set(id, null);
    const fresh = makeKey(key, causes);
    made.set(id, fresh);
    return fresh;
  }

  function makeKey(key: string, causes: ReadonlySet<string>): Digest | null {
    const inputs = comparison.inputs(key);
    const local = localOf(key);
    if (inputs === null || local === null || inputs.hidden || local.unknown.length > 0) return null;
    const putBack = new Set<string>();
    const instead = new Map<string, string>();
    for (const [input, owners] of ownersOf(local)) {
      const reach = overlap(owners, causes);
      // One text that two causes made, of which one is put back: it can't be cut.
      if (reach === "some") return null;
      if (reach === "all") putBack.add(input);
    }
    if (local.loose.length > 0) {
      const reach = overlap(importMoversOf(local), causes);
      if (reach === "some") return null;
      if (reach === "all") for (const input of local.loose) putBack.add(input);
    }
    for (const dependency of local.dependencies) {
      const reach = overlap(passedOn(dependency.key), causes);
      if (reach === "none") continue;
      if (reach === "all") {
        for (const input of dependency.inputs) putBack.add(input);
        continue;
      }
      const between = outputWithout(dependency.key, causes);
      if (between === null) return null;
      for (const input of dependency.inputs) {
        const text = withOutput(inputs.now.get(input)?.text ?? "", between);
        if (text === null) return null;
        instead.set(input, text);
      }
    }
    return keyWithInputsPutBack(inputs.beforeOrder, inputs.nowOrder, putBack, instead);
  }

  /** The causes by which dependencies import other packages than before. */
  function importMoversOf(local: LocalCauses): ReadonlySet<string> {
    const movers = new Set<string>();
    for (const { key } of local.dependencies) {
      const moved = (comparison.inputs(key)?.deltas ?? []).filter(
        ({ input, before, now }) => input.startsWith("import ") && (before === null || now === null),
      );
      for (const [cause, inputs] of localOf(key)?.own ?? []) {
        if (moved.some(({ input }) => inputs.has(input))) movers.add(cause);
      }
    }
    return movers;
  }

  function outputWithout(key: string, causes: ReadonlySet<string>): { id: ShortId; content: ShortId } | null {
    const action = comparison.pairs.get(key)?.now;
    const digest = action === undefined ? null : keyWithout(key, causes);
    if (action === undefined || digest === null || held(action, digest) === null) return null;
    const content = contentOf(digest);
    return content === null ? null : { id: shortId(digest), content };
  }

  return (key) => {
    const all = causesOf(key);
    const action = comparison.pairs.get(key)?.now;
    if (all.size < 2 || action === undefined) return all;
    const causes = [...all].sort();
    let tried = 0;
    for (let size = 1; size < causes.length; size++) {
      let best: { causes: ReadonlySet<string>; at: number } | null = null;
      for (const subset of subsetsOf(causes, size)) {
        if (++tried > subsetLimit) return best?.causes ?? all;
        const chosen = new Set(subset);
        const digest = keyWithout(key, chosen);
        const at = digest === null ? null : held(action, digest);
        if (at !== null && at > (best?.at ?? Number.NEGATIVE_INFINITY)) best = { causes: chosen, at };
      }
      if (best !== null) return best.causes;
    }
    return all;
  };
}

function ownersOf(local: LocalCauses): ReadonlyMap<string, ReadonlySet<string>> {
  const owners = new Map<string, Set<string>>();
  for (const [cause, inputs] of local.own) {
    for (const input of inputs) {
      const known = owners.get(input);
      if (known === undefined) owners.set(input, new Set([cause]));
      else known.add(cause);
    }
  }
  return owners;
}

function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): "none" | "some" | "all" {
  let shared = 0;
  for (const each of one) if (other.has(each)) shared++;
  return shared === 0 ? "none" : shared === one.size ? "all" : "some";
}

/** `import Q C`, `packagefile Q=C`, `packagemain A/C` with another output. */
function withOutput(text: string, output: { id: ShortId; content: ShortId }): string | null {
  if (text.startsWith("packagemain ")) return `packagemain ${output.id}/${output.content}\n`;
  const found = /^((?:import|packagefile) .*[ =])[\w-]{20}\n$/s.exec(text);
  return found === null ? null : `${found[1]}${output.content}\n`;
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
