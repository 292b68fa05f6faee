import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { renderMarkdown } from "../../src/report/renderers/markdown.ts";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import type { View } from "../../src/report/renderers/view.ts";
import type { Report } from "../../src/report/report.ts";
import { summaryOf } from "../../src/report/wording.ts";
import { go, makeSandbox, type Sandbox } from "./sandbox.ts";
import { type WrappedTests, wrappedTests } from "./wrapped-tests.ts";

// The golden reports of test causes, of real runs: what differs from run to run (times, ids, folders) is made alike before it is shown.

const testOf = (name: string, imports: readonly string[], body: string): string => `package ${name}

import (
${["testing", ...imports]
  .sort()
  .map((each) => `\t"${each}"`)
  .join("\n")}
)

func Test(t *testing.T) {
${body}
}
`;

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
  "lib/lib_test.go": testOf("lib", [], "\tt.Log(Name())"),
  "user/user_test.go": testOf("user", ["example.com/m/lib"], "\tt.Log(lib.Name())"),
  "env/env_test.go": testOf("env", ["os"], '\tt.Log(len(os.Getenv("GREETING")))'),
  "temp/temp_test.go": testOf("temp", ["os"], "\tt.Log(len(os.TempDir()))"),
  "program/program_test.go": testOf("program", ["os/exec"], '\tt.Log(exec.LookPath("sh"))'),
  "place/place_test.go": testOf("place", ["path/filepath"], '\tt.Log(filepath.Abs("x"))'),
  "file/testdata/in.txt": "hello\n",
  "file/file_test.go": testOf("file", ["os"], '\tt.Log(os.ReadFile("testdata/in.txt"))'),
  "list/testdata/one.txt": "1\n",
  "list/testdata/two.txt": "2\n",
  "list/list_test.go": testOf("list", ["os"], '\tt.Log(os.ReadDir("testdata"))'),
};

const writer = testOf(
  "writer",
  ["os"],
  '\tos.WriteFile("out.txt", []byte("x"), 0o644)\n\tt.Log(os.ReadFile("out.txt"))',
);

const goroot = execFileSync("go", ["env", "GOROOT"], { encoding: "utf8" }).trim();

const long = new Date("2026-01-02T03:04:05Z");
const later = new Date("2026-01-03T04:05:06Z");

function write(sandbox: Sandbox, name: string, text: string, time = later): void {
  const path = join(sandbox.module, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  utimesSync(path, time, time);
  utimesSync(dirname(path), time, time);
}

function git(sandbox: Sandbox, ...words: string[]): void {
  const who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
  execFileSync("git", [...who, ...words], { cwd: sandbox.module, env: sandbox.env, stdio: "pipe" });
}

/** What a run's report says with times, ids and folders that are the same each time. */
function settled(report: Report, sandbox: Sandbox): Report {
  const tokens: string[] = [];
  const tokenInOrder = (token: string): string => {
    if (!tokens.includes(token)) tokens.push(token);
    return `<hidden:${String(tokens.indexOf(token) + 1).padStart(12, "0")}>`;
  };
  const text = JSON.stringify(report, (key, value: unknown) => {
    if (/seconds$/i.test(key) && typeof value === "number") return 1;
    if (key === "id") return "20260102-030405-abcdef";
    if (key === "startedAt") return long.toISOString();
    if (key === "goVersion") return "go1.26.0";
    if (key === "head" && value !== null) return "0123456789abcdef0123456789abcdef01234567";
    if (typeof value !== "string") return value;
    return value
      .replaceAll(sandbox.root, "/home/me")
      .replace(/\bPATH=[^\s`]+/g, "PATH=/usr/bin:/bin")
      .replace(/<hidden:[0-9a-f]+>/g, tokenInOrder)
      .replace(/\d+(\.\d+)? (ms|s)\b/g, "1.0 s")
      .replace(/\b202[^6]-\d\d-\d\d|2026-(?!01-0[23])\d\d-\d\d/g, "2026-11-29")
      .replace(/(2026-11-29[ T])\d\d:\d\d:\d\d(\.\d+)?/g, "$112:00:00");
  });
  const made = JSON.parse(text) as Report;
  // Sentences cut long values, so that they are made anew of the settled ones.
  const context = {
    module: made.now.module,
    goVersion: "go1.26.0",
    verb: "test",
    flags: [],
    baseline: made.baseline.status,
  };
  const causes = made.causes.map((cause) => ({ ...cause, summary: summaryOf(cause, context) }));
  // Where seconds are equal the order is by chance: it was that of the real ones.
  const ordered = [...causes.entries()].sort(([, one], [, other]) => one.code.localeCompare(other.code));
  const order = ordered.map(([index]) => index);
  const actions = made.actions.map((action) => ({
    ...action,
    causes: action.causes.map((index) => order.indexOf(index)),
  }));
  return { ...made, causes: ordered.map(([, cause]) => cause), actions };
}

const view: View = { width: 80, colour: 0, verbosity: 1, now: later, all: false };

interface State {
  readonly name: string;
  /** Makes the state of the one before into this one. */
  readonly change?: (sandbox: Sandbox) => void;
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What PATH begins with. */
  readonly search?: string;
  /** Where go is started, below the module. */
  readonly from?: string;
  readonly causes: readonly string[];
}

/** Each upon the one before: what a state changes is there in the next. Between two states that differ in an option a run brings all back. */
const states: readonly State[] = [
  { name: "variable", env: { GREETING: "hello" }, causes: ["test-env-changed GREETING proven"] },
  { name: "back", causes: [] },
  {
    name: "variable-TMPDIR",
    env: { TMPDIR: "/var/tmp" },
    causes: ["test-env-changed TMPDIR proven"],
  },
  {
    name: "variable-PATH",
    search: "/opt/none:",
    causes: ["test-env-changed PATH proven"],
  },
  { name: "back", causes: [] },
  { name: "variable-TZ", env: { TZ: "Asia/Tokyo" }, causes: ["test-env-changed TZ proven"] },
  { name: "back", causes: [] },
  {
    name: "variable-GODEBUG",
    env: { GODEBUG: "http2client=0" },
    causes: ["test-env-changed GODEBUG proven"],
  },
  { name: "back", causes: [] },
  {
    name: "variable-PWD",
    from: "lib",
    words: ["example.com/m/..."],
    causes: ["test-env-changed PWD proven"],
  },
  { name: "back", causes: [] },
  {
    name: "file-touched",
    change: ({ module }) => utimesSync(join(module, "file/testdata/in.txt"), later, later),
    causes: ["test-file-changed file/testdata/in.txt proven"],
  },
  {
    name: "file-edited",
    change: (sandbox) => write(sandbox, "file/testdata/in.txt", "hello, world\n"),
    causes: ["test-file-changed file/testdata/in.txt proven"],
  },
  {
    name: "file-mode",
    change: ({ module }) => chmodSync(join(module, "file/testdata/in.txt"), 0o600),
    causes: ["test-file-changed file/testdata/in.txt proven"],
  },
  {
    name: "file-removed",
    change: ({ module }) => rmSync(join(module, "file/testdata/in.txt")),
    causes: ["test-file-changed file/testdata/in.txt proven"],
  },
  {
    name: "folder-listing",
    change: (sandbox) => write(sandbox, "list/testdata/three.txt", "3\n"),
    causes: ["test-file-changed list/testdata proven"],
  },
  {
    name: "binary",
    change: (sandbox) =>
      write(sandbox, "lib/lib.go", 'package lib\n\nfunc Name() string { return "another" }\n'),
    causes: ["file-edited lib/lib.go proven"],
  },
  { name: "flag-count", words: ["-count=1", "./..."], causes: ["test-not-cacheable -count observed"] },
  { name: "back", causes: [] },
  { name: "flag-short", words: ["-short", "./..."], causes: ["test-flag-changed -short proven"] },
  { name: "back", causes: [] },
  { name: "flag-json", words: ["-json", "./..."], causes: ["test-flag-changed -json proven"] },
  { name: "back", causes: [] },
  { name: "first", from: "lib", words: [], causes: ["first-build example.com/m observed"] },
  {
    name: "no-package-list",
    from: "lib",
    words: [],
    causes: ["test-not-cacheable no package list observed"],
  },
  { name: "back", causes: [] },
  {
    name: "testcache-cleaned",
    change: (sandbox) => {
      go(sandbox, ["clean", "-testcache"]);
    },
    causes: ["test-expired GOCACHE observed"],
  },
  {
    name: "new-package",
    change: (sandbox) => write(sandbox, "fresh/fresh_test.go", testOf("fresh", [], "")),
    causes: ["first-build example.com/m/fresh observed"],
  },
  {
    name: "file-too-new",
    change: (sandbox) => write(sandbox, "writer/writer_test.go", writer),
    causes: ["first-build example.com/m/writer observed"],
  },
  { name: "file-too-new-again", causes: ["test-file-too-new writer/out.txt inferred"] },
  {
    name: "failed",
    change: (sandbox) => {
      rmSync(join(sandbox.module, "writer"), { recursive: true });
      write(sandbox, "lib/lib_test.go", testOf("lib", [], "\tt.Fatal(Name())"));
    },
    causes: ["file-edited lib/lib_test.go proven"],
  },
  { name: "failed-before", causes: ["test-not-cacheable failed before observed"] },
  {
    name: "does-not-compile",
    change: (sandbox) => write(sandbox, "lib/lib_test.go", testOf("lib", [], "\tundefined()")),
    causes: ["file-edited lib/lib_test.go proven"],
  },
  {
    name: "two-causes",
    change: (sandbox) => write(sandbox, "lib/lib_test.go", testOf("lib", [], "\tt.Log(Name(), 1)")),
    env: { GREETING: "hello" },
    causes: ["file-edited lib/lib_test.go proven", "test-env-changed GREETING proven"],
  },
];

// Counts of the standard library's packages are those of Go 1.26.
const isRecordedGo = /^go1\.26\b/.test(execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }));

test.runIf(isRecordedGo)("golden reports of tests", { timeout: 600_000 }, async () => {
  const sandbox = makeSandbox(files);
  for (const name of Object.keys(files)) {
    utimesSync(join(sandbox.module, name), long, long);
    utimesSync(dirname(join(sandbox.module, name)), long, long);
  }
  git(sandbox, "init", "-q");
  git(sandbox, "add", ".");
  git(sandbox, "commit", "-qm", "a");
  // A PATH of its own: its value is part of a report.
  const search = join(sandbox.root, "bin");
  mkdirSync(search);
  symlinkSync(join(goroot, "bin/go"), join(search, "go"));
  const path = `${search}:/usr/bin:/bin`;
  const wrapped = ({ words, env, from, search: more = "" }: State): WrappedTests =>
    wrappedTests(sandbox, ["test", ...(words ?? ["./..."])], {
      env: { TZ: "UTC", ...env, PATH: `${more}${path}` },
      cwd: join(sandbox.module, from ?? "."),
    });
  wrapped({ name: "baseline", causes: [] });
  for (const state of states) {
    state.change?.(sandbox);
    const run = wrapped(state);
    expect.soft([state.name, ...run.causes.toSorted()]).toEqual([state.name, ...state.causes]);
    if (state.name === "back") continue;
    const report = settled(run.report, sandbox);
    await expect(renderTerminal(report, view)).toMatchFileSnapshot(`golden-tests/${state.name}.txt`);
    await expect(renderMarkdown(report, view)).toMatchFileSnapshot(`golden-tests/${state.name}.md`);
  }
  // None but these: a golden report without its state is of no use.
  expect(new Set(states.map(({ name }) => name)).size).toBe(
    states.filter(({ name }) => name !== "back").length + 1,
  );
  expect(readFileSync(join(sandbox.module, "go.mod"), "utf8")).toBe(files["go.mod"]);
});
