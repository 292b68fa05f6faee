import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { cacheFiles, takeAddedEntries } from "./cache-entries.ts";
import { go, makeSandbox, type RunOptions, report, type Sandbox } from "./sandbox.ts";
import { saidOf, wrappedTests } from "./wrapped-tests.ts";

const files = {
  "go.mod": "module example.com/m\n\ngo 1.21\n",
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
  "lib/lib_test.go": `package lib

import "testing"

func TestName(t *testing.T) { t.Log(Name()) }
`,
  "user/user_test.go": `package user

import (
	"testing"

	"example.com/m/lib"
)

func TestUser(t *testing.T) { t.Log(lib.Name()) }
`,
  "env/env_test.go": `package env

import (
	"os"
	"testing"
)

func TestEnv(t *testing.T) { t.Log(len(os.Getenv("GREETING")), len(os.Getenv("PATH"))) }
`,
  "file/testdata/in.txt": "hello\n",
  "file/file_test.go": `package file

import (
	"os"
	"testing"
)

func TestFile(t *testing.T) {
	if _, err := os.ReadFile("testdata/in.txt"); err != nil {
		t.Log(err)
	}
}
`,
  "none/none.go": "package none\n",
};

const anHourAgo = new Date(Date.now() - 3_600_000);

function write(sandbox: Sandbox, name: string, text: string): void {
  const path = join(sandbox.module, name);
  writeFileSync(path, text);
  utimesSync(path, anHourAgo, anHourAgo);
}

/** The local go and two earlier ones; GOCACHE_WHY_TOOLCHAINS=go1.23.12,go1.27rc1 names others that are on this machine or can be had. */
const toolchains = process.env.GOCACHE_WHY_TOOLCHAINS?.split(",") ?? ["local", "go1.22.12", "go1.24.11"];

const modules = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();

describe.each(toolchains)("results of tests (%s)", { timeout: 300_000 }, (toolchain) => {
  const isOld = toolchain !== "local";
  // An earlier toolchain is verified by what was downloaded with it.
  const env = isOld ? { GOTOOLCHAIN: toolchain, GOMODCACHE: modules, GOSUMDB: undefined } : {};
  const sandbox = makeSandbox(files);
  for (const name of Object.keys(files)) utimesSync(join(sandbox.module, name), anHourAgo, anHourAgo);
  const options = (more: Record<string, string> = {}): RunOptions => ({ env: { ...env, ...more } });

  const wrapped = (words: readonly string[], more: Record<string, string> = {}) =>
    wrappedTests(sandbox, words, options(more));

  test("plain go test finds everything cached after a wrapped one, and the other way round, with not one entry more", () => {
    expect(wrapped(["test", "./..."]).said).toEqual({ env: "ran", file: "ran", lib: "ran", user: "ran" });
    const before = cacheFiles(sandbox.cache);
    const cached = { env: "cached", file: "cached", lib: "cached", user: "cached" };
    expect(saidOf(go(sandbox, ["test", "./..."], options()))).toEqual(cached);
    expect(takeAddedEntries(sandbox.cache, before)).toEqual([]);
    expect(wrapped(["test", "./..."])).toMatchObject({ said: cached, causes: [] });
    expect(takeAddedEntries(sandbox.cache, before)).toEqual([]);
  });

  test("a variable", () => {
    const changed = wrapped(["test", "./..."], { GREETING: "hello" });
    expect(changed.verdicts).toMatchObject({ env: "key-changed", file: "hit", lib: "hit", user: "hit" });
    expect(changed.causes).toEqual(["test-env-changed GREETING proven"]);
    expect(JSON.stringify(changed.report)).not.toContain("hello");
    expect(wrapped(["test", "./..."], { GREETING: "other" }).causes).toEqual([
      "test-env-changed GREETING observed",
    ]);
    expect(wrapped(["test", "./..."]).causes).toEqual([]);
  });

  test("a file: its time, its content, its permissions, that it is gone", () => {
    const name = join(sandbox.module, "file/testdata/in.txt");
    const inputs = (run: ReturnType<typeof wrapped>) => run.told[0]?.changes.map(({ input }) => input);
    utimesSync(name, new Date(Date.now() - 60_000), new Date(Date.now() - 60_000));
    const touched = wrapped(["test", "./..."]);
    expect(touched.causes).toEqual(["test-file-changed file/testdata/in.txt proven"]);
    expect(inputs(touched)).toEqual(["mtime"]);
    write(sandbox, "file/testdata/in.txt", "hello, world\n");
    const edited = wrapped(["test", "./..."]);
    expect(edited.causes).toEqual(["test-file-changed file/testdata/in.txt proven"]);
    expect(inputs(edited)).toEqual(["mtime", "size"]);
    chmodSync(name, 0o600);
    expect(inputs(wrapped(["test", "./..."]))).toEqual(["mode"]);
    execFileSync("rm", [name]);
    expect(inputs(wrapped(["test", "./..."]))).toEqual(["exists"]);
    // As it was before: the result of then is found.
    write(sandbox, "file/testdata/in.txt", "hello, world\n");
    chmodSync(name, 0o644);
    expect(wrapped(["test", "./..."]).causes).toEqual([]);
  });

  test("an edited dependency: the binary, and what is below it", () => {
    write(sandbox, "lib/lib.go", 'package lib\n\nfunc Name() string { return "another" }\n');
    const edited = wrapped(["test", "./..."]);
    expect(edited.verdicts).toEqual({ env: "hit", file: "hit", lib: "key-changed", user: "key-changed" });
    expect(edited.causes).toEqual(["file-edited lib/lib.go proven"]);
  });

  test("flags", () => {
    expect(wrapped(["test", "-count=1", "./..."]).causes).toEqual(["test-not-cacheable -count observed"]);
    expect(wrapped(["test", "./..."]).causes).toEqual([]);
    const short = wrapped(["test", "-short", "./..."]);
    expect(short.causes).toEqual(["test-flag-changed -short proven"]);
    expect(short.told[0]?.direct).toBe(4);
    expect(wrapped(["test", "./..."]).causes).toEqual([]);
  });

  test("go clean -testcache", () => {
    go(sandbox, ["clean", "-testcache"], options());
    expect(wrapped(["test", "./..."]).causes).toEqual(["test-expired GOCACHE observed"]);
  });

  test("a failed test is never kept; what does not compile is not counted", () => {
    const path = join(sandbox.module, "lib/lib_test.go");
    const text = readFileSync(path, "utf8");
    write(sandbox, "lib/lib_test.go", text.replace("t.Log(Name())", "t.Fatal(Name())"));
    expect(wrapped(["test", "./..."]).causes).toEqual(["file-edited lib/lib_test.go proven"]);
    expect(wrapped(["test", "./..."]).causes).toEqual(["test-not-cacheable failed before observed"]);
    write(sandbox, "lib/lib_test.go", text.replace("t.Log(Name())", "undefined()"));
    const broken = report(sandbox, ["go", "test", "./..."], { ...options(), own: ["--all"] }).report;
    const tests = broken.actions.filter(({ kind }) => kind === "test");
    expect(tests.map((action) => action.package.replace("example.com/m/", "")).sort()).toEqual([
      "env",
      "file",
      "user",
    ]);
    // Those that could not run are counted apart.
    expect(broken.warnings).toContainEqual({
      code: "tests-not-run",
      message:
        "the tests of 1 package could not run, since go could not build or vet them: example.com/m/lib",
    });
    write(sandbox, "lib/lib_test.go", text.replace("t.Log(Name())", 't.Logf("%d", Name())'));
    // Told by its time, which is all that go writes of it: a machine with much else to do may lend go no processor meanwhile.
    const vetted = (flags: readonly string[], left: number): Report => {
      const found = report(sandbox, ["go", "test", ...flags, "./..."], { ...options(), own: ["--all"] });
      expect(found.status).toBe(1);
      const isTold = found.report.warnings.some(({ code }) => code === "tests-not-run");
      return isTold || left === 0 ? found.report : vetted(flags, left - 1);
    };
    for (const flags of [[], ["-count=1"]]) {
      const { warnings, actions } = vetted(flags, 3);
      expect(warnings.map(({ code }) => code)).toContain("tests-not-run");
      expect(actions.map(({ key }) => key)).not.toContain("test example.com/m/lib");
    }
    write(sandbox, "lib/lib_test.go", text);
    expect(wrapped(["test", "./..."]).verdicts.lib).toBe("hit");
  });
});
