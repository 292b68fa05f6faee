import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Doctor } from "../../src/report/doctor.ts";
import { closedValidator } from "../report/schema.ts";
import { cacheFiles } from "./cache-entries.ts";
import { makeSandbox, type RunOptions, recordedRuns, type Sandbox, tool } from "./sandbox.ts";
import type { Files } from "./write-files.ts";

const testOf = (name: string, body: string): string =>
  `package ${name}\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc Test(t *testing.T) {\n\t${body}\n}\n`;

const pure = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
  "lib/lib_test.go": 'package lib\n\nimport "testing"\n\nfunc Test(t *testing.T) { t.Log(Name()) }\n',
};

const faulty = {
  ...pure,
  "temp/temp_test.go": testOf("temp", "t.Log(len(os.TempDir()))"),
  "file/file_test.go": testOf("file", 't.Log(os.ReadFile("testdata/in.txt"))'),
  "file/testdata/in.txt": "in\n",
  "writes/writes_test.go": testOf(
    "writes",
    'os.WriteFile("out.txt", []byte("x"), 0o644)\n\tt.Log(os.ReadFile("out.txt"))',
  ),
};

const anHourAgo = new Date(Date.now() - 3_600_000);

function sandboxOf(files: Files): Sandbox {
  const sandbox = makeSandbox(files);
  for (const name of Object.keys(files)) utimesSync(join(sandbox.module, name), anHourAgo, anHourAgo);
  return sandbox;
}

function examine(sandbox: Sandbox, words: readonly string[], options: RunOptions = {}): Doctor {
  const { stdout, stderr, status } = tool(sandbox, ["doctor", "--format", "json", ...words], options);
  expect([status, stderr]).toEqual([0, ""]);
  const told = JSON.parse(stdout) as Doctor;
  const validate = closedValidator("doctor");
  expect(validate(told), JSON.stringify(validate.errors)).toBe(true);
  return told;
}

function isTmpfs(folder: string): boolean {
  try {
    return statfsSync(folder).type === 0x01021994;
  } catch {
    return false;
  }
}

/** Every file of a folder with its size and time. */
function stateOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => {
      const { size, mtimeMs, mode } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs} ${mode}`;
    })
    .sort();
}

test("what each state costs is found, and nothing of the user's is touched", { timeout: 400_000 }, () => {
  const sandbox = sandboxOf(faulty);
  const before = [stateOf(sandbox.module), [...cacheFiles(sandbox.cache)].sort()];
  const told = examine(sandbox, ["--experiment"]);
  expect(told.experiment).toMatchObject({ command: "go test ./...", problem: null });
  const counts = told.experiment?.states.map((state) => [state.name, state.missed] as const);
  const missed = new Map(counts);
  expect([...missed.keys()]).toEqual([
    "the same again",
    "another checkout path",
    "another HOME and TMPDIR",
    "another user",
    "the times of a fresh clone",
  ]);
  const found = new Map(told.findings.map((finding) => [finding.code, finding]));
  // A file that its test writes: each time.
  expect(found.get("experiment-not-repeatable")).toMatchObject({ severity: "error", file: "writes/out.txt" });
  expect(found.get("experiment-not-repeatable")?.fix).toContain("t.TempDir()");
  expect(found.get("experiment-checkout-path")?.message).toContain("moved");
  expect(found.get("experiment-home")?.message).toContain("TMPDIR changed");
  expect(found.get("experiment-fresh-clone")?.message).toContain("only its time changed");
  expect(found.get("experiment-other-user")?.message).toContain("permissions changed");
  // What misses each time does so in every state, and counts in each.
  expect(missed.get("the same again")).toBe(1);
  expect(missed.get("another checkout path")).toBeGreaterThan(4);
  expect([stateOf(sandbox.module), [...cacheFiles(sandbox.cache)].sort()]).toEqual(before);
  expect(recordedRuns(sandbox)).toEqual([]);
  const state = join(sandbox.state, "gocache-why");
  expect(existsSync(state) ? readdirSync(state).filter((name) => /-\w{6}$/.test(name)) : []).toEqual([]);
});

test("what was recorded is run, and where nothing misses nothing is found", { timeout: 400_000 }, () => {
  const sandbox = sandboxOf(pure);
  const env = { GOFLAGS: "-trimpath" };
  expect(tool(sandbox, ["--quiet", "go", "test", "./lib"], { env }).status).toBe(0);
  const told = examine(sandbox, ["--experiment=5"], { env });
  expect(told.experiment).toMatchObject({ command: "go test ./lib", problem: null });
  expect(told.experiment?.states.map((state) => state.missed)).toEqual([0, 0, 0, 0, 0]);
  expect(told.findings.filter(({ code }) => code.startsWith("experiment-"))).toEqual([]);
});

test("the time that it may take is kept", { timeout: 400_000 }, () => {
  const sandbox = sandboxOf(pure);
  const told = examine(sandbox, ["--experiment", "0.02"]);
  expect(told.experiment).toMatchObject({ states: [], problem: "it was ended after 0.02 minutes" });
  expect(tool(sandbox, ["doctor", "--experiment", "none"])).toMatchObject({ status: 2, stdout: "" });
});

// Where there is no such folder, or the sandbox lies in memory as well, nothing can be told apart.
test.runIf(isTmpfs("/dev/shm") && !isTmpfs(tmpdir()))(
  "a cache in memory, really on such a file system",
  () => {
    const memory = "/dev/shm";
    const sandbox = sandboxOf(pure);
    const gocache = join(memory, `gocache-why-test-${process.pid}`);
    mkdirSync(gocache);
    try {
      const told = examine(sandbox, [], { env: { GOCACHE: gocache } });
      expect(told.findings.map(({ code }) => code)).toContain("gocache-on-tmpfs");
      expect(examine(sandbox, []).findings.map(({ code }) => code)).not.toContain("gocache-on-tmpfs");
    } finally {
      rmSync(gocache, { recursive: true });
    }
  },
);
