import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { ShortId } from "../../model/ids.ts";
import type { Run, SourceFile } from "../../model/run.ts";
import { shortHashOf } from "../record/before-state.ts";

/** The directory that holds all that a build of a module needs from the user's disk. */
export interface CheckoutSource {
  /** Absolute: of a git checkout its top, else what holds all main modules and the directories of `replace` lines. */
  readonly base: string;
  /** Main module → where it lies now. */
  readonly roots: Readonly<Record<string, string>>;
}

/**
 * @param present where the modules lie now, in the order in which they are tried
 * @param top of the git checkout; null where there is none, or none is needed
 */
export function checkoutSource(
  run: Run,
  present: readonly Readonly<Record<string, string>>[],
  top: (directory: string) => string | null,
): CheckoutSource | { readonly problem: string } {
  const roots: Record<string, string> = {};
  for (const module of Object.keys(run.moduleRoots)) {
    const root = present.map((each) => each[module]).find((each) => each !== undefined && existsSync(each));
    if (root === undefined) return { problem: `the checkout of ${module} is gone, and there is no other` };
    roots[module] = root;
  }
  const [first] = Object.values(roots);
  if (first === undefined) return { problem: "the run had no module" };
  const others = (run.modules?.list ?? []).flatMap(({ replace }) =>
    replace !== null && replace.version === "" && !replace.path.startsWith("/")
      ? resolve(first, replace.path)
      : [],
  );
  const places = [...Object.values(roots), ...others];
  const base = top(first) ?? commonFolder(places);
  if (dirname(base) === base || !places.every((place) => isBelow(place, base)))
    return { problem: "its modules lie too far apart to be copied" };
  return { base, roots };
}

/** Copies a tree with its times, without git's own folder; what is larger than the limit is not begun. @returns bytes */
export function copyTree(from: string, to: string, limit: number): number | { readonly problem: string } {
  const bytes = sizeOf(from, limit);
  if (bytes > limit) return { problem: `the checkout is larger than ${Math.round(limit / 1e9)} GB` };
  copyFolder(from, to);
  return bytes;
}

/**
 * Makes the copy what a run found: files with another content get the recorded one, those that it did not know go.
 * @param place the copy of each main module
 * @param other the other run: what only it had is taken away
 * @param textOf bytes of an earlier content; null where nobody has kept it
 */
export function writeState(
  run: Run,
  other: Run,
  place: Readonly<Record<string, string>>,
  textOf: (content: ShortId, path: string) => string | null,
): { readonly problem: string } | null {
  const placed = (file: SourceFile, from: Run): string | null => {
    for (const [module, root] of Object.entries(from.moduleRoots)) {
      const copy = place[module];
      if (copy !== undefined && isBelow(file.path, root)) return join(copy, relative(root, file.path));
    }
    return null;
  };
  const own = new Set<string>();
  for (const file of run.files) {
    const path = placed(file, run);
    if (path === null) continue;
    own.add(path);
    const is = existsSync(path) ? shortHashOf(readFileSync(path)) : null;
    if (is !== file.hash) {
      const text = textOf(file.hash, file.path);
      if (text === null)
        return { problem: `what was in ${relative(dirname(path), path)} then is kept nowhere` };
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, Buffer.from(text, "latin1"));
      utimesSync(path, file.mtimeMs / 1000, file.mtimeMs / 1000);
    }
  }
  for (const file of other.files) {
    const path = placed(file, other);
    if (path !== null && !own.has(path)) rmSync(path, { force: true });
  }
  return null;
}

function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name === ".git") continue;
    const source = join(from, entry.name);
    const copy = join(to, entry.name);
    if (entry.isDirectory()) copyFolder(source, copy);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), copy);
    else if (entry.isFile()) {
      copyFileSync(source, copy, constants.COPYFILE_FICLONE);
      const { atime, mtime } = lstatSync(source);
      chmodSync(copy, lstatSync(source).mode | 0o600);
      utimesSync(copy, atime, mtime);
    }
  }
  const { atime, mtime } = lstatSync(from);
  utimesSync(to, atime, mtime);
}

/** Stops counting above the limit. */
function sizeOf(folder: string, limit: number): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === ".git") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += sizeOf(path, limit - bytes);
    else if (entry.isFile()) bytes += lstatSync(path).size;
    if (bytes > limit) break;
  }
  return bytes;
}

function commonFolder(paths: readonly string[]): string {
  const [first = "/", ...others] = paths;
  let base = first;
  while (!others.every((path) => isBelow(path, base)) && dirname(base) !== base) base = dirname(base);
  return base;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
