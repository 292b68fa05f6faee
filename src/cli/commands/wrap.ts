import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { readActionGraph } from "../../go/action-graph.ts";
import { readCacheNames } from "../../go/cache-names.ts";
import { userEnvironment } from "../../go/environment.ts";
import { findGo } from "../../go/find-go.ts";
import { createStderrFilter } from "../../go/in-band.ts";
import { hashingGodebug } from "../../go/replay.ts";
import { runGo } from "../../go/run-go.ts";
import { readSettings } from "../../go/settings.ts";
import { writesGraph } from "../../go/writes-graph.ts";
import { createProgressCounter, type ProgressCounter } from "../../log/build-progress.ts";
import { type GoCommand, parseGoWords } from "../../model/go-command.ts";
import type { Problem } from "../../model/run.ts";
import { loadRenderer } from "../../report/renderers/index.ts";
import { countText } from "../../report/wording/numbers.ts";
import { type History, openHistory } from "../../store/history.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { UsageError } from "../failure.ts";
import type { LiveLine, LiveText } from "../live-line.ts";
import type { ReportOptions } from "../options.ts";
import { familyPatterns, type Ground, groundOf, likelyGocache, noteBefore } from "../record/before-state.ts";
import type { Chosen, FinishInput, Ran } from "../record/finish-run.ts";
import { createLogReader } from "../record/learn-inputs.ts";
import { makeScratch, removeScratch } from "../record/scratch.ts";
import { say, withoutSecrets } from "../say.ts";

export interface WrapInput {
  /** The go word: `go`, a path, `go1.25.5`. */
  readonly word: string;
  /** Go's own words. */
  readonly words: readonly string[];
  readonly options: ReportOptions;
  readonly inBand: boolean;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Runs a go command as the user would have, records it, and reports what missed the cache and why. */
export async function wrap(input: WrapInput): Promise<number> {
  const { process, word } = input;
  const env = userEnvironment(process.env);
  const found = findGo(word, env);
  if (!found.found) throw new UsageError(found.message, found.status);
  const command = parseGoWords(input.words, goflagsOf(env));
  if (!command.recorded || command.dryRun || command.help || !hasDirectory(process)) {
    return passThrough(found.path, input.words, env, process);
  }
  return record(input, found.path, command, env);
}

function goflagsOf(env: Readonly<Record<string, string>>): { text: string; origin: "GOFLAGS" } | null {
  return env.GOFLAGS ? { text: env.GOFLAGS, origin: "GOFLAGS" } : null;
}

async function passThrough(
  path: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  process: NodeJS.Process,
): Promise<number> {
  const exit = await runGo({ path, args: words, env, stderr: "inherit" });
  if (exit.startError !== null) await say(process, exit.startError);
  return exit.exitCode;
}

/** All that is to be known before go is started. */
function prepare(
  goPath: string,
  typed: GoCommand,
  env: Readonly<Record<string, string>>,
  process: NodeJS.Process,
): { history: History; ground: Ground; scratch: string | null; graphFile: GraphFile | null } {
  const history = openHistory(stateDirectory(env, homedir()));
  const ground = groundOf(workingDirectory(process, env), typed.chdir, env);
  const scratch = makeScratch(history.directory);
  return { history, ground, scratch, graphFile: graphFileFor(typed, scratch, goPath, env, process) };
}

async function record(
  input: WrapInput,
  goPath: string,
  typed: GoCommand,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const { process, options } = input;
  let prepared: ReturnType<typeof prepare>;
  try {
    prepared = prepare(goPath, typed, env, process);
  } catch (error) {
    await say(process, `the run is not recorded: ${error instanceof Error ? error.message : String(error)}`);
    return passThrough(goPath, input.words, env, process);
  }
  const { history, ground, scratch, graphFile } = prepared;
  const inBand = canBeInBand(typed) && (input.inBand || graphFile === null);

  // Go is running when this returns. What it may change is noted in the same breath: it has to load packages first. All the
  // rest of our work before its end costs no time on the clock.
  const running = runRecorded(input, goPath, typed, env, graphFile, inBand);
  const before = noteState(input, history, ground, typed, env);
  // Its failure is told of when go is done.
  before.catch(() => {});
  const asked = readSettings(goPath, env, typed.chdir);
  const finishing = import("../record/finish-run.ts");
  const renderer = loadRenderer(options.format);
  const ran = await running;
  const cleanUp = () => removeScratch(scratch);
  if (ran.exit.startError !== null) {
    cleanUp();
    await say(process, ran.exit.startError);
    return ran.exit.exitCode;
  }
  try {
    const { finishRun } = await finishing;
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
      ran,
      answer,
      scratch,
      cleanUp,
    });
  } catch (error) {
    // The build is over and its status stands, whatever became of the report.
    await say(
      process,
      `the run could not be explained: ${error instanceof Error ? error.message : String(error)}`,
    );
    if (process.env.GOCACHE_WHY_DEBUG) {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${await withoutSecrets(stack)}\n`);
    }
    if (options.output !== null) await say(process, `no report was written to ${options.output}`);
  } finally {
    cleanUp();
  }
  return ran.exit.exitCode;
}

/** The baseline, and what the run may change; all is noted before this returns, unless a log has to be read first. */
async function noteState(
  input: WrapInput,
  history: History,
  ground: Ground,
  typed: GoCommand,
  env: Readonly<Record<string, string>>,
): Promise<Pick<FinishInput, "patterns" | "chosen" | "noted" | "names">> {
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
  return { patterns, chosen, noted, names: isFirst ? readCacheNames(gocache) : null };
}

/** False where the current directory was deleted: go has its own words for that. */
function hasDirectory(process: NodeJS.Process): boolean {
  try {
    return process.cwd() !== "";
  } catch {
    return false;
  }
}

/** Go takes the directory's spelling from PWD where it names the same one (os.Getwd). */
function workingDirectory(process: NodeJS.Process, env: Readonly<Record<string, string>>): string {
  const real = process.cwd();
  return env.PWD !== undefined && env.PWD !== real && sameDirectory(env.PWD, real) ? env.PWD : real;
}

function sameDirectory(one: string, other: string): boolean {
  const a = statSync(one, { throwIfNoEntry: false });
  const b = statSync(other, { throwIfNoEntry: false });
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
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

function canBeInBand(command: GoCommand): boolean {
  return command.verb === "build" || command.verb === "install";
}

interface GraphFile {
  readonly path: string;
  /** The user's own -debug-actiongraph names it. */
  readonly isUsers: boolean;
}

/** Where the run's action graph will be; null where there is no place for it, or the go command writes none. */
function graphFileFor(
  command: GoCommand,
  scratch: string | null,
  goPath: string,
  env: Readonly<Record<string, string>>,
  process: NodeJS.Process,
): GraphFile | null {
  if (command.userGraph !== null) {
    const directory = resolve(workingDirectory(process, env), command.chdir ?? ".");
    return { path: resolve(directory, command.userGraph), isUsers: true };
  }
  if (scratch === null || !writesGraph(goPath, env, join(scratch, "trial.json"))) return null;
  return { path: join(scratch, "graph.json"), isUsers: false };
}

async function runRecorded(
  input: WrapInput,
  goPath: string,
  command: GoCommand,
  env: Readonly<Record<string, string>>,
  graphFile: GraphFile | null,
  inBand: boolean,
): Promise<Ran> {
  const { process } = input;
  const added: string[] = [];
  if (graphFile?.isUsers === false) added.push(`-debug-actiongraph=${graphFile.path}`);
  const hasX = command.flags.some((flag) => flag.name === "-x");
  const addX = inBand && graphFile === null && !hasX && !command.json;
  if (addX) added.push("-x");
  const args = [
    ...command.words.slice(0, command.insertAt),
    ...added,
    ...command.words.slice(command.insertAt),
  ];
  const counter = inBand && showsProgress(input, command) ? createProgressCounter() : null;
  const reader = inBand ? createLogReader(counter?.take) : null;
  const line = counter === null ? null : await startProgress(counter, process);
  const filter =
    reader === null
      ? null
      : createStderrFilter({
          dropX: addX,
          keepWork: command.flags.some((flag) => flag.name === "-work"),
          toolexec: command.flags.find((flag) => flag.name === "-toolexec")?.value ?? null,
          onLog: (chunk) => reader.parser.push(chunk),
          write: (chunk) => (line ?? process.stderr).write(chunk),
        });
  const exit = await runGo({
    path: goPath,
    args,
    env: inBand ? { ...env, GODEBUG: hashingGodebug(env.GODEBUG) } : env,
    stderr: filter === null ? "inherit" : (chunk) => filter.push(chunk),
  });
  filter?.end();
  line?.end();
  const log = reader?.finish() ?? null;
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

/** Go's stdout is the same terminal, mostly: nothing is shown where it writes there. With --output stderr is go's byte for byte. */
function showsProgress({ process, options }: WrapInput, command: GoCommand): boolean {
  return process.stderr.isTTY && !options.quiet && options.output === null && !command.json;
}

async function startProgress(counter: ProgressCounter, process: NodeJS.Process): Promise<LiveLine | null> {
  const { clockText, startLiveLine } = await import("../live-line.ts");
  const text = (seconds: number): LiveText => {
    const { ran, current } = counter.now();
    const head = `${countText(ran, "action")} run, `;
    return current === null
      ? { head: `${head}${clockText(seconds)}` }
      : { head, name: current, tail: `, ${clockText(seconds)}` };
  };
  return startLiveLine({ process, quiet: false, after: 2000, text });
}
