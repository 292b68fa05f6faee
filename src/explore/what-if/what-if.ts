import { classOf } from "../../causes/catalogue.ts";
import { type CauseFact, causeId, type EvidenceKind } from "../../causes/cause.ts";
import type { Explanation } from "../../causes/explain.ts";
import type { ExplainedAction } from "../../causes/explained.ts";
import type { Outside } from "../../causes/world.ts";
import type { Comparison } from "../../compare/compare-runs.ts";
import type { Digest, ShortId } from "../../model/ids.ts";
import type { RunAction } from "../../model/run.ts";
import type { Hypothesis } from "./hypothesis.ts";
import { settles } from "./settles.ts";
import { supposeRun } from "./suppose-run.ts";
import { sameTimes } from "./test-times.ts";
import { createTransform, type Inputs } from "./transform-inputs.ts";

/** What would have become of one action. */
export interface Supposition {
  readonly action: RunAction;
  /** `absent`: the command would not have had it. */
  readonly would: "hit" | "miss" | "absent";
  /** Of a miss `at-most` where only the output of a dependency may differ: early cut-off may do better. */
  readonly evidence: EvidenceKind;
  /** Ids of the causes that it would still have run for; empty where it would not, and where that is not known. */
  readonly causes: readonly string[];
}

/** An input that still holds a directory which elsewhere does not count any more under what is supposed. */
export interface Unreached {
  readonly cause: CauseFact;
  readonly input: string;
  /** Import paths, sorted. */
  readonly packages: readonly string[];
}

export interface WhatIf {
  /** What missed, and what would have missed though it hit; in the order of the run. */
  readonly actions: readonly Supposition[];
  /** Of what ran without being a miss (`-a`, `-count=1`) that which would have been spared, and what would not. */
  readonly always: readonly Supposition[];
  readonly evidence: EvidenceKind;
  readonly unreached: readonly Unreached[];
}

/**
 * What would have missed, had something been otherwise. In both runs the inputs are written anew by Go's rules; in the order of the
 * dependencies an action would have hit where none of the causes that it ran for is left among its own inputs, or came to it through a
 * dependency. Equal inputs over equal dependencies are equal keys, so that no output need be guessed.
 */
export function whatIf(
  explanation: Explanation,
  hypotheses: readonly Hypothesis[],
  outside: Outside,
): WhatIf {
  const { comparison } = explanation;
  if (comparison === null) throw new Error("a what-if needs two runs");
  const ground = groundOf(comparison, hypotheses, outside);
  const { pairs } = comparison;
  const facts = new Map([...explanation.causes].map(([id, { fact }]) => [id, fact]));
  const explained = new Map(explanation.actions.map((each) => [each.action.key, each]));
  const settled = new Map<string, boolean>();
  const unreached = createUnreached(ground.supposed.now);

  function isSettled(id: string): boolean {
    const known = settled.get(id);
    if (known !== undefined) return known;
    const fact = facts.get(id) ?? factOf(id);
    const fresh = settles(fact, { ...ground.supposed, hypotheses });
    settled.set(id, fresh);
    return fresh;
  }

  const found = new Map<string, ReadonlySet<string>>();
  const open = new Set<string>();

  /** Causes by which an action's key (or output) would still be another than in the earlier run, whether it ran or not. */
  function remaining(key: string): ReadonlySet<string> {
    const known = found.get(key);
    if (known !== undefined) return known;
    if (open.has(key)) return nothing;
    open.add(key);
    const fresh = findRemaining(key);
    open.delete(key);
    found.set(key, fresh);
    return fresh;
  }

  function findRemaining(key: string): ReadonlySet<string> {
    const pair = pairs.get(key);
    if (pair === undefined) return nothing;
    if (pair.before === null) {
      const each = explained.get(key);
      return new Set([...(each?.own ?? []), ...(each?.inherited ?? [])].filter((id) => !isSettled(id)));
    }
    if (pair.now.kind === "vet" && pair.now.id === null) return remaining(key.replace(/^vet /, "build "));
    if (pair.sameId === true) {
      const causes = explanation.otherOutputOf(key);
      return causes.some(isSettled) ? nothing : new Set(causes);
    }
    const local = explanation.localOf(key);
    if (local === null) return new Set([unknownCause]);
    const left = ground.differing(key);
    const causes = new Set<string>();
    for (const [id, inputs] of local.own) {
      if (isSettled(id)) continue;
      const mine = left === null ? [...inputs] : [...inputs].filter((input) => left.has(input));
      if (mine.length === 0) continue;
      causes.add(id);
      for (const input of mine) unreached.note(facts.get(id) ?? factOf(id), input, pair.now.package);
    }
    for (const input of local.unknown) if (left === null || left.has(input)) causes.add(unknownCause);
    // A line that only the supposed inputs have, and not alike: for what it stands the causes of what it replaces are there.
    const old = new Set(comparison?.inputs(key)?.deltas.map(({ input }) => input));
    if (left !== null && [...left].some((input) => !old.has(input) && !isOutput(input))) {
      const own = [...local.own.keys()].filter((id) => !isSettled(id));
      for (const id of own.length > 0 ? own : [unknownCause]) causes.add(id);
    }
    for (const dependency of local.dependencies) {
      for (const id of remaining(dependency.key)) causes.add(id);
    }
    return causes;
  }

  const proven = new Map<string, boolean>();

  /** Whether the earlier key came out when all that changed was put back, here and below. */
  function isProven(key: string): boolean {
    const known = proven.get(key);
    if (known !== undefined) return known;
    proven.set(key, true);
    const pair = pairs.get(key);
    const local = pair?.before == null ? null : explanation.localOf(key);
    const proof = explanation.proofs.get(key);
    const fresh =
      pair?.sameId === true ||
      (local !== null &&
        (local.own.size === 0 || proof?.gap === null) &&
        local.unknown.length === 0 &&
        local.dependencies.every((dependency) => isProven(dependency.key)));
    proven.set(key, fresh);
    return fresh;
  }

  function suppose(each: ExplainedAction): Supposition {
    const { action, verdict } = each;
    const blamed = [...each.own, ...each.inherited];
    const pair = pairs.get(action.key);
    const miss = (causes: readonly string[], evidence: EvidenceKind): Supposition => ({
      action,
      would: "miss",
      evidence,
      causes,
    });
    const hit = (evidence: EvidenceKind): Supposition => ({ action, would: "hit", evidence, causes: [] });
    if (blamed.length === 0) return miss([], "at-most");
    if (verdict === "new") {
      const left = blamed.filter((id) => !isSettled(id));
      return left.length === 0
        ? { action, would: "absent", evidence: "predicted", causes: [] }
        : miss(left, "predicted");
    }
    if (verdict === "entry-missing") {
      const left = blamed.filter((id) => !isSettled(id));
      return left.length === 0 ? hit("predicted") : miss(left, "predicted");
    }
    if (verdict !== "key-changed") return supposeForced(each, miss, hit);
    const left = remaining(action.key);
    const causes = blamed.filter((id) => left.has(id));
    // What fails is never stored, and neither is what an unknown change made.
    if (causes.length === 0 && !left.has(unknownCause) && pair?.before?.failed !== true) {
      const isUndone = ground.isBeforeUntouched && left.size === 0 && isProven(action.key);
      return hit(isUndone ? "proven" : "predicted");
    }
    const isOwn = causes.some((id) => each.own.includes(id));
    return miss(causes, isOwn || pair?.before?.failed === true ? "predicted" : "at-most");
  }

  /** Nothing is looked up under `-a` and the like: without it the key decides, which the record has. */
  function supposeForced(
    each: ExplainedAction,
    miss: (causes: readonly string[], evidence: EvidenceKind) => Supposition,
    hit: (evidence: EvidenceKind) => Supposition,
  ): Supposition {
    const { key } = each.action;
    const left = each.own.filter((id) => !isSettled(id));
    if (left.length > 0 || each.own.length === 0) return miss(left, "predicted");
    const pair = pairs.get(key);
    if (pair?.before == null) return miss([], "at-most");
    const changed = remaining(key);
    return changed.size === 0 && pair.sameId !== null ? hit("predicted") : miss([...changed], "at-most");
  }

  const actions: Supposition[] = [];
  const always: Supposition[] = [];
  for (const each of explanation.actions) {
    if (isMiss(each)) actions.push(suppose(each));
    else if (each.verdict === "forced" || each.verdict === "not-cacheable") always.push(suppose(each));
    else if (each.verdict === "hit" && ground.wouldDiffer(each.action.key)) {
      actions.push({ action: each.action, would: "miss", evidence: "at-most", causes: [] });
    }
  }
  return { actions, always, evidence: weakest(actions), unreached: unreached.list() };
}

/** An input changed, and no known cause made it. */
const unknownCause = "unknown";

const nothing: ReadonlySet<string> = new Set();

function isMiss({ verdict }: ExplainedAction): boolean {
  return verdict === "key-changed" || verdict === "entry-missing" || verdict === "new";
}

interface Ground {
  readonly supposed: { readonly before: SupposedRunOf; readonly now: SupposedRunOf };
  /** Nothing is supposed of the earlier run: what it stored is on record. */
  readonly isBeforeUntouched: boolean;
  /** Own inputs of an action that would differ between the two runs; null where that can't be told. */
  differing(key: string): ReadonlySet<string> | null;
  /** Whether an action with one key in both runs would have two. */
  wouldDiffer(key: string): boolean;
}

type SupposedRunOf = ReturnType<typeof supposeRun>["run"];

function groundOf(comparison: Comparison, hypotheses: readonly Hypothesis[], outside: Outside): Ground {
  const before = supposeRun(comparison.before.run, hypotheses, comparison.before.run);
  const now = supposeRun(comparison.now.run, hypotheses, comparison.before.run);
  const disk = {
    readFile: outside.readFile,
    listDirectory: outside.listDirectory ?? (() => null),
    earlierText: (content: string, path: string) => outside.earlierText?.(content as ShortId, path) ?? null,
  };
  const outputOf = (digest: string): string | null => outside.outputOf?.(digest as Digest) ?? null;
  const transforms = {
    before: createTransform(comparison.before.run, before, disk, outputOf),
    now: createTransform(comparison.now.run, now, disk, outputOf),
  };
  const ignoresTimes = hypotheses.some(({ kind }) => kind === "same-mtimes");
  const isIdle = before.steps.length === 0 && now.steps.length === 0;

  function differing(key: string): ReadonlySet<string> | null {
    const pair = comparison.pairs.get(key);
    const earlier = pair?.before == null ? null : comparison.segments("before", pair.before);
    const later = pair === undefined ? null : comparison.segments("now", pair.now);
    if (pair?.before == null || earlier === null || later === null) return null;
    const one = transforms.before(pair.before, earlier);
    const other = transforms.now(pair.now, later);
    if (one.length === 0 || one.length !== other.length) return null;
    const inputs = new Set<string>();
    one.forEach((texts, at) => {
      for (const input of differences(texts, other[at] ?? new Map())) inputs.add(input);
    });
    if (!ignoresTimes || pair.now.kind !== "test") return inputs;
    const textIn = (all: readonly Inputs[], input: string): string | null => all[0]?.get(input) ?? null;
    return new Set([...inputs].filter((input) => !sameTimes(textIn(one, input), textIn(other, input))));
  }

  return {
    supposed: { before: before.run, now: now.run },
    isBeforeUntouched: before.steps.length === 0 && !ignoresTimes,
    differing,
    wouldDiffer(key) {
      const pair = comparison.pairs.get(key);
      if (isIdle || pair?.sameId !== true || pair.now.kind === "test") return false;
      return [...(differing(key) ?? [])].some((input) => !isOutput(input));
    },
  };
}

/** The output of another action: whether that differs is asked of the action. */
function isOutput(input: string): boolean {
  return /^(import |packagefile |packagemain$|packageshlib |vetout |vetted package$|test binary$)/.test(
    input,
  );
}

function* differences(one: Inputs, other: Inputs): Generator<string> {
  for (const [input, text] of one) if (other.get(input) !== text) yield input;
  for (const input of other.keys()) if (!one.has(input)) yield input;
}

/** The whole is as sure as the least sure part. */
function weakest(actions: readonly Supposition[]): EvidenceKind {
  const order: readonly EvidenceKind[] = ["at-most", "inferred", "predicted", "observed", "proven"];
  const kinds = new Set(actions.map(({ evidence }) => evidence));
  return order.find((kind) => kinds.has(kind)) ?? "predicted";
}

/** Lines that -trimpath writes without their directory: what is left in others it does not reach. */
const trimmedInputs = /^(dir|GOROOT|module (path|version))$/;

function createUnreached({ settings }: SupposedRunOf): {
  note(cause: CauseFact, input: string, name: string): void;
  list(): readonly Unreached[];
} {
  const isTrimmed = settings.flags.some(({ name, value }) => name === "-trimpath" && value === "true");
  const found = new Map<string, { cause: CauseFact; input: string; packages: Set<string> }>();
  return {
    note(cause, input, name) {
      if (!isTrimmed || classOf(cause.code) !== "directory" || trimmedInputs.test(input)) return;
      const id = `${causeId(cause)}\n${input}`;
      const known = found.get(id);
      if (known === undefined) found.set(id, { cause, input, packages: new Set([name]) });
      else known.packages.add(name);
    },
    list: () =>
      [...found.values()].map(({ cause, input, packages }) => ({
        cause,
        input,
        packages: [...packages].sort(),
      })),
  };
}

function factOf(id: string): CauseFact {
  const split = id.indexOf(" ");
  return {
    code: id.slice(0, split) as CauseFact["code"],
    subject: id.slice(split + 1),
    before: null,
    now: null,
    origin: null,
  };
}
