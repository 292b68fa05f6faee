import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "./write-files.ts";

/** Writes a shell script, and gives its path. */
export function makeExecutable(directory: string, name: string, script: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${script}`);
  chmodSync(path, 0o755);
  return path;
}

/**
 * A `go` in a folder of its own, to be put in front of PATH.
 * @param script what it does; `$GO` is the real go command
 * @returns the PATH
 */
export function pathWithGo(root: string, folder: string, script: string): string {
  const real = execFileSync("sh", ["-c", "command -v go"], { encoding: "utf8" }).trim();
  writeFiles(root, { [`${folder}/.keep`]: "" });
  makeExecutable(join(root, folder), "go", `GO="${real}"\n${script}`);
  return `${join(root, folder)}:${process.env.PATH}`;
}
