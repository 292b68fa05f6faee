import { type Digest, shortId } from "../model/ids.ts";
import type { Block, Run, RunAction, RunWithBlocks } from "../model/run.ts";
import { type Segment, segmentBlock } from "../model/segments.ts";
import { type CoveredPackage, segmentsOfTest, type TestInputs } from "../model/test-inputs.ts";
import { alignHidden } from "./align-hidden.ts";

/** One action of the now-run beside the same action of the before-run. */
export interface ActionPair {
  readonly key: string;
  readonly now: RunAction;
  readonly before: RunAction | null;
  /** Null where one of the two IDs is not known, or there is no action to compare with. */
  readonly sameId: boolean | null;
}

/** One input that is not what it was. Texts are byte strings; null on the side that lacks the input. */
export interface InputDelta {
  readonly input: string;
  readonly before: string | null;
  readonly now: string | null;
}

/** The inputs of one action in both runs. */
export interface ComparedInputs {
  readonly before: ReadonlyMap<string, Segment>;
  readonly now: ReadonlyMap<string, Segment>;
  readonly beforeOrder: readonly Segment[];
  readonly nowOrder: readonly Segment[];
  readonly deltas: readonly InputDelta[];
  /** A value in one of the two blocks is hidden, so that no key can be made from it. */
  readonly hidden: boolean;
}

export interface Comparison {
  readonly before: RunWithBlocks;
  readonly now: RunWithBlocks;
  /** One pair for each action of the now-run, in its order. */
  readonly pairs: ReadonlyMap<string, ActionPair>;
  /** Actions with a hidden value of which it can't be told whether it changed: the runs were hidden under different keys. */
  readonly uncertain: readonly string[];
  /** The inputs of an action on both sides; null where a verified block is lacking. Computed once. */
  inputs(key: string): ComparedInputs | null;
  /** The inputs of an action of one run; null where its verified block is lacking. Computed once. */
  segments(side: "before" | "now", action: RunAction): readonly Segment[] | null;
}

/** Puts two runs side by side. Pure; the inputs are cut and compared when they are asked for. */
export function compareRuns(earlierRun: RunWithBlocks, now: RunWithBlocks): Comparison {
  const { before, uncertain } = alignHidden(earlierRun, now);
  const earlier = new Map(before.run.actions.map((action) => [action.key, asKept(action)]));
  const pairs = new Map<string, ActionPair>();
  for (const action of now.run.actions) {
    const other = earlier.get(action.key) ?? null;
    const sameId = other === null || other.id === null || action.id === null ? null : other.id === action.id;
    pairs.set(action.key, { key: action.key, now: action, before: other, sameId });
  }
  const covered = { before: coveredOf(before.run), now: coveredOf(now.run) };
  const cut = new Map<Digest, readonly Segment[]>();
  const compared = new Map<string, ComparedInputs | null>();

  function blockOf(side: "before" | "now", action: RunAction): Block | undefined {
    if (action.digest === null) return undefined;
    const own = side === "before" ? before : now;
    const other = side === "before" ? now : before;
    return own.blocks.get(action.digest) ?? other.blocks.get(action.digest);
  }

  function segments(side: "before" | "now", action: RunAction): readonly Segment[] | null {
    if (action.kind === "test") {
      const result = inputsOfResult(side, action);
      return result === null ? null : segmentsOfTest(result, covered[side]);
    }
    const block = blockOf(side, action);
    if (block === undefined) return null;
    const known = cut.get(block.digest);
    if (known !== undefined) return known;
    const fresh = segmentBlock(block);
    cut.set(block.digest, fresh);
    return fresh;
  }

  function compute(key: string): ComparedInputs | null {
    const pair = pairs.get(key);
    if (pair === undefined || pair.before === null) return null;
    const beforeOrder = segments("before", pair.before);
    const nowOrder = segments("now", pair.now);
    if (beforeOrder === null || nowOrder === null) return null;
    const earlierInputs = new Map(beforeOrder.map((segment) => [segment.input, segment]));
    const laterInputs = new Map(nowOrder.map((segment) => [segment.input, segment]));
    return {
      before: earlierInputs,
      now: laterInputs,
      beforeOrder,
      nowOrder,
      deltas: deltasOf(earlierInputs, laterInputs),
      // Of variables that tests read a key can't be made from what is recorded.
      hidden:
        pair.now.kind === "test" ||
        blockOf("before", pair.before)?.hidden === true ||
        blockOf("now", pair.now)?.hidden === true,
    };
  }

  return {
    before,
    now,
    pairs,
    uncertain,
    segments,
    inputs(key) {
      const known = compared.get(key);
      if (known !== undefined) return known;
      const fresh = compute(key);
      compared.set(key, fresh);
      return fresh;
    },
  };
}

/** A test's result is kept under its inputs as they were when it ended; go looked under those of the run before. */
function asKept(action: RunAction): RunAction {
  if (action.test === undefined) return action;
  const digest = action.test.kept?.digest ?? null;
  return { ...action, digest, id: digest === null ? null : shortId(digest) };
}

function inputsOfResult(side: "before" | "now", { test }: RunAction): TestInputs | null {
  return (side === "now" ? (test?.asked ?? test?.kept) : test?.kept) ?? null;
}

/** Packages that the run's tests cover beside their own, with the keys of their builds. */
function coveredOf({ covered = [], actions }: Run): readonly CoveredPackage[] {
  if (covered.length === 0) return [];
  const ids = new Map(actions.map(({ key, id }) => [key, id]));
  return covered.flatMap((name) => {
    const id = ids.get(`build ${name}`) ?? null;
    return id === null ? [] : { package: name, id };
  });
}

function deltasOf(
  before: ReadonlyMap<string, Segment>,
  now: ReadonlyMap<string, Segment>,
): readonly InputDelta[] {
  const deltas: InputDelta[] = [];
  for (const [input, segment] of now) {
    const other = before.get(input);
    if (other?.text !== segment.text) deltas.push({ input, before: other?.text ?? null, now: segment.text });
  }
  for (const [input, segment] of before) {
    if (!now.has(input)) deltas.push({ input, before: segment.text, now: null });
  }
  return deltas;
}
