import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * The commit that is checked out where a directory lies, from git's files alone (no process: `git` costs 5 ms and may
 * refuse the owner). Knows linked worktrees, submodules, packed refs and a detached head.
 * @returns 40 or 64 hex digits; null without a repository, without a commit, or with the reftable format
 */
export function readHead(directory: string): string | null {
  const gitDirectory = findGitDirectory(directory);
  if (gitDirectory === null) return null;
  const common = readText(join(gitDirectory, "commondir"))?.trim();
  const places = [gitDirectory, ...(common === undefined ? [] : [resolve(gitDirectory, common)])];
  let text = readText(join(gitDirectory, "HEAD"))?.trim();
  // A ref may point to a ref; git follows five.
  for (let depth = 0; depth < 5 && text !== undefined; depth++) {
    if (isCommit(text)) return text;
    const ref = /^ref:\s*(\S.*)$/.exec(text)?.[1];
    if (ref === undefined || ref.split("/").includes("..")) return null;
    text = firstOf(places, (place) => readText(join(place, ref))?.trim() ?? packedRef(place, ref));
  }
  return null;
}

/** The checkout (a repository's, a linked worktree's, a submodule's) in which a directory lies, there or not; null for none. */
export function findCheckout(directory: string): string | null {
  for (let at = resolve(directory); ; at = dirname(at)) {
    if (statSync(join(at, ".git"), { throwIfNoEntry: false }) !== undefined) return at;
    if (dirname(at) === at) return null;
  }
}

function findGitDirectory(directory: string): string | null {
  const checkout = findCheckout(directory);
  if (checkout === null) return null;
  const dotGit = join(checkout, ".git");
  if (statSync(dotGit, { throwIfNoEntry: false })?.isDirectory()) return dotGit;
  const target = /^gitdir:\s*(.+?)\s*$/m.exec(readText(dotGit) ?? "")?.[1];
  return target === undefined ? null : resolve(checkout, target);
}

function packedRef(gitDirectory: string, ref: string): string | undefined {
  const line = readText(join(gitDirectory, "packed-refs"))
    ?.split("\n")
    .find((other) => other.endsWith(` ${ref}`));
  return line?.slice(0, -ref.length - 1);
}

function isCommit(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function firstOf<T, R>(list: readonly T[], of: (item: T) => R | undefined): R | undefined {
  for (const item of list) {
    const result = of(item);
    if (result !== undefined) return result;
  }
  return undefined;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
