import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../model/ids.ts";
import type { Block, Run } from "../model/run.ts";
import {
  type Archive,
  fail,
  findOpened,
  listEntries,
  type OpenedRun,
  openEntry,
  readBlocks,
  remember,
  runFile,
} from "./archive.ts";
import { type Entry, entryName, familyHash, moduleHash, type Part } from "./entry.ts";
import { makeScratchFolder } from "./folders.ts";
import type { RepeatMark } from "./head.ts";
import { encodePack } from "./pack.ts";
import { diskBytes } from "./retention.ts";
import { encodeRows, encodeRun, type RowTable, rowsOf } from "./run-file.ts";
import { borrow, cleanUp, publish, removeQuietly } from "./run-folder.ts";
import { isRunId, newRunId } from "./run-id.ts";

/** A run refers to at most so many packs; then the small ones are merged, so that old blocks don't pile up. */
const packLimit = 4;
/** With so many blocks to write, it pays to look whether an older run of the module has them. */
const manyBlocks = 32;
/** How many runs are looked at then. */
const lookBack = 4;

/** A pack of an earlier run, and which blocks of it this run needs. */
interface Borrowed {
  readonly from: OpenedRun;
  readonly file: string;
  readonly digests: Set<Digest>;
}

/**
 * Puts a run into the history and deletes what exceeds the limits. The run's folder appears whole, by one rename; no lock is
 * taken, so no build waits for another. Blocks that an earlier run has are shared by hard links: the file system counts
 * who needs them, and a concurrent deletion can't take them away.
 *
 * Its id is `run.id` where that is a run id (`newRunId`) that the history does not have, else a new one.
 * @param blocks blocks of the run's actions; those that the baseline has may be left out; others are ignored
 * @param baseline a run whose blocks are likely to be the same
 * @param missed how many actions missed, for the summary; null where not known
 * @param mark by which a later run can be told to repeat this one; null where none can
 * @returns the id and the bytes that were added; null where saving failed (noted in `failures`): it never throws
 */
export function saveRun(
  archive: Archive,
  run: Run,
  blocks: ReadonlyMap<Digest, Block>,
  baseline: Run | null,
  missed: number | null,
  mark: RepeatMark | null = null,
): { id: string; bytes: number } | null {
  let scratch: string | null = null;
  try {
    scratch = makeScratchFolder(archive);
    const { entry, bytes, opened } = writeRun(archive, scratch, run, blocks, baseline, missed, mark);
    publish(archive, scratch, entry);
    remember(archive, opened);
    archive.openedByRun.set(run, opened);
    cleanUp(archive, entry);
    return { id: entry.id, bytes };
  } catch (error) {
    if (scratch !== null) removeQuietly(scratch);
    fail(archive, "can't be written", error);
    return null;
  }
}

function writeRun(
  archive: Archive,
  scratch: string,
  given: Run,
  blocks: ReadonlyMap<Digest, Block>,
  baseline: Run | null,
  missed: number | null,
  mark: RepeatMark | null,
): { entry: Entry; bytes: number; opened: OpenedRun } {
  const entries = listEntries(archive);
  const id = isRunId(given.id) && !entries.some((entry) => entry.id === given.id) ? given.id : newRunId();
  const run = given.id === id ? given : { ...given, id };
  const module = moduleHash(run.module);
  const sources = sourcesFor(archive, entries, module, run, blocks, baseline);
  const parts: Part[] = [];
  let bytes = 0;
  const add = (file: string, content: Buffer): string => {
    writeFileSync(join(scratch, file), content, { mode: 0o600, flag: "wx" });
    parts.push({ file, bytes: content.length });
    bytes += content.length;
    return file;
  };

  const places = new Map<Digest, string>();
  for (const pack of choosePacks(run, sources)) {
    const part = borrow(archive, scratch, pack.from.entry, pack.file);
    if (part === null) continue;
    parts.push(part);
    for (const digest of pack.digests) places.set(digest, part.file);
  }
  const fresh = blocksWithoutPlace(archive, run, blocks, sources, places);
  if (fresh.size > 0) {
    const file = add(`p${newRunId()}`, encodePack(fresh.values()));
    for (const digest of fresh.keys()) places.set(digest, file);
  }

  const rows = rowsOf(run);
  let shared: RowTable = { rows: [...new Set([...rows.actions, ...rows.files])] };
  const rowSource = sources.find((source) => coversRows(source.rows, shared));
  const rowFile = rowSource?.entry.parts.find((part) => part.file.startsWith("r"))?.file;
  const rowPart = rowSource && rowFile ? borrow(archive, scratch, rowSource.entry, rowFile) : null;
  if (rowSource !== undefined && rowPart !== null) {
    parts.push(rowPart);
    shared = rowSource.rows;
  } else if (shared.rows.length > 0) {
    add(`r${newRunId()}`, encodeRows(shared));
  }

  const content = encodeRun(run, rows, shared, places, missed, mark);
  writeFileSync(join(scratch, runFile), content, { mode: 0o600, flag: "wx" });
  const size = parts.reduce((sum, part) => sum + diskBytes(part.bytes), diskBytes(content.length));
  if (size > archive.limits.bytes) throw new Error(`the run alone takes ${size} bytes`);
  const unnamed = {
    sequence: (entries[0]?.sequence ?? 0) + 1,
    module,
    family: familyHash(run),
    id,
    interrupted: run.interrupted,
    bytes: content.length,
    parts,
  };
  const entry = { ...unnamed, name: entryName(unnamed) };
  return { entry, bytes: bytes + content.length, opened: { entry, run, places, rows: shared } };
}

/** Earlier runs that have blocks of this one: the baseline, and where that is not enough, the module's newest. */
function sourcesFor(
  archive: Archive,
  entries: readonly Entry[],
  module: string,
  run: Run,
  blocks: ReadonlyMap<Digest, Block>,
  baseline: Run | null,
): OpenedRun[] {
  const first = baseline === null ? null : findOpened(archive, baseline);
  const sources = first === null ? [] : [first];
  const wanted = new Set<Digest>();
  for (const { digest } of run.actions) {
    if (digest !== null && !first?.places.has(digest)) wanted.add(digest);
  }
  const someAreMissing = [...wanted].some((digest) => !blocks.has(digest));
  if (wanted.size < manyBlocks && !someAreMissing) return sources;
  const others = entries.filter((entry) => entry.module === module && entry.id !== first?.entry.id);
  for (const entry of others.slice(0, lookBack)) {
    if (wanted.size === 0) break;
    const source = openEntry(archive, entry);
    if (source === null) continue;
    const before = wanted.size;
    for (const digest of wanted) if (source.places.has(digest)) wanted.delete(digest);
    if (wanted.size < before) sources.push(source);
  }
  return sources;
}

/** The packs of earlier runs to link: all that have a block of this run, or only the largest where that is too many. */
function choosePacks(run: Run, sources: readonly OpenedRun[]): Borrowed[] {
  const packs = new Map<string, Borrowed>();
  let unplaced = 0;
  for (const { digest } of run.actions) {
    if (digest === null) continue;
    const from = sources.find((source) => source.places.has(digest));
    const file = from?.places.get(digest);
    if (from === undefined || file === undefined) {
      unplaced++;
      continue;
    }
    const pack = packs.get(file);
    if (pack === undefined) packs.set(file, { from, file, digests: new Set([digest]) });
    else pack.digests.add(digest);
  }
  const all = [...packs.values()];
  if (all.length + (unplaced > 0 ? 1 : 0) <= packLimit) return all;
  return all.filter((pack) => pack.digests.size * 2 >= run.actions.length);
}

/** The blocks of a run's actions that no linked pack has: as given, else read from the packs that were not linked. */
function blocksWithoutPlace(
  archive: Archive,
  run: Run,
  blocks: ReadonlyMap<Digest, Block>,
  sources: readonly OpenedRun[],
  places: ReadonlyMap<Digest, string>,
): Map<Digest, Block> {
  const fresh = new Map<Digest, Block>();
  for (const { digest } of run.actions) {
    if (digest === null || places.has(digest) || fresh.has(digest)) continue;
    const source = sources.find((candidate) => candidate.places.has(digest));
    const block = blocks.get(digest) ?? (source && readBlocks(archive, source, [digest]).get(digest));
    if (block !== undefined) fresh.set(digest, block);
  }
  return fresh;
}

/** True where a table has nearly all rows that are needed, and not many others. */
function coversRows(table: RowTable, needed: RowTable): boolean {
  if (needed.rows.length * 2 < table.rows.length) return false;
  const known = new Set(table.rows);
  const missing = needed.rows.reduce((count, row) => count + (known.has(row) ? 0 : 1), 0);
  return missing * 10 <= needed.rows.length;
}
