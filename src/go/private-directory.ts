import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A directory for the files of one run. */
export interface PrivateDirectory {
  /** Absolute where `parent` is. */
  readonly path: string;
  /** Deletes it with all that is in it. Never throws: what can't be deleted stays. */
  remove(): void;
}

/**
 * Makes a new directory that only the user can enter (0700), below one that is made as well (0700) where it is missing.
 * @throws the error of the file system where it can't be made
 */
export function makePrivateDirectory(parent: string): PrivateDirectory {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const path = mkdtempSync(join(parent, "run-"));
  return {
    path,
    remove() {
      try {
        rmSync(path, { recursive: true, force: true });
      } catch {
        // Nothing that a build should suffer from.
      }
    },
  };
}
