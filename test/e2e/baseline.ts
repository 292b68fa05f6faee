import { rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFiles, takeAddedEntries } from "./cache-entries.ts";
import { copyTree, restoreTree, type Sandbox } from "./sandbox.ts";

/** Notes module, history and cache as they are, to come back to: files and times, at the same paths. */
export function noteState(sandbox: Sandbox): { restore(): void } {
  const copy = join(sandbox.root, "noted");
  rmSync(copy, { recursive: true, force: true });
  copyTree(sandbox.module, `${copy}-module`);
  copyTree(sandbox.state, `${copy}-state`);
  const entries = cacheFiles(sandbox.cache);
  return {
    restore() {
      restoreTree(`${copy}-module`, sandbox.module);
      restoreTree(`${copy}-state`, sandbox.state);
      takeAddedEntries(sandbox.cache, entries);
    },
  };
}
