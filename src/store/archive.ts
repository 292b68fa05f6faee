import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../model/ids.ts";
import type { Block, Run } from "../model/run.ts";
import { type Entry, newestFirst, parseEntry } from "./entry.ts";
import { readFirstLine, storeFolder } from "./frame.ts";
import { decodePack } from "./pack.ts";
import { decodeRepeat } from "./repeat-file.ts";
import type { Limits } from "./retention.ts";
import { decodeRows, decodeRun, type RowTable } from "./run-file.ts";

/** A run read from the history or saved to it, and where its parts are. */
export interface OpenedRun {
  readonly entry: Entry;
  readonly run: Run;
  /** Digest → name of the pack with its block, for every block that is kept. */
  readonly places: ReadonlyMap<Digest, string>;
  readonly rows: RowTable;
}

/** What one opened history knows: its folders, what was read so far, what went wrong. */
export interface Archive {
  readonly directory: string;
  readonly runsFolder: string;
  /** Where folders are made before they are moved in place, and moved to before they are deleted. */
  readonly scratchFolder: string;
  readonly limits: Limits;
  readonly opened: Map<string, OpenedRun>;
  readonly openedByRun: WeakMap<Run, OpenedRun>;
  readonly packs: Map<string, ReadonlyMap<Digest, Block> | null>;
  /** Path below `directory` → why it was passed over. */
  readonly skipped: Map<string, string>;
  /** What could not be read or written at all: whole sentences. */
  readonly failures: string[];
}

/** File in a run's folder with the run itself. */
export const runFile = "run";

export function createArchive(directory: string, limits: Limits): Archive {
  return {
    directory,
    runsFolder: join(directory, storeFolder, "runs"),
    scratchFolder: join(directory, storeFolder, "tmp"),
    limits,
    opened: new Map(),
    openedByRun: new WeakMap(),
    packs: new Map(),
    skipped: new Map(),
    failures: [],
  };
}

/** All runs of the history, newest first, by their names alone. Empty where there is no history. */
export function listEntries(archive: Archive): Entry[] {
  let names: string[];
  try {
    names = readdirSync(archive.runsFolder);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") fail(archive, "can't be read", error);
    return [];
  }
  const entries: Entry[] = [];
  for (const name of names) {
    const entry = parseEntry(name);
    if (entry !== null) entries.push(entry);
    else if (!name.startsWith(".")) archive.skipped.set(name, "it was not written by gocache-why");
  }
  return entries.sort(newestFirst);
}

/** The run of an entry; null where it is damaged (noted in `skipped`) or was deleted since it was listed. */
export function openEntry(archive: Archive, entry: Entry): OpenedRun | null {
  const known = archive.opened.get(entry.name);
  if (known !== undefined) return known;
  const folder = join(archive.runsFolder, entry.name);
  try {
    const rowsPart = entry.parts.find((part) => part.file.startsWith("r"));
    const rows =
      rowsPart === undefined ? { rows: [] } : decodeRows(readFileSync(join(folder, rowsPart.file)));
    const file = readFileSync(join(folder, runFile));
    const isRepeat = readFirstLine(file).kind === "repeat";
    const { run, places } = decodeRun(isRepeat ? readFileSync(join(folder, repeatedOf(entry))) : file, rows);
    const opened = { entry, run: isRepeat ? { ...run, ...decodeRepeat(file) } : run, places, rows };
    remember(archive, opened);
    return opened;
  } catch (error) {
    skip(archive, entry, error);
    return null;
  }
}

/** The file of the run that an entry's run repeats. */
function repeatedOf(entry: Entry): string {
  const part = entry.parts.find(({ file }) => file.startsWith("s"));
  if (part === undefined) throw new Error("it is not complete");
  return part.file;
}

/** Keeps a run that was read or saved, so that it need not be read again. */
export function remember(archive: Archive, opened: OpenedRun): void {
  archive.opened.set(opened.entry.name, opened);
  archive.openedByRun.set(opened.run, opened);
}

/** The stored run that stands behind a value; null for a run that the history does not have. */
export function findOpened(archive: Archive, run: Run): OpenedRun | null {
  const known = archive.openedByRun.get(run);
  if (known !== undefined) return known;
  const entry = listEntries(archive).find(({ id }) => id === run.id);
  return entry === undefined ? null : openEntry(archive, entry);
}

/** The blocks of a run that are asked for and can be read, by digest. */
export function readBlocks(
  archive: Archive,
  opened: OpenedRun,
  digests: Iterable<Digest>,
): Map<Digest, Block> {
  const blocks = new Map<Digest, Block>();
  for (const digest of digests) {
    const file = opened.places.get(digest);
    const block = file === undefined ? undefined : readPack(archive, opened.entry, file)?.get(digest);
    if (block !== undefined) blocks.set(digest, block);
  }
  return blocks;
}

function readPack(archive: Archive, entry: Entry, file: string): ReadonlyMap<Digest, Block> | null {
  const known = archive.packs.get(file);
  if (known !== undefined) return known;
  let pack: ReadonlyMap<Digest, Block> | null = null;
  try {
    pack = decodePack(readFileSync(join(archive.runsFolder, entry.name, file)));
  } catch (error) {
    skip(archive, entry, error, file);
  }
  archive.packs.set(file, pack);
  return pack;
}

/** Notes that (a file of) a run is passed over; silent where the run was deleted meanwhile, as retention may do. */
export function skip(archive: Archive, entry: Entry, error: unknown, file?: string): void {
  const code = errorCode(error);
  if (code === "ENOENT" && !exists(join(archive.runsFolder, entry.name))) return;
  const reason =
    code === "ENOENT"
      ? "it is not complete"
      : error instanceof Error && error.message.startsWith("it")
        ? error.message
        : "it is damaged";
  archive.skipped.set(file === undefined ? entry.name : join(entry.name, file), reason);
}

/** Notes that the history as a whole failed, once. */
export function fail(archive: Archive, what: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  const sentence = `the history in ${archive.directory} ${what}: ${reason}`;
  if (!archive.failures.includes(sentence)) archive.failures.push(sentence);
}

/** `ENOENT` and the like; undefined where the error does not come from the system. */
export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
