import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { userEnvironment } from "../../go/environment.ts";
import { findGo } from "../../go/find-go.ts";
import { runGo } from "../../go/run-go.ts";
import { writesGraph } from "../../go/writes-graph.ts";
import { type GoCommand, parseGoWords } from "../../model/go-command.ts";
import type { Report } from "../../report/report.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { UsageError } from "../failure.ts";
import type { ReportOptions } from "../options.ts";
import { type Ground, groundOf } from "../record/ground.ts";
import type { EndedGo, StartedRun } from "../record/record-run.ts";
import { keepScratch, makeScratch, removeScratch } from "../record/scratch.ts";
import { tell } from "../record/tell.ts";
import { wantsTrace } from "../record/wants-trace.ts";
import { say } from "../say.ts";

export interface WrapInput {
  /** The go word: `go`, a path, `go1.25.5`. */
  readonly word: string;
  /** Go's own words. */
  readonly words: readonly string[];
  readonly options: ReportOptions;
  readonly inBand: boolean;
  readonly process: NodeJS.Process;
  readonly version: string;
  /** Set for a go command below `run`, which reports on all of them. */
  readonly below?: Below;
}

export interface Below {
  readonly goPath: string;
  /** The very environment of go. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes the report, which is shown nowhere else. */
  readonly collect: (report: Report) => void;
  /** Takes what would be told on stderr. */
  readonly tell: (message: string) => void;
}

/** Runs a go command as the user would have, records it, and reports what missed the cache and why. */
export async function wrap(input: WrapInput): Promise<number> {
  const { process, word } = input;
  const { below } = input;
  const env = below?.env ?? userEnvironment(process.env);
  const found = below === undefined ? findGo(word, env) : { found: true as const, path: below.goPath };
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
): { stateFolder: string; ground: Ground; scratch: string | null; graphFile: GraphFile | null } {
  const stateFolder = stateDirectory(env, homedir());
  const ground = groundOf(workingDirectory(process, env), typed.chdir, env);
  const scratch = makeScratch(stateFolder);
  return { stateFolder, ground, scratch, graphFile: graphFileFor(typed, scratch, goPath, env, process) };
}

async function record(
  input: WrapInput,
  goPath: string,
  typed: GoCommand,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const { process } = input;
  let prepared: ReturnType<typeof prepare>;
  try {
    prepared = prepare(goPath, typed, env, process);
  } catch (error) {
    await tell(input, `the run is not recorded: ${error instanceof Error ? error.message : String(error)}`);
    return passThrough(goPath, input.words, env, process);
  }
  const { scratch, graphFile, ground } = prepared;
  const inBand = canBeInBand(typed) && (input.inBand || graphFile === null);
  const traced = wantsTrace(input.options, process.env, ground.directory)
    ? await (await import("../record/trace-go.ts")).traceGo({ input, goPath, typed, env, ground, scratch })
    : null;
  const goEnv = traced === null ? env : { ...env, ...traced.variables };
  const sinceMs = performance.now();
  // Go is running when this returns. All the rest of our work before its end costs no time on the clock, but go has the
  // processors to itself as far as possible: nothing is loaded that a run in which nothing changed does not need.
  const running = inBand
    ? (await import("../record/run-in-band.ts")).runInBand({
        input,
        goPath,
        command: typed,
        env: goEnv,
        graphFile,
      })
    : runBeside(goPath, typed, goEnv, graphFile);
  const stopKeeping = keepScratch(scratch);
  void running.then(stopKeeping, stopKeeping);
  const started = { input, goPath, typed, env, inBand, running, sinceMs, traced, ...prepared };
  const { expectRepeat, isRepeat, tellRepeat } = await import("../record/repeat.ts");
  const expected = inBand || traced !== null ? null : expectRepeat(started);
  // What the run may change is noted in the same breath: go has to load packages first.
  if (expected === null || !(await endsSoon(running, expected.waitMs))) return recordAtLength(started);
  const { exit } = await running;
  if (exit.startError !== null || !isRepeat(expected, exit, graphFile)) return recordAtLength(started);
  await tellRepeat(expected, exit, started);
  removeScratch(scratch);
  return exit.exitCode;
}

/** Records a run of which something may be new. */
async function recordAtLength(started: StartedRun): Promise<number> {
  const { recordRun } = await import("../record/record-run.ts");
  return recordRun(started);
}

/** Runs go in peace: all that is asked of it is its action graph. */
async function runBeside(
  goPath: string,
  command: GoCommand,
  env: Readonly<Record<string, string>>,
  graphFile: GraphFile | null,
): Promise<EndedGo> {
  const added = graphFile?.isUsers === false ? [`-debug-actiongraph=${graphFile.path}`] : [];
  const { words, insertAt } = command;
  const args = [...words.slice(0, insertAt), ...added, ...words.slice(insertAt)];
  return { exit: await runGo({ path: goPath, args, env, stderr: "inherit" }), log: null };
}

/** Whether go ends within the time that a run takes in which nothing changed. */
function endsSoon(running: Promise<EndedGo>, waitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), waitMs);
    void running.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
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

function canBeInBand(command: GoCommand): boolean {
  return command.verb === "build" || command.verb === "install";
}

export interface GraphFile {
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
