import { digestOfIdleGraph } from "../../go/action-graph.ts";
import { openCache } from "../../go/cache.ts";
import type { GoExit } from "../../go/run-go.ts";
import type { CacheState } from "../../model/run.ts";
import { allCachedText } from "../../report/wording/all-cached.ts";
import { type Archive, createArchive } from "../../store/archive.ts";
import type { RepeatMark } from "../../store/head.ts";
import { historyKey } from "../../store/history-key.ts";
import { defaultLimits } from "../../store/retention.ts";
import { findRepeatable, type Repeatable, saveRepeat } from "../../store/save-repeat.ts";
import type { GraphFile } from "../commands/wrap.ts";
import type { ReportOptions } from "../options.ts";
import { say } from "../say.ts";
import { colourLevel } from "../view.ts";
import { likelyGocache } from "./before-state.ts";
import { familyPatterns } from "./ground.ts";
import type { StartedRun } from "./record-run.ts";
import { mayHaveSinks } from "./sinks.ts";
import { worldDigest } from "./world-digest.ts";

/** An earlier run in which every action hit, and whose surroundings were those of now. */
export interface ExpectedRepeat {
  readonly archive: Archive;
  readonly earlier: Repeatable;
  /** As it was when go was started. */
  readonly cache: CacheState;
  /** Milliseconds in which go is likely to have ended, if nothing is to be done. */
  readonly waitMs: number;
}

/**
 * The commonest run by far has nothing to do: what goes beyond a look at the head of the run before and at the IDs in the action
 * graph would cost more than half of what go takes itself (caddy: 0.1 s of 0.3 s).
 * @returns null where the run before can't be repeated, or more than the one line is wanted
 */
export function expectRepeat(started: StartedRun): ExpectedRepeat | null {
  const { input, typed, ground, env } = started;
  if (!isPlain(input.options) || !canRepeat(started)) return null;
  if (mayHaveSinks(input.options, input.process.env, ground.directory)) return null;
  const archive = createArchive(started.stateFolder, defaultLimits);
  const family = { module: ground.module, verb: typed.verb, patterns: familyPatterns(typed, ground) };
  const earlier = findRepeatable(archive, family, () => worldOf(started, historyKey(archive)));
  if (earlier === null) return null;
  const { mark, summary } = earlier.head;
  const cache = openCache(env.GOCACHE || mark.gocache || likelyGocache(env, null)).state(mark.targets);
  return { archive, earlier, cache, waitMs: 100 + 2000 * (summary.clockSeconds ?? 0) };
}

/** Whether a run did what the expected one did: nothing, on the same keys, with the same outputs. */
export function isRepeat({ earlier }: ExpectedRepeat, exit: GoExit, graphFile: GraphFile | null): boolean {
  if (exit.exitCode !== 0 || exit.interrupted || graphFile === null) return false;
  return digestOfIdleGraph(graphFile.path) === earlier.head.mark.graph;
}

/** Says the one line that such a run has, and keeps the run. */
export async function tellRepeat(
  { archive, earlier, cache }: ExpectedRepeat,
  { startedAt, clockSeconds }: GoExit,
  { input: { process } }: StartedRun,
): Promise<void> {
  const name = "gocache-why:";
  const shown = colourLevel(process.stderr, null, process.env) > 0 ? `\u001b[1m${name}\u001b[22m` : name;
  process.stderr.write(`${shown} ${allCachedText(earlier.head.summary.actions)}\n`);
  saveRepeat(archive, earlier, { startedAt, clockSeconds, cache });
  const [failure] = archive.failures;
  if (failure !== undefined) await say(process, failure);
}

/** The mark of a run in which every action hit; null where no later run can be told to repeat it. */
export function repeatMark(
  started: Pick<StartedRun, "input" | "goPath" | "typed" | "env" | "ground">,
  run: { readonly gocache: string | null; readonly targets: readonly string[] },
  key: Buffer,
  graphPath: string,
): RepeatMark | null {
  if (!canRepeat(started)) return null;
  const world = worldOf(started, key);
  const graph = world === null ? null : digestOfIdleGraph(graphPath);
  return world === null || graph === null ? null : { world, graph, ...run };
}

function canRepeat({ typed }: Pick<StartedRun, "typed">): boolean {
  return (typed.verb === "build" || typed.verb === "install") && typed.userGraph === null;
}

function worldOf(
  { input, goPath, typed, env, ground }: Pick<StartedRun, "input" | "goPath" | "typed" | "env" | "ground">,
  key: Buffer,
): string | null {
  return worldDigest({ key, version: input.version, word: input.word, goPath, command: typed, env, ground });
}

/** Of all that options can ask for nothing but the line itself is to be had here. */
function isPlain({ format, output, baseline, quiet, all, verbosity, color, shown }: ReportOptions): boolean {
  const isTerminal = format === "terminal" && output === null && color === null;
  return isTerminal && baseline === null && !quiet && !all && verbosity === 0 && shown === null;
}
