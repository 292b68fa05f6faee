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
  /** Packages that were compiled again only since their entries were gone. */
  const remade = new Set(
    misses.flatMap(({ action, verdict }) => (verdict === "entry-missing" ? [action.package] : [])),
  );
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

  /**
   * An entry that is gone reaches those above it only where it comes out otherwise, and an output that differs only where it
   * was made again: of these two it takes both.
   */
  function isSpared({ own, inherited }: ExplainedAction, ids: readonly string[]): boolean {
    const left = new Set([...own, ...inherited].filter((id) => !ids.includes(id)));
    if (left.size === 0) return true;
    if (own.some((id) => left.has(id)) || left.size === own.length + inherited.length) return false;
    const facts = [...left].map((id) => explanation.causes.get(id)?.fact);
    return (
      facts.every((fact) => fact !== undefined && classOf(fact.code) === "cache") ||
      facts.every((fact) => fact?.code === "output-not-reproducible" && remade.has(fact.subject))
    );
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
      const spared = affected.filter((each) => isSpared(each, ids));
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
