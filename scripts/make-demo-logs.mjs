// Records testdata/demo: two logs of real go commands, for `npm run demo` on a machine without Go.
// Go's own lines, less the moduleIndex blocks, which explain nothing.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { editModule, writeModule } from "./demo/module.mjs";

// The directory is in the keys, so it is the same on every machine.
const root = "/tmp/gocache-why-demo-logs";
const target = join(import.meta.dirname, "../testdata/demo");

/** @param {string} name */
function record(name) {
  const env = {
    ...process.env,
    GODEBUG: "gocachehash=1",
    GOCACHE: join(root, "cache"),
    GOFLAGS: "-buildvcs=false",
    GOENV: "off",
    PWD: join(root, "shop"),
  };
  const result = spawnSync("go", ["build", "-x", "-o", "bin/", "./..."], {
    cwd: join(root, "shop"),
    env,
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) throw new Error(`go build: ${result.stderr}`);
  const lines = result.stderr.toString("latin1").split(/(?<=\n)/);
  const kept = lines.filter(
    (line) =>
      (line.startsWith("HASH") && !/^HASH(\[moduleIndex\]| \/)/.test(line)) || line.includes("-buildid"),
  );
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, name), Buffer.from(`WORK=/tmp/go-build\n${kept.join("")}`, "latin1"));
}

rmSync(root, { recursive: true, force: true });
writeModule(join(root, "shop"));
record("before.log");
editModule(join(root, "shop"));
record("now.log");
rmSync(root, { recursive: true, force: true });
