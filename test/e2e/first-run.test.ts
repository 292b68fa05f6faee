import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { type AskedCommand, askGo } from "../../src/cli/record/ask-go.ts";
import { openCache } from "../../src/go/cache.ts";
import { parseGoWords } from "../../src/model/go-command.ts";
import type { Block } from "../../src/model/run.ts";
import type { Report } from "../../src/report/report.ts";
import { closedValidator } from "../report/schema.ts";
import { cacheFiles } from "./cache-entries.ts";
import {
  createDraw,
  type Kind,
  kinds,
  type Machine,
  type Planted,
  plantMoved,
  plantOther,
  plantUnlisted,
  rootMark,
  type State,
} from "./planted-fillings.ts";
import { environment, go, makeSandbox, type Outcome, report, run, type Sandbox, tool } from "./sandbox.ts";
import { type Files, writeFiles } from "./write-files.ts";

/** `all`: every kind, in a cache that holds nothing else. Else some are drawn, in a cache that has the standard library. */
const isWhole = process.env.GOCACHE_WHY_FIRST_RUNS === "all";
/** Where a line of JSON is added for each first run: scripts/check-first-run.mjs makes a table of them. */
const results = process.env.GOCACHE_WHY_FIRST_RUNS_TO;
const seed = Number(process.env.GOCACHE_WHY_SEED ?? Math.floor(Math.random() * 2 ** 31));
const draw = createDraw(seed);

/** The standard library may have to be compiled twice. */
const patienceMs = 600_000;

const machine: Machine = {
  goVersion: execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).trim(),
  modules: execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim(),
};

describe(`a first run names what filled the cache (seed ${seed})`, () => {
  test.for(chosenKinds())("$name", { timeout: patienceMs }, (kind, { skip }) => {
    const planted = kind.plant(draw, machine);
    const toolchain = planted.before.env.GOTOOLCHAIN;
    if (toolchain !== undefined && !isThere(toolchain)) skip(`${toolchain} could not be downloaded`);
    const { sandbox, report: made, stderr } = firstRun(planted, kind.isDear && isWhole);
    expect(stderr).toBe("");
    if (results !== undefined) {
      const isRight = equals(told(made), expected(planted, sandbox));
      appendFileSync(results, `${JSON.stringify({ ...rowOf(kind, planted, made), isRight })}\n`);
    }
    expect(made.baseline.status).toBe("reconstructed");
    expect(told(made)).toEqual(expected(planted, sandbox));
  });
});

describe("no cause comes out of", () => {
  test("a value that no list holds", () => {
    const { report: made } = firstRun(plantUnlisted(draw));
    expect(made.baseline).toMatchObject({
      status: "none",
      note: expect.stringContaining("looked into the cache instead: none of "),
    });
    expect(codes(made)).toEqual(["first-build"]);
  });

  test("a cache that another module filled", () => {
    const { report: made } = firstRun(plantOther(draw));
    expect(made.baseline.status).toBe("none");
    expect(codes(made)).toEqual(["first-build"]);
  });

  test("an empty cache", () => {
    const planted = plantOther(draw);
    const sandbox = makeSandbox({}, { emptyCache: true });
    mkdirSync(sandbox.cache);
    const { report: made } = wrappedBuild(sandbox, planted.now);
    expect(made.baseline).toEqual({ status: "none", note: null });
    expect(codes(made)).toEqual(["first-build"]);
  });
});

/** Days ago, long before what Go keeps. */
function setTimes(sandbox: Sandbox, days: number): void {
  const time = new Date(Date.now() - days * 86_400_000);
  for (const name of cacheFiles(sandbox.cache)) lutimesSync(join(sandbox.cache, name), time, time);
}

/** Size, times and content of each file. */
function cacheState({ cache }: Sandbox): Map<string, string> {
  return new Map(
    [...cacheFiles(cache)].map((name) => {
      const path = join(cache, name);
      const { size, mtimeMs, ctimeMs } = statSync(path);
      return [name, `${size} ${mtimeMs} ${ctimeMs} ${shortHash(readFileSync(path))}`];
    }),
  );
}

test("what Go trims at the end of that very run was noted before", () => {
  const planted = plantMoved(draw);
  const sandbox = fill(planted);
  // As it was restored from an archive that a job has kept for long: what this run does not use is deleted when it ends.
  setTimes(sandbox, 20);
  writeFileSync(join(sandbox.cache, "trim.txt"), String(Math.floor(Date.now() / 1000) - 2 * 86_400));
  const filled = cacheFiles(sandbox.cache);
  const { report: made } = wrappedBuild(sandbox, planted.now);
  const left = cacheFiles(sandbox.cache);
  expect([...filled].filter((name) => !left.has(name)).length).toBeGreaterThan(10);
  expect(made.baseline.status).toBe("reconstructed");
  expect(told(made)).toEqual(expected(planted, sandbox));
  expect(made.unexplained).toEqual([]);
});

describe("a dry run", () => {
  const planted = plantMoved(draw);
  const { before } = planted;
  let made: Sandbox | null = null;
  const sandbox = (): Sandbox => {
    made ??= fill(planted);
    return made;
  };
  const ask = (beforeMs: number, flags: Record<string, string> = {}) => {
    const { root, cache } = sandbox();
    const directory = join(root, before.directory);
    const asked: AskedCommand = {
      goPath: "go",
      command: parseGoWords(["-C", directory, "build", "./..."], null),
      env: environment(sandbox(), directory, before.env),
      goVersion: machine.goVersion,
      gocache: cache,
      beforeMs,
      scratch: mkdtempSync(join(root, "scratch-")),
      self: [process.execPath, inject("tool")],
    };
    return askGo(asked, { flags }, AbortSignal.timeout(60_000));
  };
  const own = (blocks: readonly Block[]) =>
    blocks.filter(({ name }) => name.startsWith("build example.com/"));
  const isKept = ({ digest }: Block) => openCache(sandbox().cache).entry(digest) !== null;

  test("finds what is there, and leaves the cache as it is: content, times and all", async () => {
    // Older than an hour: go would refresh the last use of what it reads.
    setTimes(sandbox(), 1);
    const noted = cacheState(sandbox());
    const blocks = own(await ask(Date.now()));
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.filter(isKept)).toEqual(blocks);
    // What go has never built here, so that it makes indexes and asks the compiler: nothing of it is kept.
    const others = own(await ask(Date.now(), { "-race": "true", "-tags": draw.word() }));
    expect(others.length).toBeGreaterThan(2);
    expect(others.filter(isKept)).toEqual([]);
    expect(cacheState(sandbox())).toEqual(noted);
  });

  test("takes what was stored since for absent", async () => {
    // The first ones import nothing that would have to be found; of all others the keys are not those that are there.
    const blocks = own(await ask(Date.now() - 86_400_000));
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.every(isKept)).toBe(false);
  });
});

describe("a first go test", () => {
  const [library, variable] = [draw.word(), draw.word().toUpperCase()];
  const path = `example.com/${draw.word()}`;
  const files = {
    "go.mod": `module ${path}\n\ngo 1.24\n`,
    [`${library}/${library}.go`]: `package ${library}\n\nfunc Name() string { return "${draw.word()}" }\n`,
    [`${library}/${library}_test.go`]: `package ${library}\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestName(t *testing.T) { t.Log(Name(), os.Getenv("${variable}")) }\n`,
  };
  /** Tests by plain go in one directory, then by the tool in another one, or the same. */
  const testTwice = (now: string, env: Record<string, string>): { made: Report; root: string } => {
    const sandbox = makeSandbox({});
    for (const directory of new Set(["one", now])) writeFiles(join(sandbox.root, directory), files);
    const words = ["test", "./..."];
    expect(go(sandbox, words, { cwd: join(sandbox.root, "one") })).toMatchObject({ status: 0 });
    const { report: made } = report(sandbox, ["go", ...words], { cwd: join(sandbox.root, now), env });
    return { made, root: sandbox.root };
  };

  test("in another directory: packages, the test's variants of them, its main and its result", () => {
    const { made, root } = testTwice("two", {});
    expect(made.baseline.status).toBe("reconstructed");
    expect(told(made)).toEqual({ [`directory-moved ${path}`]: `${root}/one` });
    expect(made.unexplained).toEqual([]);
    expect(made.totals.byKind.test).toMatchObject({ actions: 1, ran: 1 });
  });

  test("with another value of a variable: the result of the same binary is known by its log", () => {
    const { made } = testTwice("one", { [variable]: draw.word() });
    expect(made.totals.byKind.build.ran).toBe(0);
    expect(made.baseline).toMatchObject({ status: "none", note: expect.stringContaining(variable) });
    expect(codes(made)).toEqual(["first-build"]);
  });

  test("as it was: it is cached, and nothing is said", () => {
    const { made } = testTwice("one", {});
    expect(made.totals.ran).toBe(0);
    expect(made.baseline).toEqual({ status: "none", note: null });
  });
});

describe("gocache-why cache", () => {
  test("tells what is there and what would hit, and leaves the cache as it is", () => {
    const { before } = plantMoved(draw);
    const sandbox = fill({ before, now: before, causes: {} });
    const days = draw.pick([6, 30]);
    setTimes(sandbox, days);
    const noted = cacheState(sandbox);
    const cwd = join(sandbox.root, before.directory);
    const { status, stdout } = tool(sandbox, ["cache", "--format", "json"], { env: before.env, cwd });
    expect(cacheState(sandbox)).toEqual(noted);
    expect(status).toBe(0);
    const told = JSON.parse(stdout);
    const isValid = closedValidator("cache");
    expect(isValid(told) || isValid.errors).toBe(true);
    const names = [...cacheFiles(sandbox.cache)];
    const entries = names.filter((name) => name.endsWith("-a")).length;
    const bytes = names.reduce((sum, name) => sum + statSync(join(sandbox.cache, name)).size, 0);
    expect(told).toMatchObject({
      gocache: sandbox.cache,
      entries,
      bytes,
      // All of it is older than what Go keeps.
      trimmedNext: { entries, bytes },
    });
    // Four packages, and what they import of the standard library; links are not kept.
    expect(told.thisBuild.actions).toBeGreaterThan(20);
    expect(told.thisBuild.wouldHit).toBe(told.thisBuild.actions);
    expect(told.families).toContainEqual(
      expect.objectContaining({
        goVersion: machine.goVersion,
        evidence: "proven",
        archives: told.thisBuild.actions,
      }),
    );
    // The level that the warm cache has of runtime alone.
    if (process.arch === "x64") {
      expect(told.families.map((family: { settings: string[] }) => family.settings[0])).toContain(
        "GOAMD64=v3",
      );
    }
  });
});

/** Downloads a toolchain where it is not there yet, as `test/download-toolchains.ts` does. */
function isThere(version: string): boolean {
  const env = { ...process.env, GOTOOLCHAIN: version };
  return spawnSync("go", ["version"], { cwd: tmpdir(), env, stdio: "ignore" }).status === 0;
}

/** All, or some: each takes a build, those that touch the standard library a long one. */
function chosenKinds(): readonly Kind[] {
  if (isWhole) return kinds;
  const take = (from: readonly Kind[], count: number): readonly Kind[] => {
    const left = [...from];
    return Array.from({ length: count }).flatMap(() => left.splice(draw.number(left.length), 1));
  };
  return [
    ...take(
      kinds.filter(({ isDear }) => !isDear),
      4,
    ),
    ...take(
      kinds.filter(({ isDear }) => isDear),
      1,
    ),
  ];
}

/** Fills a cache by plain go, and runs the tool on it for the first time. */
function firstRun(
  planted: Planted,
  emptyCache = false,
): { sandbox: Sandbox; report: Report; stderr: string } {
  const sandbox = fill(planted, emptyCache);
  const { before, now, commits = [] } = planted;
  if (before.directory !== now.directory) rmSync(join(sandbox.root, before.directory), { recursive: true });
  place(sandbox, now, commits);
  return { sandbox, ...wrappedBuild(sandbox, now) };
}

function fill({ before, commits = [] }: Planted, emptyCache = false): Sandbox {
  const sandbox = makeSandbox({}, { emptyCache });
  place(sandbox, before, commits);
  expect(plainBuild(sandbox, before)).toMatchObject({ status: 0 });
  return sandbox;
}

function plainBuild(sandbox: Sandbox, { directory, flags, env }: State): Outcome {
  return go(sandbox, ["build", ...flags, "./..."], { env, cwd: join(sandbox.root, directory) });
}

function wrappedBuild(sandbox: Sandbox, state: State): Outcome & { report: Report } {
  const cwd = join(sandbox.root, state.directory);
  writeFiles(cwd, state.files);
  const made = report(sandbox, ["go", "build", ...state.flags, "./..."], { env: state.env, cwd });
  expect(made.status).toBe(0);
  return made;
}

/** Puts the files of a state where it is built; with the commits, of which one has these files where they are in one. */
function place(sandbox: Sandbox, { directory, files }: State, commits: readonly Files[]): void {
  const at = join(sandbox.root, directory);
  writeFiles(at, files);
  if (commits.length === 0) return;
  const git = (...words: string[]) => {
    expect(run(sandbox, "git", words, { cwd: at, env: who })).toMatchObject({ status: 0 });
  };
  rmSync(join(at, ".git"), { recursive: true, force: true });
  git("init", "--quiet", "--initial-branch=main");
  for (const commit of commits) {
    writeFiles(at, commit);
    git("add", "--all");
    git("commit", "--quiet", "-m", "a change");
    if (Object.keys(files).every((name) => files[name] === commit[name])) return;
  }
  writeFiles(at, files);
}

const who = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
  GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
  GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
};

/** What goes along with every change of a program, and says nothing of what filled the cache. */
const aside = ["vcs-stamp-changed", "link-not-cached"];

/** `code subject` → the value that the cache was filled with. */
function told({ causes }: Report): Record<string, unknown> {
  return Object.fromEntries(
    causes
      .filter(({ code }) => !aside.includes(code))
      .map(({ code, subject, before }) => [`${code} ${subject}`, before]),
  );
}

function expected({ causes }: Planted, { root }: Sandbox): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(causes).map(([cause, value]) => {
      if (typeof value !== "string") return [cause, value];
      if (cause.startsWith("file-")) return [cause, shortHash(value)];
      // A switch has no value of its own.
      if (cause.startsWith("flag-")) return [cause, value.startsWith("-") ? expect.any(String) : value];
      return [cause, value.replace(rootMark, root)];
    }),
  );
}

function equals(one: unknown, other: unknown): boolean {
  try {
    expect(one).toEqual(other);
    return true;
  } catch {
    return false;
  }
}

function codes({ causes }: Report): readonly string[] {
  return causes.map(({ code }) => code);
}

function shortHash(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest().subarray(0, 15).toString("base64url");
}

function rowOf(kind: Kind, planted: Planted, made: Report): object {
  return {
    kind: kind.name,
    planted: Object.keys(planted.causes),
    status: made.baseline.status,
    note: made.baseline.note,
    causes: made.causes.map(({ code, subject, before, now, evidence, direct, cascade }) => ({
      code,
      subject,
      before,
      now,
      evidence,
      direct,
      cascade,
    })),
    totals: made.totals,
    unexplained: made.unexplained.length,
  };
}
