import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, test } from "vitest";
import {
  environment,
  go,
  makeSandbox,
  type Outcome,
  type RunOptions,
  type Sandbox,
  tool,
} from "./sandbox.ts";
import { makeSecrets, type Secret } from "./secrets.ts";
import { contentsBelow, findTraces, tracesOf } from "./traces.ts";
import { writeFiles } from "./write-files.ts";

const goVersion = execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).trim();

/** Two sets: each place has one secret before and another now, so that each is a cause of its own. */
const sets = [makeSecrets(), makeSecrets()] as const;
const traces = tracesOf(sets.flat(), goVersion);

/** Without quotes, blanks and slashes: what may stand in a word, a name or a path. */
const isWord = ({ value }: Secret): boolean => /^[\w.~:-]+$/.test(value);
/** Of a shape, in a word. */
const isShapedWord = (secret: Secret): boolean => secret.hasShape && isWord(secret);

function quotedWord(text: string): string | null {
  if (!/[\s'"]/.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  return text.includes('"') ? null : `"${text}"`;
}

function named(set: readonly Secret[], name: string): string {
  return set.find((secret) => secret.name === name)?.value ?? "";
}

/** Files whose text, and whose names, have secrets. */
function filesOf(set: readonly Secret[]): Record<string, string> {
  const shaped = set.filter((secret) => secret.hasShape && !secret.value.includes("`"));
  const directory = `pkg/${named(set, "github")}`;
  return {
    "go.mod": [
      "module example.com/m",
      "go 1.24",
      "require example.com/dep v0.0.0",
      `replace example.com/dep => ./third_party/${named(set, "npm")}`,
      "",
    ].join("\n"),
    [`third_party/${named(set, "npm")}/go.mod`]: "module example.com/dep\n\ngo 1.24\n",
    [`third_party/${named(set, "npm")}/dep.go`]: "package dep\n\nconst Name = 1\n",
    "main.go": `package main

import (
	"example.com/dep"
	"example.com/m/c"
	"example.com/m/internal/keys"
	p "example.com/m/${directory}"
)

var v string

func main() { println(v, keys.All, c.One(), p.Name, dep.Name) }
`,
    [`${directory}/p.go`]: "package p\n\nconst Name = 1\n",
    "internal/keys/keys.go": [
      "package keys",
      "",
      "const All = 1",
      "",
      ...shaped.map(({ value }, at) => `const key${at} = \`${value}\`\n`),
      `const password = ${JSON.stringify(named(set, "plain_word"))}`,
      "",
    ].join("\n"),
    "c/c.go":
      'package c\n\n// int one(void) { return 1; }\nimport "C"\n\nfunc One() int { return int(C.one()) }\n',
    "t/t_test.go": `package t

import (
	"flag"
	"os"
	"testing"
)

var _ = flag.String("api-token", "", "")
var _ = flag.String("secret", "", "")

func TestReads(t *testing.T) {
	for _, name := range []string{${set.map(({ name }) => `"APP_${name.toUpperCase()}", "${name}"`).join(", ")}} {
		_ = os.Getenv(name)
	}
	_, _ = os.ReadFile("testdata/${named(set, "gitlab")}")
	_, _ = os.Stat("testdata/${named(set, "aws_id")}")
}
`,
    [`t/testdata/${named(set, "gitlab")}`]: "opened\n",
  };
}

/** Everything in the environment that Go takes words, URLs or names from. */
function environmentOf(set: readonly Secret[], sandbox: Sandbox): Record<string, string> {
  const goEnvFile = join(sandbox.root, "goenv");
  writeFileSync(
    goEnvFile,
    [
      `CGO_CXXFLAGS=-O2 -DAPI_TOKEN=${named(set, "hex_key")}`,
      `GONOSUMDB=example.com/${named(set, "digitalocean")}`,
      "",
    ].join("\n"),
  );
  const defines = set.flatMap(
    ({ name, value }) => quotedWord(`-DSECRET_${name.toUpperCase()}=${value}`) ?? [],
  );
  const unnamed = set.filter(isShapedWord).map(({ name, value }) => `-D${name.toUpperCase()}_X=${value}`);
  return {
    CGO_ENABLED: "1",
    GOENV: goEnvFile,
    GOPROXY: `https://ci:${encodeURIComponent(named(set, "plain_word"))}@proxy.invalid/?key=${named(set, "behind_number")},off`,
    GOAUTH: `netrc;./helper --token ${named(set, "number")}`,
    GOFLAGS: `-tags=${named(set, "huggingface")} -asmflags=-DAPI_KEY=${named(set, "hex_key")}`,
    CGO_CFLAGS: ["-O2", "-w", ...defines, ...unnamed].join(" "),
    CGO_CPPFLAGS: `-DKEY_BLOB=${named(set, "blob")}`,
    CGO_LDFLAGS: `-L/opt/${named(set, "slack")} -Wl,--defsym=AUTH_TOKEN=${named(set, "number")}`,
    ...Object.fromEntries(set.map(({ name, value }) => [`APP_${name.toUpperCase()}`, value])),
    ...Object.fromEntries(set.map(({ name, value }) => [name, value])),
    PWD_HINT: named(set, "spaces"),
  };
}

function linkerFlags(set: readonly Secret[]): string {
  const words = set.flatMap(({ name, value }) => {
    const word = quotedWord(`main.${name}=${value}`);
    return word === null ? [] : ["-X", word];
  });
  return ["-s", "-X", `main.v=${named(set, "number")}`, ...words].join(" ");
}

describe("40 secrets, wherever Go reads one", () => {
  let sandbox: Sandbox;
  const told: (readonly [string, string])[] = [];

  function note(what: string, outcome: Outcome): Outcome {
    told.push([`${what}: stdout`, outcome.stdout], [`${what}: stderr`, outcome.stderr]);
    return outcome;
  }

  /** Builds, tests and vets with one set of secrets; go's own output is go's, and has none where it succeeds. */
  function runAll(set: readonly Secret[], at: number): void {
    const files = filesOf(set);
    // The packages of the other set are gone.
    for (const name of ["pkg", "third_party", "t"]) {
      const old = join(sandbox.module, name);
      if (existsSync(old)) renameSync(old, join(sandbox.root, `${name}-${at}`));
    }
    writeFiles(sandbox.module, files);
    execFileSync("git", ["add", "-A"], { cwd: sandbox.module, env: environment(sandbox, sandbox.module) });
    const options: RunOptions = { env: environmentOf(set, sandbox) };
    const run = (...words: string[]): void => {
      const outcome = note(
        `${at}: ${words.slice(0, 4).join(" ").slice(0, 40)}`,
        tool(sandbox, words, options),
      );
      expect(outcome.stderr, outcome.stderr).toContain("gocache-why:");
      expect(outcome.status, outcome.stderr).toBe(0);
    };
    run("-vv", "go", "build", "-o", join(sandbox.root, "bin/"), "-ldflags", linkerFlags(set), ".");
    run("-v", "go", "test", "./t");
    run("go", "vet", "./internal/keys");
    const wrapper = `./tool.sh --api-key ${named(set, "plain_word")} --label ${named(set, "github_oauth")}`;
    run("-v", "go", "build", "-toolexec", wrapper, "./internal/keys");
    run(
      ...[
        "-v",
        "go",
        "test",
        "-exec",
        `${join(sandbox.module, "tool.sh")} --password ${named(set, "hex_key")} x x`,
        "./t",
      ],
      ...[
        "-args",
        `-api-token=${named(set, "number")}`,
        "--secret",
        named(set, "spaces"),
        named(set, "stripe"),
      ],
    );
  }

  beforeAll(() => {
    sandbox = makeSandbox({ "tool.sh": '#!/bin/sh\nshift 4\nexec "$@"\n' });
    chmodSync(join(sandbox.module, "tool.sh"), 0o755);
    const git = (...words: string[]): void => {
      execFileSync("git", words, {
        cwd: sandbox.module,
        env: environment(sandbox, sandbox.module),
        stdio: "ignore",
      });
    };
    git("init", "-q");
    git("config", "user.email", "t@example.com");
    git("config", "user.name", "t");
    git("remote", "add", "origin", named(sets[0], "url_password"));
    for (const [at, set] of sets.entries()) {
      runAll(set, at);
      git("commit", "-q", "-m", "set");
      git(
        "tag",
        `v1.0.${at}-${named(set, "vault")
          .slice(0, 40)
          .replace(/^hvs\./, "")}`.slice(0, 20),
      );
    }
  });

  test("there are forty of them, all different", () => {
    expect(sets[0].length).toBeGreaterThanOrEqual(40);
    expect(new Set(sets.flat().map(({ value }) => value)).size).toBe(sets[0].length * 2);
  });

  test("no face of a report has one", () => {
    const runs = JSON.parse(tool(sandbox, ["runs", "--format", "json"]).stdout) as {
      runs: { id: string; command: string[] }[];
    };
    expect(runs.runs).toHaveLength(10);
    for (const { id, command } of runs.runs) {
      for (const face of [["--format", "json"], ["--format", "markdown", "-vv"], ["-vv"], ["--all"]]) {
        // The first set's runs have none to be compared with.
        note(`diff ${command.slice(1, 3).join(" ")} ${face.join(" ")}`, tool(sandbox, ["diff", id, ...face]));
      }
    }
    const newest = runs.runs.filter(({ command }) => command[1] === "build").map(({ id }) => id);
    for (const id of newest) {
      for (const name of ["example.com/m", "example.com/m/c", "example.com/m/internal/keys"]) {
        for (const format of ["terminal", "json"]) {
          note(`why ${name}`, tool(sandbox, ["why", name, id, "--format", format]));
          note(`inputs ${name}`, tool(sandbox, ["inputs", name, id, "--format", format]));
          note(
            `inputs ${name} --against`,
            tool(sandbox, ["inputs", name, id, "--against", newest[1] ?? id, "--format", format]),
          );
        }
      }
    }
    note("runs", tool(sandbox, ["runs"]));
    note("runs --all", tool(sandbox, ["runs", "--all", "--format", "json"]));
    const file = join(sandbox.root, "saved.json");
    tool(sandbox, ["diff", "--format", "json", "--output", file]);
    told.push(["saved.json", readFileSync(file, "latin1")]);
    note("report", tool(sandbox, ["report", file, "-vv"]));
    expect(told.flatMap(([what, text]) => findTraces(what, text, traces))).toEqual([]);
  });

  test("values that changed are causes, told by their tokens", () => {
    const builds = (
      JSON.parse(tool(sandbox, ["runs", "--format", "json"]).stdout) as {
        runs: { id: string; command: string[] }[];
      }
    ).runs.filter(({ command }) => command.includes("-ldflags"));
    const { stdout } = tool(sandbox, ["diff", builds[1]?.id ?? "", builds[0]?.id ?? "", "--format", "json"]);
    const report = JSON.parse(stdout);
    expect(report.redaction.applied).toBe(true);
    expect(report.redaction.hidden).toBeGreaterThan(40);
    const subjects = report.causes.map((cause: { subject: string }) => cause.subject);
    expect(subjects).toEqual(expect.arrayContaining(["-ldflags", "CGO_CFLAGS", "internal/keys/keys.go"]));
  });

  test.each(["build", "test"])("raw logs of go %s don't give one away when they are compared", (verb) => {
    const logs = sets.map((set, at) => {
      const path = join(sandbox.root, `${verb}-${at}.log`);
      const env = { ...environmentOf(set, sandbox), GODEBUG: "gocachehash=1" };
      const words = verb === "build" ? ["build", "-x", "-ldflags", linkerFlags(set), "."] : ["test", "./t"];
      writeFileSync(path, go(sandbox, words, { env }).stderr, "latin1");
      expect(findTraces("the log", readFileSync(path), traces)).not.toEqual([]);
      return path;
    });
    const before = told.length;
    for (const face of [["-vv"], ["--format", "json"], ["--format", "markdown"]]) {
      const { stdout, stderr } = note(`logs ${face.join(" ")}`, tool(sandbox, ["diff", ...logs, ...face]));
      expect(stdout, stderr).toContain("gocache-why");
    }
    expect(told.slice(before).flatMap(([what, text]) => findTraces(what, text, traces))).toEqual([]);
  });

  test("our own messages have none, whatever was typed", () => {
    const [set] = sets;
    const before = told.length;
    const url = named(set, "url_password");
    note("unknown run", tool(sandbox, ["diff", url]));
    note("unknown baseline", tool(sandbox, ["--baseline", url, "go", "build", "./internal/keys"]));
    note("unknown command", tool(sandbox, [url]));
    note("unknown option", tool(sandbox, [`--token=${named(set, "hex_key")}`, "go", "build"]));
    note("unknown package", tool(sandbox, ["why", named(set, "github")]));
    note("no such report", tool(sandbox, ["report", url]));
    note(
      "bad output",
      tool(sandbox, ["--output", `/nowhere/${named(set, "github")}`, "go", "build", "./internal/keys"]),
    );
    expect(told.slice(before).flatMap(([what, text]) => findTraces(what, text, traces))).toEqual([]);
  });

  test("no byte below the state folder is one, packed or not", () => {
    const kept = contentsBelow(sandbox.state);
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.some(({ content }) => content.includes("<hidden:"))).toBe(true);
    expect(kept.flatMap(({ path, content }) => findTraces(path, content, traces))).toEqual([]);
    expect(contentsBelow(sandbox.tmp)).toEqual([]);
  });

  test("--show-values shows those of this run, and says so", () => {
    const [, set] = sets;
    const shown = tool(
      sandbox,
      [
        "--show-values",
        "--format",
        "json",
        "go",
        "build",
        "-o",
        join(sandbox.root, "bin/"),
        "-ldflags",
        `-X main.v=${named(set, "blob")}`,
        ".",
      ],
      { env: environmentOf(set, sandbox) },
    );
    expect(shown.stderr).toContain("--show-values");
    expect(shown.stderr).toContain(named(set, "blob"));
    expect(shown.stderr).toContain('"applied": false');
    const inCi = tool(
      sandbox,
      [
        "--show-values",
        "-v",
        "go",
        "build",
        "-o",
        join(sandbox.root, "bin/"),
        "-ldflags",
        `-X main.v=${named(set, "hex_key")}`,
        ".",
      ],
      { env: { ...environmentOf(set, sandbox), CI: "true" } },
    );
    expect(inCi.status).toBe(0);
    expect(inCi.stderr).toContain("refused in CI");
    expect(inCi.stderr).not.toContain(named(set, "hex_key"));
    const kept = contentsBelow(sandbox.state);
    expect(kept.flatMap(({ path, content }) => findTraces(path, content, traces))).toEqual([]);
  });
});

test("what a killed tool left is taken away by the next run", async () => {
  const sandbox = makeSandbox({
    "go.mod": "module example.com/k\n\ngo 1.24\n",
    "k.go": "package main\n\nvar v string\n\nfunc main() { println(v) }\n",
    "slow.sh": '#!/bin/sh\ncase "$*" in *-V=full*) ;; *) touch "$STARTED"; sleep 3;; esac\nexec "$@"\n',
  });
  chmodSync(join(sandbox.module, "slow.sh"), 0o755);
  mkdirSync(join(sandbox.state, "gocache-why"), { recursive: true });
  const [secret] = makeSecrets();
  if (secret === undefined) throw new Error("no secret");
  const started = join(sandbox.root, "started");
  const child = spawn(
    process.execPath,
    [
      inject("tool"),
      "go",
      "build",
      "-toolexec",
      "./slow.sh",
      "-ldflags",
      `-X main.v=${secret.value}`,
      "-o",
      "k",
      ".",
    ],
    {
      cwd: sandbox.module,
      env: environment(sandbox, sandbox.module, { STARTED: started }),
      stdio: "ignore",
      // A group of its own, so that go does not outlive the test.
      detached: true,
    },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 20));
  const scratch = (): string[] =>
    readdirSync(join(sandbox.state, "gocache-why")).filter((name) => name.startsWith("gocache-why-"));
  expect(scratch()).toHaveLength(1);
  process.kill(-(child.pid ?? 0), "SIGKILL");
  await ended;
  expect(scratch()).toHaveLength(1);
  expect(tool(sandbox, ["go", "build", "-o", "other", "."]).status).toBe(0);
  expect(scratch()).toEqual([]);
  const marks = tracesOf([secret], goVersion);
  expect(
    contentsBelow(sandbox.state).flatMap(({ path, content }) => findTraces(path, content, marks)),
  ).toEqual([]);
});
