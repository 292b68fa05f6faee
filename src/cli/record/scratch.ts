import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statfsSync,
  watch,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Go stops before it builds anything where it can't write its action graph (some 1 kB a node), so there must be room. */
const neededBytes = 64 * 1024 * 1024;

const prefix = "gocache-why-";

/** `gocache-why-<world>-<process>-<random>`: other tools may use our prefix in TMPDIR. */
const form = /^gocache-why-([0-9a-f]{8})-(\d+)-\w{6}$/;

/** No build takes longer: a directory of this age was left by a tool that was killed, wherever that ran. */
const staleMs = 7 * 24 * 3_600_000;

/**
 * A private directory for the time of a run: below the state folder, else below TMPDIR; null where neither can be had or has
 * room. Go writes its action graph there, with the command lines as they are. Its name has the process that it belongs
 * to: what a killed tool left, with the secrets in it, the next run of anybody with the same folder takes away.
 */
export function makeScratch(stateFolder: string): string | null {
  for (const base of [stateFolder, tmpdir()]) {
    try {
      if (base === stateFolder) mkdirSync(base, { recursive: true, mode: 0o700 });
      sweep(base);
      if (freeBytes(base) < neededBytes) continue;
      const directory = mkdtempSync(join(base, `${prefix}${processes()}-${process.pid}-`));
      chmodSync(directory, 0o700);
      return directory;
    } catch {
      // The next place is tried.
    }
  }
  return null;
}

/**
 * Makes the directory anew where somebody deletes it while go runs, as with the whole state folder: go could not write its action graph at
 * its end, and would give status 1 for a build that was right.
 * @returns what ends that
 */
export function keepScratch(directory: string | null): () => void {
  if (directory === null) return () => {};
  let isOver = false;
  let close = () => {};
  const later = (looks: number) => setTimeout(() => check(looks), settleMs).unref();
  const look = () => {
    try {
      const watcher = watch(directory, { persistent: false }, () => later(0));
      watcher.on("error", () => {});
      close = () => watcher.close();
    } catch {
      // The system gives out no more watchers: then it is not kept.
    }
  };
  const check = (looks: number) => {
    if (isOver || existsSync(directory)) return;
    // Whoever deletes the whole tree may be at work still, and is not to come upon a new folder in it.
    if (looks < mostLooks && existsSync(dirname(directory))) {
      later(looks + 1);
      return;
    }
    close();
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      look();
    } catch {
      // It may not be made there any more.
    }
  };
  look();
  return () => {
    isOver = true;
    close();
  };
}

const settleMs = 20;
const mostLooks = 10;

/** Takes away what is ours and belongs to no living process. What can't be told or taken is left. */
function sweep(base: string): void {
  for (const name of readdirSync(base)) {
    if (!form.test(name)) continue;
    const path = join(base, name);
    try {
      const status = lstatSync(path);
      if (!status.isDirectory() || status.uid !== process.getuid?.()) continue;
      if (isLeft(name) || Date.now() - status.mtimeMs > staleMs) removeScratch(path);
    } catch {
      // Somebody else sweeps at the same time.
    }
  }
}

/** True where the directory's process was one of ours to see, and is gone. */
function isLeft(name: string): boolean {
  const [, world, pid] = form.exec(name) ?? [];
  if (pid === undefined || world !== processes()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** What stands for the processes that can be seen from here: a container that shares the folder has others. */
function processes(): string {
  let world = hostname();
  try {
    world += readlinkSync("/proc/self/ns/pid");
  } catch {
    // No Linux: then all processes of the host.
  }
  return shortSum(world);
}

/** FNV-1a, 8 hex digits: `node:crypto` costs 4 ms before go is started. */
function shortSum(text: string): string {
  let sum = 0x811c9dc5;
  for (const byte of Buffer.from(text)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, "0");
}

export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

export function removeScratch(directory: string | null): void {
  if (directory !== null) {
    // A process that was ended just now may have made another file.
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
