import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readLog } from "../../src/model/read-log.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";

/** A run of the demo: `price` was edited between the two; `cart` and `cmd/shop` follow. */
export function demoRun(name: "before" | "now"): Promise<RunWithBlocks> {
  const log = readFileSync(join(import.meta.dirname, `../../testdata/demo/${name}.log`));
  return readLog([log], { name: `${name}.log` });
}
