import { spawn, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { appAndLib } from "./app-and-lib.ts";
import { environment, makeSandbox, recordedRuns, run, type Sandbox, tool } from "./sandbox.ts";
import { writeFiles } from "./write-files.ts";

const build = ["go", "build", "-o", "bin/", "./..."];
const colourCode = "\x1b[";

let sandbox: Sandbox;
let edits = 0;

beforeAll(() => {
  sandbox = makeSandbox(appAndLib);
});
beforeEach(() => {
  rmSync(sandbox.state, { recursive: true, force: true });
});

function edit(): void {
  writeFiles(sandbox.module, { "lib/lib.go": `package lib\n\nfunc Name() string { return "${edits++}" }\n` });
}

/** The report on an edit, with these words and variables. */
function reportOnEdit(own: readonly string[] = [], env: Record<string, string> = {}): string {
  tool(sandbox, build);
  edit();
  const outcome = tool(sandbox, [...own, ...build], { env });
  expect([outcome.status, outcome.stdout]).toEqual([0, ""]);
  return outcome.stderr;
}

describe("how much is said", () => {
  test("one line where everything was a hit", () => {
    tool(sandbox, build);
    const warm = tool(sandbox, build);
    expect(warm.stderr).toMatch(/^gocache-why: [^\n]*\n$/);
    expect(tool(sandbox, ["--quiet", ...build]).stderr).toBe("");
  });

  test("the report follows on stderr; --quiet says nothing", () => {
    expect(reportOnEdit()).toContain("lib/lib.go was edited");
    expect(reportOnEdit(["--quiet"])).toBe("");
    expect(recordedRuns(sandbox)).toHaveLength(4);
  });

  test("-v says no less, -vv names every action that ran, --all the hits too", () => {
    const plain = reportOnEdit();
    const lines = (text: string) => text.split("\n").length;
    const verbose = reportOnEdit(["-v"]);
    expect(lines(verbose)).toBeGreaterThanOrEqual(lines(plain));
    const every = reportOnEdit(["-vv"]);
    expect(every).toContain("build lib");
    expect(lines(every)).toBeGreaterThan(lines(plain));
    const all = reportOnEdit(["--all", "-vv"]);
    expect(all).toContain("internal/abi");
    expect(reportOnEdit(["-v", "-v"]).split("\n").length).toBe(lines(every));
  });

  test("--format json goes to stderr, and stdout stays go's", () => {
    expect(JSON.parse(reportOnEdit(["--format", "json"]))).toMatchObject({ schemaVersion: 1 });
  });
});

describe("colours", () => {
  test("none in a pipe unless asked for", () => {
    expect(reportOnEdit()).not.toContain(colourCode);
    expect(reportOnEdit(["--color"])).toContain(colourCode);
    expect(reportOnEdit([], { FORCE_COLOR: "1" })).toContain(colourCode);
    expect(reportOnEdit([], { FORCE_COLOR: "0" })).not.toContain(colourCode);
    expect(reportOnEdit(["--no-color"], { FORCE_COLOR: "1" })).not.toContain(colourCode);
    expect(reportOnEdit([], { FORCE_COLOR: "1", NO_COLOR: "1" })).not.toContain(colourCode);
    expect(reportOnEdit(["--color"], { NO_COLOR: "1" })).toContain(colourCode);
    expect(reportOnEdit([], { CLICOLOR_FORCE: "1" })).toContain(colourCode);
  });

  const hasScript = spawnSync("sh", ["-c", "command -v script"]).status === 0;

  /** The same with a terminal for all streams. */
  function onTerminal(own: readonly string[], env: Record<string, string> = {}): string {
    tool(sandbox, build);
    edit();
    const words = [process.execPath, inject("tool"), ...own, ...build].map((word) => `'${word}'`).join(" ");
    const outcome = run(sandbox, "script", ["-qec", words, "/dev/null"], {
      env: { TERM: "xterm-256color", ...env },
    });
    expect(outcome.status).toBe(0);
    return outcome.stdout;
  }

  test.skipIf(!hasScript)("on a terminal", () => {
    expect(onTerminal([])).toContain(colourCode);
    expect(onTerminal(["--no-color"])).not.toContain(colourCode);
    expect(onTerminal([], { NO_COLOR: "1" })).not.toContain(colourCode);
    expect(onTerminal([], { TERM: "dumb" })).not.toContain(colourCode);
    expect(onTerminal(["--output", "/dev/null"])).not.toContain(colourCode);
  });

  test.skipIf(!hasScript)("a program that go runs has the terminal itself", () => {
    const words = `'${process.execPath}' '${inject("tool")}' --quiet go run .`;
    const outcome = run(sandbox, "script", ["-qec", words, "/dev/null"]);
    expect(outcome.stdout).toBe(`${edits - 1}\r\n`);
  });
});

test("two builds at once are both recorded", async () => {
  const start = (): Promise<number | null> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [inject("tool"), "--quiet", ...build], {
        cwd: sandbox.module,
        env: environment(sandbox, sandbox.module),
        stdio: ["ignore", "ignore", "inherit"],
      });
      child.once("close", resolve);
    });
  edit();
  expect(await Promise.all([start(), start(), start()])).toEqual([0, 0, 0]);
  const runs = recordedRuns(sandbox);
  expect(new Set(runs.map((each) => each.id)).size).toBe(3);
  expect(runs.every((each) => each.exitCode === 0 && each.actions > 10)).toBe(true);
});
