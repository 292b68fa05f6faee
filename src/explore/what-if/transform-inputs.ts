import { type Draft, draftOf } from "../../keys/draft.ts";
import { type Disk, outsideValuesOf } from "../../keys/outside-values.ts";
import type { KeyRule } from "../../keys/rule.ts";
import { keyRules } from "../../keys/rules.ts";
import { actionsByKey, moduleOf, type NamedCause, type ProofSite } from "../../keys/site.ts";
import type { Run, RunAction } from "../../model/run.ts";
import type { Segment } from "../../model/segments.ts";
import type { SupposedRun } from "./suppose-run.ts";

/** The inputs of one action as they would have been: input → text. */
export type Inputs = ReadonlyMap<string, string>;

/**
 * Writes what is supposed into an action's inputs, by the rules that Go follows. Several answers where the outside leaves a few
 * possibilities, in an order that is the same for both runs; none where it can't be told.
 */
export type Transform = (action: RunAction, inputs: readonly Segment[]) => readonly Inputs[];

/** More possibilities than this are not followed. */
const mostDrafts = 16;

/** @param outputOf short output ID that the cache has under a key */
export function createTransform(
  run: Run,
  supposed: SupposedRun,
  disk: Disk,
  outputOf: (digest: string) => string | null,
): Transform {
  const before = outsideValuesOf(supposed.run, disk);
  const now = outsideValuesOf(run, disk);
  const actions = actionsByKey(run);
  const packages = new Set(run.actions.flatMap(({ kind, package: name }) => (kind === "build" ? name : [])));
  const chosen = rulesFor(supposed.steps);
  // A log alone does not tell what lay outside.
  const isKnown = Object.keys(run.settings.env).length > 0;
  return (action, inputs) => {
    if (action.kind === "test" || chosen.length === 0) return [textsOf(inputs)];
    if (!isKnown) return [];
    // A rule writes the values of `site.before` where those of `site.now` stand.
    const site: ProofSite = {
      kind: action.kind,
      package: action.package,
      variant: action.variant,
      before,
      now,
      disk,
      earlier: (key) => actions.get(key) ?? null,
      module: moduleOf(action.package.replace(/_test$/, ""), [before, now]),
      earlierPackages: packages,
      outputOf,
    };
    let drafts: readonly Draft[] = [draftOf(action.kind, before.release, inputs)];
    for (const [rule, step] of chosen) {
      drafts = drafts.flatMap((draft) => rule.apply(draft.copy(), site, step)).slice(0, mostDrafts);
    }
    return drafts.map((draft) => textsOf(withoutCgo(draft, before.context.cgo).segments()));
  };
}

function rulesFor(steps: readonly NamedCause[]): readonly (readonly [KeyRule, NamedCause])[] {
  const found = steps.flatMap((step): [KeyRule, NamedCause][] => {
    const rule = keyRules.find((each) => each.fits(step));
    return rule === undefined ? [] : [[rule, step]];
  });
  return found.sort(([a], [b]) => keyRules.indexOf(a) - keyRules.indexOf(b));
}

/** Inputs that only packages with cgo have. */
const cgoInputs = /^(cgo tool|(CC|CXX|FC)( id( error)?)?|CGO_(CPPFLAGS|CFLAGS|CXXFLAGS|FFLAGS|LDFLAGS))$/;

/** The rule for CGO_ENABLED leaves the choice of files to those who can read them; of the cgo lines none stays in any case. */
function withoutCgo(draft: Draft, isOn: boolean): Draft {
  if (isOn) return draft;
  for (const input of draft.inputs()) if (cgoInputs.test(input)) draft.set(input, null);
  return draft;
}

function textsOf(segments: readonly Segment[]): Inputs {
  return new Map(segments.map(({ input, text }) => [input, text]));
}
