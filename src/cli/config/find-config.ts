import { statSync } from "node:fs";
import { dirname, join } from "node:path";

export const configName = ".gocache-why.json";

/**
 * The configuration file that applies in a directory: the nearest one upwards to the repository's root (the folder that has
 * `.git`) or, outside a repository, to the file system's. Two stat calls a folder: a warm run has no time for more.
 * @param directory absolute
 * @returns its path, or null
 */
export function findConfig(directory: string): string | null {
  let folder = directory;
  for (;;) {
    const path = join(folder, configName);
    if (exists(path)) return path;
    const above = dirname(folder);
    if (above === folder || exists(join(folder, ".git"))) return null;
    folder = above;
  }
}

/** False also where it can't be told. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
