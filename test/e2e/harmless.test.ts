import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { isWhole } from "../whole.ts";
import { cacheFiles, takeAddedEntries } from "./cache-entries.ts";
import { go, makeSandbox, type Outcome, type RunOptions, run, type Sandbox, tool } from "./sandbox.ts";
import { writeFiles } from "./write-files.ts";

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "main.go": `package main

import "example.com/m/lib"

var v = "0"

func main() { println(lib.Name(), v) }
`,
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
  "lib/lib_test.go": `package lib

import "testing"

func TestName(t *testing.T) {
	t.Log(Name())
}
`,
  // The result of this test depends on PATH: what npm puts there would make it run again.
  "path/path_test.go": `package path

import (
	"os"
	"testing"
)

func TestPath(t *testing.T) {
	t.Log(len(os.Getenv("PATH")), os.Getenv("npm_config_user_agent"), os.Getenv("INIT_CWD"), os.Getenv("NODE"))
}
`,
  "fuzz/fuzz_test.go":
    'package fuzz\n\nimport "testing"\n\nfunc FuzzName(f *testing.F) {\n\tf.Add("a")\n\tf.Fuzz(func(t *testing.T, text string) {})\n}\n',
  "broken/broken.go": 'package broken\n\nfunc F() int { return "s" }\n',
  "missing/missing.go": 'package missing\n\nimport _ "example.com/m/nowhere"\n',
  "finding/finding.go": 'package finding\n\nimport "fmt"\n\nfunc F() { fmt.Printf("%d\\n", "s") }\n',
  "echo/main.go": `package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	text, _ := io.ReadAll(os.Stdin)
	fmt.Printf("%s|%q\\n", text, os.Args[1:])
	fmt.Fprintf(os.Stderr, "\\xff\\x00 no newline")
	os.Exit(3)
}
`,
};

let sandbox: Sandbox;
let warm: ReadonlySet<string>;

beforeAll(() => {
  sandbox = makeSandbox(files);
  warm = cacheFiles(sandbox.cache);
  cpSync(sandbox.module, join(sandbox.root, "m.copy"), { recursive: true, preserveTimestamps: true });
});

/** What a command may have changed is put back to the same state before each of the two runs. */
function reset(): void {
  rmSync(sandbox.module, { recursive: true, force: true });
  rmSync(join(sandbox.root, "home/go/bin"), { recursive: true, force: true });
  cpSync(join(sandbox.root, "m.copy"), sandbox.module, { recursive: true, preserveTimestamps: true });
  takeAddedEntries(sandbox.cache, warm);
}

function below(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: "utf8" }).sort() : [];
}

/** Times differ between any two runs. */
function withoutTimes({ stdout, stderr, status }: Outcome): Outcome {
  const clean = (text: string) =>
    text
      .replace(/\d+\.\d{2,3}s\b/g, "0s")
      .replace(/"Time":"[^"]*"/g, '"Time":""')
      .replace(/"Elapsed":[\d.]+/g, '"Elapsed":0')
      .replace(/elapsed: \d+s.*/g, "elapsed")
      .replace(/\s+[\d.]+ ns\/op/g, " 0 ns/op")
      .replace(/go-build\d+/g, "go-build0");
  return { status, stdout: clean(stdout), stderr: clean(stderr) };
}

interface Case {
  readonly name: string;
  readonly words: readonly string[];
  readonly status: number;
  readonly input?: string;
}

const commands: readonly Case[] = [
  { name: "a build", words: ["build", ".", "./lib"], status: 0 },
  { name: "a build with -v", words: ["build", "-v", "-o", "bin/", "."], status: 0 },
  { name: "a compile error", words: ["build", "./broken", "./lib"], status: 1 },
  { name: "a compile error as JSON", words: ["build", "-json", "./broken"], status: 1 },
  { name: "a missing package", words: ["build", "./missing"], status: 1 },
  { name: "a finding of vet", words: ["vet", "./finding"], status: 1 },
  { name: "vet with -json", words: ["vet", "-json", "./finding"], status: 0 },
  {
    name: "a program that reads stdin and exits 3",
    words: ["run", "./echo", "-x", "--", "a b"],
    status: 1,
    input: "in\nput",
  },
  { name: "go test", words: ["test", ".", "./lib", "./path"], status: 0 },
  { name: "go test -json", words: ["test", "-json", "./lib"], status: 0 },
  {
    name: "go test with flags behind the packages",
    words: ["test", "./lib", "-run", "Name", "-v", "-args", "x"],
    status: 0,
  },
  ...[
    ["-cover"],
    ["-coverpkg=./..."],
    ["-bench=.", "-benchtime=1x"],
    ["-exec=env"],
    ["-p", "1"],
    ["-failfast"],
    ["-run=Name"],
  ].map((flags) => ({
    name: `go test ${flags.join(" ")}`,
    words: ["test", ...flags, "./lib", "./path"],
    status: 0,
  })),
  { name: "go test -coverprofile", words: ["test", "-coverprofile=profile", "./lib"], status: 0 },
  ...(isWhole
    ? [{ name: "go test -fuzz", words: ["test", "-fuzz=FuzzName", "-fuzztime=1x", "./fuzz"], status: 0 }]
    : []),
  { name: "go test -c", words: ["test", "-c", "-o", "lib.test", "./lib"], status: 0 },
  { name: "an installation", words: ["install", "."], status: 0 },
  { name: "go env", words: ["env", "GOOS", "GOARCH"], status: 0 },
  { name: "go list", words: ["list", "-deps", "./lib"], status: 0 },
  { name: "go mod tidy -diff", words: ["mod", "tidy", "-diff"], status: 1 },
  { name: "go version", words: ["version"], status: 0 },
  { name: "the help of a verb", words: ["build", "--help"], status: 2 },
  { name: "the short help of a verb", words: ["build", "-h"], status: 2 },
  { name: "help", words: ["help", "build"], status: 0 },
  { name: "a directory before the verb", words: ["-C", "lib", "build"], status: 0 },
  { name: "a directory behind the verb", words: ["build", "-C", "lib"], status: 0 },
  { name: "a directory with an equals sign", words: ["build", "-C=lib", "-v"], status: 0 },
  { name: "a directory that is not there", words: ["build", "-C", "nowhere"], status: 1 },
  { name: "a flag value with blanks", words: ["build", "-ldflags=-X main.v=1 b", "."], status: 1 },
  {
    name: "a quoted flag value with blanks",
    words: ["build", "-o", "bin/", "-ldflags=-X 'main.v=1 b'", "."],
    status: 0,
  },
  { name: "words behind --", words: ["build", "--", "./lib"], status: 0 },
  { name: "an unknown flag", words: ["build", "-nonsense", "./lib"], status: 2 },
  { name: "a dry run", words: ["build", "-n", "./lib"], status: 0 },
  { name: "-x", words: ["build", "-x", "./lib"], status: 0 },
  { name: "an own action graph", words: ["build", "-debug-actiongraph=own.json", "./lib"], status: 0 },
  { name: "an unknown verb", words: ["nonsense", "./..."], status: 2 },
  { name: "no words at all", words: [], status: 2 },
];

describe("streams, status and the cache are those of plain go", () => {
  test.each(commands)("$name", ({ words, status, input }) => {
    const options: RunOptions = input === undefined ? {} : { input };
    reset();
    const plain = go(sandbox, words, options);
    expect(plain.status).toBe(status);
    const plainModule = below(sandbox.module);
    const plainEntries = takeAddedEntries(sandbox.cache, warm);
    reset();
    const output = join(sandbox.root, "report.txt");
    const wrapped = tool(sandbox, ["--output", output, "go", ...words], options);
    expect(withoutTimes(wrapped)).toEqual(withoutTimes(plain));
    expect(below(sandbox.module)).toEqual(plainModule);
    expect(below(sandbox.tmp)).toEqual([]);
    expect(takeAddedEntries(sandbox.cache, warm)).toEqual(plainEntries);
  });
});

describe("results of tests stay what they are", () => {
  const cached = (outcome: Outcome) =>
    outcome.stdout.match(/^ok .*$/gm)?.map((line) => /\(cached\)$/.test(line));
  const packages = ["./lib", "./path"];

  test("plain go test after a wrapped one is (cached)", () => {
    reset();
    expect(cached(tool(sandbox, ["go", "test", ...packages]))).toEqual([false, false]);
    expect(cached(go(sandbox, ["test", ...packages]))).toEqual([true, true]);
  });

  test("a wrapped go test after a plain one is (cached)", () => {
    reset();
    expect(cached(go(sandbox, ["test", ...packages]))).toEqual([false, false]);
    expect(cached(tool(sandbox, ["go", "test", ...packages]))).toEqual([true, true]);
  });

  test.each([
    ["npm exec", ["exec", "--offline", "--", "gocache-why", "--quiet", "go", "test", ...packages]],
    ["npm run", ["run", "--silent", "test:go"]],
  ])("also through %s, for a test that reads PATH and what npm sets", (_name, words) => {
    reset();
    writeFiles(sandbox.module, {
      "package.json": JSON.stringify({
        name: "m",
        version: "1.0.0",
        scripts: { "test:go": `gocache-why --quiet go test ${packages.join(" ")}` },
      }),
    });
    mkdirSync(join(sandbox.module, "node_modules/.bin"), { recursive: true });
    symlinkSync(inject("tool"), join(sandbox.module, "node_modules/.bin/gocache-why"));
    expect(cached(go(sandbox, ["test", ...packages]))).toEqual([false, false]);
    const wrapped = run(sandbox, "npm", words, { env: { npm_config_update_notifier: "false" } });
    expect([wrapped.stderr, cached(wrapped)]).toEqual(["", [true, true]]);
    expect(cached(go(sandbox, ["test", ...packages]))).toEqual([true, true]);
  });
});
