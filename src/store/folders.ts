import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Archive } from "./archive.ts";
import { errorCode } from "./archive.ts";
import { storeVersion } from "./frame.ts";
import { newRunId } from "./run-id.ts";

/** A scratch folder or file of this age was left by a writer that was killed. */
const staleMs = 3_600_000;

/**
 * A new private folder in the scratch folder; makes the history's folders (mode 0700) where they are missing.
 * @throws system errors
 */
export function makeScratchFolder(archive: Archive): string {
  const folder = join(archive.scratchFolder, newRunId());
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    makeFolders(archive);
    mkdirSync(folder, { mode: 0o700 });
  }
  return folder;
}

/**
 * Makes the history's folders, readable by nobody else, and deletes those of older versions.
 * @throws system errors
 */
export function makeFolders(archive: Archive): void {
  // What an older version kept may hold what this one would have hidden.
  for (let version = 1; version < storeVersion; version++) {
    rmSync(join(archive.directory, `v${version}`), { recursive: true, force: true });
  }
  // The scratch folder last: where it is, all is taken to be there, also after a process that was killed in between.
  mkdirSync(archive.runsFolder, { recursive: true, mode: 0o700 });
  mkdirSync(archive.scratchFolder, { recursive: true, mode: 0o700 });
  if ((statSync(archive.directory).mode & 0o077) !== 0) chmodSync(archive.directory, 0o700);
}

/** Deletes a run's folder so that nobody ever sees half of it. Somebody else may have done so: no error. */
export function deleteRunFolder(archive: Archive, name: string): void {
  const grave = join(archive.scratchFolder, newRunId());
  try {
    renameSync(join(archive.runsFolder, name), grave);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  try {
    rmSync(grave, { recursive: true, force: true });
  } catch {
    // Another process sweeps it at the same time, or the next one does.
  }
}

/** Deletes what killed writers left in the scratch folder; an entry of a living writer is younger than an hour. */
export function sweepScratch(archive: Archive): void {
  for (const name of readdirSync(archive.scratchFolder)) {
    const path = join(archive.scratchFolder, name);
    const { mtimeMs } = lstatSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    // The clock may have been set back since: then it lies in the future.
    if (Math.abs(Date.now() - mtimeMs) <= staleMs) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // As above.
    }
  }
}
