import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A private directory for the time of a run: below the state folder, else below TMPDIR; null where neither can be had. */
export function makeScratch(stateFolder: string): string | null {
  for (const base of [stateFolder, tmpdir()]) {
    try {
      if (base === stateFolder) mkdirSync(base, { recursive: true, mode: 0o700 });
      const directory = mkdtempSync(join(base, "gocache-why-"));
      chmodSync(directory, 0o700);
      return directory;
    } catch {
      // The next place is tried.
    }
  }
  return null;
}

export function removeScratch(directory: string | null): void {
  if (directory !== null) rmSync(directory, { recursive: true, force: true });
}
