import type { ReportView } from "./report-view.ts";

/** Actions that ran for several of the shown causes together. */
export interface Overlap {
  /** Numbers of the shown causes, from 1, ascending; two or more. */
  readonly numbers: readonly number[];
  readonly actions: number;
  /** For each of `numbers` how many of the actions it alone would have made run, as far as that is known. */
  readonly alone: readonly number[];
}

/**
 * The sets of shown causes that share actions, largest first; empty where the causes' own counts tell the truth, that is
 * where at least half of each cause's actions are its alone.
 */
export function overlapsOf(view: ReportView): readonly Overlap[] {
  const numberOf = new Map(
    view.shown.flatMap((group, at) => group.causes.map((cause) => [cause, at + 1] as const)),
  );
  const dim = new Set([...view.always, ...view.also].flatMap((group) => group.causes));
  const sets = new Map<string, Overlap>();
  for (const set of view.report.causeSets) {
    const told = set.causes.filter((cause) => !dim.has(cause));
    const numbers = [...new Set(told.flatMap((cause) => numberOf.get(cause) ?? []))].sort((a, b) => a - b);
    if (numbers.length === 0 || told.some((cause) => !numberOf.has(cause))) continue;
    const key = numbers.join(" ");
    const known = sets.get(key);
    const alone = numbers.map((number, at) => {
      const mine = set.causes.map((cause, index) =>
        numberOf.get(cause) === number ? (set.alone?.[index] ?? 0) : 0,
      );
      return (known?.alone[at] ?? 0) + Math.max(0, ...mine);
    });
    sets.set(key, { numbers, actions: (known?.actions ?? 0) + set.actions, alone });
  }
  const misleading = view.shown.some((_, at) => {
    const alone = sets.get(String(at + 1))?.actions ?? 0;
    const shared = [...sets.values()].filter(({ numbers }) => numbers.length > 1 && numbers.includes(at + 1));
    const together = shared.reduce((sum, overlap) => sum + overlap.actions, 0);
    return together > alone;
  });
  if (!misleading) return [];
  return [...sets.values()].filter(({ numbers }) => numbers.length > 1).sort((a, b) => b.actions - a.actions);
}
