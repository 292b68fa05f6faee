import type { Run } from "../model/run.ts";

/** Paths of a run as people call them. */
export interface PathNames {
  /** Relative to the module's root where it lies below it (in a workspace to what holds all its modules), `$GOROOT/…`, else as it is. */
  shown(path: string): string;
  /** The folder of a package of the main modules; null for any other. */
  folderOf(importPath: string): string | null;
  /** True for what belongs to the main modules. */
  isOwn(path: string): boolean;
}

export function createPathNames(run: Run): PathNames {
  const roots = Object.entries(run.moduleRoots).sort((a, b) => b[0].length - a[0].length);
  const top = commonFolder(roots.map(([, root]) => root));
  return {
    shown(path) {
      if (top !== null && path === top) return ".";
      if (top !== null && path.startsWith(`${top}/`)) return path.slice(top.length + 1);
      if (run.goroot !== null && path.startsWith(`${run.goroot}/`))
        return `$GOROOT${path.slice(run.goroot.length)}`;
      return path;
    },
    folderOf(importPath) {
      for (const [module, root] of roots) {
        if (importPath === module) return root;
        if (importPath.startsWith(`${module}/`)) return `${root}${importPath.slice(module.length)}`;
      }
      return null;
    },
    isOwn: (path) => roots.some(([, root]) => path === root || path.startsWith(`${root}/`)),
  };
}

/** The innermost folder that holds all of them; null where there is none but the root. */
function commonFolder(folders: readonly string[]): string | null {
  const [first, ...others] = folders;
  let common = first ?? "";
  for (const folder of others) {
    while (common !== "" && folder !== common && !folder.startsWith(`${common}/`)) {
      common = common.slice(0, common.lastIndexOf("/"));
    }
  }
  return common === "" ? null : common;
}
