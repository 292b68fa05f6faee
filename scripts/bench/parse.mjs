// Parses and rehashes one log with the library in dist, reports speed and memory as JSON.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { createBlockCollector, createLogParser } from "../../dist/index.js";

const file = process.argv[2] ?? "";
const collector = createBlockCollector();
const parser = createLogParser((event) => collector.take(event));
const descriptor = openSync(file, "r");
let most = 0;
const start = process.hrtime.bigint();
const buffer = Buffer.allocUnsafe(1 << 16);
for (let count = 0; ; count++) {
  const length = readSync(descriptor, buffer, 0, buffer.length, null);
  if (length === 0) break;
  parser.push(buffer.subarray(0, length));
  if (count % 64 === 0) most = Math.max(most, process.memoryUsage.rss());
}
parser.end();
const found = collector.finish();
closeSync(descriptor);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
most = Math.max(most, process.memoryUsage.rss());
console.log(
  JSON.stringify({
    megabytesPerSecond: statSync(file).size / 1e6 / seconds,
    megabytes: most / 1e6,
    blocks: found.blocks.size,
    problems: found.problems.length,
  }),
);
