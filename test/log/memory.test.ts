import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../go/temporary.ts";

/** Reads a log of 60 MB with few distinct lines, as a long build prints them, and tells the heap that is left. */
const program = `
import { createHash } from "node:crypto";
import { createBlockCollector } from "SRC/log/collect-blocks.ts";
import { createLogParser } from "SRC/log/parse-log.ts";

const collector = createBlockCollector();
const parser = createLogParser((event) => collector.take(event));
const heap = () => {
  globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const start = heap();
const filler = Array.from({ length: 1000 }, (_, at) => "HASH /usr/lib/go/src/some/long/file/name" + at + ".go: " + "0".repeat(64)).join("\\n") + "\\n";
let bytes = 0;
let chunks = 0;
for (; bytes < 60 * 2 ** 20; chunks++) {
  const name = "build example.com/module/package/number" + chunks;
  const lines = ["go1.26.8", "compile\\n", "dir /src/module/package/number" + chunks + "\\n"];
  const sum = createHash("sha256").update(lines.join("")).digest("hex");
  const log =
    filler +
    "HASH[" + name + "]\\n" +
    lines.map((line) => "HASH[" + name + "]: " + JSON.stringify(line) + "\\n").join("") +
    "HASH[" + name + "]: " + sum + "\\n" +
    "HASH subkey " + sum + ' "_cgo_gotypes_and_more.go" = ' + sum + "\\n" +
    "compile -o $WORK/b1/_pkg_.a -p x -buildid " + sum.slice(0, 20) + "/" + sum.slice(0, 20) + " x\\n";
  const chunk = Buffer.from(log);
  bytes += chunk.length;
  parser.push(chunk);
}
const end = heap();
parser.end();
const found = collector.finish();
console.log(JSON.stringify({ start, end, chunks, blocks: found.blocks.size, problems: found.problems.length, commands: found.commands.size }));
`;

it("what is kept of a long log does not keep the log", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "read.mjs");
  await build({
    stdin: {
      contents: program.replaceAll("SRC", join(import.meta.dirname, "../../src")),
      resolveDir: import.meta.dirname,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: file,
  });
  const { stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", file], { encoding: "utf8" });
  expect(stderr).toBe("");
  const found = JSON.parse(stdout);
  expect(found.blocks).toBe(found.chunks);
  expect(found.commands).toBe(found.chunks);
  expect(found.problems).toBe(0);
  // Some hundred small blocks; the log itself would be sixty.
  expect(found.end - found.start).toBeLessThan(10);
});
