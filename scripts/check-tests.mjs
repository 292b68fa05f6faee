#!/usr/bin/env node
// On a real module: does the verdict of every test agree with go's own `(cached)`, in five states? Writes docs/accuracy.md with --write.
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAccuracySection } from "./accuracy-section.mjs";

const home = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    module: { type: "string", default: "golang.org/x/tools@v0.38.0" },
    /** Words between `go test` and the patterns. */
    flags: { type: "string", default: "-short" },
    patterns: { type: "string", default: "./..." },
    /** A package directory that many others import: an exported function is added there. */
    edit: { type: "string", default: "internal/typeparams" },
    /** A folder with files that a test reads: their times are changed. */
    touch: { type: "string", default: "cmd/stringer/testdata" },
    root: { type: "string", default: join(tmpdir(), "gocache-why-check-tests") },
    tool: { type: "string", default: join(home, "bin/gocache-why.js") },
    write: { type: "boolean", default: false },
  },
});
const root = options.root;
const checkout = join(root, "m");
const base = {
  ...process.env,
  GOCACHE: join(root, "gocache"),
  XDG_STATE_HOME: join(root, "state"),
  TMPDIR: join(root, "tmp"),
  GOFLAGS: "-buildvcs=false",
};
delete base.GODEBUG;

prepare();
const words = ["test", ...options.flags.split(" ").filter(Boolean), ...options.patterns.split(" ")];
const states = [
  { name: "first run", prepare: () => ({}), words },
  { name: "untouched", prepare: () => ({}), words },
  { name: "a variable changed (TMPDIR)", prepare: otherTmp, words },
  { name: "the same variable", prepare: otherTmp, words },
  { name: `times changed (${options.touch})`, prepare: touch, words },
  { name: `an edited dependency (${options.edit})`, prepare: edit, words },
  { name: "-count=1", prepare: otherTmp, words: ["test", "-count=1", ...words.slice(1)] },
  { name: "untouched again", prepare: otherTmp, words },
];
const rows = [];
for (const state of states) {
  const env = { ...base, ...state.prepare() };
  const file = join(root, "report.json");
  const run = spawnSync(
    process.execPath,
    [options.tool, "--all", "--format", "json", "--output", file, "go", ...state.words],
    { cwd: checkout, env: { ...env, PWD: checkout }, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  const report = JSON.parse(readFileSync(file, "utf8"));
  rows.push(compare(state.name, run.stdout, report));
  console.log(JSON.stringify(rows.at(-1)));
}
if (options.write) writeAccuracySection("Verdicts of tests against go's own `(cached)`", section());
if (rows.some((row) => row.disagreements.length > 0)) process.exitCode = 1;

function prepare() {
  mkdirSync(join(root, "tmp"), { recursive: true });
  mkdirSync(join(root, "tmp2"), { recursive: true });
  rmSync(join(root, "state"), { recursive: true, force: true });
  if (existsSync(checkout)) rmSync(checkout, { recursive: true, force: true });
  // What an earlier run of this script has left is no result.
  spawnSync("go", ["clean", "-testcache"], { env: base });
  const { stdout } = spawnSync("go", ["mod", "download", "-json", options.module], {
    encoding: "utf8",
    cwd: root,
  });
  cpSync(JSON.parse(stdout).Dir, checkout, { recursive: true, preserveTimestamps: true });
  spawnSync("chmod", ["-R", "u+w", checkout]);
}

function otherTmp() {
  return { TMPDIR: join(root, "tmp2") };
}

function touch() {
  const folder = join(checkout, options.touch);
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    utimesSync(join(folder, name), hourAgo, hourAgo);
  return otherTmp();
}

function edit() {
  const folder = join(checkout, options.edit);
  const name = readdirSync(folder).find((each) => each.endsWith(".go") && !each.endsWith("_test.go"));
  const path = join(folder, name);
  writeFileSync(path, `${readFileSync(path, "utf8")}\nfunc GocacheWhyAdded() int { return 1 }\n`);
  const old = new Date(Date.now() - 60_000);
  utimesSync(path, old, old);
  return otherTmp();
}

/** Go's own words about each package against the report's verdict. */
function compare(state, stdout, report) {
  const said = new Map();
  for (const line of stdout.split("\n")) {
    const ok = /^ok {2}\t(\S+)\t(\(cached\))?/.exec(line);
    if (ok) said.set(ok[1], ok[2] ? "cached" : "ran");
    const failed = /^FAIL\t(\S+)\t[\d.]+s$/.exec(line);
    if (failed) said.set(failed[1], "failed");
  }
  const tests = new Map(
    report.actions.filter(({ kind }) => kind === "test").map((action) => [action.package, action]),
  );
  const disagreements = [];
  let failed = 0;
  for (const [name, word] of said) {
    const verdict = tests.get(name)?.verdict ?? "absent";
    if (word === "failed") failed++;
    if ((word === "cached") !== (verdict === "hit") || verdict === "unknown")
      disagreements.push(`${name}: ${word}, ${verdict}`);
  }
  for (const name of tests.keys())
    if (!said.has(name)) disagreements.push(`${name}: not told by go, ${tests.get(name).verdict}`);
  const verdicts = {};
  for (const { verdict } of tests.values()) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    state,
    packages: said.size,
    cached: [...said.values()].filter((word) => word === "cached").length,
    failed,
    verdicts,
    causes: report.causes
      .slice(0, 6)
      .map(
        ({ code, subject, direct, cascade, evidence }) =>
          `${code} ${subject} ${direct}+${cascade} ${evidence.kind}`,
      ),
    unexplained: report.unexplained,
    disagreements,
  };
}

function section() {
  const cells = rows.map(
    ({ state, packages, cached, failed, verdicts, causes, unexplained, disagreements }) =>
      [
        state,
        packages,
        cached,
        failed,
        Object.entries(verdicts)
          .map(([name, count]) => `${count} ${name}`)
          .join(", "),
        disagreements.length,
        unexplained.length,
        causes.map((cause) => `\`${cause}\``).join("<br>"),
      ].join(" | "),
  );
  return `Made by \`node scripts/check-tests.mjs --write\`: ${options.module}, \`go ${words.join(" ")}\`, ${spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).stdout.trim()}.
Each state is one wrapped run; what go printed about each package is compared with the verdict in the report of that run. The first
six causes are named with roots and cascade.

state | packages | cached | failed | verdicts of the tests | disagreements | unexplained | causes
--- | --- | --- | --- | --- | --- | --- | ---
${cells.join("\n")}
`;
}
