import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import stringWidth from "string-width";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { isWhole } from "../whole.ts";
import { go, makeSandbox, type Outcome, run, type Sandbox, tool } from "./sandbox.ts";
import { makeExecutable } from "./wrapper-script.ts";
import { writeFiles } from "./write-files.ts";

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "cmd/app/main.go":
    'package main\n\nimport (\n\t"fmt"\n\n\t"example.com/m/internal/io"\n)\n\nfunc main() { fmt.Println(io.Name()) }\n',
  "internal/io/io.go": 'package io\n\nfunc Name() string { return "0" }\n',
  "internal/io/io_test.go":
    'package io\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestName(t *testing.T) { _ = Name() + os.Getenv("HOME") }\n',
};

/** What the examples of `run` name beside go. */
const Makefile = "build:\n\tgo build ./...\n\ntest:\n\tgo test ./...\n";

const commands = ["", "diff", "runs", "why", "inputs", "report", "completion"];

let sandbox: Sandbox;

beforeAll(() => {
  sandbox = makeSandbox(files);
  makeExecutable(sandbox.root, "gocache-why", `exec '${process.execPath}' '${inject("tool")}' "$@"\n`);
  makeExecutable(sandbox.root, "gotestsum", 'exec go test "$@"\n');
  writeFiles(sandbox.module, { Makefile });
  mkdirSync(join(sandbox.module, "scripts"));
  makeExecutable(join(sandbox.module, "scripts"), "ci.sh", "exec go build ./...\n");
  const build = ["go", "build", "-o", "bin/", "./..."];
  for (const name of ["1", "2", "3", "4", "5"]) {
    edit(name);
    expect(tool(sandbox, ["--quiet", ...build]).status).toBe(0);
  }
  // The files that the examples name: logs of two real builds, and a saved report.
  for (const name of ["before", "ci", "now", "laptop"]) {
    edit(name);
    const { status, stderr } = go(sandbox, ["build", "-x", "./..."], { env: { GODEBUG: "gocachehash=1" } });
    expect(status).toBe(0);
    writeFileSync(join(sandbox.module, `${name}.log`), stderr, "latin1");
  }
  edit("saved");
  tool(sandbox, ["--format", "json", "--output", "why.json", ...build]);
  // No test goes to the network: what curl is to fetch lies here.
  makeExecutable(sandbox.root, "curl", `exec cat '${join(sandbox.module, "why.json")}'\n`);
});

function edit(name: string): void {
  writeFiles(sandbox.module, {
    "internal/io/io.go": `package io\n\nfunc Name() string { return "${name}" }\n`,
  });
}

function helpOf(command: string): string {
  const { status, stdout, stderr } = tool(sandbox, command === "" ? ["--help"] : [command, "--help"]);
  expect([status, stderr]).toEqual([0, ""]);
  return Buffer.from(stdout, "latin1").toString("utf8");
}

/** The commands below `Examples:`; what an example does stands two blanks behind it, or in the next line. */
function examplesIn(help: string): string[] {
  const [, block = ""] = /\nExamples:\n((?: {2}.*\n)+)/.exec(help) ?? [];
  return block.split("\n").flatMap((line) => /^ {2}(\S.*?)(?: {2,}.*)?$/.exec(line)?.[1] ?? []);
}

/** Runs an example as it stands there, in a shell. */
function runExample(example: string): Outcome {
  // Folders that an example writes into, as a user has them.
  const folders = `mkdir -p "$HOME/.config/fish/completions" "$HOME/zsh"; fpath=("" "$HOME/zsh")`;
  return run(sandbox, "bash", ["-c", `${folders}\n${example}`], {
    env: { PATH: `${sandbox.root}:${process.env.PATH}` },
  });
}

describe.each(commands)("gocache-why %s --help", (command) => {
  test("has a usage line, examples and exit status, in 80 columns", () => {
    const help = helpOf(command);
    expect(help).toMatch(
      command === "" ? /^Usage: gocache-why \[options\] go / : `Usage: gocache-why ${command} `,
    );
    expect(help).toMatch(/\nExit status:\n {2}\S/);
    for (const line of help.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(80);
  });

  test("its examples run", () => {
    const examples = examplesIn(helpOf(command));
    expect(examples.length).toBeGreaterThan(1);
    for (const example of examples) {
      const { status, stderr } = runExample(example);
      expect({ example, status, stderr }).toMatchObject({ status: 0 });
      expect(stderr, example).not.toMatch(/^error|unknown|not found/im);
    }
  });
});

test.runIf(isWhole)("no example of any command is refused as bad usage", { timeout: 400_000 }, () => {
  const [, list = ""] = /\nCommands:\n((?: {2}.*\n)+)/.exec(helpOf("")) ?? [];
  const all = list.split("\n").flatMap((line) => /^ {2}([a-z-]+)/.exec(line)?.[1] ?? []);
  expect(all).toEqual(expect.arrayContaining(commands.slice(1)));
  const refused = all
    .filter((command) => !commands.includes(command))
    .flatMap((command) => examplesIn(helpOf(command)))
    .map((example) => ({ example, ...runExample(example) }))
    .filter(({ status }) => status === 2 || status === 127);
  expect(refused).toEqual([]);
});

test("the completion scripts that the examples write are what the command prints", () => {
  const [, written] = examplesIn(helpOf("completion")).filter((example) => example.includes("> "));
  expect(written).toContain("completions/gocache-why.fish");
  const home = sandbox.env.HOME ?? "";
  const script = readFileSync(join(home, ".config/fish/completions/gocache-why.fish"), "latin1");
  expect(script).toBe(tool(sandbox, ["completion", "fish"]).stdout);
  execFileSync("bash", ["-n"], { input: tool(sandbox, ["completion", "bash"]).stdout });
});
