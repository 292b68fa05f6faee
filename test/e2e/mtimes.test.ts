import { execFileSync } from "node:child_process";
import { readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { go, makeSandbox, report, type Sandbox, tool } from "./sandbox.ts";
import { writeFiles } from "./write-files.ts";

const script = join(import.meta.dirname, "../../docs/set-mtimes.sh");
const git = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"];

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "shape/shape.go": 'package shape\n\nimport "errors"\n\nvar Err = errors.New("shape")\n',
  "shape/shape_test.go": `package shape

import (
	"os"
	"testing"
)

func TestFile(t *testing.T) {
	text, err := os.ReadFile("testdata/size.txt")
	if err != nil || len(text) != 3 {
		t.Fatal(string(text), err)
	}
	if _, err := os.ReadFile("testdata/link.txt"); err != nil {
		t.Fatal(err)
	}
}
`,
  "shape/testdata/size.txt": "12\n",
  "list/list_test.go": `package list

import (
	"os"
	"testing"
)

func TestList(t *testing.T) {
	entries, err := os.ReadDir("testdata")
	if err != nil || len(entries) == 0 {
		t.Fatal(err)
	}
	t.Chdir("testdata/a folder")
	if _, err := os.Stat("ä.txt"); err != nil {
		t.Fatal(err)
	}
}
`,
  "list/testdata/a folder/ä.txt": "x\n",
  "list/testdata/b.txt": "y\n",
};

let sandbox: Sandbox;
/** Where each clone lies while it is tested: results hold absolute paths. */
let checkout: string;
let origin: string;
let clones = 0;

function run(program: string, words: readonly string[], cwd: string): string {
  return execFileSync(program, words, { cwd, env: sandbox.env, encoding: "utf8", stdio: "pipe" });
}

function commit(): void {
  run("git", [...git, "add", "."], origin);
  run("git", [...git, "commit", "-qm", "a"], origin);
}

/** A fresh clone in the place of the one before. */
function clone(...options: string[]): void {
  if (clones > 0) renameSync(checkout, join(sandbox.root, `clone-${clones}`));
  clones++;
  run("git", [...git, "clone", "-q", ...options, `file://${origin}`, checkout], sandbox.root);
}

/** Go keeps no result of a test that reads a file younger than two seconds. */
function untilOld(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2200);
}

function setTimes(...paths: string[]): void {
  run("sh", [script, ...paths], checkout);
}

/** Package → what go said about its tests: `(cached)`, seconds, or FAIL. */
function testAll(): Record<string, string> {
  const { stdout } = go(sandbox, ["test", "./..."], { cwd: checkout });
  const lines = [...stdout.matchAll(/^(?:ok {2}|FAIL)\texample\.com\/m\/(\w+)\t(\S+)/gm)];
  return Object.fromEntries(
    lines.map(([line, name = "", said = ""]) => [name, line.startsWith("ok") ? said : "FAIL"]),
  );
}

/** One time for every file and folder: what is often advised. */
function setOneTime(): void {
  const names = run("git", ["ls-tree", "-r", "-t", "--name-only", "-z", "HEAD"], checkout).split("\0");
  for (const name of names.filter(Boolean)) {
    if (!name.endsWith("link.txt")) utimesSync(join(checkout, name), 1_000_000_000, 1_000_000_000);
  }
}

beforeEach(() => {
  sandbox = makeSandbox({});
  origin = join(sandbox.root, "origin");
  checkout = join(sandbox.root, "checkout");
  clones = 0;
  writeFiles(origin, files);
  execFileSync("ln", ["-s", "size.txt", join(origin, "shape/testdata/link.txt")]);
  run("git", [...git, "init", "-q"], origin);
  commit();
});

const cached = { shape: "(cached)", list: "(cached)" };

describe("times from git's ids (docs/set-mtimes.sh)", () => {
  test("a second clone, a shallow one, finds the results of the first", () => {
    clone();
    setTimes();
    expect(testAll()).not.toMatchObject({ shape: "(cached)" });
    expect(testAll()).toEqual(cached);
    // Another commit, which touches nothing that the tests read: commit dates and depths differ.
    writeFileSync(join(origin, "README"), "more\n");
    commit();
    clone("--depth=1");
    expect(run("git", ["rev-parse", "--is-shallow-repository"], checkout)).toBe("true\n");
    setTimes();
    expect(testAll()).toEqual(cached);
  });

  test("without them nothing is found in a second clone", () => {
    clone();
    testAll();
    clone();
    const said = testAll();
    expect(Object.keys(said).sort()).toEqual(["list", "shape"]);
    expect(Object.values(said)).not.toContain("(cached)");
  });

  test("the report says that a clone's files have the content that git has, and what that cost", () => {
    clone();
    untilOld();
    report(sandbox, ["go", "test", "./..."], { cwd: checkout });
    clone("--depth=1");
    untilOld();
    writeFileSync(join(checkout, "shape/testdata/size.txt"), "34\n");
    utimesSync(join(checkout, "shape/testdata/size.txt"), 1_700_000_000, 1_700_000_000);
    const { report: told } = report(sandbox, ["go", "test", "./..."], { cwd: checkout });
    const files = told.causes.filter(({ code }) => code === "test-file-changed");
    expect(told.unexplained).toEqual([]);
    expect(files.map(({ subject, contentInGit }) => [subject, contentInGit]).sort()).toEqual([
      ["list", undefined],
      ["list/list_test.go", undefined],
      ["list/testdata", undefined],
      ["list/testdata/a folder", undefined],
      ["list/testdata/a folder/ä.txt", "committed"],
      // What a test lists counts by the times of its entries.
      ["list/testdata/b.txt", undefined],
      ["shape/testdata/link.txt", "modified"],
      ["shape/testdata/size.txt", "modified"],
    ]);
    expect(files.map(({ summary }) => summary)).toContain(
      "shape/testdata/size.txt: its time changed, its size did not; its content is not what git has",
    );
    const text = tool(sandbox, ["diff", "--format", "markdown"], { cwd: checkout }).stdout;
    expect(text).toContain(
      "6 files and folders changed in nothing but their times, 1 with the same content as in git",
    );
    expect(text).toContain("1 test package reads some of them");
    expect(text).toContain("by git's blob ids");
    // Without git nothing is said of it, and the rest is.
    const withoutGit = tool(sandbox, ["diff", "--format", "json"], { cwd: checkout, env: { PATH: "" } });
    expect(withoutGit.status).toBe(0);
    expect(withoutGit.stdout).toContain("test-file-changed");
    expect(withoutGit.stdout).not.toContain("contentInGit");
  });

  test("an edit of equal size is noticed, committed or not, and no other test runs again", () => {
    clone();
    setTimes();
    testAll();
    const size = join(checkout, "shape/testdata/size.txt");
    writeFileSync(size, "34\n");
    setTimes();
    expect(testAll()).toEqual({ shape: expect.stringMatching(/^\d/), list: "(cached)" });
    expect(readFileSync(size, "utf8")).toBe("34\n");
    writeFileSync(join(origin, "shape/testdata/size.txt"), "1234\n");
    commit();
    clone("--depth=1");
    setTimes();
    expect(testAll()).toEqual({ shape: "FAIL", list: "(cached)" });
  });

  test("a file that was added or taken away is noticed by a test that lists its folder", () => {
    clone();
    setTimes();
    testAll();
    rmSync(join(checkout, "list/testdata/b.txt"));
    setTimes();
    expect(testAll()).toEqual({ shape: "(cached)", list: expect.stringMatching(/^\d/) });
  });

  test("a part of the checkout is enough where the tests read no more", () => {
    clone();
    // t.Chdir opens the package's own folder (testing.go, Go 1.24–1.27): its files are inputs of that test.
    setTimes("list", "shape/testdata");
    testAll();
    clone("--depth=1");
    setTimes("list", "shape/testdata");
    expect(testAll()).toEqual(cached);
  });
});

test("one time for all files makes Go take an edited file for the one before; times from git's ids do not", () => {
  const edited = 'package shape\n\nimport "strings"\n\nvar Err = strings.ToUpper("")\n\n//\n';
  const source = files["shape/shape.go"];
  const filled = edited + " ".repeat(Math.max(0, source.length - edited.length));
  expect(filled.length).toBeGreaterThanOrEqual(source.length);
  writeFileSync(join(origin, "shape/shape.go"), source.padEnd(filled.length));
  commit();
  clone();
  setOneTime();
  expect(go(sandbox, ["build", "./..."], { cwd: checkout })).toMatchObject({ status: 0 });
  writeFileSync(join(origin, "shape/shape.go"), filled);
  commit();
  clone();
  setOneTime();
  // The module index still has the imports of the other content.
  const stale = go(sandbox, ["build", "./..."], { cwd: checkout });
  expect(stale.status).toBe(1);
  expect(stale.stderr).toContain("could not import strings");
  setTimes();
  expect(go(sandbox, ["build", "./..."], { cwd: checkout })).toMatchObject({ status: 0 });
});
