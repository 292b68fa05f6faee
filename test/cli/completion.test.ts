import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";

const repository = join(import.meta.dirname, "../..");
const root = mkdtempSync(join(tmpdir(), "gocache-why-completion-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const bin = join(root, "bin");
const module = join(root, "m");
/** Nothing of the machine's settings but where the programs are. */
const env = {
  PATH: `${bin}:${process.env.PATH}`,
  HOME: root,
  LANG: "C.UTF-8",
  TERM: "xterm",
  GOCACHE: join(root, "gocache"),
  GOENV: "off",
  GOFLAGS: "",
  GOTOOLCHAIN: "local",
  CGO_ENABLED: "0",
  XDG_STATE_HOME: join(root, "state"),
};

/** The ids of the recorded runs, newest first. */
let ids: readonly string[];

beforeAll(() => {
  const built = join(root, "tool");
  const script = join(repository, "scripts/build.mjs");
  execFileSync(process.execPath, [script, "--out", join(built, "dist")], { stdio: "inherit" });
  for (const name of ["bin", "package.json"])
    cpSync(join(repository, name), join(built, name), { recursive: true });
  mkdirSync(bin);
  const tool = join(bin, "gocache-why");
  writeFileSync(tool, `#!/bin/sh\nexec '${process.execPath}' '${join(built, "bin/gocache-why.js")}' "$@"\n`);
  chmodSync(tool, 0o755);
  mkdirSync(join(module, "lib"), { recursive: true });
  mkdirSync(join(module, "a folder"));
  writeFileSync(join(module, "go.mod"), "module example.com/m\n\ngo 1.21\n");
  writeFileSync(join(module, "lib/lib.go"), "package lib\n");
  writeFileSync(join(module, "a log.txt"), "");
  for (const verbosity of ["--quiet", "-v"]) {
    execFileSync(tool, [verbosity, "go", "build", "./lib"], { cwd: module, env, stdio: "ignore" });
  }
  const { runs } = JSON.parse(
    execFileSync(tool, ["runs", "--format", "json"], { cwd: module, env, encoding: "utf8" }),
  ) as { runs: { id: string }[] };
  ids = runs.map(({ id }) => id);
  for (const shell of Object.keys(shells)) {
    writeFileSync(
      join(root, `completion.${shell}`),
      execFileSync(tool, ["completion", shell], { env, encoding: "utf8" }),
    );
  }
});

/** What a shell offers for a command line, the words that it would type. */
const shells: Readonly<Record<string, (line: string, cwd: string) => string[]>> = {
  bash(line, cwd) {
    // Bash takes = for a word of its own.
    const words = line.split(/ |(?==)|(?<==)/);
    return offered(
      "bash",
      ["--norc", "-c", inBash, "bash", join(root, "completion.bash"), line, ...words],
      cwd,
    );
  },
  zsh(line, cwd) {
    const setup = join(root, "setup.zsh");
    writeFileSync(
      setup,
      `source ${root}/completion.zsh\n_fake_go() { compadd -- go-s-own }\ncompdef _fake_go go\n`,
    );
    const out = join(root, "offered");
    const script = join(import.meta.dirname, "complete-in-zsh.zsh");
    // On a busy machine the line editor may take the tab before it is ready: then nothing is offered.
    for (let tries = 0; tries < 4; tries++) {
      run("zsh", ["-f", script, setup, out, line], cwd);
      if (readFileSync(out, "utf8").trim() !== "") break;
    }
    // What is written into the line has its blanks quoted.
    return readFileSync(out, "utf8")
      .split("\n")
      .map((each) => each.replaceAll("\\", ""));
  },
  fish(line, cwd) {
    const setup = `source ${root}/completion.fish; complete -c go -f; complete -c go -a go-s-own`;
    const found = offered("fish", ["--no-config", "-c", `${setup}; complete -C"$argv[1]"`, line], cwd);
    // A description stands behind a tab, a slash behind a folder; of --format=json it gives all.
    return found.map((each) =>
      each
        .replace(/\t.*/, "")
        .replace(/\/$/, "")
        .replace(/^--\w+=/, ""),
    );
  },
};

const inBash = `
source "$1"
_fake_go() { COMPREPLY=(go-s-own); }
complete -F _fake_go go
COMP_LINE=$2; shift 2
COMP_POINT=\${#COMP_LINE} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_gocache_why
printf '%s\\n' "\${COMPREPLY[@]}"
`;

function offered(shell: string, words: readonly string[], cwd: string): string[] {
  return run(shell, words, cwd).split("\n");
}

function run(shell: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(shell, words, { cwd, env, encoding: "utf8", timeout: 60_000 });
  expect({ shell, words: words.at(-1), status, stderr }).toMatchObject({ status: 0, stderr: "" });
  return stdout;
}

const commands = ["ci", "completion", "diff", "inputs", "report", "runs", "why"];
const files = ["a folder", "a log.txt", "go.mod", "lib"];

/** A line, and what is offered for it: all of it, or (with `also`) at least that. */
const lines: readonly { line: string; offers: readonly string[] | (() => readonly string[]); also?: true }[] =
  [
    { line: "gocache-why ", offers: ["go", ...commands], also: true },
    { line: "gocache-why di", offers: ["diff"] },
    { line: "gocache-why nothing-like-this", offers: [] },
    { line: "gocache-why --bas", offers: ["--baseline"] },
    { line: "gocache-why --format ", offers: ["html", "json", "markdown", "terminal", "trace"], also: true },
    { line: "gocache-why --format=mark", offers: ["markdown"] },
    { line: "gocache-why --format json --in", offers: ["--in-band"] },
    { line: "gocache-why --output a", offers: ["a folder", "a log.txt"] },
    // The value of an option is no command.
    { line: "gocache-why --output go di", offers: ["diff"] },
    { line: "gocache-why --baseline ", offers: () => [...ids, ...files] },
    { line: "gocache-why diff ", offers: () => [...ids, ...files] },
    { line: "gocache-why diff --all go.mod ", offers: () => [...ids, ...files] },
    { line: "gocache-why diff --all go.mod --qui", offers: ["--quiet"] },
    { line: "gocache-why why ", offers: ["a folder", "lib"] },
    { line: "gocache-why why lib ", offers: () => [...ids, ...files] },
    { line: "gocache-why inputs lib --against ", offers: () => [...ids, ...files] },
    { line: "gocache-why report ", offers: files },
    { line: "gocache-why import ", offers: files },
    { line: "gocache-why ci go.mod ", offers: files },
    { line: "gocache-why ci --baseline ", offers: () => [...ids, ...files] },
    { line: "gocache-why runs --format ", offers: ["json", "terminal"] },
    { line: "gocache-why completion ", offers: ["bash", "fish", "zsh"] },
    { line: "gocache-why go ", offers: ["go-s-own"] },
    { line: "gocache-why -v --format json go build go-s", offers: ["go-s-own"] },
    { line: "gocache-why go1.26.8 ", offers: ["go-s-own"] },
  ];

describe.each(Object.entries(shells))("%s", (shell, complete) => {
  const isThere = spawnSync(shell, ["-c", "exit 0"]).status === 0;

  test.skipIf(!isThere).each(lines)("$line", ({ line, offers, also }) => {
    const wanted = [...(typeof offers === "function" ? offers() : offers)].sort();
    const found = [...new Set(complete(line, module))].filter((each) => each !== "").sort();
    expect(found).toEqual(also === true ? expect.arrayContaining(wanted) : wanted);
  });

  test.skipIf(!isThere)("says nothing of runs where there are none", () => {
    const other = join(root, "other");
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, "go.mod"), "module example.com/other\n");
    expect(complete("gocache-why diff ", other).filter((each) => each !== "")).toEqual(["go.mod"]);
  });
});

test("there were two runs to offer", () => {
  expect(new Set(ids).size).toBe(2);
});

test("another shell is refused in one line", async () => {
  let stderr = "";
  const stream = {
    write: (text: string) => {
      stderr += text;
    },
    on: () => {},
  };
  const fake = {
    argv: ["node", "gocache-why", "completion", "tcsh"],
    env: {},
    stdout: stream,
    stderr: stream,
  };
  expect(await main(fake as unknown as NodeJS.Process)).toBe(2);
  expect(stderr).toBe("gocache-why: there is no completion for tcsh: it is one of bash, zsh, fish\n");
});
