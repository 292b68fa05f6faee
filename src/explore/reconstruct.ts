import { createRegenerator } from "../keys/regenerate-key.ts";
import { importKeys } from "../keys/site.ts";
import { type Digest, digestOf, type ShortId } from "../model/ids.ts";
import type { Block, Run, RunAction, RunWithBlocks } from "../model/run.ts";
import type { Segment } from "../model/segments.ts";
import type { Ground } from "./climb.ts";
import type { Filling } from "./find-filling.ts";

/** The ID of what is assumed and was not found: no action has it. */
export const noId = "--------------------" as ShortId;

/**
 * The run that filled the cache, as far as the keys in it tell: each action of now with the inputs that it had under the assumptions.
 * What was not found has inputs as well, but `noId`, so that nothing can be proven with it.
 */
export function reconstructRun(ground: Ground, filling: Filling): RunWithBlocks {
  const { now } = ground;
  const { assumptions, climb } = filling;
  const before = assumptions.reduce((run, each) => each.patch(run), now);
  const blocks = new Map<Digest, Block>();
  const isKnown = (key: string): boolean => climb.resolve(key) !== null;
  const regenerator = createRegenerator({
    before,
    now,
    disk: ground.disk,
    outputOf: () => null,
    inputsNow: ground.inputsOf,
    earlier: (key) => climb.resolve(key)?.action ?? null,
    inputsBefore: (key) => climb.resolve(key)?.inputs ?? null,
    earlierPackages: new Set(now.actions.map((action) => action.package)),
  });
  /** What ran, and nobody knows what it was. */
  const open = new Set(
    now.actions.flatMap(({ key, kind, outcome }) =>
      kind === "build" && outcome === "ran" && !isKnown(key) ? key : [],
    ),
  );

  const actions = now.actions.flatMap((action): readonly RunAction[] => {
    if (filling.absent?.has(action.key) === true) return [];
    const found = climb.resolve(action.key);
    if (found !== null) {
      keep(found.action, found.inputs);
      return [found.action];
    }
    if (action.kind === "test") return earlierTest(action);
    if (action.outcome === "hit") return [action];
    if (action.id === null) return [action];
    const inputs = ground.inputsOf(action.key);
    if (inputs === null) return [];
    const assumed = assumedInputs(action, inputs);
    if (isSame(assumed, inputs)) return action.kind === "build" ? [unfound(action, assumed)] : [action];
    return [unfound(action, assumed)];
  });

  function assumedInputs(action: RunAction, inputs: readonly Segment[]): readonly Segment[] {
    const causes = assumptions.flatMap((each) => each.causesOf(action, before));
    const drafts = regenerator.candidates(action, causes, "lines");
    const [first] = typeof drafts === "string" ? [] : drafts;
    return (first?.segments() ?? inputs).map((segment) => unknownOutput(segment, action));
  }

  /** What is imported was another thing too, and nobody knows which. */
  function unknownOutput(segment: Segment, action: RunAction): Segment {
    const name = /^(?:import|packagefile) (.*)$/s.exec(segment.input)?.[1];
    if (segment.input === "packagemain" && open.has(`build ${action.package}`)) {
      return { input: segment.input, text: `packagemain ${noId}/${noId}\n` };
    }
    if (name === undefined) return segment;
    const isOpen = importKeys(name, action).some((key) => open.has(key));
    return isOpen
      ? { input: segment.input, text: segment.text.replace(/[\w-]{20}\n$/, `${noId}\n`) }
      : segment;
  }

  function unfound(action: RunAction, inputs: readonly Segment[]): RunAction {
    const digest = keep(action, inputs);
    return { ...action, id: noId, digest, contentId: noId, failed: false };
  }

  /** Its result was kept under another binary, where that was another. */
  function earlierTest(action: RunAction): readonly RunAction[] {
    const kept = action.test?.asked ?? action.test?.kept ?? null;
    const link = now.actions.find(({ key }) => key === `link ${action.package}.test`);
    if (action.test === undefined || kept === null || link === undefined) return [];
    const inputs = ground.inputsOf(link.key);
    if (inputs === null || isSame(assumedInputs(link, inputs), inputs)) return [];
    const digest = digestOf(`${action.key} of another binary`);
    return [{ ...action, test: { ...action.test, kept: { ...kept, digest, binary: noId } } }];
  }

  function keep(action: RunAction, inputs: readonly Segment[]): Digest {
    const text = inputs.map((segment) => segment.text).join("");
    const digest = digestOf(text);
    const salt = inputs[0]?.text ?? "";
    // One line a write of Go: only the salt does not end its line.
    const lines = [salt, ...(text.slice(salt.length).match(/[^\n]*\n/g) ?? [])];
    const name = `${action.kind} ${action.package}`;
    if (!blocks.has(digest)) blocks.set(digest, { digest, name, lines, hidden: false });
    return digest;
  }

  const run: Run = { ...before, id: "cache", source: "recorded", actions };
  return { run, blocks };
}

function isSame(one: readonly Segment[], other: readonly Segment[]): boolean {
  return one.length === other.length && one.every((each, at) => each.text === other[at]?.text);
}
