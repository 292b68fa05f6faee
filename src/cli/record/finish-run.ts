import { join } from "node:path";
import { type Explanation, explain, explainFirst } from "../../causes/explain.ts";
import { forcedBy } from "../../causes/verdict.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import { openCache } from "../../go/cache.ts";
import type { CacheNames } from "../../go/cache-names.ts";
import type { NotedCache } from "../../go/noted-cache.ts";
import { removeReplayTraces } from "../../go/replay-traces.ts";
import type { GoExit } from "../../go/run-go.ts";
import type { GoSettings, SettingsResult } from "../../go/settings.ts";
import { readTestMains } from "../../go/test-mains.ts";
import type { CollectedLog } from "../../log/collect-blocks.ts";
import { createHide, type Hide } from "../../log/hide-secrets.ts";
import { type KnownAction, vettedBuild, vettedBuildOf } from "../../model/actions.ts";
import type { CacheNotes } from "../../model/cache-trace.ts";
import { type GoCommand, parseGoWords, testMainWords } from "../../model/go-command.ts";
import type { GraphNode } from "../../model/graph-node.ts";
import { type Digest, type ShortId, shortId } from "../../model/ids.ts";
import {
  type Block,
  type Flag,
  type Problem,
  programOf,
  type Run,
  type RunWithBlocks,
} from "../../model/run.ts";
import { buildReport } from "../../report/build-report.ts";
import type { Report } from "../../report/report.ts";
import { countText } from "../../report/wording/numbers.ts";
import type { RepeatMark } from "../../store/head.ts";
import type { History } from "../../store/history.ts";
import { newRunId } from "../../store/run-id.ts";
import type { WrapInput } from "../commands/wrap.ts";
import { withLiveLine } from "../live-line.ts";
import type { ReportOptions } from "../options.ts";
import { withoutSecrets } from "../say.ts";
import type { AskedCommand } from "./ask-go.ts";
import { assembleRun, blocksOfRun, type RecordedParts } from "./assemble-run.ts";
import type { noteBefore } from "./before-state.ts";
import { deliver } from "./deliver.ts";
import { createEarlierText } from "./earlier-text.ts";
import type { EarlyInputs } from "./early-inputs.ts";
import type { FirstRun } from "./explore-first-run.ts";
import { findNewTexts } from "./find-new-texts.ts";
import type { Ground } from "./ground.ts";
import { learnInputs } from "./learn-inputs.ts";
import { coveredPackages, learnTests, type TestOutcome, testsNotRun } from "./learn-tests.ts";
import { lookUpFacts } from "./look-up-facts.ts";
import { createOutside } from "./outside.ts";
import { repeatMark } from "./repeat.ts";
import { savingsOf } from "./savings-of.ts";
import { mayHaveSinks } from "./sinks.ts";
import { tell } from "./tell.ts";
import type { TracedGo } from "./trace-go.ts";
import { untilSignal } from "./until-signal.ts";
import { withContentInGit } from "./with-content-in-git.ts";
import { type DiffSources, showsDiffs, withDiffs } from "./with-diffs.ts";

export interface Baseline {
  readonly run: Run;
  /** Blocks that came with a file; null where the history has them. */
  readonly blocks: ReadonlyMap<Digest, Block> | null;
}

export interface Chosen {
  readonly baseline: Baseline | null;
  /** Why the one that was asked for could not be had; the build is not lost for that. */
  readonly problem: string | null;
}

export interface Ran {
  readonly exit: GoExit;
  readonly graph: readonly GraphNode[] | null;
  /** The run's own log, in-band; null where it wrote none. */
  readonly log: CollectedLog | null;
  readonly problems: readonly Problem[];
}

export interface FinishInput {
  readonly input: WrapInput;
  readonly goPath: string;
  /** As parsed before GOFLAGS of the go env file were known. */
  readonly typed: GoCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly history: History;
  readonly ground: Ground;
  readonly patterns: readonly string[];
  readonly chosen: Chosen;
  readonly noted: ReturnType<typeof noteBefore>;
  /** What the cache had, of a family's first run; null where there is a baseline, or none is to be looked for. */
  readonly names: CacheNames | null;
  /** What go may have trimmed of it when it ended; null where no trim was due. */
  readonly kept: NotedCache | null;
  readonly ran: Ran;
  /** Where go has written its action graph; null where it wrote none. */
  readonly graphPath: string | null;
  /** How its cache program was traced; null where it was not. */
  readonly traced: TracedGo | null;
  readonly answer: SettingsResult;
  /** Inputs that were asked for while go was at work; null where they were not. */
  readonly early: EarlyInputs | null;
  /** A private directory for files that are not the user's; null where there is none. */
  readonly scratch: string | null;
  /** Takes it away, wherever this ends. */
  readonly cleanUp: () => void;
}

/** What comes after go has ended: inputs are asked for where they are new, the run is put together, explained, reported, saved. */
export async function finishRun(parts: FinishInput): Promise<void> {
  const { input, goPath, typed, env, history, ground, patterns, chosen, noted, ran, traced, answer } = parts;
  const { process } = input;
  // What came with a file was learned elsewhere, and the history has no blocks of it.
  const baseline = chosen.baseline?.blocks === null ? chosen.baseline.run : null;
  const settings = "problem" in answer ? null : answer;
  const command = commandOf(typed, input.words, settings?.goflags ?? null);
  const problems: Problem[] = [...ran.problems];
  if ("problem" in answer) problems.push({ code: "replay-failed", message: answer.problem });
  const known = knownActions(baseline, history, ground, command, settings?.goVersion ?? null, ran.graph);
  const asks = needsInputs(ran, known);
  const isFresh = asks || ran.log !== null;
  const waiting = {
    process,
    // With --output stderr is go's alone, byte for byte.
    quiet: !asks || input.options.quiet || input.options.output !== null,
    after: 1000,
    text: (seconds: number) => ({ head: `asking go for the inputs, ${Math.floor(seconds)} s` }),
  };
  const endAtOnce = () => {
    parts.early?.stop();
    parts.cleanUp();
    process.exit(ran.exit.exitCode);
  };
  const [log, facts, testMains] = await untilSignal(process, endAtOnce, (signal) =>
    withLiveLine(waiting, () =>
      Promise.all([
        inputsOf(parts, known, command, problems, signal),
        lookUpFacts({ ground, settings, flags: command.flags, env, baseline, isFresh }),
        command.verb === "test" && parts.scratch !== null && asks
          ? readTestMains(goPath, testMainWords(command), env, join(parts.scratch, "test-mains"), signal)
          : new Map<string, ShortId>(),
      ]),
    ),
  );
  if (asks && log !== null && settings !== null) removeReplayTraces(settings.gocache, log.blocks.values());
  const hide = createHide(history.key(), input.options.shown ?? undefined);
  const cacheNotes =
    traced === null ? null : await (await import("./trace-go.ts")).readNotes(traced.noteFile);
  const tests = testsOf(parts, command, settings, baseline, hide, cacheNotes);
  problems.push(...notRunProblem(tests.notRun ?? []));
  const now = assembleRun({
    id: newRunId(),
    word: input.word,
    command,
    exit: ran.exit,
    ground,
    patterns,
    settings,
    graph: ran.graph,
    log,
    known,
    cache: noted.cache,
    files: noted.files,
    problems,
    hide,
    earlier: baseline,
    facts,
    testMains,
    ...tests,
    unkeyed: { env },
    cacheNotes,
    ...storedIn(settings, ran.exit),
  });
  // Git looks them up while the run is explained.
  const newTexts = findNewTexts({ now, known, history, env, hide });
  const isSaved = await report(parts, { history, env, shown: input.options.shown }, now);
  if (isSaved && isFresh) history.keepTexts(await newTexts().catch(() => []));
}

/** What the cache has now; nothing where a program keeps it, or where the run was cut short. */
function storedIn(settings: GoSettings | null, exit: GoExit): Pick<RecordedParts, "isStored"> {
  if (settings === null || exit.interrupted || programOf({ settings }) !== null) return {};
  const cache = openCache(settings.gocache);
  return { isStored: (digest) => cache.entry(digest) !== null };
}

/** What became of the tests; nothing where the command tests nothing, or go did not say what it ran. */
function testsOf(
  { ran, env, ground, traced }: FinishInput,
  command: GoCommand,
  settings: GoSettings | null,
  baseline: Run | null,
  hide: Hide,
  cacheNotes: CacheNotes | null,
): {
  tests?: ReadonlyMap<string, TestOutcome>;
  covered?: readonly string[];
  notRun?: readonly string[];
} {
  const { graph, exit } = ran;
  if (command.verb !== "test" || graph === null || settings === null || exit.interrupted) return {};
  // A test that reads GOCACHEPROG sees what go was given.
  const given = traced === null ? {} : { GOCACHEPROG: traced.variables.GOCACHEPROG ?? "" };
  const input = {
    graph,
    command,
    settings: { ...settings, env: { ...settings.env, ...given } },
    env: { ...env, ...given },
    ground,
    exitCode: exit.exitCode,
    baseline,
    hide,
    cacheNotes,
  };
  const tests = learnTests(input);
  return { tests, covered: coveredPackages(input), notRun: testsNotRun(graph, tests) };
}

/** More names than these are counted. */
const mostNamed = 5;

/** Tests that could not run have no verdict: they are counted apart. */
function notRunProblem(packages: readonly string[]): readonly Problem[] {
  if (packages.length === 0) return [];
  const more = packages.length > mostNamed ? ` and ${packages.length - mostNamed} more` : "";
  const names = packages.slice(0, mostNamed).join(", ");
  const message = `the tests of ${countText(packages.length, "package")} could not run, since go could not build or vet them: ${names}${more}`;
  return [{ code: "tests-not-run", message }];
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
  const vets =
    baseline !== null && sameVets(baseline, command, goVersion)
      ? vetsByBuild(baseline, history)
      : new Map<ShortId, ShortId>();
  for (const { id, digest, key } of baseline?.actions ?? []) {
    if (id === null || digest === null) continue;
    const vet = vets.get(id);
    known.set(id, vet === undefined ? { key, digest } : { key, digest, vet });
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

/** Of the vets of a run: the ID of the build that each read, which stands in its inputs → its own. Names tell no test variant from its package. */
function vetsByBuild(run: Run, history: History): ReadonlyMap<ShortId, ShortId> {
  const vets = run.actions.flatMap(({ kind, digest }) => (kind === "vet" && digest !== null ? digest : []));
  if (vets.length === 0) return new Map();
  const found = new Map<ShortId, ShortId>();
  for (const block of history.blocks(run, vets).values()) {
    const build = vettedBuildOf(block);
    if (build !== null) found.set(build, shortId(block.digest));
  }
  return found;
}

/** A vet's key is its build's and the vet flags and tool: with equal flags and one Go it is what it was. */
function sameVets(baseline: Run, command: GoCommand, goVersion: string | null): boolean {
  if (baseline.goVersion !== goVersion) return false;
  // What a program in the place of a tool says of itself may be another each time.
  if (command.flags.some(({ name }) => name === "-vettool" || name === "-toolexec")) return false;
  // Checks of the vet tool are no flags of go, but words of its command.
  if (command.verb === "vet" && JSON.stringify(baseline.command.slice(1)) !== JSON.stringify(command.words)) {
    return false;
  }
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

/** Whether go has to be asked for inputs: the run itself printed none, and the history does not know all of its actions. */
function needsInputs({ log, graph, exit }: Ran, known: ReadonlyMap<ShortId, KnownAction>): boolean {
  if (log !== null || graph === null || exit.interrupted) return false;
  return !graph.every((node) => isKnown(node, graph, known));
}

/** A log with the inputs of actions that the history does not know; null where there is nothing to ask. */
async function inputsOf(
  { ran, goPath, env, early, noted }: FinishInput,
  known: ReadonlyMap<ShortId, KnownAction>,
  command: GoCommand,
  problems: Problem[],
  signal: AbortSignal,
): Promise<CollectedLog | null> {
  if (!needsInputs(ran, known)) {
    early?.stop();
    return ran.log;
  }
  const answered = (await early?.answer()) ?? null;
  if (answered !== null && ran.graph !== null) {
    const verified = blocksOfRun({ log: answered, known, files: noted.files }, ran.graph);
    if (ran.graph.every(({ actionId: id }) => id === null || known.has(id) || verified.has(id)))
      return answered;
  }
  const { log, exitCode } = await learnInputs(goPath, command, env, signal);
  problems.push(...log.problems);
  if (log.blocks.size === 0 && exitCode !== 0) {
    problems.push({
      code: "replay-failed",
      message: `asking go for the inputs failed with status ${exitCode}`,
    });
  }
  return log;
}

/** The command with the GOFLAGS that go found, where they are known. */
export function commandOf(
  typed: GoCommand,
  words: readonly string[],
  goflags: GoSettings["goflags"],
): GoCommand {
  return goflags === null ? typed : parseGoWords(words, goflags);
}

/** What tells that the next run repeats this one; null where something ran, went wrong, or is not known. */
function markOf(parts: FinishInput, run: Run): RepeatMark | null {
  const { graphPath, history } = parts;
  const isIdle = run.actions.length > 0 && run.actions.every(({ outcome }) => outcome === "hit");
  if (!isIdle || graphPath === null || run.exitCode !== 0 || run.interrupted || run.problems.length > 0)
    return null;
  const targets = Object.keys(run.cache.targets);
  return repeatMark(parts, { gocache: run.gocache, targets }, history.key(), graphPath);
}

/** @returns whether the run is in the history now */
async function report(parts: FinishInput, sources: DiffSources, now: RunWithBlocks): Promise<boolean> {
  const { input, chosen, names } = parts;
  const { process, options, version } = input;
  const { baseline } = chosen;
  // It repeats what was typed.
  const note = chosen.problem === null ? null : await withoutSecrets(chosen.problem);
  const { history } = sources;
  const hasReport = !now.run.interrupted || options.output !== null || input.below !== undefined;
  // A report on the terminal tells it itself.
  const isTold = hasReport && options.format === "terminal" && options.output === null && !options.quiet;
  if (note !== null && !isTold) await tell(input, note);
  const full = withKnownBlocks(now, baseline, history);
  let missed: number | null = null;
  if (hasReport) {
    const first = names === null ? null : { names, noted: parts.kept, asked: askedOf(parts, now.run) };
    const endAtOnce = () => {
      parts.cleanUp();
      process.exit(parts.ran.exit.exitCode);
    };
    const compared = { baseline, note, first, process, endAtOnce };
    const { report: made, explanation } = await makeReport(full, compared, sources, options, version);
    missed = made.totals.missed;
    if (input.below !== undefined) input.below.collect(made);
    else if (options.output !== null || !options.quiet) {
      const beside = async () =>
        (await import("./beside-report.ts")).besideRun(full, explanation, made, history);
      const problem = await deliver(made, options, process.stderr, process, beside);
      if (problem !== null) await tell(input, problem);
    }
    if (input.below === undefined && mayHaveSinks(options, process.env, parts.ground.directory)) {
      const { writeSinks } = await import("./write-sinks.ts");
      for (const line of await writeSinks(made, options, parts.ground.directory, process))
        await tell(input, line);
    }
  }
  const earlier = baseline?.blocks === null ? baseline.run : null;
  const saved = history.save(now.run, now.blocks, earlier, missed, markOf(parts, now.run));
  const [warning, ...more] = history.warnings;
  if (warning !== undefined)
    await tell(input, `${warning}${more.length > 0 ? ` (and ${more.length} more)` : ""}`);
  else if (saved === null)
    await tell(input, "this run could not be recorded; the next one will have nothing to compare with");
  return saved !== null;
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
  // What was built, undone and built again is known from an older run than the baseline.
  const missing = needed.filter((digest) => !blocks.has(digest));
  for (const [digest, block] of history.find(now.run.module, missing)) blocks.set(digest, block);
  return { run: now.run, blocks };
}

interface Compared {
  readonly baseline: Baseline | null;
  readonly note: string | null;
  /** What a first run is explained by; null where there is a baseline, or none is to be looked for. */
  readonly first: Pick<FirstRun, "names" | "noted" | "asked"> | null;
  readonly process: NodeJS.Process;
  /** A signal came while a first run was looked into. */
  readonly endAtOnce: () => void;
}

/** Under -n the main packages of tests have other keys than in a run. */
function askedOf({ goPath, typed, env, scratch, input }: FinishInput, run: Run): AskedCommand | null {
  const isAskable = typed.verb === "build" || typed.verb === "install" || typed.verb === "run";
  const script = input.process.argv[1];
  const { goVersion, gocache, startedAt } = run;
  if (!isAskable || scratch === null || script === undefined) return null;
  if (goVersion === null || gocache === null || startedAt === null) return null;
  return {
    goPath,
    command: typed,
    env,
    goVersion,
    gocache,
    beforeMs: Date.parse(startedAt),
    scratch,
    self: [input.process.execPath, ...input.process.execArgv, script],
  };
}

async function makeReport(
  now: RunWithBlocks,
  { baseline, note, first, process, endAtOnce }: Compared,
  sources: DiffSources,
  options: ReportOptions,
  version: string,
): Promise<{ report: Report; explanation: Explanation }> {
  const { history } = sources;
  const settings = {
    version,
    command: now.run.command,
    exitCode: now.run.exitCode,
    all: options.all,
    warnings: [],
    ...(now.run.cacheTrace === undefined ? {} : { earlier: earlierRuns(baseline?.run ?? null, history) }),
  };
  if (baseline === null && first !== null && canBeExplored(now.run)) {
    const { exploreFirstRun } = await import("./explore-first-run.ts");
    const { explanation: found, note: answer } = await untilSignal(process, endAtOnce, (signal) =>
      exploreFirstRun({
        now: withAllBlocks(now, history),
        ...first,
        deep: false,
        quiet: options.quiet || options.output !== null,
        process,
        env: sources.env,
        signal,
      }),
    );
    const status = found === null ? "none" : "reconstructed";
    const explanation = found ?? explainFirst(now);
    const report = buildReport(explanation, now.run, { ...settings, baseline: { status, note: answer } });
    return { report, explanation };
  }
  if (baseline === null) {
    const explanation = explainFirst(now);
    const baseline = { status: "none" as const, note };
    return { report: buildReport(explanation, now.run, { ...settings, baseline }), explanation };
  }
  // `withKnownBlocks` has looked: a run in which nothing changed has no blocks.
  const anyChange = now.blocks.size > 0;
  const blocks = baseline.blocks ?? (anyChange ? history.blocks(baseline.run) : new Map<Digest, Block>());
  const comparison = compareRuns({ run: baseline.run, blocks }, now);
  const earlierText = createEarlierText(baseline.run, history, sources.env);
  const outside = createOutside(now.run, earlierText);
  const found = explain(comparison, outside);
  const told = await withContentInGit(found, sources.env);
  const explanation = showsDiffs(options) ? await withDiffs(told, sources) : told;
  const report = buildReport(explanation, now.run, {
    ...settings,
    baseline: { status: "compared", note: null },
    ...(await savingsOf(found, outside)),
  });
  return { report, explanation };
}

/** What is looked through for what an action takes, and for who has put it. */
const mostEarlier = 20;

/** The baseline and the runs of its family before it, newest first. */
function earlierRuns(baseline: Run | null, history: History): readonly Run[] {
  return baseline === null ? [] : [baseline, ...history.earlier(baseline, mostEarlier)];
}

/** Something was looked up and not found. */
function canBeExplored(run: Run): boolean {
  if (run.interrupted || forcedBy(run) !== null || programOf(run) !== null) return false;
  return run.actions.some(({ kind, outcome }) => (kind === "build" || kind === "test") && outcome === "ran");
}

/** Other commands of the module may have brought what this run did not ask for. */
function withAllBlocks(now: RunWithBlocks, history: History): RunWithBlocks {
  const missing = now.run.actions.flatMap(({ digest }) =>
    digest !== null && !now.blocks.has(digest) ? digest : [],
  );
  if (missing.length === 0) return now;
  return {
    run: now.run,
    blocks: new Map([...history.find(now.run.module, missing), ...now.blocks]),
  };
}
