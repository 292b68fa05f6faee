import { rmSync } from "node:fs";
import { join } from "node:path";
import { subkeyOf } from "../model/ids.ts";
import type { Block } from "../model/run.ts";

/**
 * Takes away what a replay of `go test -n` has stored: under -n the file of a test main is not written, so that go makes a key
 * that no build ever has, and keeps the list of that main's files under it (work/exec.go cacheSrcFiles, 15 bytes, Go 1.22–1.26).
 * The output that the entry names is the same for all test mains, and stays.
 * @param blocks of the replay's log
 */
export function removeReplayTraces(gocache: string, blocks: Iterable<Block>): void {
  for (const { name, lines, digest } of blocks) {
    if (!name.endsWith(".test") || !name.startsWith("build ") || !lines.includes(unwritten)) continue;
    const key = subkeyOf(digest, "srcfiles");
    try {
      rmSync(join(gocache, key.slice(0, 2), `${key}-a`), { force: true });
    } catch {
      // A cache that can't be written has kept nothing either.
    }
  }
}

const unwritten = "file _testmain.go \n";
