import { resolve } from "node:path";
import { readActionGraph } from "../../go/action-graph.ts";
import { readCacheNames } from "../../go/cache-names.ts";
import { isTrimDue, noteCache } from "../../go/noted-cache.ts";
import type { GoExit } from "../../go/run-go.ts";
import { type GoSettings, readSettings, type SettingsResult } from "../../go/settings.ts";
import type { CollectedLog } from "../../log/collect-blocks.ts";
import type { GoCommand } from "../../model/go-command.ts";
import type { Problem } from "../../model/run.ts";
import { loadRenderer } from "../../report/renderers/index.ts";
import { type History, openHistory } from "../../store/history.ts";
import type { GraphFile, WrapInput } from "../commands/wrap.ts";
import { say, withoutSecrets } from "../say.ts";
import { likelyGocache, noteBefore } from "./before-state.ts";
import { askEarly, type EarlyInputs } from "./early-inputs.ts";
import { type Chosen, commandOf, type FinishInput, finishRun, type Ran } from "./finish-run.ts";
import { familyPatterns, type Ground } from "./ground.ts";
import { removeScratch } from "./scratch.ts";
import { tell } from "./tell.ts";
import type { TracedGo } from "./trace-go.ts";

/** What came of go itself. */
export interface EndedGo {
  readonly exit: GoExit;
  /** The run's own log, in-band; null where it wrote none. */
  readonly log: CollectedLog | null;
}

/** A run whose go has been started. */
export interface StartedRun {
  readonly input: WrapInput;
  readonly goPath: string;
  /** As parsed before GOFLAGS of the go env file were known. */
  readonly typed: GoCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly stateFolder: string;
  readonly ground: Ground;
  /** A private directory for files that are not the user's; null where there is none. */
  readonly scratch: string | null;
  readonly graphFile: GraphFile | null;
  readonly inBand: boolean;
  /** How its cache program is traced; null where it is not. */
  readonly traced: TracedGo | null;
  readonly running: Promise<EndedGo>;
  /** When it was started, by `performance.now()`. */
  readonly sinceMs: number;
}

/** Notes what the run may change, waits for its end, records it and reports. @returns go's exit status */
export async function recordRun(started: StartedRun): Promise<number> {
  const { input, goPath, typed, env, ground, scratch } = started;
  const { process, options } = input;
  const history = openHistory(started.stateFolder);
  const before = noteState(started, history);
  let isOver = false;
  const kept = before.then(({ names, spoiled }) =>
    names === null || spoiled === null
      ? null
      : noteCache(spoiled, names, Object.keys(ground.modules), () => isOver),
  );
  // Their failure is told of when go is done.
  kept.catch(() => {});
  const asked = readSettings(goPath, env, typed.chdir);
  const early = askWhileBusy(started, history, asked);
  const renderer = loadRenderer(options.format);
  const ended = await started.running;
  isOver = true;
  const cleanUp = () => removeScratch(scratch);
  if (ended.exit.startError !== null) {
    early?.stop();
    cleanUp();
    await say(process, ended.exit.startError);
    return ended.exit.exitCode;
  }
  try {
    const ran = withGraph(ended, started);
    await renderer;
    const answer = await asked;
    await finishRun({
      input,
      goPath,
      typed,
      env,
      history,
      ground,
      ...(await before),
      kept: await kept,
      ran,
      graphPath: started.graphFile?.path ?? null,
      traced: started.traced,
      answer,
      early,
      scratch,
      cleanUp,
    });
  } catch (error) {
    // The build is over and its status stands, whatever became of the report.
    await tell(
      input,
      `the run could not be explained: ${error instanceof Error ? error.message : String(error)}`,
    );
    if (process.env.GOCACHE_WHY_DEBUG) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${await withoutSecrets(stack)}\n`);
    }
    if (options.output !== null) await say(process, `no report was written to ${options.output}`);
  } finally {
    early?.stop();
    cleanUp();
  }
  return ended.exit.exitCode;
}

/** Where go takes longer than it takes for nothing, there will be inputs to ask for; null where that can't be told. */
function askWhileBusy(
  { input, goPath, typed, env, ground, graphFile, inBand, traced, sinceMs }: StartedRun,
  history: History,
  settings: Promise<SettingsResult>,
): EarlyInputs | null {
  const isBuild = typed.verb === "build" || typed.verb === "install";
  if (!isBuild || inBand || traced !== null || graphFile === null) return null;
  const patterns = familyPatterns(typed, ground);
  const idle = history.idleSeconds({ module: ground.module, verb: typed.verb, patterns });
  if (idle === null) return null;
  const commandUnder = ({ goflags }: GoSettings) => commandOf(typed, input.words, goflags);
  const delayMs = Math.max(0, sinceMs + 100 + 2000 * idle - performance.now());
  return askEarly({ goPath, env, settings, commandUnder, delayMs });
}

function withGraph({ exit, log }: EndedGo, { graphFile, inBand }: StartedRun): Ran {
  const problems: Problem[] = log === null ? [] : [...log.problems];
  if (graphFile === null) {
    if (!inBand) problems.push({ code: "graph-missing", message: "this go command writes no action graph" });
    return { exit, graph: null, log, problems };
  }
  const graph = readActionGraph(graphFile.path);
  if ("nodes" in graph) return { exit, graph: graph.nodes, log, problems };
  if (graph.problem === "unreadable") problems.push({ code: "graph-unreadable", message: graph.message });
  return { exit, graph: null, log, problems };
}

interface Spoiled {
  /** A GOCACHE that go will trim when it ends, where that matters. */
  readonly spoiled: string | null;
}

/** The baseline, and what the run may change; all is noted before this returns, unless a log has to be read first. */
async function noteState(
  { input, ground, typed, env }: StartedRun,
  history: History,
): Promise<Pick<FinishInput, "patterns" | "chosen" | "noted" | "names"> & Spoiled> {
  const patterns = familyPatterns(typed, ground);
  const family = { module: ground.module, verb: typed.verb, patterns };
  const name = input.options.baseline;
  const chosen =
    name === null || name === "none"
      ? usualBaseline(name, history, family)
      : await namedBaseline(name, input, history, ground);
  // A run that came with a file names another machine's files and outputs.
  const isForeign = chosen.baseline !== null && chosen.baseline.blocks !== null;
  const baseline = (isForeign ? history.baseline(family) : chosen.baseline)?.run ?? null;
  const gocache = likelyGocache(env, baseline);
  const noted = noteBefore(baseline, gocache, outputTargets(typed, ground));
  // Go trims its cache when it ends, and then what filled it could not be told any more.
  const isFirst = chosen.baseline === null && name === null && noted.cache.present;
  const names = isFirst ? readCacheNames(gocache) : null;
  const isSpoiled = names !== null && isTrimDue(noted.cache.trimmedAt, Date.now());
  return { patterns, chosen, noted, names, spoiled: isSpoiled ? gocache : null };
}

/** The newest run of the family, or none where none is asked for. */
function usualBaseline(
  name: "none" | null,
  history: History,
  family: { module: string | null; verb: string | null; patterns: readonly string[] },
): Chosen {
  const found = name === "none" ? null : history.baseline(family);
  return { baseline: found === null ? null : { run: found.run, blocks: null }, problem: null };
}

async function namedBaseline(
  name: string,
  { process, options }: WrapInput,
  history: History,
  { module }: Ground,
): Promise<Chosen> {
  // Go has the terminal meanwhile.
  const quiet = true;
  // Only such a baseline needs what reads and redacts a file.
  const { loadRun } = await import("../load-run.ts");
  const loaded = await loadRun(name, history, module, process, options.shown, quiet);
  if (!("error" in loaded)) return { baseline: loaded, problem: null };
  return { baseline: null, problem: `--baseline ${name}: ${loaded.error}; compared with none` };
}

/** -o names the output file before any run has shown it. */
function outputTargets(command: GoCommand, ground: Ground): readonly string[] {
  const output = command.flags.find((flag) => flag.name === "-o")?.value;
  return output === undefined || output.endsWith("/") ? [] : [resolve(ground.directory, output)];
}
