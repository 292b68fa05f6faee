import type { Run } from "../model/run.ts";
import type { Segment } from "../model/segments.ts";
import { textOf } from "../util/go-quote.ts";

/** Where a package's source came from in one run. */
export interface Place {
  readonly kind: "standard" | "main" | "modcache" | "vendor" | "replaced" | "generated";
  /** Module path; null for the standard library and where nothing names it. */
  readonly module: string | null;
  readonly version: string | null;
  /** Directory of the module (GOROOT for the standard library, GOMODCACHE's for a cached module), absolute. */
  readonly root: string | null;
  /** The package's directory, absolute; null where it is not known (-trimpath in a log without settings). */
  readonly directory: string | null;
}

/** Main modules and their directories, and the paths of all modules that a run names. */
export interface Modules {
  /** Main module path → directory; the directory is null where a log does not tell it. */
  readonly roots: ReadonlyMap<string, string | null>;
  readonly paths: readonly string[];
}

const cached = /^(.*?)[/\\]((?:[^/\\]+[/\\])*?[^/\\@]+(?:[/\\][^/\\@]+)*)@(v[^/\\]+)([/\\].*)?$/s;

/** Tells a package's place from its inputs (`dir`, `module`, `omitdebug … standard …`) and the run's settings. */
export function placeOf(
  name: string,
  inputs: ReadonlyMap<string, Segment>,
  run: Run,
  modules: Modules,
): Place {
  if (inputs.get("package kind")?.text.startsWith("standard true") === true) {
    const directory = run.goroot === null ? null : `${run.goroot}/src/${name}`;
    return { kind: "standard", module: null, version: null, root: run.goroot, directory };
  }
  const dir = inputs.get("dir")?.text;
  if (dir !== undefined) return placeOfDirectory(textOf(dir.slice(4, -1)), name, run, modules);
  const path = inputs.get("module path")?.text.slice("module ".length, -1);
  const version = inputs.get("module version")?.text.slice(0, -1) ?? "";
  if (path === undefined)
    return { kind: "generated", module: null, version: null, root: null, directory: null };
  if (modules.roots.has(path)) {
    const root = modules.roots.get(path) ?? null;
    return {
      kind: "main",
      module: path,
      version: null,
      root,
      directory: root === null ? null : root + name.slice(path.length),
    };
  }
  const root = run.gomodcache;
  const directory =
    root === null ? null : `${root}/${escapePath(path)}@${escapePath(version)}${name.slice(path.length)}`;
  return { kind: "modcache", module: path, version, root, directory };
}

function placeOfDirectory(directory: string, name: string, run: Run, modules: Modules): Place {
  const main = longestRoot(directory, modules);
  const inCache = run.gomodcache !== null && isBelow(directory, run.gomodcache);
  if (inCache || (main === null && /[/\\]pkg[/\\]mod[/\\]/.test(directory))) {
    const base = inCache
      ? (run.gomodcache ?? "")
      : (/^.*?[/\\]pkg[/\\]mod(?=[/\\])/.exec(directory)?.[0] ?? "");
    const found = cached.exec(directory.slice(base.length));
    if (found !== null) {
      const module = unescapePath(`${found[1] === "" ? "" : `${found[1]}/`}${found[2]}`.replace(/^\//, ""));
      return { kind: "modcache", module, version: unescapePath(found[3] ?? ""), root: base, directory };
    }
  }
  // A raw log does not tell GOMODCACHE: a folder named as Go names a module's is one.
  const unpacked = main === null && run.gomodcache === null ? moduleFolder(directory, name) : null;
  if (unpacked !== null) return { kind: "modcache", ...unpacked, directory };
  if (main !== null) {
    const [path, root] = main;
    if (directory.includes("/vendor/") && directory.endsWith(`/vendor/${name}`)) {
      return { kind: "vendor", module: longestModule(name, modules.paths), version: null, root, directory };
    }
    const belongs = name === path || name.startsWith(`${path}/`) || name === "command-line-arguments";
    if (belongs || longestModule(name, modules.paths) === null) {
      return { kind: "main", module: path, version: null, root, directory };
    }
    return {
      kind: "replaced",
      module: longestModule(name, modules.paths),
      version: null,
      root: directory,
      directory,
    };
  }
  for (const [path, root] of modules.roots) {
    const tail = name === path ? "" : name.startsWith(`${path}/`) ? name.slice(path.length) : null;
    const slashed = directory.replaceAll("\\", "/");
    if (root === null && tail !== null && slashed.endsWith(tail)) {
      return {
        kind: "main",
        module: path,
        version: null,
        root: directory.slice(0, directory.length - tail.length),
        directory,
      };
    }
  }
  return {
    kind: "replaced",
    module: longestModule(name, modules.paths),
    version: null,
    root: directory,
    directory,
  };
}

/** `…/github.com/!some/module@v1.2.3/below` for the package `github.com/Some/module/below`. */
function moduleFolder(
  directory: string,
  name: string,
): { module: string; version: string; root: string } | null {
  const slashed = directory.replaceAll("\\", "/");
  const found = /^(.*)@(v[^/]+)(\/.*)?$/s.exec(slashed);
  if (found === null) return null;
  const [, front = "", version = "", below = ""] = found;
  if (!name.endsWith(below)) return null;
  const module = name.slice(0, name.length - below.length);
  const tail = `/${escapePath(module)}`;
  if (module === "" || !front.endsWith(tail)) return null;
  return { module, version: unescapePath(version), root: directory.slice(0, front.length - tail.length) };
}

function longestRoot(directory: string, modules: Modules): readonly [string, string] | null {
  let best: readonly [string, string] | null = null;
  for (const [path, root] of modules.roots) {
    if (root !== null && isBelow(directory, root) && root.length > (best?.[1].length ?? -1))
      best = [path, root];
  }
  return best;
}

export function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`);
}

export function longestModule(name: string, paths: readonly string[]): string | null {
  let best: string | null = null;
  for (const path of paths) {
    if ((name === path || name.startsWith(`${path}/`)) && path.length > (best?.length ?? -1)) best = path;
  }
  return best;
}

/** `!x` stands for `X` in the module cache (golang.org/x/mod/module.EscapePath). */
export function escapePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}

function unescapePath(path: string): string {
  return path.replaceAll("\\", "/").replace(/!([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
