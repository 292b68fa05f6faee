import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { plainEnvironment } from "./plain-environment.ts";
import { writeFiles } from "./write-files.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Absolute path of the command to test: built for these tests, so that no other build changes it meanwhile. */
    tool: string;
    /** A GOCACHE that holds what the modules of these tests import. */
    warmCache: string;
    /** Where sandboxes are made. */
    sandboxes: string;
  }
}

const repository = join(import.meta.dirname, "../..");

export default function setUp(project: TestProject): () => void {
  const root = mkdtempSync(join(tmpdir(), "gocache-why-e2e-"));
  project.provide("tool", buildTool(join(root, "tool")));
  // Named where the same tests are run again and again: filling it takes a minute.
  const kept = process.env.GOCACHE_WHY_WARM_CACHE;
  project.provide("warmCache", warmCache(kept ?? join(root, "warm")));
  project.provide("sandboxes", mkdirSync(join(root, "sandboxes"), { recursive: true }) ?? root);
  return () => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
}

function buildTool(to: string): string {
  const script = join(repository, "scripts/build.mjs");
  execFileSync(process.execPath, [script, "--out", join(to, "dist")], { stdio: "inherit" });
  cpSync(join(repository, "bin"), join(to, "bin"), { recursive: true });
  cpSync(join(repository, "package.json"), join(to, "package.json"));
  return join(to, "bin/gocache-why.js");
}

/** What takes the time of these tests is the standard library: it is compiled once, with and without cgo. */
function warmCache(root: string): string {
  const module = join(root, "m");
  const cache = join(root, "gocache");
  if (existsSync(join(root, "filled"))) return cache;
  for (const name of ["home", "tmp"]) mkdirSync(join(root, name), { recursive: true });
  writeFiles(module, {
    "go.mod": "module example.com/warm\n\ngo 1.24\n",
    "main.go":
      'package main\n\nimport (\n\t"fmt"\n\t"io"\n\t"os/signal"\n\t"time"\n)\n\nfunc main() {\n\tfmt.Println(io.EOF, time.Second)\n\tsignal.Reset()\n}\n',
    "main_test.go": 'package main\n\nimport "testing"\n\nfunc TestMain(*testing.T) {}\n',
    "c/c.go":
      'package c\n\n// int one(void) { return 1; }\nimport "C"\n\nfunc One() int { return int(C.one()) }\n',
  });
  const go = (args: readonly string[], more: Record<string, string>) =>
    execFileSync("go", args, {
      cwd: module,
      env: {
        ...plainEnvironment(),
        HOME: join(root, "home"),
        TMPDIR: join(root, "tmp"),
        GOCACHE: cache,
        ...more,
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
  go(["test", "."], {});
  go(["vet", "."], {});
  go(["build", "./..."], { CGO_ENABLED: "1" });
  go(["build", "-o", join(root, "bin"), "runtime"], { GOAMD64: "v3" });
  // No trim, of which other tests would see entries go.
  writeFileSync(join(cache, "trim.txt"), String(Math.floor(Date.now() / 1000)));
  writeFileSync(join(root, "filled"), "");
  return cache;
}
