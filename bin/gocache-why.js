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
  keepCompiledCode();
  const { main } = require("../dist/main.cjs");
  process.exitCode = await main(process);
}

// Node 22.8 and later can keep the compiled code from one start to the next. Its own place for that is TMPDIR, where
// nothing may be left; the history's folder is made by the history, which sets its mode.
function keepCompiledCode() {
  const { enableCompileCache } = process.getBuiltinModule("node:module");
  if (!enableCompileCache || process.env.NODE_COMPILE_CACHE) return;
  const { isAbsolute, join } = process.getBuiltinModule("node:path");
  const { XDG_STATE_HOME: state, HOME: home } = process.env;
  const base = state && isAbsolute(state) ? state : home && join(home, ".local", "state");
  const history = base && join(base, "gocache-why");
  if (history && process.getBuiltinModule("node:fs").existsSync(history))
    enableCompileCache(join(history, "code"));
}
