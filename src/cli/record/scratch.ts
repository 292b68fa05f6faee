import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Go stops before it builds anything where it can't write its action graph (some 1 kB a node), so there must be room. */
const neededBytes = 64 * 1024 * 1024;

const prefix = "gocache-why-";

/** No build takes longer: a directory of this age was left by a tool that was killed. */
const staleMs = 7 * 24 * 3_600_000;

/** A private directory for the time of a run: below the state folder, else below TMPDIR; null where neither can be had or has room. */
export function makeScratch(stateFolder: string): string | null {
  for (const base of [stateFolder, tmpdir()]) {
    try {
      if (base === stateFolder) mkdirSync(base, { recursive: true, mode: 0o700 });
      if (freeBytes(base) < neededBytes) continue;
      if (base === stateFolder) sweep(base);
      const directory = mkdtempSync(join(base, prefix));
      chmodSync(directory, 0o700);
      return directory;
    } catch {
      // The next place is tried.
    }
  }
  return null;
}

function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(base, name);
    const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > staleMs) removeScratch(path);
  }
}

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

export function removeScratch(directory: string | null): void {
  if (directory !== null) rmSync(directory, { recursive: true, force: true });
}
