import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { makeSandbox, report, run, type Sandbox, tool } from "./sandbox.ts";
import { writeFiles } from "./write-files.ts";

/** A package with some imports, each used once. */
const lib = (...imports: readonly string[]): string => {
  const uses: Readonly<Record<string, string>> = {
    bytes: "bytes.Equal",
    sort: "sort.Ints",
    unicode: "unicode.IsUpper",
    io: "io.EOF",
    time: "time.Now",
  };
  const lines = imports.map((path) => `import "${path}"\n`).join("");
  return `package lib\n\n${lines}\n${imports.map((path) => `var _ = ${uses[path]}\n`).join("")}\nconst Name = "lib"\n`;
};

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "main.go": 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Name) }\n',
  "lib/lib.go": lib("bytes", "sort", "unicode"),
};
const build = ["build", "-buildvcs=false", "-o", "bin/m", "."];

/** Cause → its evidence, and how many of its keys were proven. */
function proofsOf(made: Report): Record<string, string> {
  return Object.fromEntries(
    made.causes.map(({ code, subject, evidence }) => [
      `${code} ${subject}`,
      `${evidence.kind} ${evidence.keys?.proven} of ${evidence.keys?.of}`,
    ]),
  );
}

function buildOf(on: Sandbox, words: readonly string[] = build): Report {
  const { status, stderr, report: made } = report(on, ["go", ...words]);
  expect([status, stderr]).toEqual([0, ""]);
  return made;
}

describe("an edit that changes all imports is proven from the whole earlier text", () => {
  const edited = { "lib/lib.go": lib("io", "time") };
  const proven = { "file-edited lib/lib.go": "proven 1 of 1" };

  test("as git has it", () => {
    const on = makeSandbox(files);
    const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
    for (const words of [
      ["init", "-q"],
      ["add", "."],
      [...identity, "commit", "-q", "-m", "one"],
    ]) {
      expect(run(on, "git", words).status).toBe(0);
    }
    buildOf(on);
    writeFiles(on.module, edited);
    expect(proofsOf(buildOf(on))).toEqual(proven);
    expect(proofsOf(JSON.parse(tool(on, ["diff", "--format", "json"]).stdout))).toEqual(proven);
  });

  test("as the history keeps it", () => {
    const on = makeSandbox(files);
    buildOf(on);
    writeFiles(on.module, edited);
    expect(proofsOf(buildOf(on))).toEqual(proven);
  });
});

test("an overlay is proven where it comes, and where it goes", () => {
  const on = makeSandbox({
    ...files,
    "other/other.go": lib("io"),
    "overlay.json": '{"Replace": {"lib/lib.go": "other/other.go"}}',
  });
  const [verb = "build", ...rest] = build;
  const overlaid = [verb, "-overlay=overlay.json", ...rest];
  buildOf(on);
  const added = report(on, ["go", ...overlaid], { own: ["--baseline", "@1"] }).report;
  expect(proofsOf(added)).toEqual({ "overlay-changed lib/lib.go": "proven 1 of 1" });
  writeFiles(on.module, { "other/other.go": `${lib("io")}\n// Another comment.\n` });
  expect(proofsOf(buildOf(on, overlaid))).toEqual({ "overlay-changed lib/lib.go": "proven 1 of 1" });
});

test("another version of a program of -vettool is proven by what the earlier one said", () => {
  const on = makeSandbox({ ...files, "lib/lib.go": lib() });
  const vet = `${run(on, "go", ["env", "GOTOOLDIR"]).stdout.trim()}/vet`;
  const words = ["vet", "-vettool=../check", "./lib"];
  const write = (version: number): void => {
    const script = `#!/bin/sh\ncase "$1" in\n-V=full) echo "$(${vet} -V=full) checks ${version}" ;;\n*) exec ${vet} "$@" ;;\nesac\n`;
    writeFiles(on.root, { check: script });
    chmodSync(join(on.root, "check"), 0o755);
  };
  write(1);
  buildOf(on, words);
  write(2);
  expect(proofsOf(buildOf(on, words))).toEqual({ "tool-changed vet": "proven 1 of 1" });
});
