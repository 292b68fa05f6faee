import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { appAndLib } from "./app-and-lib.ts";
import { bigLog } from "./big-log.ts";
import { go, makeSandbox, type Outcome, recordedRuns, report, run, type Sandbox, tool } from "./sandbox.ts";
import { writeFiles } from "./write-files.ts";

const build = ["go", "build", "-o", "bin/", "./..."];

let sandbox: Sandbox;
let log: string;

beforeAll(() => {
  sandbox = makeSandbox(appAndLib);
  writeFiles(sandbox.root, { "bare/.keep": "" });
  log = go(sandbox, ["build", "./..."], { env: { GODEBUG: "gocachehash=1" } }).stderr;
  writeFileSync(join(sandbox.root, "real.log"), log, "latin1");
});
beforeEach(() => {
  rmSync(sandbox.state, { recursive: true, force: true });
  mkdirSync(sandbox.state);
});

/** Status and the one line that there is to be. */
function expectOneLine(outcome: Outcome, status: number, message: RegExp): void {
  expect(outcome.stderr.split("\n")).toEqual([expect.stringMatching(message), ""]);
  expect(outcome.stderr).toMatch(/^gocache-why: /);
  expect(outcome.status).toBe(status);
}

describe("what can't be run", () => {
  test("no go on PATH", () => {
    const bin = join(sandbox.root, "bare");
    expectOneLine(tool(sandbox, build, { env: { PATH: bin } }), 127, /go: no such command/);
  });

  test("a go that may not be executed", () => {
    writeFiles(sandbox.root, { "locked/go": "#!/bin/sh\n" });
    chmodSync(join(sandbox.root, "locked/go"), 0o644);
    const env = { PATH: join(sandbox.root, "locked") };
    expectOneLine(tool(sandbox, build, { env }), 126, /go: permission denied/);
  });

  test("a folder in the place of go", () => {
    mkdirSync(join(sandbox.root, "folder/go"), { recursive: true });
    const env = { PATH: join(sandbox.root, "folder") };
    expectOneLine(tool(sandbox, build, { env }), 126, /go: permission denied/);
  });

  test("a word that is no go command", () => {
    expectOneLine(tool(sandbox, ["make", "all"]), 2, /"make" is neither a go command nor/);
  });

  test("a directory that is gone", () => {
    const gone = join(sandbox.root, "gone");
    const inGone = (...words: string[]) =>
      run(sandbox, "sh", [
        "-c",
        `mkdir -p "${gone}"; cd "${gone}" && rmdir "${gone}" && exec "$@"`,
        "sh",
        ...words,
      ]);
    const plain = inGone("go", "build", ".");
    const wrapped = inGone(process.execPath, inject("tool"), "--quiet", "go", "build", ".");
    expect(wrapped.status).toBe(plain.status);
    expect(wrapped.stderr).toContain(plain.stderr);
  });
});

describe("bad words, before go is started", () => {
  test.each([
    [["--format", "nonsense"], /--format.*nonsense/],
    [["--nonsense"], /unknown option '--nonsense'/],
  ])("%j", (own, message) => {
    const outcome = tool(sandbox, [...own, ...build]);
    expectOneLine(outcome, 2, message);
    expect(recordedRuns(sandbox)).toEqual([]);
  });
});

describe("the build is not lost", () => {
  const quiet = ["--quiet", ...build];

  test("a report that can't be written", () => {
    const output = join(sandbox.root, "nowhere/report.json");
    expectOneLine(tool(sandbox, ["--output", output, ...build]), 0, /could not be written to .*ENOENT/);
    expectOneLine(tool(sandbox, ["--output", "/dev/full", ...build]), 0, /could not be written to .*ENOSPC/);
    expectOneLine(tool(sandbox, ["--output", sandbox.root, ...build]), 0, /could not be written to .*EISDIR/);
    expect(recordedRuns(sandbox)).toHaveLength(3);
  });

  test("... nor the status of one that failed", () => {
    const output = join(sandbox.root, "nowhere/report.json");
    const plain = go(sandbox, ["build", "./nowhere"]);
    const wrapped = tool(sandbox, ["--output", output, "go", "build", "./nowhere"]);
    expect(wrapped.status).toBe(plain.status);
    expect(wrapped.stderr.startsWith(plain.stderr)).toBe(true);
    expect(wrapped.stderr.slice(plain.stderr.length)).toMatch(/^gocache-why: .*ENOENT.*\n$/);
  });

  test.each(["nonsense", "@99", "@0", "nowhere.log", "main.go"])("--baseline %s", (baseline) => {
    const made = report(sandbox, build, { own: ["--baseline", baseline] });
    expectOneLine(made, 0, /--baseline .*; compared with none/);
    expect(made.report.baseline.status).toBe("none");
    expect(recordedRuns(sandbox)).toHaveLength(1);
  });

  test("a baseline that is a log", () => {
    const made = report(sandbox, build, { own: ["--baseline", join(sandbox.root, "real.log")] });
    expect([made.status, made.stderr, made.report.baseline.status]).toEqual([0, "", "compared"]);
  });

  test("a file in place of the history", () => {
    writeFileSync(join(sandbox.state, "gocache-why"), "");
    expectOneLine(tool(sandbox, quiet), 0, /history in .*gocache-why can't be/);
    expect(readdirSync(sandbox.tmp)).toEqual([]);
  });

  test("a file in place of XDG_STATE_HOME", () => {
    const state = join(sandbox.root, "real.log");
    expectOneLine(tool(sandbox, quiet, { env: { XDG_STATE_HOME: state } }), 0, /history in .* can't be/);
  });

  test("no TMPDIR and no state folder: still one pass, and a report", () => {
    writeFileSync(join(sandbox.state, "gocache-why"), "");
    const env = { TMPDIR: join(sandbox.root, "nowhere"), GOTMPDIR: sandbox.tmp };
    const made = report(sandbox, build, { env });
    expectOneLine(made, 0, /history in .* can't be/);
    expect(made.report.totals.actions).toBeGreaterThan(10);
  });

  test("a state folder that is not a path", () => {
    const made = tool(sandbox, quiet, { env: { HOME: "/dev/null", XDG_STATE_HOME: "relative" } });
    expectOneLine(made, 0, /history in .* can't be/);
    expect(existsSync(join(sandbox.module, "relative"))).toBe(false);
  });

  test("garbage in the history costs one line", () => {
    tool(sandbox, quiet);
    tool(sandbox, quiet);
    const runs = join(sandbox.state, "gocache-why/v2/runs");
    for (const name of readdirSync(runs)) writeFileSync(join(runs, name, "run"), "garbage");
    mkdirSync(join(runs, "garbage"));
    expectOneLine(tool(sandbox, quiet), 0, /skipped in the history/);
    expect(tool(sandbox, ["runs"]).stdout).toContain("go build");
  });

  test("a packed block that is damaged", () => {
    tool(sandbox, quiet);
    const runs = join(sandbox.state, "gocache-why/v2/runs");
    const [run = ""] = readdirSync(runs);
    for (const name of readdirSync(join(runs, run))) {
      if (name.startsWith("p"))
        writeFileSync(join(runs, run, name), readFileSync(join(runs, run, name)).subarray(0, 99));
    }
    writeFiles(sandbox.module, { "lib/lib.go": 'package lib\n\nfunc Name() string { return "damaged" }\n' });
    const made = report(sandbox, build);
    expectOneLine(made, 0, /skipped in the history/);
  });
});

describe("a full disk", () => {
  const full = () => join(sandbox.root, "full");
  let mounted = false;

  beforeAll(() => {
    mkdirSync(full());
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", full()], { stdio: "ignore" });
      mounted = true;
    } catch {
      // Only root may, and not everywhere.
    }
  });
  afterAll(() => {
    if (mounted) execFileSync("umount", [full()]);
  });

  test("the run is told not to be recorded, and no part of it stays behind", (context) => {
    if (!mounted) context.skip();
    const outcome = tool(sandbox, ["--quiet", ...build], { env: { XDG_STATE_HOME: full() } });
    expectOneLine(outcome, 0, /history in .* can't be written: ENOSPC/);
    const left = readdirSync(full(), { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    expect(left.map((each) => each.name).filter((name) => name !== "key")).toEqual([]);
  });
});

describe("diff", () => {
  const at = (name: string) => join(sandbox.root, name);
  const diff = (...words: string[]) => tool(sandbox, ["diff", ...words]);

  test("files that are no log", () => {
    writeFileSync(at("empty.log"), "");
    writeFileSync(at("binary.log"), Buffer.alloc(100_000, 7));
    mkdirSync(at("folder.log"), { recursive: true });
    symlinkSync("nowhere", at("dangling.log"));
    expectOneLine(diff(at("empty.log"), at("real.log")), 1, /empty\.log is empty/);
    expectOneLine(diff(at("binary.log"), at("real.log")), 1, /binary\.log has no verified inputs/);
    expectOneLine(
      diff(at("real.log"), join(sandbox.module, "main.go")),
      1,
      /main\.go has no verified inputs/,
    );
    expectOneLine(diff(at("folder.log"), at("real.log")), 1, /folder\.log/);
    expectOneLine(diff(at("dangling.log"), at("real.log")), 1, /there is no file .*dangling\.log/);
    expectOneLine(diff(at("nowhere.log"), at("real.log")), 1, /there is no file .*nowhere\.log/);
  });

  test("a cut log: what is whole counts", () => {
    writeFileSync(at("cut.log"), log.slice(0, (log.length * 2) / 3), "latin1");
    const outcome = diff(at("real.log"), at("cut.log"));
    expect([outcome.status, outcome.stderr]).toEqual([0, ""]);
    expectOneLine(diff(at("real.log"), at("cut-to-nothing.log")), 1, /there is no file/);
  });

  test("a log of a Go version that nobody knows yet", () => {
    const one = bigLog(log, { bytes: 1, salt: "go1.99.0" });
    writeFileSync(at("newer.log"), one, "latin1");
    const outcome = diff(at("newer.log"), at("newer.log"));
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toContain("go1.99.0 is newer than gocache-why knows");
  });

  test("runs that are not there", () => {
    expectOneLine(diff(), 1, /there is no run @1/);
    tool(sandbox, ["--quiet", ...build]);
    expectOneLine(diff(), 1, /has no earlier run to compare with/);
    expectOneLine(diff("@99"), 1, /there is no run @99: the history of example\.com\/m has only one run/);
    expectOneLine(diff("@1", "zzzzzzzz"), 1, /there is no run "zzzzzzzz"/);
  });

  test("two runs with nothing in common", () => {
    writeFiles(at("other"), { "go.mod": "module example.com/other\n\ngo 1.24\n", "o.go": "package other\n" });
    tool(sandbox, ["--quiet", ...build]);
    tool(sandbox, ["--quiet", "go", "build", "."], { cwd: at("other") });
    const [other, own] = recordedRuns(sandbox);
    expectOneLine(diff(own?.id ?? "", other?.id ?? ""), 1, /no action in common/);
  });

  test("60 MB: read in bounded time and memory, every block verified", () => {
    const big = bigLog(log, { bytes: 60e6, salt: null });
    writeFileSync(at("big.log"), big, "latin1");
    writeFileSync(
      at("rss.cjs"),
      `process.on("exit", () => require("fs").writeFileSync(process.env.RSS_FILE, String(process.resourceUsage().maxRSS)));`,
    );
    const env = { NODE_OPTIONS: `--require=${at("rss.cjs")}`, RSS_FILE: at("rss.txt") };
    const start = Date.now();
    const outcome = tool(sandbox, ["diff", "--format", "json", at("real.log"), at("big.log")], { env });
    expect(outcome.stderr).toBe("");
    expect(outcome.status).toBe(0);
    const made = JSON.parse(outcome.stdout) as { totals: { actions: number }; warnings: unknown[] };
    expect(made.totals.actions).toBe(new Set(big.match(/^HASH\[(build|link) [^\]]*\]$/gm)).size);
    expect(made.warnings).toEqual([]);
    expect(Date.now() - start).toBeLessThan(30_000);
    expect(Number(readFileSync(at("rss.txt"), "utf8")) / 1024).toBeLessThan(150);
  });

  test("two big logs: each in a thread of its own, or where a thread can't be had, one after the other", () => {
    writeFileSync(at("one.log"), bigLog(log, { bytes: 5e6, salt: null }), "latin1");
    writeFileSync(at("other.log"), bigLog(log, { bytes: 5e6, salt: "go1.99.0" }), "latin1");
    writeFileSync(
      at("threads.cjs"),
      `const { isMainThread, workerData } = require("worker_threads");
if (!isMainThread) {
  require("fs").appendFileSync(process.env.THREADS_FILE, workerData + "\\n");
  if (process.env.NO_THREADS) throw new Error("no threads here");
}`,
    );
    const env = { NODE_OPTIONS: `--require=${at("threads.cjs")}`, THREADS_FILE: at("threads.txt") };
    const words = ["diff", "--format", "json", "--all", at("one.log"), at("other.log")];
    const threaded = tool(sandbox, words, { env });
    expect([threaded.status, threaded.stderr]).toEqual([0, ""]);
    const alone = tool(sandbox, words, { env: { ...env, NO_THREADS: "1" } });
    expect(readFileSync(at("threads.txt"), "utf8")).toBe(`${at("other.log")}\n`.repeat(2));
    expect(alone).toEqual(threaded);
  });
});
