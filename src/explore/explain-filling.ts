import type { Evidence } from "../causes/cause.ts";
import { type Explanation, explain } from "../causes/explain.ts";
import type { ExplainedAction, ExplainedCause } from "../causes/explained.ts";
import type { Outside } from "../causes/world.ts";
import { compareRuns } from "../compare/compare-runs.ts";
import type { RunWithBlocks } from "../model/run.ts";
import type { Ground } from "./climb.ts";
import type { DryRun } from "./dry-run.ts";
import type { Filling } from "./find-filling.ts";
import { noId, reconstructRun } from "./reconstruct.ts";

/** A run explained against what its cache was filled with. */
export function explainFilling(
  ground: Ground,
  filling: Filling,
  now: RunWithBlocks,
  outside: Outside,
  dryRun: DryRun | null,
): Explanation {
  const before = reconstructRun(ground, filling);
  const made = explain(compareRuns(before, now), outside);
  const causes = new Map<string, ExplainedCause>();
  for (const [id, cause] of made.causes) {
    const roots = made.actions.filter((each) => each.own.includes(id) && each.verdict === "key-changed");
    // Go stores no link, so that nothing can show under which key one was made.
    const kept = roots.filter(({ action }) => action.kind !== "link");
    const proven = kept.filter(
      ({ action, idBefore }) => idBefore !== noId && made.proofs.get(action.key)?.gap === null,
    );
    causes.set(id, {
      ...cause,
      evidence: evidenceOf(cause, { proven: proven.length, of: kept.length }, dryRun),
    });
  }
  return {
    ...made,
    // What it is compared with is no run: a report has `before` only of one.
    comparison: null,
    actions: made.actions.map(withoutPlaceholder),
    causes,
  };
}

function withoutPlaceholder(each: ExplainedAction): ExplainedAction {
  return each.idBefore === noId ? { ...each, idBefore: null } : each;
}

function evidenceOf(
  { fact, evidence }: ExplainedCause,
  keys: { readonly proven: number; readonly of: number },
  dryRun: DryRun | null,
): Evidence {
  const isOfKey = evidence.kind === "proven" || evidence.kind === "observed" || evidence.kind === "inferred";
  if (!isOfKey || fact.code === "link-not-cached" || fact.code === "first-build") return evidence;
  const asked =
    dryRun === null
      ? ""
      : `; asked again under all that is told here, go itself would have found ${dryRun.hits} of ${dryRun.of} packages in the cache`;
  const roots = keys.of === 1 ? "the root" : `${keys.proven} of ${keys.of} roots`;
  if (keys.proven > 0 && keys.proven === keys.of) {
    const detail = `the keys that ${keys.of === 1 ? "the root" : `all ${keys.of} roots`} had then were regenerated, and are in the cache${asked}`;
    return { kind: "proven", detail, keys };
  }
  const shown =
    keys.proven === 0
      ? "no key could be regenerated for it alone"
      : `the keys that ${roots} had then were regenerated, and are in the cache; those of the rest depend on what could not be told`;
  return {
    // Below a package that it misses go has no output to go on with: then it may be less that would have been missed.
    kind:
      dryRun === null || dryRun.hits === 0 ? "inferred" : dryRun.hits === dryRun.of ? "predicted" : "at-most",
    detail: `${shown}${asked}`,
    keys,
  };
}
