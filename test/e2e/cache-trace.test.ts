import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { buildCacheProgram, copyHeld, holdEntriesOf } from "./cache-programs.ts";
import { environment, go, makeSandbox, type Outcome, report, type Sandbox, tool } from "./sandbox.ts";
import { wrappedTests } from "./wrapped-tests.ts";

// Packages that import nothing of the standard library: go compiles nothing else for them.
const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "app/app.go": 'package app\n\nimport "example.com/m/lib"\n\nfunc Name() string { return lib.Name() }\n',
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
};
const build = ["go", "build", "./..."];
const modules = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
const keys = ["build example.com/m/app", "build example.com/m/lib"];

let sandbox: Sandbox;
let program: string;
/** What the program holds; each test's own. */
let held: string;

beforeAll(() => {
  sandbox = makeSandbox(files);
  program = buildCacheProgram(sandbox);
  held = join(sandbox.root, "held");
}, 300_000);

/** A run of all packages is recorded, with all of them in the program. */
beforeEach(() => {
  for (const folder of [sandbox.state, held]) rmSync(folder, { recursive: true, force: true });
  write(files["lib/lib.go"]);
  const { status } = tool(sandbox, ["--quiet", "--trace-cache", ...build], { env: withProgram() });
  expect(status).toBe(0);
});

function withProgram(...faults: readonly string[]): Record<string, string> {
  return { GOCACHEPROG: [program, held, ...faults].join(" ") };
}

function traced(...faults: readonly string[]): Outcome & { report: Report } {
  return report(sandbox, build, { env: withProgram(...faults), own: ["--trace-cache", "--all"] });
}

function untraced(env: Record<string, string> = withProgram()): Outcome & { report: Report } {
  return report(sandbox, build, { env, own: ["--all"] });
}

function causesOf({ report: { causes } }: { report: Report }): string[] {
  return causes
    .filter(({ code }) => code !== "link-not-cached")
    .map(({ code, subject, evidence }) => `${code} ${subject} ${evidence.kind}`);
}

/** Go keeps an index of a folder only where all in it is older than two seconds (modindex/read.go). */
function write(lib: string): void {
  writeFileSync(join(sandbox.module, "lib/lib.go"), lib);
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of [...Object.keys(files), "app", "lib", "."])
    utimesSync(join(sandbox.module, name), hourAgo, hourAgo);
}

function edit(): void {
  write(files["lib/lib.go"].replace('"lib"', '"bib"'));
}

function livingPrograms(): string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const isGone = /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
      return !isGone && readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(program);
    } catch {
      return false;
    }
  });
}

describe("without --trace-cache", () => {
  test("build: first, again, edited, emptied, with another program, and without one", () => {
    rmSync(sandbox.state, { recursive: true });
    rmSync(held, { recursive: true });
    expect(causesOf(untraced())).toEqual(["first-build example.com/m observed"]);
    expect(untraced().report.totals).toMatchObject({ actions: 2, hit: 2 });
    edit();
    expect(causesOf(untraced())).toEqual(["file-edited lib/lib.go proven"]);
    rmSync(held, { recursive: true });
    const emptied = untraced();
    expect(causesOf(emptied)).toEqual(["cache-program-miss GOCACHEPROG inferred"]);
    expect(emptied.report.totals.byVerdict["entry-missing"]).toBe(2);
    // Another GOCACHE has no part in it where a program is the cache.
    rmSync(held, { recursive: true });
    const moved = untraced({ ...withProgram(), GOCACHE: join(sandbox.root, "other-gocache") });
    expect(causesOf(moved)).toEqual(["cache-program-miss GOCACHEPROG inferred"]);
    const other = untraced({ GOCACHEPROG: `${program} ${join(sandbox.root, "other-held")}` });
    expect(causesOf(other)).toEqual(["cache-program-miss GOCACHEPROG inferred"]);
    expect(other.report.causes[0]?.now).toContain("other-held");
    expect(causesOf(untraced({ GOCACHE: join(sandbox.root, "empty-gocache") }))).toEqual([
      "cache-dir-changed GOCACHEPROG observed",
    ]);
  });

  test("what GOCACHE holds of a key spares no cause where a program is the cache", () => {
    // A build without the program fills GOCACHE with the edited packages; the program has none of them.
    edit();
    expect(go(sandbox, build.slice(1)).status).toBe(0);
    const told = untraced();
    expect(causesOf(told)).toEqual(["file-edited lib/lib.go proven"]);
    expect(told.report.totals.byVerdict["key-changed"]).toBe(2);
  });

  test("test: a verdict is go's own word, or unknown", { timeout: 300_000 }, () => {
    const module = testedModule();
    const told = (more: Record<string, string> = {}) => {
      const env = { GOCACHEPROG: `${program} ${join(module.root, "held")}`, ...more };
      const outcome = report(module, ["go", "test", "./..."], { env, own: ["--all"] });
      const isCached = /^ok .*\(cached\)$/m.test(outcome.stdout);
      const verdict = outcome.report.actions.find(({ kind }) => kind === "test")?.verdict;
      return { isCached, verdict, causes: causesOf(outcome) };
    };
    expect(told()).toMatchObject({ isCached: false, verdict: "unknown" });
    expect(told()).toEqual({ isCached: true, verdict: "hit", causes: [] });
    expect(told({ GREETING: "x" })).toEqual({ isCached: false, verdict: "unknown", causes: [] });
  });
});

/** As it was downloaded for all tests. */
function toolchain(version: string): Record<string, string | undefined> {
  return { GOTOOLCHAIN: version, GOMODCACHE: modules, GOSUMDB: undefined };
}

/** A module with one test that reads a variable; the program has the standard library. */
function testedModule(): Sandbox {
  const all = {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "env/env_test.go":
      'package env\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc Test(t *testing.T) { t.Log(os.Getenv("GREETING")) }\n',
  };
  const made = makeSandbox(all);
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of Object.keys(all)) utimesSync(join(made.module, name), hourAgo, hourAgo);
  holdEntriesOf(made.cache, join(made.root, "held"));
  return made;
}

describe("the trace", () => {
  test("has sums, and what of them is each action's", () => {
    edit();
    const told = traced();
    expect(causesOf(told)).toEqual(["file-edited lib/lib.go proven"]);
    const part = told.report.cacheProgram;
    expect(part).toMatchObject({
      commands: ["get", "put", "close"],
      end: "closed",
      errors: [],
      neverPut: [],
      gets: { errors: 0, flawed: 0, unanswered: 0 },
    });
    expect(part?.actions).toMatchObject(keys.map((key) => ({ key, got: "miss", put: "done" })));
    const again = traced().report.cacheProgram;
    expect(again?.actions).toMatchObject(keys.map((key) => ({ key, got: "hit", put: null })));
    expect(again).toMatchObject({ puts: { requests: 0 }, gets: { requests: again?.gets.hits, misses: 0 } });
    const sizes = readdirSync(held).map((name) => readFileSync(join(held, name)).length);
    for (const { gotBytes } of again?.actions ?? []) expect(sizes).toContain(gotBytes);
  });

  test("Go 1.24 says the same", () => {
    const own = ["--trace-cache", "--all"];
    const env = { ...withProgram(), ...toolchain("go1.24.11") };
    const first = report(sandbox, build, { env, own });
    expect(causesOf(first)).toEqual(["toolchain-changed go proven"]);
    expect(first.report.cacheProgram?.actions).toMatchObject(
      keys.map((key) => ({ key, got: "miss", put: "done" })),
    );
    const again = report(sandbox, build, { env, own }).report;
    expect(again.cacheProgram?.actions).toMatchObject(keys.map((key) => ({ key, got: "hit" })));
    expect(again.totals).toMatchObject({ actions: 2, hit: 2 });
  });

  test("an emptied program: its own answers say so, and what an earlier run had put is known", () => {
    rmSync(held, { recursive: true });
    const told = traced("no-put");
    expect(causesOf(told)).toEqual(["cache-program-miss GOCACHEPROG observed"]);
    expect(told.report.cacheProgram?.lost.map(({ key }) => key)).toEqual(keys);
    expect(told.report.cacheProgram?.neverPut).toEqual([]);
    rmSync(sandbox.state, { recursive: true });
    const again = traced("no-put").report.cacheProgram;
    expect(again).toMatchObject({ neverPut: keys, lost: [] });
  });

  test("what comes later than the work takes", () => {
    // The recorded run has compiled them.
    const told = traced("slow=3000").report.cacheProgram?.slower ?? [];
    expect(told.map(({ key }) => key).sort()).toEqual(keys);
    for (const { seconds, workSeconds } of told) expect(seconds).toBeGreaterThan(workSeconds);
    const { stdout: face } = tool(sandbox, ["report", join(sandbox.root, "report.json")]);
    expect(face).toMatch(
      /^gocache-why: all 2 actions were cached\n\n {2}cache program: \d+ gets \(\d+ hits of /,
    );
    expect(face).toMatch(/slower than the work: (app|lib) came in \d+\.?\d* s, compiling takes /);
    const { stdout: page } = tool(sandbox, ["report", join(sandbox.root, "report.json"), "--format", "html"]);
    expect(page).toMatch(/<li><strong>cache program<\/strong> \d+ gets \(\d+ hits of /);
    expect(page).toMatch(/<strong>cache program<\/strong> slower than the work: /);
  });

  test("tests: cached or not, and why, as without a program", { timeout: 300_000 }, () => {
    const module = testedModule();
    const env = { GOCACHEPROG: `${program} ${join(module.root, "held")}` };
    const own = ["--trace-cache"];
    expect(wrappedTests(module, ["test", "./..."], { env, own }).said).toEqual({ env: "ran" });
    expect(wrappedTests(module, ["test", "./..."], { env, own }).verdicts).toEqual({ env: "hit" });
    const changed = wrappedTests(module, ["test", "./..."], { env: { ...env, GREETING: "x" }, own });
    expect(changed.causes).toEqual(["test-env-changed GREETING proven"]);
    expect(wrappedTests(module, ["test", "./..."], { env, own }).verdicts).toEqual({ env: "hit" });
  });

  test("`run` traces each go command below it", () => {
    const file = join(sandbox.root, "run.json");
    const words = ["run", "--trace-cache", "--format", "json", "--output", file, "--", "sh", "-c"];
    const outcome = tool(sandbox, [...words, "go build ./... && go build ./lib"], { env: withProgram() });
    expect(outcome.status).toBe(0);
    const { runs = [], cacheProgram } = JSON.parse(readFileSync(file, "utf8")) as Report;
    expect(runs.map((run) => run.cacheProgram?.actions.map(({ key }) => key))).toEqual([keys, [keys[1]]]);
    const hits = runs.reduce((sum, run) => sum + (run.cacheProgram?.gets.hits ?? 0), 0);
    expect(cacheProgram?.gets.hits).toBe(hits);
  });

  test("the variable and the configuration ask for it as the option does", () => {
    expect(untraced().report.cacheProgram).toBeUndefined();
    const set = (value: string) => untraced({ ...withProgram(), GOCACHE_WHY_TRACE_CACHE: value });
    expect(set("1").report.cacheProgram?.end).toBe("closed");
    writeFileSync(join(sandbox.module, ".gocache-why.json"), '{ "traceCache": true }\n');
    expect(untraced().report.cacheProgram?.end).toBe("closed");
    expect(set("0").report.cacheProgram).toBeUndefined();
    rmSync(join(sandbox.module, ".gocache-why.json"));
  });
});

describe("go sees nothing of it", () => {
  const closed = { end: "closed" };
  const missing = ["cache-program-miss GOCACHEPROG observed"];
  const damaged = ["cache-entry-damaged GOCACHEPROG observed"];
  test.each<[string, object, readonly string[]]>([
    ["slow=20", closed, []],
    ["pretty", closed, []],
    ["no-put", closed, []],
    ["put-errors", closed, []],
    ["stderr", closed, []],
    ["stay", closed, []],
    ["die=2", { end: "program-ended", status: 2 }, []],
    ["garbage=2", { end: "no-answer" }, []],
    ["silent", { end: "program-ended", status: 3, commands: null }, []],
    ["size", closed, damaged],
    ["path", closed, damaged],
    ["file", closed, damaged],
    ["get-errors", closed, missing],
    ["no-get", closed, missing],
  ])("a program with the fault: %s", (fault, ending, causes) => {
    const copy = copyHeld(held, join(sandbox.root, `plain-${fault}`));
    const plain = go(sandbox, build.slice(1), { env: { GOCACHEPROG: `${program} ${copy} ${fault}` } });
    const told = traced(fault);
    expect([told.status, told.stdout, told.stderr.replaceAll(held, copy)]).toEqual([
      plain.status,
      plain.stdout,
      plain.stderr,
    ]);
    expect(told.report.cacheProgram).toMatchObject(ending);
    expect(causesOf(told)).toEqual(causes);
    expect(livingPrograms()).toEqual([]);
    if (fault === "stay") expect(existsSync(join(held, "stayed"))).toBe(true);
  });

  test.each([
    ["SIGTERM", "to the tool"],
    ["SIGINT", "to all, as a terminal sends it"],
  ] as const)("ended by %s %s: nothing is left, and the status is go's", async (signal, _to) => {
    const statuses: (number | null)[] = [];
    for (const own of [["--trace-cache"], []]) {
      const child = spawn(process.execPath, [inject("tool"), "--quiet", ...own, ...build], {
        cwd: sandbox.module,
        env: environment(sandbox, sandbox.module, withProgram("slow=60000")),
        stdio: "ignore",
        detached: true,
      });
      const over = new Promise<number | null>((resolve) => child.once("close", resolve));
      // The program, and where it is traced what stands around it.
      while (livingPrograms().length < own.length + 1) {
        expect(child.exitCode).toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      process.kill(signal === "SIGINT" ? -(child.pid as number) : (child.pid as number), signal);
      statuses.push(await over);
      for (let left = 200; livingPrograms().length > 0 && left > 0; left--)
        await new Promise((resolve) => setTimeout(resolve, 50));
      expect(livingPrograms()).toEqual([]);
    }
    expect(statuses[0]).toBe(statuses[1]);
  });

  test("outputs of many megabytes pass", () => {
    const text = Array.from({ length: 2_500_000 }, (_, at) => ((at * 2654435761) >>> 0).toString(16)).join(
      "",
    );
    write(`package lib\n\nvar text = "${text}"\n\nfunc Name() string { return text }\n`);
    const put = traced();
    expect(put.status).toBe(0);
    expect(put.report.cacheProgram?.puts.bytes).toBeGreaterThan(text.length);
    const got = traced();
    expect(got.report.cacheProgram?.gets.bytes).toBeGreaterThan(text.length);
    expect(got.report.totals.hit).toBe(2);
  });
});

describe("where it can't be traced", () => {
  const nothing = "--trace-cache has nothing to stand around:";
  test.each<[string, Record<string, string | undefined>, string]>([
    ["no program", {}, `${nothing} GOCACHEPROG is not set`],
    [
      "Go 1.22",
      { GOCACHEPROG: "/nowhere", ...toolchain("go1.22.12") },
      `${nothing} cache programs came with Go 1.24, and this is go1.22.12`,
    ],
  ])("%s: one line, and the build runs on", (_what, more, line) => {
    const plain = makeSandbox({ "go.mod": "module example.com/m\n\ngo 1.22\n", "a.go": "package m\n" });
    const { status, stderr } = tool(plain, ["--trace-cache", "--quiet", "go", "build", "."], { env: more });
    expect([status, stderr]).toEqual([0, `gocache-why: ${line}\n`]);
  });

  test("a program that is not there: go says it in its own words", () => {
    const env = { GOCACHEPROG: "/nowhere/program" };
    const plain = go(sandbox, build.slice(1), { env });
    const { status, stderr } = tool(sandbox, ["--trace-cache", "--quiet", ...build], { env });
    const line = "gocache-why: the cache program is not traced: go can't start /nowhere/program\n";
    expect([status, stderr]).toEqual([plain.status, `${line}${plain.stderr}`]);
  });
});
