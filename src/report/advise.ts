import { type CauseFact, causeId } from "../causes/cause.ts";
import type { Saving, Savings } from "../explore/what-if/savings.ts";
import type { ReportAdvice } from "./report.ts";
import { type Advice, adviceOf, type WordingContext } from "./wording.ts";

/**
 * The advice on each cause, with what its fix would have saved here. Causes with one advice have one fix. Advice whose fix
 * would have saved nothing is none; what -trimpath can't help is advised without it.
 * @param savings null where nobody asked: then the advice stands without them
 */
export function advise(
  causes: readonly CauseFact[],
  context: WordingContext,
  savings: Savings | null,
): ReadonlyMap<string, ReportAdvice | null> {
  const found = new Map<string, ReportAdvice | null>();
  const groups = groupsOf(causes, (cause) => adviceOf(cause, context));
  for (const [advice, members] of groups) {
    const ids = members.map(causeId);
    const set = (text: Advice | null, saving: Saving | null, fix: "-trimpath" | null): void => {
      for (const id of ids) found.set(id, text === null ? null : withSaving(text, saving, fix));
    };
    if (advice === null || savings === null) {
      set(advice, null, null);
      continue;
    }
    const saving = savings.undoing(ids);
    if (mentionsTrimpath(advice, members)) {
      const trimmed = savings.trimming(ids);
      // A few more that -trimpath does not reach are no reason against it.
      if (trimmed !== null && trimmed.missed > 0 && 2 * trimmed.missed >= (saving?.missed ?? 0)) {
        set(advice, trimmed, "-trimpath");
        continue;
      }
    }
    const isUseless = saving !== null && saving.missed === 0;
    // What is left of it where -trimpath does not help.
    const rest = mentionsTrimpath(advice, members)
      ? adviceOf(members[0] as CauseFact, { ...context, flags: [...context.flags, "-trimpath"] })
      : advice;
    set(isUseless ? null : rest, saving, null);
  }
  return found;
}

function groupsOf(
  causes: readonly CauseFact[],
  advise: (cause: CauseFact) => Advice | null,
): readonly (readonly [Advice | null, readonly CauseFact[]])[] {
  const groups = new Map<string | null, [Advice | null, CauseFact[]]>();
  for (const cause of causes) {
    const advice = advise(cause);
    const known = groups.get(advice?.text ?? null);
    if (known === undefined) groups.set(advice?.text ?? null, [advice, [cause]]);
    else known[1].push(cause);
  }
  return [...groups.values()];
}

/** Of directories the advice offers -trimpath beside a fixed place. */
function mentionsTrimpath(advice: Advice, members: readonly CauseFact[]): boolean {
  return advice.text.includes("or build with -trimpath") && members.every(({ code }) => /-moved$/.test(code));
}

function withSaving(advice: Advice, saving: Saving | null, fix: "-trimpath" | null): ReportAdvice {
  const { text, caution } = advice;
  if (saving === null) return { text, caution };
  return { text, caution, saves: { ...saving, with: fix } };
}
