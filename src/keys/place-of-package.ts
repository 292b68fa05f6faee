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
  let best: SourcePlace | null = null;
  let length = -1;
  const offer = (module: string, place: () => SourcePlace | null): void => {
    if ((path !== module && !path.startsWith(`${module}/`)) || module.length <= length) return;
    const found = place();
    if (found === null) return;
    best = found;
    length = module.length;
  };
  for (const [module, root] of Object.entries(values.moduleRoots)) {
    offer(module, () => ({
      kind: "main",
      module,
      version: "",
      directory: root + path.slice(module.length),
    }));
  }
  const root = Object.values(values.moduleRoots)[0] ?? "";
  for (const { path: module, version, replace } of values.modules?.list ?? []) {
    offer(module, () => {
      const tail = path.slice(module.length);
      if (values.modules?.vendored === true) {
        return { kind: "vendor", module, version, directory: `${root}/vendor/${path}` };
      }
      if (replace !== null && replace.version === "") {
        const base = resolvePath(root, replace.path);
        return { kind: "directory", module, version, directory: base + tail };
      }
      if (values.gomodcache === "") return null;
      const source = replace ?? { path: module, version };
      const base = `${values.gomodcache}/${escapePath(source.path)}@${escapePath(source.version)}`;
      return { kind: "cached", module, version, directory: base + tail };
    });
  }
  return best;
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
