import type { CollectedLog } from "../log/collect-blocks.ts";
import type { Hide } from "../log/hide-secrets.ts";
import { unquoteInner } from "../util/go-quote.ts";
import { actionsFromGraph, actionsFromLog } from "./actions.ts";
import { type CacheListing, packListing } from "./cache-listing.ts";
import type { GraphNode } from "./graph-node.ts";
import { type Digest, shortId } from "./ids.ts";
import { redactRun } from "./redact-run.ts";
import type { Block, Problem, Run, RunAction, RunWithBlocks } from "./run.ts";

/** What was recorded beside a log, by plain go. */
export interface BesideLog {
  /** Of the same run: it has the times, and tells what ran; the log need not be of the run itself then, but of `go build -n`. */
  readonly graph?: readonly GraphNode[];
  /** Of the cache as it was before go was started. */
  readonly listing?: CacheListing;
}

/**
 * The run that a raw log of `GODEBUG=gocachehash=1` tells of: its actions with their inputs, and what these say of the settings.
 * @param name of the log's file; its last part is what the run is called.
 * @param hide makes the tokens for secrets: what it is given is nowhere in the result.
 * @returns one line where the log has no inputs that add up to the key that Go printed
 */
export function runOfLog(
  log: CollectedLog,
  name: string,
  hide: Hide,
  { graph, listing }: BesideLog = {},
): RunWithBlocks | { error: string } {
  if (log.blocks.size === 0) {
    return {
      error: `${name} has no verified inputs: it is no log of GODEBUG=gocachehash=1 go build …, or it was cut before the first package`,
    };
  }
  const { blocks } = log;
  const clock = graph === undefined ? null : clockOf(graph);
  const actions =
    graph === undefined
      ? actionsFromLog({
          blocks: blocks.values(),
          firstSubkey: log.firstSubkey,
          commands: log.commands,
          hasCommands: log.hasCommands,
        })
      : actionsOfGraph(graph, clock?.startMs ?? 0, blocks);
  const facts = factsOfLog(blocks);
  const id = name.replace(/^.*[/\\]/, "");
  const run: Run = {
    formatVersion: 1,
    id,
    startedAt: clock === null ? null : new Date(clock.startMs).toISOString(),
    clockSeconds: clock === null ? null : clock.seconds,
    source: "imported",
    command: [],
    verb: facts.verb,
    patterns: [],
    exitCode: null,
    interrupted: false,
    goVersion: facts.goVersion,
    goos: facts.goos,
    goarch: facts.goarch,
    directory: null,
    module: facts.module,
    moduleRoots: {},
    goDirective: null,
    head: null,
    gocache: null,
    goroot: null,
    gomodcache: null,
    settings: { env: {}, envOrigin: {}, flags: [] },
    cache: cacheOf(listing),
    files: [],
    actions,
    hasGraph: graph !== undefined,
    problems: graph === undefined && mayBePlan(log) ? [...log.problems, planned(id)] : log.problems,
    hiddenValues: 0,
  };
  return redactRun({ run, blocks }, hide);
}

/** Commands without the line `WORK=…`, which -x begins with and -n has not (work/action.go NewBuilder, Go 1.21–1.27). */
function mayBePlan({ commands, hasCommands }: CollectedLog): boolean {
  return commands.size > 0 && !hasCommands;
}

function planned(name: string): Problem {
  const message = `${name} prints commands and no line WORK=: it is of go -n, which runs and stores nothing, or its first lines are missing`;
  return { code: "may-be-unstored", message };
}

/** When a graph's run began and how long it took, as its nodes tell; null where none of them was reached. */
function clockOf(graph: readonly GraphNode[]): { startMs: number; seconds: number } | null {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { timeStart, timeDone } of graph) {
    if (timeStart === null) continue;
    start = Math.min(start, timeStart);
    end = Math.max(end, timeDone ?? timeStart);
  }
  return start > end ? null : { startMs: start, seconds: (end - start) / 1000 };
}

function actionsOfGraph(
  graph: readonly GraphNode[],
  startMs: number,
  blocks: ReadonlyMap<Digest, Block>,
): readonly RunAction[] {
  const byId = new Map([...blocks.values()].map((block) => [shortId(block.digest), block]));
  const isWorkPath = (path: string): boolean => /[/\\]go-build\d+[/\\]|^\/dev\/null$/.test(path);
  return actionsFromGraph({ graph, startMs, blocks: byId, known: new Map(), isWorkPath }).map((action) =>
    action.outcome === "ran" && action.digest === null && action.id !== null
      ? { ...action, unverified: "the log has no inputs for the key that the action graph names" }
      : action,
  );
}

function cacheOf(listing: CacheListing | undefined): Run["cache"] {
  const cache = { trimmedAt: null, present: true, targets: {} };
  if (listing === undefined) return cache;
  return { ...cache, present: listing.digests.length > 0, listed: packListing(listing.digests) };
}

interface LogFacts {
  /** `test` and `vet` leave actions of their own; build, install and run can't be told apart. */
  verb: string | null;
  goVersion: string | null;
  goos: string | null;
  goarch: string | null;
  module: string | null;
}

function factsOfLog(blocks: ReadonlyMap<Digest, Block>): LogFacts {
  const facts: LogFacts = { verb: null, goVersion: null, goos: null, goarch: null, module: null };
  for (const block of blocks.values()) {
    if (/^build .*\.test$/.test(block.name)) facts.verb = "test";
    else if (block.name.startsWith("vet ")) facts.verb ??= "vet";
    facts.goVersion ??= block.lines[0] ?? null;
    for (const line of block.lines) {
      const target = facts.goos === null ? /^goos (\S*) goarch (\S*)\n$/.exec(line) : null;
      if (target !== null) {
        facts.goos = target[1] ?? null;
        facts.goarch = target[2] ?? null;
      }
      if (facts.module !== null || !line.startsWith('modinfo "')) continue;
      const text = unquoteInner(line.slice(9, -2)) ?? "";
      facts.module = /^mod\t([^\t]*)/m.exec(text)?.[1] ?? null;
    }
  }
  return facts;
}
