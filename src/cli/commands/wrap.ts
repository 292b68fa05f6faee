import { statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { explain, explainFirst } from "../../causes/explain.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import { readActionGraph } from "../../go/action-graph.ts";
import { userEnvironment } from "../../go/environment.ts";
import { findGo } from "../../go/find-go.ts";
import { createStderrFilter } from "../../go/in-band.ts";
import { hashingGodebug } from "../../go/replay.ts";
import { type GoExit, runGo } from "../../go/run-go.ts";
import { readSettings } from "../../go/settings.ts";
import { type KnownAction, vettedBuild } from "../../model/actions.ts";
import { type GoCommand, parseGoWords } from "../../model/go-command.ts";
import type { GraphNode } from "../../model/graph-node.ts";
import type { Digest, ShortId } from "../../model/ids.ts";
import type { Block, Flag, Problem, Run, RunWithBlocks } from "../../model/run.ts";
import { buildReport } from "../../report/build-report.ts";
import type { Report } from "../../report/report.ts";
import { type History, openHistory } from "../../store/history.ts";
import { newRunId } from "../../store/run-id.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { UsageError } from "../failure.ts";
import { loadRun } from "../load-run.ts";
import type { ReportOptions } from "../options.ts";
import { assembleRun } from "../record/assemble-run.ts";
import { familyPatterns, type Ground, groundOf, likelyGocache, noteBefore } from "../record/before-state.ts";
import { deliver } from "../record/deliver.ts";
import { createLogReader, learnInputs } from "../record/learn-inputs.ts";
import { createOutside } from "../record/outside.ts";
import { createHide } from "../record/redact-run.ts";
import { makeScratch, removeScratch } from "../record/scratch.ts";

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
  if (!command.recorded || command.dryRun || command.help) {
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
  if (exit.startError !== null) say(process, exit.startError);
  return exit.exitCode;
}

async function record(
  input: WrapInput,
  goPath: string,
  typed: GoCommand,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const { process, options } = input;
  const history = openHistory(stateDirectory(env, homedir()));
  const ground = groundOf(workingDirectory(process, env), typed.chdir, env);
  const patterns = familyPatterns(typed, ground);
  const baseline = chooseBaseline(input, history, { module: ground.module, verb: typed.verb, patterns });
  const gocache = likelyGocache(env, baseline?.run ?? null);
  const noted = noteBefore(baseline?.run ?? null, gocache, outputTargets(typed, ground));
  const scratch = makeScratch(history.directory);
  const inBand = canBeInBand(typed) && (input.inBand || baseline?.run.hasGraph === false);

  const asked = readSettings(goPath, env, typed.chdir);
  const ran = await runRecorded(input, goPath, typed, env, scratch, inBand, baseline?.run.hasGraph === false);
  if (ran.exit.startError !== null) {
    removeScratch(scratch);
    say(process, ran.exit.startError);
    return ran.exit.exitCode;
  }
  try {
    const answer = await asked;
    const settings = "problem" in answer ? null : answer;
    const command = settings?.goflags == null ? typed : parseGoWords(input.words, settings.goflags);
    const problems: Problem[] = [...ran.problems];
    if ("problem" in answer) problems.push({ code: "replay-failed", message: answer.problem });
    const known = knownActions(
      baseline?.run ?? null,
      history,
      ground,
      command,
      settings?.goVersion ?? null,
      ran.graph,
    );
    const blocks = await inputsOf(ran, known, goPath, command, env, problems);
    const now = assembleRun({
      id: newRunId(),
      word: input.word,
      command,
      exit: ran.exit,
      ground,
      patterns,
      settings,
      graph: ran.graph,
      blocks,
      known,
      cache: noted.cache,
      files: noted.files,
      problems,
      hide: createHide(history.key()),
    });
    await report(input, history, now, baseline);
  } catch (error) {
    // The build is over and its status stands, whatever became of the report.
    say(process, `the run could not be explained: ${error instanceof Error ? error.message : String(error)}`);
    if (process.env.GOCACHE_WHY_DEBUG) console.error(error);
    if (options.output !== null) say(process, `no report was written to ${options.output}`);
  } finally {
    removeScratch(scratch);
  }
  return ran.exit.exitCode;
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

interface Baseline {
  readonly run: Run;
  /** Blocks that came with a file; null where the history has them. */
  readonly blocks: ReadonlyMap<Digest, Block> | null;
}

function chooseBaseline(
  input: WrapInput,
  history: History,
  family: { module: string | null; verb: string | null; patterns: readonly string[] },
): Baseline | null {
  const { baseline } = input.options;
  if (baseline === "none") return null;
  if (baseline === null) {
    const found = history.baseline(family);
    return found === null ? null : { run: found.run, blocks: null };
  }
  const loaded = loadRun(baseline, history, family.module, input.process);
  if ("error" in loaded) throw new UsageError(`--baseline ${baseline}: ${loaded.error}`, 125);
  return loaded;
}

/** -o names the output file before any run has shown it. */
function outputTargets(command: GoCommand, ground: Ground): readonly string[] {
  const output = command.flags.find((flag) => flag.name === "-o")?.value;
  return output === undefined || output.endsWith("/") ? [] : [resolve(ground.directory, output)];
}

function canBeInBand(command: GoCommand): boolean {
  return command.verb === "build" || command.verb === "install";
}

interface Ran {
  readonly exit: GoExit;
  readonly graph: readonly GraphNode[] | null;
  /** Blocks of the run's own log, in-band; null where it logged nothing. */
  readonly blocks: ReadonlyMap<Digest, Block> | null;
  readonly problems: readonly Problem[];
}

async function runRecorded(
  input: WrapInput,
  goPath: string,
  command: GoCommand,
  env: Readonly<Record<string, string>>,
  scratch: string | null,
  inBand: boolean,
  graphless: boolean,
): Promise<Ran> {
  const { process } = input;
  const ownGraph = scratch === null ? null : join(scratch, "graph.json");
  const graphFile =
    command.userGraph === null
      ? ownGraph
      : resolve(workingDirectory(process, env), command.chdir ?? ".", command.userGraph);
  const added: string[] = [];
  if (command.userGraph === null && ownGraph !== null) added.push(`-debug-actiongraph=${ownGraph}`);
  const hasX = command.flags.some((flag) => flag.name === "-x");
  const addX = inBand && graphless && !hasX && !command.json;
  if (addX) added.push("-x");
  const args = [
    ...command.words.slice(0, command.insertAt),
    ...added,
    ...command.words.slice(command.insertAt),
  ];
  const reader = inBand ? createLogReader() : null;
  const filter =
    reader === null
      ? null
      : createStderrFilter({
          dropX: addX,
          keepWork: command.flags.some((flag) => flag.name === "-work"),
          toolexec: command.flags.find((flag) => flag.name === "-toolexec")?.value ?? null,
          onLog: (chunk) => reader.parser.push(chunk),
          write: (chunk) => process.stderr.write(chunk),
        });
  const exit = await runGo({
    path: goPath,
    args,
    env: inBand ? { ...env, GODEBUG: hashingGodebug(env.GODEBUG) } : env,
    stderr: filter === null ? "inherit" : (chunk) => filter.push(chunk),
  });
  filter?.end();
  const log = reader?.finish() ?? null;
  const graph = graphFile === null ? null : readActionGraph(graphFile);
  const problems: Problem[] = log === null ? [] : [...log.problems];
  if (graph !== null && "problem" in graph && graph.problem === "unreadable") {
    problems.push({ code: "graph-unreadable", message: graph.message });
  }
  const nodes = graph === null || "problem" in graph ? null : graph.nodes;
  return { exit, graph: nodes, blocks: log?.blocks ?? null, problems };
}

/** What the history knows of the run's actions, so that it need not be asked for again. */
function knownActions(
  baseline: Run | null,
  history: History,
  ground: Ground,
  command: GoCommand,
  goVersion: string | null,
  graph: readonly GraphNode[] | null,
): ReadonlyMap<ShortId, KnownAction> {
  const known = new Map<ShortId, KnownAction>();
  const actions = baseline?.actions ?? [];
  const vets = sameVets(baseline, command, goVersion)
    ? new Map(
        actions
          .filter(({ kind }) => kind === "vet")
          .map((vet) => [vet.key.replace(/^vet /, "build "), vet.id]),
      )
    : new Map<string, ShortId | null>();
  for (const { id, digest, key } of actions) {
    if (id === null || digest === null) continue;
    const vet = vets.get(key) ?? null;
    known.set(id, vet === null ? { key, digest } : { key, digest, vet });
  }
  // An ID alone does not tell the variants of a package apart, which only tests bring.
  if (command.verb !== "build" && command.verb !== "install") return known;
  const missing = (graph ?? []).flatMap((node) =>
    node.actionId !== null && !known.has(node.actionId) ? node.actionId : [],
  );
  if (missing.length === 0) return known;
  for (const [id, digest] of history.known(ground.module, missing)) known.set(id, { key: "", digest });
  return known;
}

/** A vet's key is its build's and the vet flags and tool: with equal flags and one Go it is what it was. */
function sameVets(baseline: Run | null, command: GoCommand, goVersion: string | null): boolean {
  if (baseline === null || baseline.goVersion !== goVersion) return false;
  const text = (flags: readonly Flag[]): string =>
    JSON.stringify(flags.map(({ name, value }) => [name, value]));
  return text(baseline.settings.flags) === text(command.flags);
}

/** Whether each action of the graph is known; a vet by the build that it read. */
function isKnown(
  node: GraphNode,
  graph: readonly GraphNode[],
  known: ReadonlyMap<ShortId, KnownAction>,
): boolean {
  if (node.mode !== "vet") return node.actionId === null || known.has(node.actionId);
  const build = vettedBuild(node, graph);
  return build === null || known.get(build)?.vet !== undefined;
}

/** The inputs of actions that the history does not know; null where there is nothing to ask. */
async function inputsOf(
  ran: Ran,
  known: ReadonlyMap<ShortId, KnownAction>,
  goPath: string,
  command: GoCommand,
  env: Readonly<Record<string, string>>,
  problems: Problem[],
): Promise<ReadonlyMap<Digest, Block> | null> {
  if (ran.blocks !== null || ran.graph === null || ran.exit.interrupted) return ran.blocks;
  const { graph } = ran;
  if (graph.every((node) => isKnown(node, graph, known))) return null;
  const { log, exitCode } = await learnInputs(goPath, command, env);
  problems.push(...log.problems);
  if (log.blocks.size === 0 && exitCode !== 0) {
    problems.push({
      code: "replay-failed",
      message: `asking go for the inputs failed with status ${exitCode}`,
    });
  }
  return log.blocks;
}

async function report(
  input: WrapInput,
  history: History,
  now: RunWithBlocks,
  baseline: Baseline | null,
): Promise<void> {
  const { process, options, version } = input;
  const full = withKnownBlocks(now, baseline, history);
  let missed: number | null = null;
  if (!now.run.interrupted || options.output !== null) {
    const made = makeReport(full, baseline, history, options, version);
    missed = made.totals.missed;
    if (options.output !== null || !options.quiet) {
      const problem = await deliver(made, options, process.stderr, process);
      if (problem !== null) say(process, problem);
    }
  }
  const saved = history.save(now.run, now.blocks, baseline?.blocks === null ? baseline.run : null, missed);
  const [warning, ...more] = history.warnings;
  if (warning !== undefined) say(process, `${warning}${more.length > 0 ? ` (and ${more.length} more)` : ""}`);
  else if (saved === null)
    say(process, "this run could not be recorded; the next one will have nothing to compare with");
}

/** Blocks that the history has are needed only where something is to be compared. */
function withKnownBlocks(now: RunWithBlocks, baseline: Baseline | null, history: History): RunWithBlocks {
  if (baseline === null) return now;
  const before = new Map(baseline.run.actions.map((action) => [action.key, action.id]));
  const changed = now.run.actions.some(
    (action) => action.outcome !== "hit" || before.get(action.key) !== action.id,
  );
  const needed = now.run.actions.flatMap((action) =>
    changed && action.digest !== null && !now.blocks.has(action.digest) ? action.digest : [],
  );
  if (needed.length === 0) return now;
  const earlier = baseline.blocks ?? history.blocks(baseline.run);
  const blocks = new Map([...earlier, ...now.blocks]);
  return { run: now.run, blocks };
}

function makeReport(
  now: RunWithBlocks,
  baseline: Baseline | null,
  history: History,
  options: ReportOptions,
  version: string,
): Report {
  const settings = {
    version,
    command: now.run.command,
    exitCode: now.run.exitCode,
    all: options.all,
    warnings: [],
  };
  if (baseline === null) {
    return buildReport(explainFirst(now), now.run, { ...settings, baseline: { status: "none", note: null } });
  }
  const anyChange = now.blocks.size > 0;
  const blocks = baseline.blocks ?? (anyChange ? history.blocks(baseline.run) : new Map<Digest, Block>());
  const comparison = compareRuns({ run: baseline.run, blocks }, now);
  const explanation = explain(comparison, createOutside(now.run));
  return buildReport(explanation, now.run, { ...settings, baseline: { status: "compared", note: null } });
}

function say(process: NodeJS.Process, message: string): void {
  process.stderr.write(`gocache-why: ${message}\n`);
}
