import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { closedValidator } from "../report/schema.ts";
import { appAndLib, libOf } from "./app-and-lib.ts";
import { untilGroupEnds } from "./process-group.ts";
import {
  environment,
  go,
  makeSandbox,
  type Outcome,
  recordedRuns,
  report,
  type Sandbox,
  tool,
} from "./sandbox.ts";
import { makeExecutable, pathWithGo } from "./wrapper-script.ts";
import { writeFiles } from "./write-files.ts";

/** Set by scripts/endurance.mjs: a file for the figures. All is done more often then. */
const figures = process.env.GOCACHE_WHY_ENDURANCE ?? null;
const kills = figures === null ? 6 : 60;
const buildsAtOnce = figures === null ? 12 : 200;

const build = ["go", "build", "-o", "bin/", "."];

let sandbox: Sandbox;
let edits = 0;

beforeAll(() => {
  sandbox = makeSandbox(appAndLib);
});
beforeEach(() => {
  rmSync(sandbox.state, { recursive: true, force: true });
  mkdirSync(sandbox.state);
});

const isLinux = process.platform === "linux";
const history = () => join(sandbox.state, "gocache-why");

function tellFigure(what: string, figure: string): void {
  if (figures !== null) appendFileSync(figures, `${JSON.stringify({ what, figure })}\n`);
}

/** One file of the module gets a content that it never had. */
function editLib(): void {
  edits++;
  writeFiles(sandbox.module, { "lib/lib.go": libOf(`edit ${edits} of ${process.pid}`) });
}

function start(words: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [inject("tool"), ...words], {
    cwd: sandbox.module,
    env: environment(sandbox, sandbox.module, env),
    stdio: ["ignore", "ignore", "ignore"],
    // What it starts stays in its group, whatever becomes of it.
    detached: true,
  });
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) =>
    child.exitCode === null && child.signalCode === null ? child.once("exit", () => resolve()) : resolve(),
  );

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Makes all that lies there old, so that the next run takes it for what was left, and sees no writer at work. */
function age(folder: string): void {
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const name of list(folder)) utimesSync(join(folder, name), old, old);
}

const causesOf = ({ causes }: Report) => causes.map(({ code, subject }) => `${code} ${subject}`);

/** What has to hold after any accident: the next run is right, names the edit and nothing else, and nothing lies around. */
function expectAllWell(earlier: readonly string[]): void {
  editLib();
  age(join(history(), "v2/tmp"));
  const next = report(sandbox, build);
  expect([next.status, next.stderr, causesOf(next.report)]).toEqual([0, "", ["file-edited lib/lib.go"]]);
  expect(next.report.warnings).toEqual([]);
  const ids = recordedRuns(sandbox).map(({ id }) => id);
  // Of thirty the oldest goes for the new one.
  expect(ids).toEqual(expect.arrayContaining(earlier.slice(0, 29)));
  expect(list(join(history(), "v2/tmp"))).toEqual([]);
  expect(list(history()).filter((name) => name.startsWith("gocache-why-"))).toEqual([]);
  expect(list(sandbox.tmp)).toEqual([]);
}

describe.skipIf(!isLinux)("kill -9", () => {
  /** Kills the tool when `isDue` says so, and waits for what it had started to end by itself. */
  async function killWhen(words: readonly string[], isDue: () => boolean): Promise<boolean> {
    const child = start(words);
    while (!isDue() && child.exitCode === null) await new Promise((resolve) => setImmediate(resolve));
    const wasKilled = child.exitCode === null && child.kill("SIGKILL");
    await ended(child);
    await untilGroupEnds(child.pid ?? 0);
    return wasKilled;
  }

  /** Go itself goes on, as a child of any killed wrapper does: what it was to build is there, and is what plain go builds. */
  function expectBuilt(): void {
    const plain = go(sandbox, ["build", "-v", "-o", "bin/", "."]);
    expect([plain.status, plain.stderr]).toEqual([0, ""]);
  }

  const scratch = () => list(history()).filter((name) => name.startsWith("gocache-why-"));
  const stages: readonly (readonly [string, () => boolean])[] = [
    ["its own folder is made", () => scratch().length > 0],
    [
      "go has begun, and has written its graph",
      () => scratch().some((name) => existsSync(join(history(), name, "graph.json"))),
    ],
    ["the program is there", () => existsSync(join(sandbox.module, "bin/m"))],
    ["the run is being written", () => list(join(history(), "v2/tmp")).length > 0],
    ["the run is in its place", () => list(join(history(), "v2/runs")).length > 2],
  ];

  test.each(stages)("when %s", async (_what, isDue) => {
    tool(sandbox, build);
    editLib();
    tool(sandbox, build);
    const earlier = recordedRuns(sandbox).map(({ id }) => id);
    expect(earlier).toHaveLength(2);
    editLib();
    rmSync(join(sandbox.module, "bin"), { recursive: true, force: true });
    await killWhen(build, isDue);
    if (existsSync(join(sandbox.module, "bin/m"))) expectBuilt();
    expectAllWell(earlier);
  });

  test.each([["by default"], ["--in-band"]])(`${kills} times over the life of a run, %s`, async (way) => {
    const own = way === "--in-band" ? [way] : [];
    tool(sandbox, build);
    editLib();
    const begin = Date.now();
    tool(sandbox, [...own, ...build]);
    const length = Date.now() - begin;
    let killed = 0;
    for (let turn = 0; turn < kills; turn++) {
      editLib();
      const at = Date.now() + (length * (turn + 0.5)) / kills;
      if (await killWhen([...own, ...build], () => Date.now() >= at)) killed++;
    }
    const earlier = recordedRuns(sandbox).map(({ id }) => id);
    expect(earlier.length).toBeGreaterThanOrEqual(2);
    // In-band go writes to a pipe of ours, and ends with it, as where `| head` ends: its own folder stays.
    for (const name of list(sandbox.tmp)) {
      expect([way, name]).toEqual(["--in-band", expect.stringMatching(/^go-build\d+$/)]);
      rmSync(join(sandbox.tmp, name), { recursive: true });
    }
    expectAllWell(earlier);
    tellFigure(
      `kill -9 of the tool at regular moments of a recording, ${way}`,
      `${killed} of ${kills} runs were hit`,
    );
  });
});

/** A file system of its own in a folder; null where that may not be had. */
function mountTmpfs(folder: string, size: string): ((options: string) => void) | null {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder], { stdio: "ignore" });
    return (options) => execFileSync("mount", ["-o", `remount,${options}`, folder], { stdio: "ignore" });
  } catch {
    return null;
  }
}

function unmount(folder: string): void {
  execFileSync("umount", [folder], { stdio: "ignore" });
}

/** Go's status, and no more than one line of ours. */
function expectNotInTheWay({ status, stderr }: Outcome, message: RegExp): void {
  expect(stderr.split("\n").slice(0, -1)).toEqual([expect.stringMatching(message)]);
  expect(status).toBe(0);
}

describe("a disk", () => {
  test("that is full after any number of KB: the run alone is lost, and what was recorded stays whole", (context) => {
    const sizes = figures === null ? [0, 8, 24] : Array.from({ length: 30 }, (_, at) => at * 4);
    let lost = 0;
    for (const [turn, size] of sizes.entries()) {
      const place = join(sandbox.root, `small-${turn}`);
      // The whole of it is a page more than what it is said to have.
      const remount = mountTmpfs(place, `${256 + size}k`);
      if (remount === null) return context.skip();
      try {
        const env = { XDG_STATE_HOME: place };
        editLib();
        expect(tool(sandbox, ["--quiet", ...build], { env })).toMatchObject({ status: 0, stderr: "" });
        const earlier = tool(sandbox, ["runs", "--format", "json"], { env }).stdout;
        const { id } = (JSON.parse(earlier) as { runs: [{ id: string }] }).runs[0];
        remount(`size=${usedKilobytes(place) + size}k`);
        editLib();
        const outcome = tool(sandbox, ["--quiet", ...build], { env });
        expect(outcome.status).toBe(0);
        if (outcome.stderr !== "") {
          lost++;
          expectNotInTheWay(outcome, /history in .* can't be (written|cleaned up): ENOSPC/);
        }
        const shown = tool(sandbox, ["runs", "--format", "json"], { env });
        expect([shown.status, shown.stderr]).toEqual([0, ""]);
        expect(shown.stdout).toContain(id);
        expect(tool(sandbox, ["inputs", "./lib", id], { env })).toMatchObject({ status: 0, stderr: "" });
        remount("size=2m");
        editLib();
        const next = report(sandbox, build, { env });
        expect([next.stderr, causesOf(next.report)]).toEqual(["", ["file-edited lib/lib.go"]]);
      } finally {
        unmount(place);
      }
    }
    // With no room at all nothing can be kept.
    expect(lost).toBeGreaterThan(0);
    tellFigure(
      "the disk of the history full after 0, 4, 8, … KB more",
      `${sizes.length} sizes, ${lost} runs not recorded`,
    );
  });

  test("that is read-only: the run is compared with what is there, and a line says that it is not kept", (context) => {
    const place = join(sandbox.root, "read-only");
    const remount = mountTmpfs(place, "4m");
    if (remount === null) return context.skip();
    try {
      const env = { XDG_STATE_HOME: place };
      tool(sandbox, build, { env });
      remount("ro");
      editLib();
      const made = report(sandbox, build, { env });
      expectNotInTheWay(made, /history in .* can't be written: EROFS/);
      expect(causesOf(made.report)).toEqual(["file-edited lib/lib.go"]);
      expectNotInTheWay(
        tool(sandbox, ["--quiet", ...build], { env }),
        /history in .* can't be written: EROFS/,
      );
      expect(tool(sandbox, ["runs"], { env })).toMatchObject({ status: 0, stderr: "" });
      expect(list(sandbox.tmp)).toEqual([]);
    } finally {
      unmount(place);
    }
  });
});

function usedKilobytes(folder: string): number {
  const [, used = "0"] = execFileSync("df", ["-k", "--output=used", folder], { encoding: "utf8" })
    .trim()
    .split("\n");
  return Number(used);
}

describe("the clock", () => {
  const validate = closedValidator("report");

  /** The environment of a tool whose clock differs from go's by so many days; from its so-manieth look on where that is given. */
  function withClock(days: number, from = 0): Record<string, string> {
    const file = join(sandbox.root, `clock-${days}-${from}.cjs`);
    writeFileSync(
      file,
      `const real = Date.now.bind(Date), Own = Date; let looks = 0;
const now = () => real() + (looks++ < ${from} ? 0 : ${days * 86_400_000});
globalThis.Date = class extends Own { constructor(...words) { if (words.length === 0) super(now()); else super(...words); } static now() { return now(); } };\n`,
    );
    return { NODE_OPTIONS: `--require=${file}` };
  }

  test("set back and forth between runs: the order is that of entry, and each run is compared with the one before", () => {
    const ids: string[] = [];
    for (const days of [0, 40, -400, 3650, -1]) {
      editLib();
      const made = report(sandbox, build, { env: withClock(days) });
      expect([made.status, made.stderr]).toEqual([0, ""]);
      expect(validate(made.report), JSON.stringify(validate.errors)).toBe(true);
      const [newest] = recordedRuns(sandbox);
      expect(made.report.before?.id).toBe(ids[0]);
      if (ids.length > 0) expect(causesOf(made.report)).toEqual(["file-edited lib/lib.go"]);
      ids.unshift(newest?.id ?? "");
    }
    expect(recordedRuns(sandbox).map(({ id }) => id)).toEqual(ids);
    expectAllWell(ids);
  });

  test.each([-1, 1])("set by %i day in the middle of a run: its report is as it has to be", (days) => {
    tool(sandbox, build);
    for (const from of figures === null ? [1, 2, 3] : Array.from({ length: 20 }, (_, at) => at + 1)) {
      editLib();
      const made = report(sandbox, build, { env: withClock(days, from) });
      expect([made.status, made.stderr, causesOf(made.report)]).toEqual([0, "", ["file-edited lib/lib.go"]]);
      expect(validate(made.report), JSON.stringify(validate.errors)).toBe(true);
      expect(made.report.totals.seconds ?? 0).toBeGreaterThan(0);
    }
  });
});

test(`${buildsAtOnce} builds at once on one history: each has its status and its line, and all is readable`, async () => {
  tool(sandbox, build);
  const begin = Date.now();
  const outcomes = await Promise.all(
    Array.from({ length: buildsAtOnce }, async (_, at) => {
      const child = spawn(
        process.execPath,
        [inject("tool"), "go", "build", ...(at % 2 === 0 ? ["-o", "bin/", "."] : ["./lib"])],
        {
          cwd: sandbox.module,
          env: environment(sandbox, sandbox.module),
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
      let stderr = "";
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      const status = await new Promise((resolve) => child.once("close", resolve));
      return { status, stderr };
    }),
  );
  const seconds = (Date.now() - begin) / 1000;
  for (const { status, stderr } of outcomes) {
    expect(stderr).not.toMatch(/can't be|skipped|bug/);
    expect(status).toBe(0);
  }
  const runs = tool(sandbox, ["runs", "--format", "json", "--all"]);
  expect([runs.status, runs.stderr]).toEqual([0, ""]);
  const recorded = recordedRuns(sandbox);
  expect(recorded).toHaveLength(Math.min(30, 1 + buildsAtOnce / 2) + Math.min(30, buildsAtOnce / 2));
  for (const { id } of recorded.slice(0, 5)) expect(tool(sandbox, ["inputs", "./lib", id]).status).toBe(0);
  expectAllWell([]);
  tellFigure(
    "builds at once on one history",
    `${buildsAtOnce} in ${seconds.toFixed(0)} s, ${recorded.length} runs kept, all readable`,
  );
});

describe("deleted while go runs", () => {
  /** Deletes GOCACHE when it is tested. */
  const deletingTest = `package lib

import (
	"os"
	"testing"
)

func Test(t *testing.T) {
	if err := os.RemoveAll(os.Getenv("GOCACHE")); err != nil {
		t.Fatal(err)
	}
}
`;

  test("the cache: go's status and words are those of plain go, and no cause is made up", () => {
    const words = ["go", "test", "./lib"];
    const withTest = { ...appAndLib, "lib/lib_test.go": deletingTest };
    const plain = go(makeSandbox(withTest), words.slice(1));
    const own = makeSandbox(appAndLib);
    expect(tool(own, ["--quiet", ...words])).toMatchObject({ status: 0 });
    writeFiles(own.module, withTest);
    const made = report(own, words);
    const withoutTimes = (text: string) => text.replace(/\d+\.\d+s/g, "");
    expect([made.status, withoutTimes(made.stdout), made.stderr]).toEqual([
      plain.status,
      withoutTimes(plain.stdout),
      plain.stderr,
    ]);
    // A test came: what it imports and what is linked for it is new; of the rest nothing is said to have changed.
    expect(made.report.totals.missed).toBeGreaterThan(0);
    for (const { code } of made.report.causes)
      expect(code).toMatch(/^(file-added|first-build|package-new|import|link-|test-)/);
  });

  test("the cache, between go's end and the question for the inputs", () => {
    const own = makeSandbox(appAndLib);
    report(own, build);
    writeFiles(own.module, { "lib/lib.go": libOf("between") });
    const script = `case "$*" in *"-n -x"*) rm -rf "${own.cache}" ;; esac\nexec "$GO" "$@"\n`;
    const made = report(own, build, { env: { PATH: pathWithGo(own.root, "between", script) } });
    expect([made.status, made.stderr, causesOf(made.report)]).toEqual([0, "", ["file-edited lib/lib.go"]]);
  });

  test.each([["build"], ["vet"]])(
    "the state folder, under go %s: it is there again before go ends",
    (verb) => {
      tool(sandbox, build);
      editLib();
      // It deletes the folder before a package is compiled, and compiles it when the folder for go's graph is there again, after 20 s in any case.
      const deleting = makeExecutable(
        sandbox.root,
        "deleting",
        `case "$*" in *-V=full*) ;; *" -p example.com/m/lib "*)
for scratch in "${history()}"/gocache-why-*; do :; done
rm -rf "${sandbox.state}"
count=0
while [ ! -d "$scratch" ] && [ $count -lt 200 ]; do sleep 0.1; count=$((count + 1)); done ;; esac
exec "$@"
`,
      );
      const outcome = tool(sandbox, ["--quiet", "go", verb, `-toolexec=${deleting}`, "./..."]);
      expect([outcome.status, outcome.stderr]).toEqual([0, ""]);
      expect(recordedRuns(sandbox)).toHaveLength(1);
      tool(sandbox, build);
      expectAllWell([]);
    },
  );
});
