import type { Digest, ShortId } from "../model/ids.ts";
import type { Block, Run } from "../model/run.ts";
import { type Archive, createArchive, findOpened, listEntries, openEntry, readBlocks } from "./archive.ts";
import { type Family, familyHash, moduleHash } from "./entry.ts";
import type { RepeatMark } from "./head.ts";
import { historyKey } from "./history-key.ts";
import {
  defaultTextLimits,
  haveTexts,
  type KeptText,
  keepTexts,
  readText,
  type TextLimits,
} from "./kept-texts.ts";
import { readSummary } from "./read-summary.ts";
import { resolveRun } from "./resolve-run.ts";
import { defaultLimits, type Limits } from "./retention.ts";
import { saveRun } from "./save-run.ts";
import type { RunSummary } from "./summary.ts";

/** The recorded runs of a user. No member throws: what can't be read or written is told by `warnings`. */
export interface History {
  readonly directory: string;
  /** What went wrong so far: no line, one, or two (one for the history as a whole, one for all files that were skipped). */
  readonly warnings: readonly string[];
  /** The newest run of a family that was not interrupted, or null. */
  baseline(family: Family): { run: Run } | null;
  /** The baseline that a stored run had: the newest earlier run of its family that was not interrupted, or null. */
  previous(run: Run): Run | null;
  /** The earlier runs of a stored run's family that were not interrupted, newest first, `most` at most; none for any other run. */
  earlier(run: Run, most: number): Run[];
  /** What go took, in seconds on the clock, for the newest of a family's last runs in which nothing missed; null where there is none. */
  idleSeconds(family: Family): number | null;
  /** The blocks of a stored run, by digest; of these digests only, where given. What is not kept is left out. */
  blocks(run: Run, digests?: Iterable<Digest>): Map<Digest, Block>;
  /**
   * Which of some action IDs have their block in one of the module's newest four runs: short ID → digest.
   * A run may be saved without those blocks.
   */
  known(module: string | null, ids: Iterable<ShortId>): Map<ShortId, Digest>;
  /** The blocks of some digests, wherever one of the module's newest four runs has them. */
  find(module: string | null, digests: Iterable<Digest>): Map<Digest, Block>;
  /** Saves a run: see `saveRun`. Null where that failed. */
  save(
    run: Run,
    blocks: ReadonlyMap<Digest, Block>,
    baseline: Run | null,
    missed?: number | null,
    mark?: RepeatMark | null,
  ): { id: string; bytes: number } | null;
  /** The run with exactly this id, or null. */
  load(id: string): Run | null;
  /** The run that a person means by an id, its beginning (4 characters at least), `@1` (newest of the module), `@2`, … */
  resolve(reference: string, module: string | null): Run | { error: string };
  /** Summaries, newest first; of all modules where null is given. */
  list(module: string | null): RunSummary[];
  /** Keeps copies of source texts beside the runs: see `keepTexts`. */
  keepTexts(texts: readonly KeptText[]): void;
  /** Which of some contents, by their short SHA-256, have a copy. */
  haveTexts(hashes: Iterable<ShortId>): ReadonlySet<ShortId>;
  /** The copy of a content, or null. */
  text(hash: ShortId): KeptText | null;
  /** 32 random bytes, the same for the history's whole life. */
  key(): Buffer;
}

/** How many runs `known` looks at, as `saveRun` does. */
const lookBack = 4;

/**
 * The history in a directory (`stateDirectory`), which need not exist: it is made when something is saved.
 * Nothing is read before it is asked for. All is synchronous: what is read is a few small files.
 */
export function openHistory(
  directory: string,
  limits: Limits = defaultLimits,
  textLimits: TextLimits = defaultTextLimits,
): History {
  const archive = createArchive(directory, limits);
  return {
    directory,
    get warnings() {
      return warningsOf(archive);
    },
    baseline(family) {
      const run = newestFinished(archive, familyHash(family), null);
      return run === null ? null : { run };
    },
    previous(run) {
      const entry = findOpened(archive, run)?.entry;
      return entry === undefined ? null : newestFinished(archive, entry.family, entry.name);
    },
    earlier(run, most) {
      const entry = findOpened(archive, run)?.entry;
      return entry === undefined ? [] : [...finishedRuns(archive, entry.family, entry.name, most)];
    },
    idleSeconds(family) {
      const hash = familyHash(family);
      for (const entry of listEntries(archive)) {
        if (entry.family !== hash || entry.interrupted) continue;
        const summary = readSummary(archive, entry);
        if (summary?.missed === 0 && summary.exitCode === 0) return summary.clockSeconds;
      }
      return null;
    },
    blocks(run, digests) {
      const opened = findOpened(archive, run);
      return opened === null ? new Map() : readBlocks(archive, opened, digests ?? opened.places.keys());
    },
    known: (module, ids) => findKnown(archive, module, ids),
    find: (module, digests) => findBlocks(archive, module, digests),
    save: (run, blocks, baseline, missed = null, mark = null) =>
      saveRun(archive, run, blocks, baseline, missed, mark),
    load(id) {
      const entry = listEntries(archive).find((candidate) => candidate.id === id);
      return entry === undefined ? null : (openEntry(archive, entry)?.run ?? null);
    },
    resolve: (reference, module) => resolveRun(archive, reference, module),
    list(module) {
      const wanted = module === null ? null : moduleHash(module);
      return listEntries(archive)
        .filter((entry) => wanted === null || entry.module === wanted)
        .flatMap((entry) => readSummary(archive, entry) ?? []);
    },
    keepTexts: (texts) => keepTexts(archive, texts, textLimits),
    haveTexts: (hashes) => haveTexts(archive, hashes),
    text: (hash) => readText(archive, hash),
    key: () => historyKey(archive),
  };
}

/** The newest readable run of a family that was not interrupted; only those before the named one, where given. */
function newestFinished(archive: Archive, family: string, before: string | null): Run | null {
  const [newest] = finishedRuns(archive, family, before, 1);
  return newest ?? null;
}

/** The readable runs of a family that were not interrupted, newest first, each read when it is asked for. */
function* finishedRuns(
  archive: Archive,
  family: string,
  before: string | null,
  most: number,
): Generator<Run> {
  let passed = before === null;
  let found = 0;
  for (const entry of listEntries(archive)) {
    if (found === most) return;
    if (passed && entry.family === family && !entry.interrupted) {
      const opened = openEntry(archive, entry);
      if (opened !== null) {
        found++;
        yield opened.run;
      }
    }
    passed ||= entry.name === before;
  }
}

function findKnown(archive: Archive, module: string | null, ids: Iterable<ShortId>): Map<ShortId, Digest> {
  const wanted = new Set(ids);
  const found = new Map<ShortId, Digest>();
  const hash = moduleHash(module);
  const entries = listEntries(archive).filter((entry) => entry.module === hash);
  for (const entry of entries.slice(0, lookBack)) {
    if (wanted.size === 0) break;
    const opened = openEntry(archive, entry);
    for (const { id, digest } of opened?.run.actions ?? []) {
      if (id === null || digest === null || !wanted.has(id) || !opened?.places.has(digest)) continue;
      found.set(id, digest);
      wanted.delete(id);
    }
  }
  return found;
}

function findBlocks(archive: Archive, module: string | null, digests: Iterable<Digest>): Map<Digest, Block> {
  const wanted = new Set(digests);
  const found = new Map<Digest, Block>();
  const hash = moduleHash(module);
  const entries = listEntries(archive).filter((entry) => entry.module === hash);
  for (const entry of entries.slice(0, lookBack)) {
    if (wanted.size === 0) break;
    const opened = openEntry(archive, entry);
    if (opened === null) continue;
    const here = [...wanted].filter((digest) => opened.places.has(digest));
    for (const [digest, block] of readBlocks(archive, opened, here)) {
      found.set(digest, block);
      wanted.delete(digest);
    }
  }
  return found;
}

/** One line for the whole history, the last that failed, and one for all that was skipped. */
function warningsOf(archive: Archive): string[] {
  const warnings = archive.failures.slice(-1);
  const [first] = archive.skipped;
  if (first === undefined) return warnings;
  const [path, reason] = first;
  const more = archive.skipped.size - 1;
  const others = more === 0 ? "" : ` (and ${more} more)`;
  return [...warnings, `skipped in the history ${archive.directory}: ${path}, since ${reason}${others}`];
}
