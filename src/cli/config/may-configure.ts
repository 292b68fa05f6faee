import { readFileSync } from "node:fs";
import { findConfig } from "./find-config.ts";

/**
 * False where no configuration file that applies in a directory can set one of these members: a warm run looks no further. A few stat
 * calls where there is no such file.
 * @param directory absolute
 * @param members names at the top level
 */
export function mayConfigure(directory: string, ...members: readonly string[]): boolean {
  const path = findConfig(directory);
  if (path === null) return false;
  try {
    const text = readFileSync(path, "utf8");
    return members.some((member) => text.includes(`"${member}"`));
  } catch {
    // Whoever reads it says why it can't be read.
    return true;
  }
}
