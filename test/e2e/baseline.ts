import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { cacheFiles, takeAddedEntries } from "./cache-entries.ts";
import { copyTree, restoreTree, type Sandbox } from "./sandbox.ts";

/** Notes module, history and cache as they are, to come back to: files and times, at the same paths. */
export function noteState(sandbox: Sandbox): { restore(): void } {
  const copy = mkdtempSync(join(sandbox.root, "noted-"));
  copyTree(sandbox.module, join(copy, "module"));
  copyTree(sandbox.state, join(copy, "state"));
  const entries = cacheFiles(sandbox.cache);
  return {
    restore() {
      restoreTree(join(copy, "module"), sandbox.module);
      restoreTree(join(copy, "state"), sandbox.state);
      takeAddedEntries(sandbox.cache, entries);
    },
  };
}
