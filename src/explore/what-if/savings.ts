import { classOf } from "../../causes/catalogue.ts";
import type { EvidenceKind } from "../../causes/cause.ts";
import type { Explanation } from "../../causes/explain.ts";
import type { ExplainedAction } from "../../causes/explained.ts";
import type { Outside } from "../../causes/world.ts";
import { trimpathHypothesis } from "./hypothesis.ts";
import { whatIf } from "./what-if.ts";

/** What a fix would have saved in a run. */
export interface Saving {
  /** Misses that would not have been. */
  readonly missed: number;
  /** Misses that any of the causes has part in. */
  readonly of: number;
  /** Work of those that would not have been; null where no times are known. */
  readonly seconds: number | null;
  readonly evidence: EvidenceKind;
}

export interface Savings {
  /** With these causes undone, all together; null where none of them has a miss. */
  undoing(ids: readonly string[]): Saving | null;
  /** With -trimpath in both runs. */
  trimming(ids: readonly string[]): Saving | null;
}

/** What fixes would have saved; each is worked out when it is asked for. */
export function createSavings(explanation: Explanation, outside: Outside): Savings {
  const isTimed = explanation.comparison?.now.run.hasGraph === true;
  const misses = explanation.actions.filter(({ verdict }) => missVerdicts.has(verdict));
  let trimmed: ReadonlyMap<string, EvidenceKind> | null = null;

  function mine(ids: readonly string[]): readonly ExplainedAction[] {
    return misses.filter((each) => causesOf(each).some((id) => ids.includes(id)));
  }

  function saving(
    affected: readonly ExplainedAction[],
    spared: readonly ExplainedAction[],
    evidence: EvidenceKind,
  ): Saving | null {
    if (affected.length === 0) return null;
    const seconds = spared.reduce((sum, { action }) => sum + (action.seconds ?? 0), 0);
    return {
      missed: spared.length,
      of: affected.length,
      seconds: isTimed ? Math.round(seconds * 1000) / 1000 : null,
      evidence,
    };
  }

  function trimmedHits(): ReadonlyMap<string, EvidenceKind> {
    if (trimmed !== null) return trimmed;
    const found = explanation.comparison === null ? null : whatIf(explanation, [trimpathHypothesis], outside);
    trimmed = new Map(
      (found?.actions ?? []).flatMap(({ action, would, evidence }): [string, EvidenceKind][] =>
        would === "miss" ? [] : [[action.key, evidence]],
      ),
    );
    return trimmed;
  }

  return {
    undoing(ids) {
      const affected = mine(ids);
      const spared = affected.filter((each) => causesOf(each).every((id) => ids.includes(id)));
      const isProven =
        spared.length > 0 &&
        spared.every(({ verdict }) => verdict === "key-changed") &&
        ids.every((id) => explanation.causes.get(id)?.evidence.kind === "proven");
      return saving(affected, spared, isProven ? "proven" : "predicted");
    },
    trimming(ids) {
      const isPlace = ids.every((id) => {
        const fact = explanation.causes.get(id)?.fact;
        return fact !== undefined && classOf(fact.code) === "directory";
      });
      const affected = isPlace ? mine(ids) : [];
      const hits = affected.length === 0 ? new Map<string, EvidenceKind>() : trimmedHits();
      const spared = affected.filter(({ action }) => hits.has(action.key));
      return saving(affected, spared, "predicted");
    },
  };
}

const missVerdicts: ReadonlySet<string> = new Set(["key-changed", "entry-missing", "new"]);

function causesOf({ own, inherited }: ExplainedAction): readonly string[] {
  return inherited.length === 0 ? own : [...own, ...inherited];
}
