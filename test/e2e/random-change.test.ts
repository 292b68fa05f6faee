import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { noteState } from "./baseline.ts";
import { eightPackages } from "./eight-packages.ts";
import { go, makeSandbox, report, type Sandbox, tool } from "./sandbox.ts";
import { type Files, writeFiles } from "./write-files.ts";

/** What a draw does, and what the report has to say about it. */
interface Change {
  readonly files?: Files;
  readonly removed?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
  readonly code: string;
  readonly subject: string;
  readonly before: unknown;
  readonly now: unknown;
}

const hashOf = (text: string): string =>
  createHash("sha256").update(text).digest().subarray(0, 15).toString("base64url");

const goFiles = Object.keys(eightPackages).filter((name) => /\.go$/.test(name) && !/tagged/.test(name));
const libraries = ["a", "b", "c", "d", "e"];
const word = fc.stringMatching(/^[a-z]{1,12}$/);
const textOf = (file: string): string => eightPackages[file] ?? "";

function edited(file: string, text: string): Change {
  return {
    files: { [file]: text },
    code: "file-edited",
    subject: file,
    before: hashOf(textOf(file)),
    now: hashOf(text),
  };
}

/** Another text in the place of the first string that a program prints. */
const editedBody = fc.tuple(fc.constantFrom(...goFiles), word).map(([file, value]) => {
  const text = textOf(file).replace(/((?:return|version =|Spare =) )"\w+"/, `$1"new-${value}"`);
  return edited(file, text);
});

/** A comment at any line but before the package clause, where it could be a build constraint, or within cgo's preamble. */
const insertedLine = fc.tuple(fc.constantFrom(...goFiles), fc.nat(), word).map(([file, place, value]) => {
  const lines = textOf(file).split("\n");
  const from = Math.max(1, lines.indexOf('import "C"') + 1);
  lines.splice(from + (place % (lines.length - from)), 0, `// ${value}`);
  return edited(file, lines.join("\n"));
});

const addedFile = fc.tuple(fc.constantFrom(...libraries), word).map(([name, value]): Change => {
  const file = `${name}/new_x${value}.go`;
  const text = `package ${name}\n\nconst X${value} = 1\n`;
  return { files: { [file]: text }, code: "file-added", subject: file, before: null, now: hashOf(text) };
});

const removedFile = fc.constantFrom(...libraries).map((name): Change => {
  const file = `${name}/spare.go`;
  return { removed: file, code: "file-removed", subject: file, before: hashOf(textOf(file)), now: null };
});

const cgoFlags = word.map((value): Change => {
  const now = `-O1 -D${value.toUpperCase()}=1`;
  return {
    env: { CGO_CFLAGS: now },
    code: "env-changed",
    subject: "CGO_CFLAGS",
    before: expect.anything(),
    now,
  };
});

const goamd64 = fc.constant<Change>({
  env: { GOAMD64: "v3" },
  code: "env-changed",
  subject: "GOAMD64",
  before: "v1",
  now: "v3",
});

const ldflags = word.map((value): Change => {
  const now = `-ldflags=-X main.version=${value}`;
  return {
    words: [now],
    code: "flag-changed",
    subject: "-ldflags",
    before: null,
    now: expect.stringContaining("-X main.version="),
  };
});

const gcflags = fc.constantFrom("-N", "-l", "-N -l").map(
  (now): Change => ({
    words: [`-gcflags=example.com/m/...=${now}`],
    code: "flag-changed",
    subject: "-gcflags",
    before: null,
    now: `example.com/m/...=${now}`,
  }),
);

const tags = fc.constantFrom(...libraries).map(
  (name): Change => ({
    words: ["-tags", `with_${name}`],
    code: "flag-changed",
    subject: "-tags",
    before: null,
    now: `with_${name}`,
  }),
);

const anyChange = fc.oneof(
  editedBody,
  insertedLine,
  addedFile,
  removedFile,
  cgoFlags,
  goamd64,
  ldflags,
  gcflags,
  tags,
);

let sandbox: Sandbox;
let state: ReturnType<typeof noteState>;

beforeAll(() => {
  sandbox = makeSandbox(eightPackages);
  const env = { CGO_ENABLED: "1" };
  expect(tool(sandbox, ["--quiet", "go", "build", "-o", "bin/", "./..."], { env })).toMatchObject({
    status: 0,
    stderr: "",
  });
  state = noteState(sandbox);
});

function apply(change: Change): void {
  state.restore();
  writeFiles(sandbox.module, change.files ?? {});
  if (change.removed !== undefined) rmSync(join(sandbox.module, change.removed));
}

/** The actions that a plain build of the same state runs, by its own graph. */
function truth(words: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const graph = join(sandbox.root, "truth.json");
  const outcome = go(sandbox, ["build", `-debug-actiongraph=${graph}`, ...words], { env });
  expect([outcome.status, outcome.stderr]).toEqual([0, ""]);
  const nodes = JSON.parse(readFileSync(graph, "utf8")) as {
    Mode: string;
    Package: string;
    Cmd: string[] | null;
  }[];
  return nodes
    .filter(({ Mode, Cmd }) => (Mode === "build" || Mode === "link") && Cmd !== null)
    .map(({ Mode, Package }) => `${Mode} ${Package}`)
    .sort();
}

function check(change: Change): void {
  const words = [...(change.words ?? []), "-o", "bin/", "./..."];
  const env = { CGO_ENABLED: "1", ...change.env };
  apply(change);
  const ran = truth(words, env);
  apply(change);
  const made = report(sandbox, ["go", "build", ...words], { env });
  expect([made.status, made.stderr]).toEqual([0, ""]);
  const { causes, actions, unexplained, warnings } = made.report;
  expect(causes.map(({ code, subject, before, now }) => ({ code, subject, before, now }))).toEqual([
    { code: change.code, subject: change.subject, before: change.before, now: change.now },
  ]);
  expect(actions.map((action) => action.key).sort()).toEqual(ran);
  expect(actions.filter((action) => action.verdict === "unknown" || action.causes.length === 0)).toEqual([]);
  expect({ unexplained, warnings }).toEqual({ unexplained: [], warnings: [] });
}

// On a failure fast-check prints the seed and the change; GOCACHE_WHY_SEED repeats it. GOCACHE_WHY_DRAWS=10 draws ten times as often.
const seed = Number(process.env.GOCACHE_WHY_SEED ?? Date.now() % 2 ** 31);
const times = Number(process.env.GOCACHE_WHY_DRAWS ?? 1);

test.each([
  ["the text of a function", editedBody, 2],
  ["a comment somewhere", insertedLine, 2],
  ["a new file", addedFile, 1],
  ["a removed file", removedFile, 1],
  ["CGO_CFLAGS", cgoFlags, 1],
  ["GOAMD64", goamd64, 1],
  ["-ldflags", ldflags, 1],
  ["-gcflags", gcflags, 1],
  ["-tags", tags, 1],
  ["any of these", anyChange, 3],
] as const)("%s", (_name, changes, numRuns) => {
  fc.assert(fc.property(changes as fc.Arbitrary<Change>, check), {
    seed,
    numRuns: numRuns * times,
    endOnFailure: true,
  });
});
