#!/usr/bin/env node
// No static imports and no recent syntax: either would fail on an old Node before the check says what is wrong.
const needed = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);

if (major > needed[0] || (major === needed[0] && minor >= needed[1])) {
  start();
} else {
  process.stderr.write(
    `gocache-why: needs Node ${needed.join(".")} or later; this is Node ${process.versions.node}\n`,
  );
  process.exitCode = 125;
}

async function start() {
  const nodeModule = process.getBuiltinModule("node:module");
  // Node 22.8 and later keep the compiled code from one start to the next.
  if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();
  const { main } = await import("../dist/main.js");
  process.exitCode = await main(process);
}
