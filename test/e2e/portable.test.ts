import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { zip } from "../log/ci-shapes.ts";
import {
  copyTree,
  go,
  makeSandbox,
  type RunOptions,
  recordedRuns,
  report,
  type Sandbox,
  tool,
} from "./sandbox.ts";
import { type Files, writeFiles } from "./write-files.ts";

const secret = `pin${"0123456789".slice(3)}-${process.pid}`;
const flags = ["-ldflags", `-X main.token=${secret}`];
const build = ["go", "build", ...flags, "-o", "bin/", "./..."];

const files: Files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n",
  "cmd/app/main.go":
    'package main\n\nimport (\n\t"example.com/m/p"\n\t"example.com/m/q"\n)\n\nvar token = ""\n\nfunc main() { println(token, p.Name(), q.Name()) }\n',
  "p/p.go": 'package p\n\nimport "example.com/dep"\n\nfunc Name() string { return dep.Name() }\n',
  "q/q.go": 'package q\n\nfunc Name() string { return "q" }\n',
};

/** A module proxy in a folder, with one module. */
function makeProxy(folder: string): string {
  const versions = join(folder, "example.com/dep/@v");
  mkdirSync(versions, { recursive: true });
  const mod = "module example.com/dep\n\ngo 1.24\n";
  writeFileSync(join(versions, "list"), "v1.0.0\n");
  writeFileSync(join(versions, "v1.0.0.info"), '{"Version":"v1.0.0","Time":"2024-05-22T12:43:46Z"}');
  writeFileSync(join(versions, "v1.0.0.mod"), mod);
  const source = 'package dep\n\nfunc Name() string { return "dep" }\n';
  const at = (name: string): string => `example.com/dep@v1.0.0/${name}`;
  writeFileSync(
    join(versions, "v1.0.0.zip"),
    zip({ [at("go.mod")]: Buffer.from(mod), [at("dep.go")]: Buffer.from(source) }),
  );
  return folder;
}

/** Another user's machine: another home, module cache, history and place of the checkout; its cache is what the first one's was. */
function otherMachine(first: Sandbox, proxy: string): { sandbox: Sandbox; options: RunOptions } {
  const sandbox = makeSandbox({}, { emptyCache: true });
  copyTree(first.cache, sandbox.cache);
  const checkout = join(sandbox.root, "elsewhere/checkout");
  mkdirSync(join(sandbox.root, "elsewhere"));
  copyTree(first.module, checkout);
  rmSync(join(checkout, "bin"), { recursive: true, force: true });
  const env = { GOMODCACHE: join(sandbox.root, "mod"), GOPROXY: `file://${proxy}`, GOFLAGS: "-modcacherw" };
  return { sandbox, options: { cwd: checkout, env } };
}

const told = ({ causes }: Report): unknown[] =>
  causes
    .map(({ code, subject, direct, cascade }) => [`${code} ${subject}`, direct, cascade] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));

let first: Sandbox;
let options: RunOptions;
let proxy: string;
let snapshot: string;

beforeAll(() => {
  first = makeSandbox(files);
  proxy = makeProxy(join(first.root, "proxy"));
  options = {
    env: { GOMODCACHE: join(first.root, "mod"), GOPROXY: `file://${proxy}`, GOFLAGS: "-modcacherw" },
  };
  expect(go(first, ["mod", "tidy"], options).status).toBe(0);
  expect(tool(first, build, options).status).toBe(0);
  snapshot = join(first.root, "first.snapshot");
  const { status, stdout } = tool(first, ["export", "-o", snapshot], options);
  expect(stdout).toMatch(
    /^gocache-why: wrote .*first\.snapshot: run [a-z2-7]{8}, \d+ actions, \d+ kB, 1 value hidden\n$/,
  );
  expect(status).toBe(0);
});

describe("a snapshot beside a run of another user in another directory", () => {
  test("a moved checkout is one cause, proven", () => {
    const { sandbox, options: there } = otherMachine(first, proxy);
    const same = { ...there, env: { ...there.env, GOMODCACHE: options.env?.GOMODCACHE } };
    const { report: found } = report(sandbox, build, { ...same, own: ["--baseline", snapshot] });
    // The program's own key holds a hidden value: from it no key can be made.
    expect(told(found)).toEqual([["directory-moved example.com/m", 3, 1]]);
    expect(found.unexplained).toEqual([]);
    expect(found.before?.source).toBe("snapshot");
    expect(found.causes[0]?.evidence.detail).toMatch(/2 of (the )?3/);
    // Shown again later, and with the sides changed.
    expect(told(JSON.parse(tool(sandbox, ["diff", "--format", "json", snapshot], same).stdout))).toEqual(
      told(found),
    );
  });

  test("module cache and one edit are causes of their own beside it, with exact counts", () => {
    const { sandbox, options: there } = otherMachine(first, proxy);
    appendFileSync(join(there.cwd ?? "", "q/q.go"), "\nvar More = 1\n");
    const { report: found } = report(sandbox, build, { ...there, own: ["--baseline", snapshot] });
    expect(told(found)).toEqual([
      ["directory-moved example.com/m", 3, 1],
      ["file-edited q/q.go", 1, 2],
      ["modcache-moved GOMODCACHE", 1, 3],
    ]);
    expect(found.totals.ran).toBe(5);
    expect(found.unexplained).toEqual([]);
    expect(found.warnings.map(({ code }) => code)).toEqual(["hidden-not-compared"]);
    const proven = found.causes.filter(({ evidence }) => evidence.kind === "proven");
    expect(proven.map(({ code }) => code).sort()).toEqual(["file-edited", "modcache-moved"]);
  });

  test("another patch version of Go is one cause beside the others", { timeout: 400_000 }, (context) => {
    const goroot = otherGo();
    if (goroot === null) {
      context.skip("the toolchain can't be downloaded");
      return;
    }
    const { sandbox, options: there } = otherMachine(first, proxy);
    appendFileSync(join(there.cwd ?? "", "q/q.go"), "\nvar More = 1\n");
    const words = [join(goroot, "bin/go"), ...build.slice(1)];
    const { report: found } = report(sandbox, words, { ...there, own: ["--baseline", snapshot] });
    expect(told(found).map((each) => (each as string[])[0])).toEqual([
      "directory-moved example.com/m",
      "file-edited q/q.go",
      "modcache-moved GOMODCACHE",
      "toolchain-changed go",
    ]);
    expect(found.unexplained).toEqual([]);
    const [toolchain] = found.causes.filter(({ code }) => code === "toolchain-changed");
    // Everything ran, and all but the link has the version in its key itself.
    expect([toolchain?.direct, toolchain?.cascade]).toEqual([found.totals.actions, 0]);
  });

  test("a hidden value that changed is a cause, one that did not is none", () => {
    const other = ["go", "build", "-ldflags", `-X main.token=${secret}2`, "-o", "bin/", "./..."];
    expect(tool(first, other, options).status).toBe(0);
    const changed = JSON.parse(tool(first, ["diff", "--format", "json", snapshot], options).stdout) as Report;
    expect(told(changed)).toEqual([["flag-changed -ldflags", 2, 0]]);
    expect(changed.warnings).toEqual([]);
    expect(tool(first, build, options).status).toBe(0);
    const same = JSON.parse(tool(first, ["diff", "--format", "json", snapshot], options).stdout) as Report;
    expect(told(same).filter((each) => !String(each).startsWith("link-"))).toEqual([]);
  });
});

/** Another patch version than the one in use, downloaded into the user's module cache. */
function otherGo(): string | null {
  const now = go(first, ["env", "GOVERSION"], options).stdout.trim();
  const version = now === "go1.26.7" ? "go1.26.6" : "go1.26.7";
  try {
    const env = { ...process.env, GOTOOLCHAIN: version };
    return execFileSync("go", ["env", "GOROOT"], {
      cwd: first.root,
      env,
      encoding: "utf8",
      stdio: "pipe",
    }).trim();
  } catch {
    return null;
  }
}

describe("a snapshot", () => {
  test("holds no secret, and no source text", () => {
    const file = readFileSync(snapshot);
    const bytes = Buffer.concat([file, brotliDecompressSync(file.subarray(file.indexOf(10) + 1))]);
    expect(bytes.includes(secret)).toBe(false);
    expect(bytes.includes(Buffer.from(secret).toString("hex"))).toBe(false);
    expect(bytes.includes("func Name")).toBe(false);
    expect(bytes.includes("main.token=<hidden:")).toBe(true);
  });

  test("is a RUN of every command", () => {
    const said = (words: readonly string[]): string => {
      const { status, stdout, stderr } = tool(first, words, options);
      expect([words, status, stderr]).toEqual([words, 0, ""]);
      return stdout;
    };
    expect(said(["runs", snapshot])).toContain("snapshot");
    expect(JSON.parse(said(["runs", "--format", "json", snapshot])).runs).toHaveLength(1);
    expect(said(["why", "./p", snapshot])).toContain("p ran");
    expect(said(["inputs", "./p", snapshot])).toContain("p.go");
    expect(said(["report", snapshot])).toContain("actions ran");
    expect(said(["diff", snapshot, snapshot])).toMatch(/^gocache-why: /);
  });

  test("that is damaged or newer costs one line, and never a build", () => {
    const bad = join(first.root, "bad.snapshot");
    const file = readFileSync(snapshot);
    writeFileSync(bad, file.subarray(0, file.length - 9));
    const cut = tool(first, ["diff", bad], options);
    expect([cut.status, cut.stderr]).toEqual([
      1,
      `gocache-why: ${bad} can't be read: it is damaged or cut off: copy it again, or export it again\n`,
    ]);
    writeFileSync(bad, Buffer.concat([Buffer.from("gocache-why snapshot 7 3.0.0 00000000\n"), file]));
    expect(tool(first, ["diff", bad], options).stderr).toMatch(
      /it is a snapshot of format 7, written by gocache-why 3\.0\.0; .*\n$/,
    );
    const { status, report: built } = report(first, build, { ...options, own: ["--baseline", bad] });
    expect([status, built.baseline.status, built.baseline.note]).toEqual([
      0,
      "none",
      expect.stringContaining(bad),
    ]);
  });

  test.each([
    [
      "damaged",
      (file: Buffer) => file.subarray(0, file.length - 9),
      /can't be read: it is damaged or cut off/,
    ],
    [
      "newer",
      (file: Buffer) => Buffer.concat([Buffer.from("gocache-why snapshot 7 3.0.0 00000000\n"), file]),
      /can't be read: it is a snapshot of format 7/,
    ],
    ["not there", () => null, /there is no file/],
  ])("that is %s is told of as a baseline, whether anything ran or not", (name, make, message) => {
    const bad = join(first.root, `${name.replace(" ", "-")}.snapshot`);
    const content = make(readFileSync(snapshot));
    if (content !== null) writeFileSync(bad, content);
    // The text may be wrapped.
    const said = (own: readonly string[], words: readonly string[]): string => {
      const { status, stdout, stderr } = tool(first, ["--baseline", bad, ...own, ...words], options);
      expect([status, stdout]).toEqual([0, ""]);
      const text = stderr.replace(/\s+/g, " ");
      expect(text).toMatch(message);
      // Markdown has it in itself, beside the line for who looks at the terminal.
      if (!own.includes("markdown")) expect(text.split("; compared with none")).toHaveLength(2);
      return stderr;
    };
    const all = ["go", "build", ...flags, "./p", "./q"];
    expect(tool(first, all, options).status).toBe(0);
    expect(said([], all)).toMatch(/^gocache-why: all \d+ actions were cached\n {2}\S/);
    expect(said(["--format", "markdown"], all)).toContain("were cached");
    expect(said(["--quiet"], all)).toMatch(/^gocache-why: --baseline .*\n$/);
    appendFileSync(join(first.module, "q/q.go"), "\n");
    expect(said([], all)).toMatch(/^gocache-why: 1 of /);
  });

  test("takes no other file's place", () => {
    const { status, stderr } = tool(first, ["export", "-o", "q/q.go"], options);
    expect([status, stderr]).toEqual([
      1,
      "gocache-why: q/q.go is there already and is no snapshot: name another file, or delete it\n",
    ]);
    expect(tool(first, ["export", "-o", snapshot], options).status).toBe(0);
    expect(tool(first, ["export"], options).status).toBe(2);
  });

  test("can be imported, and is a run of the module then", () => {
    const sandbox = makeSandbox(files);
    const { status, stdout } = tool(sandbox, ["import", snapshot]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^[a-z2-7]{8}\n$/);
    expect(recordedRuns(sandbox).map(({ id }) => id)).toEqual([stdout.trim()]);
    expect(tool(sandbox, ["why", "./p", "@1"]).status).toBe(0);
  });
});

describe("logs", () => {
  const hashing = { GODEBUG: "gocachehash=1" };
  let log: string;

  beforeAll(() => {
    log = join(first.root, "ci.log");
    const env = { ...options.env, ...hashing };
    const one = go(first, ["build", "-x", "-a", ...flags, "-o", "bin/", "./..."], { ...options, env });
    appendFileSync(join(first.module, "q/q.go"), "\nvar Later = 1\n");
    const two = go(first, ["build", "-x", ...flags, "-o", "bin/", "./..."], { ...options, env });
    const three = go(first, ["vet", "./q"], { ...options, env });
    const lines = `$ go build\n${one.stderr}$ go build\n${two.stderr}$ go vet ./q\n${three.stderr}`;
    writeFileSync(log, lines.replace(/^/gm, "2024-05-22T12:43:46.9626461Z "), "latin1");
  });

  test("each go command of a log becomes a run", () => {
    const { status, stdout, stderr } = tool(first, ["import", log], options);
    expect(status).toBe(0);
    const ids = stdout.trim().split("\n");
    expect(ids).toHaveLength(3);
    expect(stderr).toMatch(/: command 2 of 3: \d+ packages, example\.com\/m\/cmd\/app linked\n/);
    const found = JSON.parse(
      tool(first, ["diff", "--format", "json", ids[0] ?? "", ids[1] ?? ""], options).stdout,
    ) as Report;
    expect(told(found)).toEqual([["file-edited q/q.go", 1, 2]]);
    expect([found.now.source, found.totals.seconds]).toEqual(["imported", null]);
    const [only] = tool(first, ["import", "--command", "2", log], options).stdout.split("\n");
    const again = JSON.parse(
      tool(first, ["diff", "--format", "json", `${log}#1`, only ?? ""], options).stdout,
    ) as Report;
    expect(told(again)).toEqual(told(found));
  });

  test("go -n stores nothing: what two such logs compile is no miss of the cache", () => {
    appendFileSync(join(first.module, "q/q.go"), "\nvar Planned = 1\n");
    const [one = "", two = "", all = ""] = [[], [], ["-a"]].map((more, at) => {
      const env = { ...options.env, ...hashing };
      const words = ["build", "-n", ...more, ...flags, "-o", "bin/", "./..."];
      const { stderr } = go(first, words, { ...options, env });
      const path = join(first.root, ["one.log", "two.log", "all.log"][at] ?? "");
      writeFileSync(path, stderr, "latin1");
      return path;
    });
    const found = JSON.parse(tool(first, ["diff", "--format", "json", one, two], options).stdout) as Report;
    expect(found.causes).toEqual([]);
    expect(found.totals.byVerdict.unknown).toBeGreaterThan(0);
    expect(found.warnings).toContainEqual({
      code: "may-be-unstored",
      message:
        "two.log prints commands and no line WORK=: it is of go -n, which runs and stores nothing, or its first lines are missing (and 1 more)",
    });
    // Under -n go puts the action ID in the place of an output that it does not make: no package gave another.
    const forced = JSON.parse(tool(first, ["diff", "--format", "json", all, two], options).stdout) as Report;
    expect(forced.causes.map(({ code }) => code)).not.toContain("output-not-reproducible");
    expect(forced.unexplained.length).toBeGreaterThan(0);
    // What it was to compile is compiled after it, for the cause that was there before.
    const before = JSON.parse(
      tool(first, ["diff", "--format", "json", `${log}#2`, two], options).stdout,
    ) as Report;
    expect(told(before)).toEqual([["file-edited q/q.go", 1, 2]]);
  });

  test("a RUN with several go commands has to say which", () => {
    const { status, stderr } = tool(first, ["diff", log, `${log}#2`], options);
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /ci\.log has 3 go commands: 1 \(.*\), 2 \(.*\), 3 \(.*vetted\); name one: .*ci\.log#1\n$/,
    );
    expect(tool(first, ["diff", `${log}#1`, `${log}#9`], options).stderr).toMatch(
      /has 3 go commands, and no command 9\n$/,
    );
  });

  test("a scrubbed log holds no secret, and tells the same", () => {
    const clean = join(first.root, "clean.log");
    const { status, stderr } = tool(first, ["scrub", log, "-o", clean], options);
    expect([status, stderr]).toEqual([
      0,
      `gocache-why: ${log}: 1 value hidden; look it through before you give it away\n`,
    ]);
    const text = readFileSync(clean, "latin1");
    expect(readFileSync(log, "latin1")).toContain(secret);
    expect(text).not.toContain(secret);
    // A last line without its end gets one.
    expect(text.trimEnd().split("\n").length).toBe(readFileSync(log, "latin1").trimEnd().split("\n").length);
    const raw = JSON.parse(
      tool(first, ["diff", "--format", "json", `${log}#1`, `${log}#2`], options).stdout,
    ) as Report;
    const scrubbed = JSON.parse(
      tool(first, ["diff", "--format", "json", `${clean}#1`, `${clean}#2`], options).stdout,
    ) as Report;
    expect(told(scrubbed)).toEqual(told(raw));
    expect(scrubbed.totals).toEqual(raw.totals);
    // Hidden under a key of its own, and still the same run as the raw one.
    const across = JSON.parse(
      tool(first, ["diff", "--format", "json", `${clean}#1`, `${log}#2`], options).stdout,
    ) as Report;
    expect(told(across)).toEqual(told(raw));
    expect(tool(first, ["scrub", log, "-o", log], options).stderr).toMatch(
      /can't be read and written at once/,
    );
    expect(tool(first, ["scrub", "-"], { ...options, input: text }).stdout).toBe(text);
  });

  test("nothing that a file names is written to", () => {
    const before = statSync(first.module).mtimeMs;
    const sandbox = makeSandbox(files);
    renameSync(sandbox.module, `${sandbox.module}-gone`);
    mkdirSync(sandbox.module);
    expect(tool(sandbox, ["import", log]).status).toBe(0);
    expect(tool(sandbox, ["diff", snapshot, `${log}#1`]).status).toBe(0);
    expect(existsSync(join(sandbox.module, "bin"))).toBe(false);
    expect(statSync(first.module).mtimeMs).toBe(before);
    writeFiles(sandbox.module, {});
  });
});
