#!/usr/bin/env node
// Commits in a row of real histories: is each build explained rightly? What is right is derived beforehand from git and
// `go list -deps -json` (scripts/histories/derive-causes.mjs), what ran from plain go's action graph in a cache of its own.
// Usage: node scripts/check-histories.mjs [--only caddy] [--from DIRECTORY] [--next] [--again STEP] [--write]
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeAccuracySection } from "./accuracy-section.mjs";
import { deriveTruth } from "./fixtures/truth.mjs";
import { deriveCauses } from "./histories/derive-causes.mjs";

/**
 * @typedef {import("./histories/derive-causes.mjs").State} State
 * @typedef {{ name: string, url: string, base: string, last: string, words: string[], commits: number, leftOut?: string }} History
 * @typedef {{
 *   id: string, commit: string, subject: string, actions: number, ran: number, expected: string[], causes: string[],
 *   evidence: Record<string, number>, wrong: string[], seconds: number, started: number,
 * }} Step
 */

const home = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    /** Where the repositories are had from: a folder with a bare clone `NAME` of each; else their own address. */
    from: { type: "string" },
    root: { type: "string", default: join(tmpdir(), "gocache-why-histories") },
    tool: { type: "string", default: join(home, "bin/gocache-why.js") },
    /** One step and no more: a history is long. */
    next: { type: "boolean", default: false },
    /** Forgets this step and those after it, and what they stored in the caches. */
    again: { type: "string" },
    write: { type: "boolean", default: false },
  },
});

/** @type {History[]} */
const histories = [
  {
    name: "caddy",
    url: "https://github.com/caddyserver/caddy",
    base: "c1907df2e",
    last: "546752e21",
    words: ["build", "./..."],
    commits: 20,
  },
  {
    name: "prometheus",
    url: "https://github.com/prometheus/prometheus",
    base: "4b8c405acc",
    last: "f94c4036a3",
    words: ["build", "./promql/...", "./tsdb/...", "./model/...", "./storage/..."],
    commits: 20,
    // Large, in no build, and some mirrors lack it.
    leftOut: "tsdb/testdata",
  },
];
const chosen = histories.filter(
  ({ name }) => options.only === undefined || options.only.split(",").includes(name),
);
for (const history of chosen) {
  if (options.again !== undefined) forget(history, Number(options.again));
  walk(history);
}
if (options.write) writeAccuracySection("Two histories, commit by commit", section());

/** @param {History} history */
function walk(history) {
  const at = prepare(history);
  const commits = git(
    at.checkout,
    "log",
    "--first-parent",
    "--reverse",
    "--format=%H",
    `${history.base}..${history.last}`,
  )
    .trim()
    .split("\n");
  const all = [git(at.checkout, "rev-parse", history.base).trim(), ...commits];
  for (const [number, commit] of all.entries()) {
    const file = join(at.results, `${number}.json`);
    if (existsSync(file)) {
      if (complaints(readJson(file)) > 0) process.exitCode = 1;
      continue;
    }
    const step = take(history, number, commit, all[number - 1] ?? null);
    writeFileSync(file, JSON.stringify(step, null, 1));
    console.log(
      `${history.name} ${number} ${commit.slice(0, 10)}: ${step.ran} of ${step.actions} ran, ${step.causes.length} causes, ` +
        `${step.wrong.length === 0 ? "right" : `WRONG\n  ${step.wrong.slice(0, 20).join("\n  ")}`}`,
    );
    if (complaints(step) > 0) process.exitCode = 1;
    if (options.next) return;
  }
  console.log(`${history.name}: all steps are done`);
  if (options.next) process.exitCode = 3;
}

/** @param {Step} step */
function complaints(step) {
  return step.wrong.length;
}

/** @param {History} history @param {number} number @param {string} commit @param {string | null} parent @returns {Step} */
function take(history, number, commit, parent) {
  const at = places(history);
  const started = Date.now();
  git(at.checkout, "checkout", "-q", "-f", commit);
  const dirt = git(at.checkout, "status", "--porcelain").trim();
  if (dirt !== "") throw new Error(`${history.name} ${commit}: the checkout is not clean:\n${dirt}`);
  goIn(at, "list", ["mod", "download"]);

  const [verb = "build", ...words] = history.words;
  const listed = goIn(at, "list", [
    "list",
    "-deps",
    "-json",
    ...words.filter((word) => !word.startsWith("-")),
  ]);
  writeFileSync(join(at.results, `${number}.list`), listed);

  const reportFile = join(at.results, `${number}.report.json`);
  const baseline = parent === null ? ["--baseline", "none"] : [];
  const tool = spawnSync(
    process.execPath,
    [options.tool, ...baseline, "--all", "--format", "json", "--output", reportFile, "go", ...history.words],
    { cwd: at.checkout, env: environment(at, "tool"), encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (tool.status !== 0) throw new Error(`${history.name} ${commit}: status ${tool.status}\n${tool.stderr}`);
  const report = readJson(reportFile);

  // The first step fills the cache; the plain runs begin with a copy of it.
  if (parent === null) cpSync(at.caches.tool, at.caches.plain, { recursive: true });
  const graphFile = join(at.results, `${number}.graph.json`);
  goIn(at, "plain", [verb, `-debug-actiongraph=${graphFile}`, ...words]);
  const truth = deriveTruth(readFileSync(graphFile, "utf8"));
  const subject = git(at.checkout, "log", "-1", "--format=%s").trim();
  const causes = report.causes.map((/** @type {any} */ cause) => `${cause.code} ${cause.subject}`);
  /** @type {Record<string, number>} */
  const evidence = {};
  for (const cause of report.causes) evidence[cause.evidence.kind] = (evidence[cause.evidence.kind] ?? 0) + 1;
  const step = {
    id: report.now.id,
    commit,
    subject,
    actions: report.totals.actions,
    ran: truth.ran.length,
    evidence,
    started,
  };
  const seconds = Math.round((Date.now() - started) / 1000);
  if (parent === null) return { ...step, expected: [], causes, wrong: [], seconds };
  const expected = deriveCauses(stateOf(at, number - 1, parent), stateOf(at, number, commit));
  const ofRan = [...new Set(truth.ran.flatMap((key) => [...(expected.get(key) ?? [])]))].sort();
  return {
    ...step,
    expected: ofRan,
    causes: causes.sort(),
    wrong: compare(report, truth, expected),
    seconds,
  };
}

/**
 * @param {any} report
 * @param {ReturnType<typeof deriveTruth>} truth
 * @param {ReadonlyMap<string, ReadonlySet<string>>} expected
 */
function compare(report, truth, expected) {
  const wrong = [];
  const names = report.causes.map((/** @type {any} */ cause) => `${cause.code} ${cause.subject}`);
  const ran = new Set(truth.ran);
  const told = new Map();
  for (const action of report.actions) if (action.verdict !== "hit") told.set(action.key, action);
  if (truth.ran.length + truth.hit !== report.totals.actions)
    wrong.push(`${report.totals.actions} actions, plain go had ${truth.ran.length + truth.hit}`);
  for (const key of ran) if (!told.has(key)) wrong.push(`${key} ran and is not told`);
  for (const [key, action] of told) {
    if (!ran.has(key)) {
      wrong.push(`${key} did not run: ${action.verdict}`);
      continue;
    }
    if (action.verdict === "unknown") wrong.push(`${key}: unknown`);
    const is = action.causes.map((/** @type {number} */ index) => names[index]).sort();
    const should = [...(expected.get(key) ?? [])].sort();
    if (is.join("; ") !== should.join("; "))
      wrong.push(`${key}: named ${is.join("; ")}, right is ${should.join("; ")}`);
  }
  for (const key of report.unexplained) wrong.push(`${key}: unexplained`);
  for (const { code, message } of report.warnings) wrong.push(`warning ${code}: ${message}`);
  return wrong;
}

/** @param {ReturnType<typeof places>} at @param {number} number @param {string} commit @returns {State} */
function stateOf(at, number, commit) {
  const packages = new Map();
  for (const text of readFileSync(join(at.results, `${number}.list`), "utf8").split(/^(?=\{)/m)) {
    const each = JSON.parse(text);
    packages.set(each.ImportPath, each);
  }
  const outputs = new Map();
  for (const node of readJson(join(at.results, `${number}.graph.json`)))
    if (node.Mode === "build" && node.BuildID) outputs.set(node.Package, node.BuildID.split("/").at(-1));
  const blobs = new Map();
  for (const line of git(at.checkout, "ls-tree", "-r", "-z", commit).split("\0")) {
    const [facts = "", path = ""] = line.split("\t");
    blobs.set(path, facts.split(" ")[2]);
  }
  const readFile = (/** @type {string} */ path) => git(at.checkout, "show", `${commit}:${path}`);
  return { root: at.checkout, commit, packages, outputs, blobs, readFile };
}

/** @param {History} history */
function places(history) {
  const top = join(options.root, history.name);
  return {
    checkout: join(top, "m"),
    state: join(top, "state"),
    results: join(top, "results"),
    caches: {
      tool: join(top, "gocache-tool"),
      plain: join(top, "gocache-plain"),
      list: join(top, "gocache-list"),
    },
  };
}

/** @param {History} history */
function prepare(history) {
  const at = places(history);
  for (const folder of [at.state, at.results, at.caches.tool]) mkdirSync(folder, { recursive: true });
  if (!existsSync(at.checkout)) {
    const source = options.from === undefined ? history.url : join(options.from, history.name);
    execFileSync("git", ["clone", "-q", "--no-checkout", source, at.checkout]);
  }
  if (history.leftOut !== undefined)
    spawnSync("git", ["sparse-checkout", "set", "--no-cone", "/*", `!/${history.leftOut}/`], {
      cwd: at.checkout,
    });
  return at;
}

/** @param {History} history @param {number} from */
function forget(history, from) {
  const at = places(history);
  const first = join(at.results, `${from}.json`);
  if (!existsSync(first)) return;
  const { started } = readJson(first);
  for (const name of readdirSync(at.results)) {
    if (Number.parseInt(name, 10) < from) continue;
    if (/^\d+\.json$/.test(name)) forgetRun(at.state, readJson(join(at.results, name)).id);
    rmSync(join(at.results, name));
  }
  for (const cache of [at.caches.tool, at.caches.plain]) {
    for (const folder of readdirSync(cache)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of readdirSync(join(cache, folder))) {
        if (!name.endsWith("-a")) continue;
        // The time of putting is the entry's last field, in nanoseconds.
        const put =
          Number(
            readFileSync(join(cache, folder, name), "utf8")
              .trim()
              .split(/ +/)
              .at(-1),
          ) / 1e6;
        if (put >= started) rmSync(join(cache, folder, name));
      }
    }
  }
}

/** @param {string} state @param {string} id */
function forgetRun(state, id) {
  const folders = readdirSync(state, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(id),
  );
  for (const folder of folders) rmSync(join(state, folder), { recursive: true, force: true });
}

/** @param {ReturnType<typeof places>} at @param {"tool" | "plain" | "list"} cache @param {string[]} words */
function goIn(at, cache, words) {
  return execFileSync("go", words, {
    cwd: at.checkout,
    env: environment(at, cache),
    encoding: "utf8",
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** @param {ReturnType<typeof places>} at @param {"tool" | "plain" | "list"} cache */
function environment(at, cache) {
  /** @type {Record<string, string | undefined>} */
  const env = {
    ...process.env,
    GOCACHE: at.caches[cache],
    XDG_STATE_HOME: at.state,
    PWD: at.checkout,
    GOTOOLCHAIN: "local",
    // What `go env -w` set on this machine is no part of a history.
    GOENV: "off",
  };
  // Programs are stamped with the commit, as they are by default.
  for (const name of ["GOFLAGS", "GODEBUG"]) delete env[name];
  return env;
}

/** @param {string} directory @param {string[]} words */
function git(directory, ...words) {
  return execFileSync("git", words, { cwd: directory, encoding: "utf8", maxBuffer: 1 << 30 });
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function section() {
  const parts = histories.map((history) => {
    const { results } = places(history);
    const steps = existsSync(results) ? stepsIn(results) : [];
    return steps.length < 2 ? `${history.name}: not run.` : table(history, steps);
  });
  return `Made by \`node scripts/check-histories.mjs --write\`: each commit is checked out in its turn and built through the tool in one cache, by plain
go in another. What ran is plain go's action graph; what each action has to name is derived from git's trees, \`go list -deps -json\`
and the outputs in plain go's graphs (\`scripts/histories/derive-causes.mjs\`), action by action. Right: the same actions, each with exactly
these causes, nothing unexplained, no warning.

${parts.join("\n\n")}
`;
}

/** @param {string} results @returns {Step[]} */
function stepsIn(results) {
  return readdirSync(results)
    .filter((name) => /^\d+\.json$/.test(name))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((name) => readJson(join(results, name)));
}

/** @param {History} history @param {Step[]} steps */
function table(history, steps) {
  const rows = steps.slice(1).map((step) => {
    const causes = step.causes.map((cause) => `\`${cause}\``).join("<br>");
    const kinds = Object.entries(step.evidence).map(([kind, count]) => `${count} ${kind}`);
    const verdict = step.wrong.length === 0 ? "right" : `${step.wrong.length} wrong`;
    return `${step.commit.slice(0, 10)} | ${step.actions} | ${step.ran} | ${causes} | ${kinds.join(", ")} | ${verdict}`;
  });
  const short = (/** @type {Step | undefined} */ step) => step?.commit.slice(0, 10);
  const sum = (/** @type {(step: Step) => number} */ of) =>
    steps.slice(1).reduce((all, step) => all + of(step), 0);
  return `${history.name}, \`go ${history.words.join(" ")}\`: ${steps.length - 1} of ${history.commits} commits in a row, from ${short(steps[0])} to ${short(steps.at(-1))}; ${sum((step) => step.actions)} actions,
${sum((step) => step.ran)} ran, ${sum((step) => step.causes.length)} causes, ${sum((step) => step.wrong.length)} of the actions told wrong.

commit | actions | ran | causes | evidence | verdict
--- | --- | --- | --- | --- | ---
${rows.join("\n")}`;
}
