import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { renderJson } from "../../src/report/renderers/json.ts";
import { buildReport } from "../report/build-report.ts";
import { closedValidator } from "../report/schema.ts";
import { situations } from "../report/situations.ts";
import { runMain } from "./run-main.ts";

const root = mkdtempSync(join(tmpdir(), "gocache-why-cli-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const logs = join(import.meta.dirname, "../../testdata/demo");

const run = (...words: string[]) => runMain(root, words);

const saved = join(root, "why.json");
writeFileSync(saved, renderJson(buildReport(situations["edit-and-variable"] ?? {})));
writeFileSync(join(root, "broken.json"), '{"schemaVersion": 1');

describe("why and inputs", () => {
  test("tell of two logs", async () => {
    const words = ["price", join(logs, "now.log")];
    const why = await run("why", ...words, "--baseline", join(logs, "before.log"));
    expect(why).toMatchObject({ status: 0, stderr: "" });
    expect(why.stdout).toMatch(/^gocache-why: price ran: price\/price\.go was edited\n/);
    const inputs = await run("inputs", ...words, "--against", join(logs, "before.log"), "--format", "json");
    expect(inputs).toMatchObject({ status: 0, stderr: "" });
    const value = JSON.parse(inputs.stdout);
    expect(closedValidator("inputs")(value)).toBe(true);
    expect(value.actions[0].inputs).toMatchObject([{ input: "file price.go" }]);
  });

  test.each([
    [
      ["why", "prize", join(logs, "now.log")],
      1,
      /^gocache-why: run now\.log has no package prize; near: example\.com\/shop\/price\n$/,
    ],
    [["why", "price"], 1, /^gocache-why: there is no run @1: [^\n]*\n$/],
    [["why"], 2, /missing required argument 'package'/],
    [["inputs", "price", "nowhere.log"], 1, /^gocache-why: there is no file nowhere\.log\n$/],
    [["why", "price", "--format", "markdown"], 2, /Allowed choices are terminal, json/],
    [
      ["why", "price", join(logs, "now.log"), "--test"],
      1,
      /^gocache-why: run now\.log ran no test of example\.com\/shop\/price\n$/,
    ],
    [["tests"], 1, /^gocache-why: no recorded run of this module has tests: gocache-why go test [^\n]*\n$/],
    [["tests", join(logs, "now.log")], 1, /^gocache-why: run now\.log ran no tests: [^\n]*\n$/],
    [["what-if"], 2, /^gocache-why: say what to suppose: [^\n]*\n$/],
    [["what-if", "--set", "CC"], 2, /^gocache-why: --set takes NAME=VALUE, and not CC\n$/],
    [["what-if", "--without-flag", "-race=x"], 2, /^gocache-why: --without-flag takes the name of a flag/],
    [["what-if", "--without-cause", "edited"], 2, /^gocache-why: edited is no code of a cause; [^\n]*\n$/],
    [["what-if", "--trimpath"], 1, /^gocache-why: [^\n]*\n$/],
    [["tests", "--format", "markdown"], 2, /Allowed choices are terminal, json/],
  ])("%j fails in one line", async (words, status, message) => {
    const result = await run(...words);
    expect(result).toMatchObject({ status, stdout: "" });
    expect(result.stderr).toMatch(message);
  });

  test.each([
    [["--format", "json", "-vv", "inputs", "price", join(logs, "now.log")], 0, /^\{\n/, /^$/],
    [["--format=json", "inputs", "price", join(logs, "now.log")], 0, /^\{\n/, /^$/],
    [["--in-band", "inputs", "price", join(logs, "now.log")], 2, /^$/, /unknown option '--in-band'/],
    [
      ["--format", "markdown", "why", "price", join(logs, "now.log")],
      2,
      /^$/,
      /Allowed choices are terminal, json/,
    ],
  ] as const)("%j: options in front of a subcommand are its own", async (words, status, stdout, stderr) => {
    const result = await run(...words);
    expect(result.status).toBe(status);
    expect(result.stdout).toMatch(stdout);
    expect(result.stderr).toMatch(stderr);
  });

  test("write to a file", async () => {
    const output = join(root, "out.txt");
    await run("why", "price", join(logs, "now.log"), "--output", output);
    expect(readFileSync(output, "utf8")).toMatch(/^gocache-why: price ran; there is no earlier run/);
  });
});

describe("report", () => {
  test("shows a saved report in each format", async () => {
    const terminal = await run("report", saved);
    expect(terminal.stdout).toContain("internal/errors/errors.go was edited");
    const markdown = await run("report", "why.json", "--format", "markdown");
    expect(markdown.stdout).toContain("| 1 | `internal/errors/errors.go` was edited |");
    const json = await run("report", saved, "--format", "json");
    expect(json.stdout).toBe(readFileSync(saved, "utf8"));
  });

  test("makes a page and a trace of it", async () => {
    const page = await run("report", saved, "--format", "html");
    expect(page.stdout).toMatch(
      /^<!doctype html>\n[\s\S]*internal\/errors\/errors\.go was edited[\s\S]*<\/html>\n$/,
    );
    const trace = await run("report", saved, "--format", "trace");
    expect(JSON.parse(trace.stdout).traceEvents).toHaveLength(1);
  });

  test("opens the page with the desktop's program, in a file that only its owner can read", async () => {
    const bin = join(root, "bin");
    const opened = join(root, "opened");
    mkdirSync(bin);
    writeFileSync(
      join(bin, "xdg-open"),
      `#!/bin/sh\necho "$1" > "${opened}.part" && mv "${opened}.part" "${opened}"\n`,
    );
    chmodSync(join(bin, "xdg-open"), 0o755);
    const { status, stdout, stderr } = await runMain(root, ["report", saved, "--open"], {
      PATH: `${bin}:/usr/bin:/bin`,
    });
    const file = join(root, "state/gocache-why/report.html");
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: "",
      stderr: `gocache-why: the report is ${file}\n`,
    });
    await expect.poll(() => existsSync(opened) && readFileSync(opened, "utf8")).toBe(`${file}\n`);
    expect(readFileSync(file, "utf8")).toMatch(/^<!doctype html>/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const named = await run("report", saved, "--open", "--output", "named.html");
    expect(named).toMatchObject({ status: 0, stdout: "" });
    expect(named.stderr).toBe(
      `gocache-why: there is no program to open a page with; it is ${join(root, "named.html")}\n`,
    );
    expect(await run("report", saved, "--open", "--format", "json")).toMatchObject({ status: 2, stdout: "" });
  });

  test.each([
    ["broken.json", /^gocache-why: broken\.json: it is no JSON \([^\n]*\)\n$/],
    ["missing.json", /^gocache-why: there is no file missing\.json\n$/],
    [".", /^gocache-why: \. can't be read: EISDIR\n$/],
  ])("%s is none", async (file, message) => {
    const result = await run("report", file);
    expect(result).toMatchObject({ status: 1, stdout: "" });
    expect(result.stderr).toMatch(message);
  });
});

describe("help", () => {
  test.each(["", "diff", "runs", "why", "inputs", "tests", "what-if", "report", "check", "completion"])(
    "of %j has examples and the exit status, in 80 columns",
    async (command) => {
      const { status, stdout } = await run(...(command === "" ? [] : [command]), "--help");
      expect(status).toBe(0);
      expect(stdout).toMatch(/\nExamples:\n {2}\S/);
      expect(stdout).toMatch(/\nExit status:\n/);
      for (const line of stdout.split("\n"))
        expect(line.length, line).toBeLessThanOrEqual(command === "" ? 90 : 80);
    },
  );
});

describe("completion", () => {
  test.each(["bash", "zsh", "fish"])("of %s knows every command and option", async (shell) => {
    const script = (await run("completion", shell)).stdout;
    const help = (await run("--help")).stdout;
    const commands = [...help.slice(help.indexOf("\nCommands:")).matchAll(/^ {2}([a-z]+) .*[\]>]/gm)].map(
      ([, name = ""]) => name,
    );
    expect(commands).toContain("inputs");
    for (const command of commands) {
      expect(script).toContain(command);
      const own = (await run(command, "--help")).stdout;
      for (const [, option = ""] of own.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm)) {
        if (option !== "help") expect(script, `${command} --${option}`).toContain(option);
      }
    }
    expect(script).toContain("in-band");
  });

  test("of another shell is refused", async () => {
    expect(await run("completion", "tcsh")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("one of bash, zsh, fish"),
    });
  });

  test.skipIf(spawnSync("bash", ["--version"]).status !== 0).each([
    ["gocache-why in", "inputs"],
    ["gocache-why --format m", "markdown"],
    ["gocache-why inputs --ag", "--against"],
    ["gocache-why completion f", "fish"],
    ["gocache-why report ./", "./why.json"],
    ["gocache-why go build --ba", ""],
  ])("bash completes %j with %j", async (line, expected) => {
    const script = (await run("completion", "bash")).stdout;
    const words = line.split(" ");
    const code = `${script}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _gocache_why; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync("bash", ["-c", code], { cwd: root, encoding: "utf8" });
    if (expected === "") expect(stdout.trim()).toBe("");
    else expect(stdout.split("\n")).toContain(expected);
  });
});
