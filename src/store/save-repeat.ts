import { linkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Archive, fail, listEntries, runFile } from "./archive.ts";
import { type Entry, entryName, type Family, familyHash, type Part } from "./entry.ts";
import { makeScratchFolder } from "./folders.ts";
import { type RepeatMark, type RunHead, readHeadOf } from "./head.ts";
import { encodeRepeat, type RepeatedFields } from "./repeat-file.ts";
import { borrow, cleanUp, publish, removeQuietly } from "./run-folder.ts";
import { newRunId } from "./run-id.ts";

/** A run of the history that the next one may repeat. */
export interface Repeatable {
  readonly entry: Entry;
  readonly head: RunHead & { readonly mark: RepeatMark };
}

/**
 * The baseline of a family where the next run may repeat it: its newest run that was not interrupted, if that has a mark with this
 * world. Reads one folder's names and the head of one file.
 * @param world is asked for only where there is such a run: it takes the history's key, which would be made
 */
export function findRepeatable(
  archive: Archive,
  family: Family,
  world: () => string | null,
): Repeatable | null {
  const wanted = familyHash(family);
  const entry = listEntries(archive).find((each) => each.family === wanted && !each.interrupted);
  if (entry === undefined) return null;
  try {
    const { summary, mark } = readHeadOf(join(archive.runsFolder, entry.name, runFile));
    return mark === null || mark.world !== world() ? null : { entry, head: { summary, mark } };
  } catch {
    // Whoever reads it whole tells what is wrong with it.
    return null;
  }
}

/**
 * Puts a run into the history that repeats an earlier one in all but a few fields: the earlier one's files are linked, so that it
 * can be deleted as any other.
 * @returns its id; null where saving failed (noted in `failures`): it never throws
 */
export function saveRepeat(
  archive: Archive,
  { entry: earlier, head }: Repeatable,
  own: Omit<RepeatedFields, "id">,
): string | null {
  let scratch: string | null = null;
  try {
    scratch = makeScratchFolder(archive);
    const id = newRunId();
    const parts: Part[] = [];
    for (const { file } of earlier.parts) {
      const part = borrow(archive, scratch, earlier, file);
      // Copies have other names, which the run's file does not know.
      if (part?.file !== file) throw new Error(`${file} of the run before can't be linked`);
      parts.push(part);
    }
    if (!earlier.parts.some(({ file }) => file.startsWith("s"))) {
      const path = join(archive.runsFolder, earlier.name, runFile);
      const file = `s${newRunId()}`;
      linkSync(path, join(scratch, file));
      parts.push({ file, bytes: statSync(path).size });
    }
    const { startedAt, clockSeconds } = own;
    const summary = { ...head.summary, id, startedAt, clockSeconds };
    const content = encodeRepeat({ summary, mark: head.mark }, { id, ...own });
    writeFileSync(join(scratch, runFile), content, { mode: 0o600, flag: "wx" });
    const unnamed = {
      sequence: (listEntries(archive)[0]?.sequence ?? 0) + 1,
      module: earlier.module,
      family: earlier.family,
      id,
      interrupted: false,
      bytes: content.length,
      parts,
    };
    const entry = { ...unnamed, name: entryName(unnamed) };
    publish(archive, scratch, entry);
    cleanUp(archive, entry);
    return id;
  } catch (error) {
    if (scratch !== null) removeQuietly(scratch);
    fail(archive, "can't be written", error);
    return null;
  }
}
