import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { openCache } from "../../go/cache.ts";
import { readModules } from "../../go/modules.ts";
import type { GoCommand } from "../../model/go-command.ts";
import type { ShortId } from "../../model/ids.ts";
import type { CacheState, Run, SourceFile } from "../../model/run.ts";

/** Where go will run and which main modules apply, read from the files without asking go. */
export interface Ground {
  /** Absolute, as go spells it: PWD where it names the same directory. */
  readonly directory: string;
  readonly gomod: string | null;
  readonly gowork: string | null;
  readonly modules: Readonly<Record<string, string>>;
  /** Paths of the main modules, joined by `,`; null outside a module. */
  readonly module: string | null;
}

export function groundOf(cwd: string, chdir: string | null, env: Readonly<Record<string, string>>): Ground {
  const directory = chdir === null ? cwd : resolve(cwd, chdir);
  const gomod = env.GO111MODULE === "off" ? null : findUpwards("go.mod", directory);
  const gowork =
    env.GOWORK === "off" ? null : env.GOWORK ? resolve(env.GOWORK) : findUpwards("go.work", directory);
  const modules = readModules(gomod, gowork);
  const paths = Object.keys(modules);
  return { directory, gomod, gowork, modules, module: paths.length === 0 ? null : paths.join(",") };
}

function findUpwards(name: string, from: string): string | null {
  for (let directory = from; ; directory = dirname(directory)) {
    const path = join(directory, name);
    if (existsSync(path)) return path;
    if (dirname(directory) === directory) return null;
  }
}

/**
 * Package patterns as the family knows them: from the root of the module (of the workspace: from its folder), sorted.
 * `./…` in a subfolder and the same packages named from the root are one family.
 */
export function familyPatterns(command: GoCommand, ground: Ground): readonly string[] {
  const root =
    ground.gowork !== null ? dirname(ground.gowork) : ground.gomod === null ? null : dirname(ground.gomod);
  const words = command.packages.length === 0 ? ["."] : command.packages;
  const patterns = words.map((word) => {
    const isPath =
      word === "." || word === ".." || /^\.\.?\//.test(word) || word.startsWith("/") || word.endsWith(".go");
    if (!isPath) return withoutModule(word, Object.keys(ground.modules));
    const path = resolve(ground.directory, word);
    if (root === null) return path;
    if (path === root) return ".";
    return path.startsWith(`${root}/`) ? `./${path.slice(root.length + 1)}` : path;
  });
  return [...new Set(patterns)].sort();
}

function withoutModule(word: string, modules: readonly string[]): string {
  if (modules.length !== 1) return word;
  const [module = ""] = modules;
  if (word === module) return ".";
  return word.startsWith(`${module}/`) ? `./${word.slice(module.length + 1)}` : word;
}

/** Notes what the run may change: the cache's trim time, the build IDs of output files, known source files. */
export function noteBefore(
  baseline: Run | null,
  gocache: string,
  targets: readonly string[],
): { cache: CacheState; files: readonly SourceFile[] } {
  const known = baseline?.actions.flatMap((action) => (action.target === null ? [] : [action.target])) ?? [];
  const cache = openCache(gocache).state([...new Set([...known, ...targets])]);
  return { cache, files: (baseline?.files ?? []).flatMap((file) => noteFile(file) ?? []) };
}

/** A file as it is now; its content is read only where size or time are not what they were. */
export function noteFile(file: Pick<SourceFile, "path"> & Partial<SourceFile>): SourceFile | null {
  const stat = statSync(file.path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return null;
  const { size, mtimeMs } = stat;
  if (file.hash !== undefined && file.size === size && file.mtimeMs === mtimeMs) {
    return { path: file.path, size, mtimeMs, hash: file.hash };
  }
  try {
    return { path: file.path, size, mtimeMs, hash: shortHashOf(readFileSync(file.path)) };
  } catch {
    return null;
  }
}

export function shortHashOf(content: Uint8Array): ShortId {
  return createHash("sha256").update(content).digest().subarray(0, 15).toString("base64url") as ShortId;
}

/** The cache that go will use, as far as it can be told without asking go. */
export function likelyGocache(env: Readonly<Record<string, string>>, baseline: Run | null): string {
  if (env.GOCACHE) return env.GOCACHE;
  if (baseline?.gocache) return baseline.gocache;
  const base = env.XDG_CACHE_HOME || join(env.HOME ?? "/", ".cache");
  return join(base, "go-build");
}
