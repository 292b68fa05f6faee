import { constants, copyFileSync, linkSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Archive, errorCode, fail, listEntries } from "./archive.ts";
import type { Entry, Part } from "./entry.ts";
import { deleteRunFolder, makeFolders, sweepScratch } from "./folders.ts";
import { chooseEvictions } from "./retention.ts";
import { newRunId } from "./run-id.ts";

/** Links a part of an earlier run into the new one's folder; null where it is gone, cut or was found damaged. */
export function borrow(archive: Archive, scratch: string, from: Entry, file: string): Part | null {
  const path = join(archive.runsFolder, from.name, file);
  const bytes = from.parts.find((part) => part.file === file)?.bytes ?? -1;
  if (archive.packs.get(file) === null) return null;
  if (statSync(path, { throwIfNoEntry: false })?.size !== bytes) return null;
  try {
    linkSync(path, join(scratch, file));
    return { file, bytes };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    return copyPart(scratch, path, file.charAt(0), bytes);
  }
}

/** Where the file system has no hard links, a run gets a copy; under a new name, since it takes room of its own. */
function copyPart(scratch: string, path: string, kind: string, bytes: number): Part {
  const file = `${kind}${newRunId()}`;
  copyFileSync(path, join(scratch, file), constants.COPYFILE_EXCL);
  return { file, bytes };
}

/**
 * Puts a run's finished folder into its place, where it appears whole.
 * @throws system errors
 */
export function publish(archive: Archive, scratch: string, { name }: Entry): void {
  const place = join(archive.runsFolder, name);
  try {
    renameSync(scratch, place);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    // Somebody deleted the runs and left the folder beside them.
    makeFolders(archive);
    renameSync(scratch, place);
  }
}

/** What fails here costs room, never the run that was just saved. */
export function cleanUp(archive: Archive, saved: Entry): void {
  try {
    for (const { name } of chooseEvictions(listEntries(archive), archive.limits, saved.id)) {
      deleteRunFolder(archive, name);
    }
    sweepScratch(archive);
  } catch (error) {
    fail(archive, "can't be cleaned up", error);
  }
}

export function removeQuietly(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // The next run sweeps it.
  }
}
