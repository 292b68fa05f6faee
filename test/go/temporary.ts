import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

/** A directory that is deleted after the test file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "gocache-why-test-"));
  afterAll(() => {
    // Modules of a module cache are read-only.
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  });
  return directory;
}

export function writeFiles(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** The environment for go in tests: an own cache, and nothing of the machine's settings. */
export function goEnvironment(
  directory: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "TMPDIR", "GOMODCACHE", "GOPATH"]) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return { ...env, GOCACHE: join(directory, "gocache"), GOENV: "off", GOFLAGS: "", GOWORK: "", ...more };
}

export function go(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): string {
  return execFileSync("go", args, {
    cwd,
    env: { ...env, PWD: cwd },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}
