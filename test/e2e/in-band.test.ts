import { rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { noteState } from "./baseline.ts";
import { eightPackages } from "./eight-packages.ts";
import { go, makeSandbox, type Outcome, report, type Sandbox, tool } from "./sandbox.ts";
import { pathWithGo } from "./wrapper-script.ts";
import { type Files, writeFiles } from "./write-files.ts";

interface Change {
  readonly name: string;
  readonly files?: Files;
  readonly removed?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
  readonly packages?: readonly string[];
  readonly status?: number;
  /** Takes long, and shows nothing more without a graph. */
  readonly slow?: boolean;
}

const changes: readonly Change[] = [
  { name: "nothing" },
  { name: "an edited leaf", files: { "d/d.go": 'package d\n\nfunc Name() string { return "D" }\n' } },
  { name: "a comment at the end", files: { "e/e.go": `${eightPackages["e/e.go"]}// end\n` } },
  {
    name: "two edited files",
    files: {
      "c/c.go": `${eightPackages["c/c.go"]}\nvar More = 1\n`,
      "b/spare.go": 'package b\n\nconst Spare = "more"\n',
    },
  },
  {
    name: "a new package",
    files: { "f/f.go": "package f\n", "e/new.go": 'package e\n\nimport _ "example.com/m/f"\n' },
  },
  { name: "a removed file", removed: "a/spare.go" },
  { name: "a tag", words: ["-tags=with_a"] },
  { name: "-ldflags", words: ["-ldflags=-X 'main.version=1.2 b' -s"] },
  { name: "-gcflags from GOFLAGS", env: { GOFLAGS: "-gcflags=example.com/m/...=-N" }, slow: true },
  { name: "GOAMD64", env: { GOAMD64: "v3" }, slow: true },
  { name: "CGO_CFLAGS", env: { CGO_CFLAGS: "-O1" }, slow: true },
  { name: "-x", words: ["-x"], files: { "d/d.go": 'package d\n\nfunc Name() string { return "x" }\n' } },
  { name: "-v", words: ["-v"], files: { "d/d.go": 'package d\n\nfunc Name() string { return "v" }\n' } },
  { name: "-a of a leaf", words: ["-a"], packages: ["./e"] },
  {
    name: "a compile error",
    files: { "c/c.go": "package c\n\nfunc Name() string { return 1 }\n" },
    status: 1,
  },
  {
    name: "JSON",
    words: ["-json"],
    files: { "c/c.go": "package c\n\nfunc Name() string { return 1 }\n" },
    status: 1,
  },
  { name: "a missing package", files: { "c/c.go": 'package c\n\nimport _ "example.com/m/no"\n' }, status: 1 },
];

let sandbox: Sandbox;
let state: ReturnType<typeof noteState>;
/** PATHs with a go that refuses -debug-actiongraph, and with one that writes none. */
let refusing: string;
let silent: string;

beforeAll(() => {
  sandbox = makeSandbox(eightPackages);
  const env = { CGO_ENABLED: "1" };
  const first = tool(sandbox, ["--quiet", "go", "build", "-o", "bin/", "./..."], { env });
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(tool(sandbox, ["--quiet", "go", "build", "./e"], { env }).status).toBe(0);
  state = noteState(sandbox);
  refusing = pathWithGo(
    sandbox.root,
    "refusing",
    'for word; do case "$word" in *-debug-actiongraph*) echo "flag provided but not defined: -debug-actiongraph" >&2; exit 2 ;; esac; done\nexec "$GO" "$@"\n',
  );
  silent = pathWithGo(
    sandbox.root,
    "silent",
    'for word; do shift; case "$word" in -debug-actiongraph*) ;; *) set -- "$@" "$word" ;; esac; done\nexec "$GO" "$@"\n',
  );
});

function apply(change: Change): void {
  state.restore();
  writeFiles(sandbox.module, change.files ?? {});
  if (change.removed !== undefined) rmSync(join(sandbox.module, change.removed));
}

function words(change: Change): string[] {
  return ["build", ...(change.words ?? []), ...(change.packages ?? ["-o", "bin/", "./..."])];
}

function reportOn(change: Change, own: readonly string[], path?: string): Outcome & { report: Report } {
  apply(change);
  const env = { CGO_ENABLED: "1", ...change.env, ...(path === undefined ? {} : { PATH: path }) };
  return report(sandbox, ["go", ...words(change)], { env, own });
}

/** Go's own output; its work directory is another each time, and so is the order in which parallel compilers are told. */
function said({ stderr }: Outcome): string[] {
  return stderr
    .replace(/go-build\d+/g, "go-build")
    .split("\n")
    .sort();
}

/** A report without what differs between any two runs: ids, times, seconds, and the order that follows from them. */
function normalised(made: Report): unknown {
  const order = made.causes
    .map((cause, index) => ({ index, name: `${cause.code} ${cause.subject}` }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ index }) => index);
  const renumbered = (causes: readonly number[]) =>
    causes.map((each) => order.indexOf(each)).sort((a, b) => a - b);
  const text = (value: unknown) => JSON.stringify(value);
  const plain = {
    ...made,
    causes: order.map((index) => made.causes[index]),
    actions: made.actions.map((action) => ({ ...action, causes: renumbered(action.causes) })),
    causeSets: made.causeSets
      .map((set) => ({ ...set, causes: renumbered(set.causes) }))
      .sort((a, b) => (text(a.causes) < text(b.causes) ? -1 : 1)),
  };
  return JSON.parse(
    JSON.stringify(plain, (name, value) =>
      /^(seconds|wallSeconds|exclusiveSeconds|startedAt)$/.test(name) ? null : value,
    ),
    // The ids of runs, not those of actions.
    (name, value) =>
      value !== null && typeof value === "object" && "startedAt" in value ? { ...value, id: name } : value,
  );
}

describe("one pass gives the report of two", () => {
  test.each(changes)("$name", (change) => {
    const usual = reportOn(change, []);
    expect(usual.status).toBe(change.status ?? 0);
    const inBand = reportOn(change, ["--in-band"]);
    expect(inBand.status).toBe(usual.status);
    expect(inBand.stdout).toBe(usual.stdout);
    if (change.name !== "-x") expect(said(inBand)).toEqual(said(usual));
    expect(normalised(inBand.report)).toEqual(normalised(usual.report));
  });
});

describe("a go command that writes no graph", () => {
  const edit: Change = {
    name: "edit",
    files: { "d/d.go": 'package d\n\nfunc Name() string { return "D" }\n' },
  };

  test.each(changes.filter((change) => change.slow !== true))(
    "$name: status and output are go's own, and what ran is told",
    (change) => {
      const usual = reportOn(change, []);
      for (const path of change.name === "nothing" ? [refusing, silent] : [refusing]) {
        const graphless = reportOn(change, [], path);
        expect(graphless.status).toBe(usual.status);
        expect(graphless.stdout).toBe(usual.stdout);
        if (change.name !== "-x") expect(said(graphless)).toEqual(said(usual));
        const keys = (made: Report) =>
          made.actions.filter((action) => action.verdict !== "unknown").map((action) => action.key);
        const codes = (made: Report) => made.causes.map((cause) => `${cause.code} ${cause.subject}`).sort();
        if (change.name !== "JSON") expect(keys(graphless.report)).toEqual(keys(usual.report));
        expect(codes(graphless.report)).toEqual(codes(usual.report));
        expect(graphless.report.totals.seconds).toBeNull();
      }
    },
  );

  test("a run without a graph is a baseline like any other", () => {
    state.restore();
    const env = { CGO_ENABLED: "1" };
    tool(sandbox, ["--quiet", "go", ...words(edit)], { env: { ...env, PATH: refusing } });
    writeFiles(sandbox.module, edit.files ?? {});
    const made = report(sandbox, ["go", ...words(edit)], { env });
    expect(made.report.causes.map((cause) => cause.subject)).toEqual(["d/d.go"]);
  });

  test.each([["vet"], ["run"], ["test"]])(
    "go %s runs as it would, and is told not to be explained",
    (verb) => {
      state.restore();
      const args = verb === "run" ? ["run", "./cmd/one"] : [verb, "./e"];
      const env = { CGO_ENABLED: "1", PATH: refusing };
      const plain = go(sandbox, args, { env });
      const wrapped = report(sandbox, ["go", ...args], { env });
      expect([wrapped.status, wrapped.stdout, wrapped.stderr]).toEqual([
        plain.status,
        plain.stdout,
        plain.stderr,
      ]);
      expect(wrapped.report.warnings).toContainEqual(expect.objectContaining({ code: "graph-missing" }));
    },
  );

  test("a failed load is no reason to take another way the next time", () => {
    state.restore();
    const env = { CGO_ENABLED: "1" };
    const missing = { "c/none.go": 'package c\n\nimport _ "example.com/m/no"\n' };
    writeFiles(sandbox.module, missing);
    expect(tool(sandbox, ["--quiet", "go", ...words(edit)], { env }).status).toBe(1);
    rmSync(join(sandbox.module, "c/none.go"));
    const made = report(sandbox, ["go", ...words(edit)], { env });
    expect(made.report.totals.seconds).not.toBeNull();
  });
});
