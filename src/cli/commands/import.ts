import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { parseActionGraph } from "../../go/action-graph.ts";
import { userEnvironment } from "../../go/environment.ts";
import type { CollectedLog } from "../../log/collect-blocks.ts";
import { createHide } from "../../log/hide-secrets.ts";
import { type CacheListing, mostListed, parseCacheListing } from "../../model/cache-listing.ts";
import type { GraphNode } from "../../model/graph-node.ts";
import { shortId } from "../../model/ids.ts";
import { type BesideLog, runOfLog } from "../../model/log-run.ts";
import type { RunWithBlocks } from "../../model/run.ts";
import { renderRunsJson } from "../../report/renderers/runs.ts";
import { visibleText } from "../../report/wording/values.ts";
import { type History, openHistory } from "../../store/history.ts";
import { newRunId } from "../../store/run-id.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { summarize } from "../../store/summary.ts";
import { UsageError } from "../failure.ts";
import { describeCommand, keyName, listCommands, readSnapshotFile } from "../load-run.ts";
import { readLogFile } from "../read-log-file.ts";
import { withReadingLine } from "../reading-line.ts";
import { groundOf } from "../record/ground.ts";
import { say } from "../say.ts";

export interface ImportInput {
  /** A file with a log or a snapshot; `-` for stdin. */
  readonly log: string;
  /** Which go command of the log, from 1; null for all of them. */
  readonly command: number | null;
  /** File of `-debug-actiongraph` of the same run. */
  readonly actionGraph: string | null;
  /** A listing of the cache, taken before the run. */
  readonly cacheListing: string | null;
  readonly format: "terminal" | "json";
  readonly process: NodeJS.Process;
}

/** Makes the go commands of a log runs of the history, and prints their ids, one a line. */
export async function importLog(input: ImportInput): Promise<number> {
  const { process } = input;
  const env = userEnvironment(process.env);
  const history = openHistory(stateDirectory(env, homedir()));
  const found = await readRuns(input, history);
  const { module } = groundOf(process.cwd(), null, env);
  const saved: RunWithBlocks["run"][] = [];
  for (const { run, blocks, notes } of found) {
    // The contract: an imported run joins the module that the user stands in.
    const joined = { ...run, id: newRunId(), module: module ?? run.module };
    const result = history.save(joined, blocks, null);
    if (result === null) break;
    saved.push({ ...joined, id: result.id });
    if (input.format === "terminal") process.stdout.write(`${result.id}\n`);
    for (const note of notes) await say(process, `${result.id}: ${note}`);
  }
  if (input.format === "json") {
    const runs = saved.map((run) => summarize(run, null));
    process.stdout.write(renderRunsJson({ schemaVersion: 1, runs }));
  }
  for (const warning of history.warnings.slice(0, 1)) await say(process, warning);
  return saved.length === found.length ? 0 : 1;
}

interface Found extends RunWithBlocks {
  /** What it is, and what it lacks: one line each. */
  readonly notes: readonly string[];
}

async function readRuns(input: ImportInput, history: History): Promise<readonly Found[]> {
  const { process, log: name } = input;
  const path = name === "-" ? 0 : resolve(process.cwd(), name);
  if (path !== 0) {
    if (statSync(path, { throwIfNoEntry: false }) === undefined) throw failure(`there is no file ${name}`);
    const snapshot = readSnapshotFile({ name, path, command: null });
    if (snapshot !== null) return [readSnapshot(snapshot, input)];
  }
  const shown = { name: name === "-" ? "stdin" : name, path: path === 0 ? "" : path };
  const log = await withReadingLine(shown, process, false, (onBytes) => readLogFile(path, onBytes));
  if ("error" in log) throw failure(`${shown.name} ${log.error}`);
  const beside = readBeside(input);
  const chosen = choose(log.commands, shown.name, input, beside);
  const hide = createHide(history.key());
  return chosen.map(({ command, number }): Found => {
    const run = runOfLog(command, shown.name, hide, beside);
    if ("error" in run) throw failure(run.error);
    const under = keyName(command, shown.name);
    const own = { ...run, run: under === "this process" ? run.run : { ...run.run, hiddenUnder: under } };
    const where = log.commands.length > 1 ? `command ${number} of ${log.commands.length}: ` : "";
    return { ...own, notes: [where + describeCommand(command), ...lacking(own, beside)].map(visibleText) };
  });
}

function readSnapshot(snapshot: RunWithBlocks | { error: string }, input: ImportInput): Found {
  if ("error" in snapshot) throw failure(snapshot.error);
  if (input.command !== null || input.actionGraph !== null || input.cacheListing !== null) {
    throw new UsageError(
      `${input.log} is a snapshot: --command, --actiongraph and --cache-listing go with a log`,
    );
  }
  return { ...snapshot, notes: [visibleText(`a snapshot of run ${snapshot.run.id}`)] };
}

/** The go commands that become runs: the one that the user named, else the one that the action graph is of, else all. */
function choose(
  commands: readonly CollectedLog[],
  name: string,
  { command, actionGraph }: ImportInput,
  { graph }: BesideLog,
): readonly { command: CollectedLog; number: number }[] {
  const all = commands.map((each, at) => ({ command: each, number: at + 1 }));
  if (graph !== undefined) return [ofGraph(all, graph, name, command, actionGraph ?? "")];
  if (command === null) return all;
  const found = all[command - 1];
  if (found !== undefined) return [found];
  throw failure(`${name} has no go command ${command}, only ${listCommands(commands)}`);
}

function ofGraph<T extends { readonly command: CollectedLog; readonly number: number }>(
  all: readonly T[],
  graph: readonly GraphNode[],
  name: string,
  number: number | null,
  file: string,
): T {
  const ids = new Set(graph.flatMap(({ actionId }) => actionId ?? []));
  const shared = ({ command }: T): number =>
    [...command.blocks.keys()].filter((digest) => ids.has(shortId(digest))).length;
  const candidates = number === null ? all : all.filter((each) => each.number === number);
  // The last of several alike: a replay comes after what it repeats.
  const best = candidates.reduce<T | null>(
    (found, each) => (found === null || shared(each) >= shared(found) ? each : found),
    null,
  );
  if (best !== null && shared(best) > 0) return best;
  throw failure(`${name} and ${file} have no key in common: they are of different runs`);
}

function readBeside({ actionGraph, cacheListing, process }: ImportInput): BesideLog {
  const graph = actionGraph === null ? undefined : readGraph(actionGraph, process);
  const listing = cacheListing === null ? undefined : readListing(cacheListing, process);
  return { ...(graph === undefined ? {} : { graph }), ...(listing === undefined ? {} : { listing }) };
}

function readGraph(name: string, process: NodeJS.Process): readonly GraphNode[] {
  try {
    return parseActionGraph(readText(name, process));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw failure(`${name} is no action graph of go build -debug-actiongraph=FILE, or it is damaged`);
  }
}

function readListing(name: string, process: NodeJS.Process): CacheListing {
  const text = readText(name, process);
  const listing = parseCacheListing(text);
  // A cache that was empty gives an empty listing.
  if (listing.digests.length > 0 || text.trim() === "") return listing;
  throw failure(`${name} is no listing of a GOCACHE: no line names an index entry (64 hex digits and -a)`);
}

function readText(name: string, process: NodeJS.Process): string {
  try {
    return readFileSync(resolve(process.cwd(), name), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw failure(code === "ENOENT" ? `there is no file ${name}` : `${name} can't be read: ${code ?? error}`);
  }
}

/** What the run can't tell, since nobody recorded it. */
function lacking({ run }: RunWithBlocks, { listing }: BesideLog): readonly string[] {
  const lines: string[] = [];
  const unknown = run.actions.filter(({ outcome }) => outcome === "unknown").length;
  if (!run.hasGraph) lines.push("without --actiongraph there are no seconds");
  if (unknown > 0) {
    lines.push(`of ${unknown} of ${run.actions.length} actions the log does not tell whether they ran`);
  }
  if (listing !== undefined && listing.digests.length > mostListed) {
    lines.push(
      `of the ${listing.digests.length} entries of the listing the ${mostListed} last used are kept`,
    );
  }
  const [first, ...more] = run.problems;
  if (first !== undefined) {
    lines.push(`${first.message}${more.length > 0 ? ` (and ${more.length} more problems)` : ""}`);
  }
  return lines;
}

function failure(message: string): UsageError {
  return new UsageError(message, 1);
}
