import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { CollectedLog } from "../log/collect-blocks.ts";
import { createHide } from "../log/hide-secrets.ts";
import type { Digest } from "../model/ids.ts";
import { runOfLog } from "../model/log-run.ts";
import type { Block, Run, RunWithBlocks } from "../model/run.ts";
import type { History } from "../store/history.ts";
import { decodeSnapshot, isSnapshot, snapshotLimits } from "../store/snapshot.ts";
import type { LogBeside } from "./log-beside/read-log-beside.ts";
import { type LogCommands, readLogFile } from "./read-log-file.ts";
import { withReadingLine } from "./reading-line.ts";

export type LoadedRun =
  | { readonly run: Run; readonly blocks: ReadonlyMap<Digest, Block> | null }
  | { readonly error: string };

/**
 * A RUN as people write it: an id, `@1`, or a file: a snapshot, or a raw gocachehash log. `FILE#2` is the second go command of a log.
 * @param module the module that applies where the user stands
 * @param shown is told the values behind a log's tokens, for `--show-values`
 * @param quiet no live line while a big log is read
 * @param beside a log that is being read in another thread; it may be this one
 */
export async function loadRun(
  reference: string,
  history: History,
  module: string | null,
  process: NodeJS.Process,
  shown: Map<string, string> | null = null,
  quiet = false,
  beside: LogBeside | null = null,
): Promise<LoadedRun> {
  const file = fileOf(reference, process.cwd());
  if (file !== null) return readRunFile(file, process, shown, quiet, beside);
  if (/[/\\.]/.test(reference) && !reference.startsWith("@"))
    return { error: `there is no file ${reference}` };
  const found = history.resolve(reference, module);
  return "error" in found ? found : { run: found, blocks: null };
}

/** The file that a RUN names; null for a recorded run. */
function fileOf(reference: string, cwd: string): RunFile | null {
  return /^@\d+$/.test(reference) ? null : findFile(reference, cwd);
}

/** The absolute path of the log that a RUN names; null where it is a recorded run, a snapshot, or nothing that can be read. */
export function logPathOf(reference: string, cwd: string): string | null {
  const path = fileOf(reference, cwd)?.path ?? null;
  try {
    return path === null || startsSnapshot(path) ? null : path;
  } catch {
    return null;
  }
}

/** A file that a RUN names. */
export interface RunFile {
  /** As the user wrote it. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Which of its go commands, from 1; null where none is named. */
  readonly command: number | null;
}

/** The file that a RUN names; null where there is none. */
export function findFile(reference: string, cwd: string): RunFile | null {
  if (isFile(resolve(cwd, reference))) {
    return { name: reference, path: resolve(cwd, reference), command: null };
  }
  const [, name = "", number] = /^(.+)#(\d{1,6})$/.exec(reference) ?? [];
  if (name === "" || !isFile(resolve(cwd, name))) return null;
  return { name, path: resolve(cwd, name), command: Number(number) };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function readRunFile(
  file: RunFile,
  process: NodeJS.Process,
  shown: Map<string, string> | null,
  quiet: boolean,
  beside: LogBeside | null,
): Promise<RunWithBlocks | { error: string }> {
  const snapshot = readSnapshotFile(file);
  if (snapshot !== null) return snapshot;
  const log = await withReadingLine(file, process, quiet, (onBytes) =>
    readHereOrBeside(file.path, onBytes, beside),
  );
  if ("error" in log) return { error: `${file.name} ${log.error}` };
  const chosen = chooseCommand(log.commands, file);
  if ("error" in chosen) return chosen;
  const name = log.commands.length > 1 ? `${file.name}#${chosen.number}` : file.name;
  // One key for all logs of one process, so that hidden values of two of them can be compared.
  processKey ??= randomBytes(32);
  const found = runOfLog(chosen.log, name, createHide(processKey, shown ?? undefined));
  return "error" in found
    ? found
    : { ...found, run: { ...found.run, hiddenUnder: keyName(chosen.log, name) } };
}

async function readHereOrBeside(
  path: string,
  onBytes: (bytes: number) => void,
  beside: LogBeside | null,
): Promise<LogCommands> {
  const found = beside?.path === path ? await beside.take(onBytes) : null;
  return found ?? readLogFile(path, onBytes);
}

/** All runs of a file: the one of a snapshot, those of a log's go commands, named so that each is a RUN. */
export async function readRunsOfFile(
  file: RunFile,
  process: NodeJS.Process,
): Promise<{ runs: readonly RunWithBlocks[] } | { error: string }> {
  const snapshot = readSnapshotFile(file);
  if (snapshot !== null) return "error" in snapshot ? snapshot : { runs: [snapshot] };
  const log = await withReadingLine(file, process, false, (onBytes) => readLogFile(file.path, onBytes));
  if ("error" in log) return { error: `${file.name} ${log.error}` };
  const runs: RunWithBlocks[] = [];
  for (const [at, command] of log.commands.entries()) {
    const name = log.commands.length > 1 ? `${file.name}#${at + 1}` : file.name;
    processKey ??= randomBytes(32);
    const found = runOfLog(command, name, createHide(processKey));
    if ("error" in found) return found;
    runs.push(found);
  }
  return { runs };
}

let processKey: Buffer | null = null;

/** Tokens that stood in a log already are of the key that `scrub` had then. */
export function keyName(log: CollectedLog, name: string): string {
  const isScrubbed = [...log.blocks.values()].some(({ hidden }) => hidden);
  return isScrubbed ? `log ${name}` : "this process";
}

/** The run of a snapshot's file; null where the file is none. */
export function readSnapshotFile({ name, path }: RunFile): RunWithBlocks | { error: string } | null {
  try {
    if (!startsSnapshot(path)) return null;
    if (statSync(path).size > snapshotLimits.bytes) {
      return { error: `${name} can't be read: it is larger than any snapshot` };
    }
    const found = decodeSnapshot(readFileSync(path));
    return "error" in found ? { error: `${name} can't be read: ${found.error}` } : found;
  } catch (error) {
    return { error: `${name} can't be read: ${(error as NodeJS.ErrnoException).code ?? error}` };
  }
}

/** Throws as the file system does. */
function startsSnapshot(path: string): boolean {
  const descriptor = openSync(path, "r");
  try {
    const head = Buffer.alloc(64);
    return isSnapshot(head.subarray(0, readSync(descriptor, head, 0, head.length, 0)));
  } finally {
    closeSync(descriptor);
  }
}

/** The go command of a log that a user named, or the only one; else one line that lists them. */
export function chooseCommand(
  commands: readonly CollectedLog[],
  { name, command }: Pick<RunFile, "name" | "command">,
): { log: CollectedLog; number: number } | { error: string } {
  const number = command ?? 1;
  const log = commands[number - 1];
  if (log === undefined) {
    const count = commands.length === 1 ? "one go command" : `${commands.length} go commands`;
    return { error: `${name} has ${count}, and no command ${number}` };
  }
  if (command !== null || commands.length === 1) return { log, number };
  const list = listCommands(commands);
  return { error: `${name} has ${commands.length} go commands: ${list}; name one: ${name}#${number}` };
}

/** `1 (62 packages, …), 2 (…)`, the first few of many. */
export function listCommands(commands: readonly CollectedLog[]): string {
  const list = commands.slice(0, mostShown).map((each, at) => `${at + 1} (${describeCommand(each)})`);
  const more = commands.length - mostShown;
  return [...list, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

const mostShown = 6;

/** What a go command of a log did: `62 packages, example.com/m/cmd/app linked`. */
export function describeCommand({ blocks }: CollectedLog): string {
  const names = [...blocks.values()].map(({ name }) => name);
  const packages = new Set(names.flatMap((name) => (name.startsWith("build ") ? name.slice(6) : [])));
  const linked = [...new Set(names.flatMap((name) => (name.startsWith("link ") ? name.slice(5) : [])))];
  const [first] = linked;
  const more = linked.length > 1 ? ` and ${linked.length - 1} more` : "";
  const links = first === undefined ? [] : [`${first}${more} linked`];
  const vets = names.some((name) => name.startsWith("vet ")) ? ["vetted"] : [];
  return [`${packages.size} ${packages.size === 1 ? "package" : "packages"}`, ...links, ...vets].join(", ");
}
