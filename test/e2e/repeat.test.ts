import { appendFileSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { eightPackages } from "./eight-packages.ts";
import { go, makeSandbox, type Outcome, recordedRuns, report, run, type Sandbox, tool } from "./sandbox.ts";
import { writeFiles } from "./write-files.ts";

const words = ["go", "build", "-o", "bin/", "./cmd/..."];
let sandbox: Sandbox;

/** A module that was built twice, so that a third build can repeat the second. The tests go on from where the last one ended. */
beforeAll(() => {
  sandbox = makeSandbox(eightPackages);
  for (let count = 0; count < 2; count++) expect(build().status).toBe(0);
});

function build(options: { env?: Record<string, string>; own?: string[] } = {}): Outcome {
  const env = { ...own(), ...options.env };
  return tool(sandbox, [...(options.own ?? []), ...words], { env });
}

/** The settings of all builds here: `go env -w` has a file of its own. */
function own(): Record<string, string> {
  return { CGO_ENABLED: "1", GOENV: join(sandbox.root, "go.env") };
}

/** What the newest run is kept as: `run`, or `repeat` of the one before. */
function keptAs(): string | undefined {
  const runs = join(sandbox.state, "gocache-why/v2/runs");
  const newest = readdirSync(runs).sort().at(-1) ?? "";
  return /^gocache-why (\w+) /.exec(readFileSync(join(runs, newest, "run"), "latin1"))?.[1];
}

test("a run in which nothing changed is kept as a repeat, and says what it says at length", () => {
  expect(keptAs()).toBe("run");
  const short = build();
  expect(keptAs()).toBe("repeat");
  // Any option makes it tell all.
  const long = build({ own: ["--baseline", "@1"] });
  expect(keptAs()).toBe("run");
  expect(short).toEqual(long);
  const coloured = { FORCE_COLOR: "1" };
  expect(build({ env: coloured }).stderr).toBe(build({ env: coloured, own: ["--baseline", "@1"] }).stderr);
});

test("a repeat is a run like any other, also when the run that it repeats is gone", () => {
  build();
  build();
  expect(keptAs()).toBe("repeat");
  const runs = join(sandbox.state, "gocache-why/v2/runs");
  for (const name of readdirSync(runs).sort().slice(0, -1)) rmSync(join(runs, name), { recursive: true });
  const [kept, ...others] = recordedRuns(sandbox);
  expect(others).toEqual([]);
  expect(kept).toMatchObject({ missed: 0, exitCode: 0 });
  expect(tool(sandbox, ["inputs", "cmd/one"]).stdout).toContain("GOAMD64");
  appendFileSync(join(sandbox.module, "a/a.go"), "\nfunc Added() int { return 7 }\n");
  const { report: found } = report(sandbox, words, { env: own() });
  expect(found.before?.id).toBe(kept?.id);
  expect(found.causes.map(({ code, subject, evidence }) => [code, subject, evidence.kind])).toEqual([
    ["file-edited", "a/a.go", "proven"],
  ]);
});

test("thirty repeats leave thirty runs, and nothing else", () => {
  for (let count = 0; count < 33; count++)
    expect(build().stderr).toMatch(/^gocache-why: all \d+ actions were cached\n$/);
  expect(recordedRuns(sandbox)).toHaveLength(30);
  expect(readdirSync(join(sandbox.state, "gocache-why/v2/tmp"))).toEqual([]);
});

test("a touched file changes nothing", () => {
  for (let count = 0; count < 2; count++) build();
  utimesSync(join(sandbox.module, "a/a.go"), 1e9, 1e9);
  expect(build().stderr).toContain("were cached");
  expect(keptAs()).toBe("repeat");
});

const changes: Readonly<Record<string, () => { env?: Record<string, string> }>> = {
  "a variable that enters keys": () => ({ env: { CGO_CFLAGS: "-O1" } }),
  "a variable that is only recorded": () => ({ env: { GOFLAGS: "-v=false" } }),
  "go env -w": () => {
    expect(go(sandbox, ["env", "-w", "GOAMD64=v2"], { env: own() }).status).toBe(0);
    return {};
  },
  "a comment in go.mod": () => {
    appendFileSync(join(sandbox.module, "go.mod"), "// a comment\n");
    return {};
  },
  "a commit": () => {
    const env = {
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@example.com",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@example.com",
    };
    for (const args of [
      ["init", "-q"],
      ["add", "go.mod"],
      ["commit", "-qm", "one"],
    ])
      expect(run(sandbox, "git", args, { env }).status).toBe(0);
    return {};
  },
  "an edited file": () => {
    appendFileSync(join(sandbox.module, "a/a.go"), "\nfunc Edited() int { return 8 }\n");
    return {};
  },
  "an output file that is gone": () => {
    rmSync(join(sandbox.module, "bin"), { recursive: true });
    return {};
  },
  "another cache": () => ({ env: { GOCACHE: join(sandbox.root, "other-cache") } }),
  "a package that does not compile": () => {
    writeFiles(sandbox.module, { "a/broken.go": "package a\n\nfunc Broken( {}\n" });
    return {};
  },
};

test.each(Object.keys(changes))("%s is told and recorded at length", (name) => {
  for (let count = 0; count < 3 && keptAs() !== "repeat"; count++) build();
  expect(keptAs()).toBe("repeat");
  const { env = {} } = changes[name]?.() ?? {};
  build({ env });
  expect(keptAs()).toBe("run");
});
