import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { findCheckout } from "./git-head.ts";

/** A git that takes longer waits for something. */
const patienceMs = 10_000;

export interface ChangedPath {
  /** Absolute. */
  readonly path: string;
  readonly change: "edited" | "added" | "removed";
}

/** The time and the commit of a run. */
export interface Moment {
  /** RFC 3339; null where unknown. */
  readonly startedAt: string | null;
  readonly head: string | null;
}

/**
 * Files that git says changed between two runs in a checkout: those in which the two commits differ, and those that are not
 * committed and were written between the two starts. Renames are a removal and an addition.
 * @returns [] outside a checkout, and for what git fails to tell
 */
export async function readChangedFiles(
  directory: string,
  before: Moment,
  now: Moment,
  env: Readonly<Record<string, string>>,
): Promise<readonly ChangedPath[]> {
  const checkout = findCheckout(directory);
  if (checkout === null) return [];
  const git = (...words: string[]): Promise<readonly string[]> =>
    new Promise((done) => {
      execFile(
        "git",
        words,
        { cwd: checkout, env, maxBuffer: 1 << 26, timeout: patienceMs, windowsHide: true },
        (error, stdout) => done(error === null ? stdout.split("\0").slice(0, -1) : []),
      );
    });
  const differ = before.head !== null && now.head !== null && before.head !== now.head;
  const [committed, status] = await Promise.all([
    differ ? git("diff", "--no-renames", "--name-status", "-z", before.head ?? "", now.head ?? "") : [],
    git("--no-optional-locks", "status", "--porcelain", "--no-renames", "-z", "--untracked-files=all"),
  ]);
  const found = new Map<string, ChangedPath["change"]>();
  for (let at = 0; at + 1 < committed.length; at += 2) {
    const change = committed[at] === "A" ? "added" : committed[at] === "D" ? "removed" : "edited";
    found.set(committed[at + 1] ?? "", change);
  }
  for (const line of status) {
    const name = line.slice(3);
    if (!found.has(name) && wasWrittenBetween(resolve(checkout, name), before, now))
      found.set(name, line.startsWith("??") ? "added" : "edited");
  }
  return [...found].map(([name, change]) => ({ path: resolve(checkout, name), change }));
}

function wasWrittenBetween(path: string, before: Moment, now: Moment): boolean {
  if (before.startedAt === null || now.startedAt === null) return false;
  const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return (
    written !== undefined && written > Date.parse(before.startedAt) && written <= Date.parse(now.startedAt)
  );
}
