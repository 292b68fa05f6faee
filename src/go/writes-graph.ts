import { spawnSync } from "node:child_process";
import { closeSync, openSync, readSync, rmSync, statSync } from "node:fs";

/**
 * Does a go command take `-debug-actiongraph` and write the file? Every go binary does. A script in its place (a version
 * manager's shim, a build system's wrapper, one that runs go in a container) is asked, by a command that builds nothing.
 * @param file where the answer may be written; deleted again
 */
export function writesGraph(path: string, env: Readonly<Record<string, string>>, file: string): boolean {
  if (!isScript(path)) return true;
  const words = ["build", "-n", `-debug-actiongraph=${file}`, "unsafe"];
  spawnSync(path, words, {
    env: { ...env, GOFLAGS: "", GO111MODULE: "off", GOWORK: "off" },
    stdio: "ignore",
    windowsHide: true,
  });
  const written = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
  rmSync(file, { force: true });
  return written;
}

function isScript(path: string): boolean {
  if (/\.(cmd|bat)$/i.test(path)) return true;
  try {
    const file = openSync(path, "r");
    try {
      const start = Buffer.alloc(2);
      readSync(file, start);
      return start.toString("latin1") === "#!";
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
