import type { ModuleFact } from "../model/run.ts";
import type { OutsideValues } from "./outside-values.ts";

/** Where a package lay in one run, from module files and settings alone. */
export interface SourcePlace {
  readonly kind: "standard" | "main" | "cached" | "directory" | "vendor";
  readonly module: string | null;
  readonly version: string;
  /** Absolute directory of the package. */
  readonly directory: string;
}

export function placeOfPackage(name: string, isStandard: boolean, values: OutsideValues): SourcePlace | null {
  const path = name.replace(/_test$/, "");
  if (isStandard) {
    return { kind: "standard", module: null, version: "", directory: `${values.goroot}/src/${path}` };
  }
  const index = modulesOf(values);
  for (const module of prefixesOf(path)) {
    const root = values.moduleRoots[module];
    const tail = path.slice(module.length);
    if (root !== undefined) return { kind: "main", module, version: "", directory: root + tail };
    const fact = index.get(module);
    const found = fact === undefined ? null : placeInModule(path, fact, values);
    if (found !== null) return found;
  }
  return null;
}

function placeInModule(path: string, fact: ModuleFact, values: OutsideValues): SourcePlace | null {
  const { path: module, version, replace } = fact;
  const root = Object.values(values.moduleRoots)[0] ?? "";
  const tail = path.slice(module.length);
  if (values.modules?.vendored === true) {
    return { kind: "vendor", module, version, directory: `${root}/vendor/${path}` };
  }
  if (replace !== null && replace.version === "") {
    return { kind: "directory", module, version, directory: resolvePath(root, replace.path) + tail };
  }
  if (values.gomodcache === "") return null;
  const source = replace ?? { path: module, version };
  const base = `${values.gomodcache}/${escapePath(source.path)}@${escapePath(source.version)}`;
  return { kind: "cached", module, version, directory: base + tail };
}

const indexes = new WeakMap<OutsideValues, ReadonlyMap<string, ModuleFact>>();

function modulesOf(values: OutsideValues): ReadonlyMap<string, ModuleFact> {
  const known = indexes.get(values);
  if (known !== undefined) return known;
  const fresh = new Map((values.modules?.list ?? []).map((fact) => [fact.path, fact]));
  indexes.set(values, fresh);
  return fresh;
}

/** An import path and all above it, the longest first: `a/b/c`, `a/b`, `a`. */
export function prefixesOf(path: string): readonly string[] {
  const found = [path];
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
    found.push(path.slice(0, at));
  return found;
}

function resolvePath(root: string, path: string): string {
  if (path.startsWith("/")) return path.replace(/\/$/, "");
  const parts = root.split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** `!x` stands for `X` in the module cache (golang.org/x/mod/module.EscapePath). */
export function escapePath(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`);
}
