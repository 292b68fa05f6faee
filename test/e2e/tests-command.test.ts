import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Tests } from "../../src/report/tests.ts";
import type { Why } from "../../src/report/why.ts";
import { closedValidator } from "../report/schema.ts";
import { makeSandbox, type RunOptions, type Sandbox, tool } from "./sandbox.ts";

const many = Object.fromEntries(
  Array.from({ length: 30 }, (_, at) => [`many/testdata/${at}.txt`, `${at}\n`]),
);

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "pure/pure_test.go": 'package pure\n\nimport "testing"\n\nfunc TestPure(t *testing.T) {}\n',
  "job/job_test.go": `package job

import (
	"os"
	"testing"
)

func TestJob(t *testing.T) {
	t.Log(os.Getenv("JOB_ID"), os.Getenv("LANG"))
}
`,
  "file/file_test.go": `package file

import (
	"os"
	"testing"
)

func TestFile(t *testing.T) {
	if _, err := os.Stat("testdata/a.txt"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile("testdata/a.txt"); err != nil {
		t.Fatal(err)
	}
	t.Log(os.Getenv("JOB_ID"))
}
`,
  "file/testdata/a.txt": "a\n",
  "many/many_test.go": `package many

import (
	"fmt"
	"os"
	"testing"
)

func TestMany(t *testing.T) {
	for at := range 30 {
		if _, err := os.ReadFile(fmt.Sprintf("testdata/%d.txt", at)); err != nil {
			t.Fatal(err)
		}
	}
}
`,
  ...many,
  "start/start.go": `package start

import "os/exec"

func Version() ([]byte, error) { return exec.Command("go", "version").Output() }
`,
  "outside/outside_test.go": `package outside

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/m/start"
)

func TestOutside(t *testing.T) {
	if _, err := start.Version(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile(filepath.Join(os.Getenv("HOME"), "outside.txt")); err != nil {
		t.Fatal(err)
	}
}
`,
  "writes/writes_test.go": `package writes

import (
	"os"
	"testing"
)

func TestWrites(t *testing.T) {
	if err := os.WriteFile("out.txt", []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile("out.txt"); err != nil {
		t.Fatal(err)
	}
}
`,
};

let sandbox: Sandbox;

function testAll(job: string, ...flags: string[]): void {
  const outcome = tool(sandbox, ["--quiet", "go", "test", ...flags, "./..."], { env: { JOB_ID: job } });
  expect(outcome, outcome.stdout + outcome.stderr).toMatchObject({ status: 0 });
}

function tests(words: readonly string[] = [], options: RunOptions = {}): Tests {
  const outcome = tool(sandbox, ["tests", "--format", "json", ...words], options);
  expect(outcome, outcome.stderr).toMatchObject({ status: 0, stderr: "" });
  return JSON.parse(outcome.stdout) as Tests;
}

function whyTest(name: string): Why {
  const outcome = tool(sandbox, ["why", name, "--test", "--format", "json"]);
  expect(outcome, outcome.stderr).toMatchObject({ status: 0 });
  return JSON.parse(outcome.stdout) as Why;
}

/** What was just written is too new for go to keep a result of a test that reads it. */
function age(directory: string): void {
  for (const name of readdirSync(directory, { recursive: true, encoding: "utf8" })) {
    utimesSync(join(directory, name), 1_700_000_000, 1_700_000_000);
  }
}

beforeAll(() => {
  sandbox = makeSandbox(files);
  writeFileSync(join(sandbox.root, "home/outside.txt"), "1\n");
  age(sandbox.module);
  testAll("job-1");
  testAll("job-2");
  utimesSync(join(sandbox.module, "file/testdata/a.txt"), 1_700_000_001, 1_700_000_001);
  testAll("job-3");
});

describe("gocache-why tests, after three runs", () => {
  test("tells which inputs change on every run, and which packages read them", () => {
    const value = tests();
    const validate = closedValidator("tests");
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    expect(value.before).toHaveLength(2);
    expect(value.inputs.find((input) => input.name === "JOB_ID")).toMatchObject({
      packages: ["example.com/m/file", "example.com/m/job"],
      changed: 2,
      compared: 2,
      volatile: true,
      last: null,
    });
    expect(value.inputs.find((input) => input.name === "LANG")).toMatchObject({ changed: 0, compared: 2 });
    expect(value.inputs.find((input) => input.name === "file/testdata/a.txt")).toMatchObject({
      changed: 1,
      compared: 2,
      volatile: false,
      what: ["mtime"],
    });
    expect(value.inputs.find((input) => input.name === "many/testdata/")).toMatchObject({
      files: 30,
      changed: 0,
    });
    expect(value.totals).toMatchObject({ packages: 6, volatile: 1, unrecorded: 1 });
  });

  test("names a test that writes into its module: go keeps no result, every time", () => {
    const value = tests();
    const writes = value.packages.find((each) => each.package === "example.com/m/writes");
    // Go stores nothing of it: that the file was too new can be told where it still is.
    expect(writes?.unkept === true || writes?.tooNew.includes("writes/out.txt")).toBe(true);
    expect(value.packages.filter((each) => each.unkept || each.tooNew.length > 0)).toEqual([writes]);
    expect(value.advice.find((each) => each.packages.includes("example.com/m/writes"))?.text).toContain(
      "t.TempDir()",
    );
  });

  test("begins with the answer, and shows no hidden value", () => {
    const { stdout } = tool(sandbox, ["tests"]);
    expect(stdout).toMatch(
      /^gocache-why: 4 of 6 test packages depend on variables or files; 1 input\s+changes on every run/,
    );
    expect(stdout).toMatch(/^ {2}JOB_ID +2 packages {2}2 of 2 runs/m);
    expect(stdout + JSON.stringify(tests())).not.toMatch(/job-\d/);
  });

  test("takes an older run, and is right about those before it", () => {
    const value = tests(["@2"]);
    expect(value.before).toHaveLength(1);
    expect(value.inputs.find((input) => input.name === "JOB_ID")).toMatchObject({
      changed: 1,
      compared: 1,
      volatile: false,
    });
  });

  test("finds the newest run that has tests behind one that has none", () => {
    const { id } = tests().now;
    expect(tool(sandbox, ["--quiet", "go", "build", "./..."]).status).toBe(0);
    expect(tests().now.id).toBe(id);
  });
});

describe("why PACKAGE --test", () => {
  test("tells what changed, and the way to it", () => {
    const why = whyTest("./file");
    expect(why.actions.map((each) => each.action.key)).toEqual(["test example.com/m/file"]);
    expect(why.test?.changed.map(({ name, what }) => [name, what])).toEqual([
      ["JOB_ID", ["value"]],
      ["file/testdata/a.txt", ["mtime"]],
    ]);
    expect(why.causes.map((cause) => [cause.code, cause.subject]).sort()).toEqual([
      ["test-env-changed", "JOB_ID"],
      ["test-file-changed", "file/testdata/a.txt"],
    ]);
  });

  test("names what go does not see", () => {
    const { test: found } = whyTest("outside");
    expect(found?.unseen.find((each) => each.kind === "file")?.names).toContain(
      join(sandbox.root, "home/outside.txt"),
    );
    expect(found?.unseen.find((each) => each.kind === "program")).toMatchObject({
      names: expect.arrayContaining(["go"]),
      evidence: {
        kind: "inferred",
        detail: expect.stringContaining("start, which it needs, imports os/exec"),
      },
    });
    expect(tool(sandbox, ["why", "outside", "--test"]).stdout).toContain(
      "go test -count=1 ./outside runs it whatever is cached.",
    );
  });

  test("of a package without tests fails in one line", () => {
    expect(tool(sandbox, ["why", "start", "--test"])).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^gocache-why: run \w+ ran no test of example\.com\/m\/start\n$/),
    });
  });
});

test("with -count=1 no result is kept, and the earlier runs still tell what the tests read", () => {
  testAll("job-4", "-count=1");
  const value = tests();
  expect(value.packages.every((each) => each.notCacheable.includes("-count"))).toBe(true);
  expect(value.inputs.find((input) => input.name === "JOB_ID")).toMatchObject({ compared: 2 });
  expect(tool(sandbox, ["tests"]).stdout).toMatch(/^ {4}with -count=1: 6 packages/m);
});
