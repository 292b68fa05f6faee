#!/usr/bin/env node
// Makes docs/transcripts: real changes to caddy, what the tool says of each, and whether plain go agrees.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deriveTruth } from "./fixtures/truth.mjs";
import { kinds } from "./transcripts/kinds.mjs";
import { commandOf, index, page } from "./transcripts/page.mjs";
import {
  checkout,
  diffReport,
  ensureWarmState,
  mustShell,
  restoreWarmState,
  root,
  shell,
} from "./transcripts/sandbox.mjs";

/**
 * @typedef {import("./transcripts/kinds.mjs").Kind} Kind
 * @typedef {import("./transcripts/page.mjs").Result} Result
 */

const home = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    /** Numbers or names, by commas; all where not given. */
    only: { type: "string" },
    /** Builds nothing: writes the pages again from the results of the last time. */
    pages: { type: "boolean", default: false },
    /** Makes the warm state again. */
    fresh: { type: "boolean", default: false },
    tool: { type: "string", default: join(home, "bin/gocache-why.js") },
    out: { type: "string", default: join(home, "docs/transcripts") },
  },
});
const longest = 15;
const longestVerbose = 25;
const results = join(root, "results");

mkdirSync(results, { recursive: true });
mkdirSync(options.out, { recursive: true });
const cold = ensureWarmState(options.tool, options.fresh);
const wanted = options.only?.split(",");
for (const kind of kinds) {
  if (wanted !== undefined && !wanted.some((each) => kind.name.startsWith(each))) continue;
  const resultFile = join(results, `${kind.name}.json`);
  /** @type {Result} */
  const result = options.pages ? JSON.parse(readFileSync(resultFile, "utf8")) : transcribe(kind);
  writeFileSync(resultFile, JSON.stringify(result, null, 1));
  writeOut(`${kind.name}.md`, page(kind, result));
  const agrees = result.complaints.length === 0 ? "agrees" : result.complaints.join("; ");
  console.log(`${kind.name}: ${result.ranByReport.length} of ${result.actions} ran, ${agrees}`);
  if (result.complaints.length > 0) process.exitCode = 1;
}
writeIndex();

/** @param {Kind} kind @returns {Result} */
function transcribe(kind) {
  const directory = kind.directory ?? checkout;
  const command = commandOf(kind);
  const graphFile = join(results, `${kind.name}.graph.json`);

  restoreWarmState();
  rmSync(graphFile, { force: true });
  if (kind.change !== undefined) mustShell(kind.change.replaceAll("gocache-why --quiet go", "go"));
  mustShell(command.replace("go build", `go build -debug-actiongraph=${graphFile}`), directory);
  const truth = deriveTruth(readFileSync(graphFile, "utf8"));

  restoreWarmState();
  // Where the change itself prints something, the terminal showed it.
  const changed = kind.change === undefined ? "" : mustShell(kind.change).text;
  const run = shell(withTool(command), directory);
  if (run.status !== 0) throw new Error(`${kind.name}: status ${run.status}\n${run.text}`);
  const report = diffReport(directory);
  const again = mustShell("gocache-why diff", directory).text;
  const verbose = mustShell("gocache-why diff -v", directory).text;

  /** @type {string[]} */
  const ran = report.actions
    .filter((/** @type {any} */ action) => action.verdict !== "hit")
    .map((/** @type {any} */ action) => action.key)
    .sort();
  const causes = report.causes.map((/** @type {any} */ cause) => `${cause.code} ${cause.subject}`);
  const lines = run.text.trimEnd().split("\n").length;
  const onlyGo = truth.ran.filter((key) => !ran.includes(key));
  const onlyReport = ran.filter((key) => !truth.ran.includes(key));
  const missing = kind.causes.filter((cause) => !causes.includes(cause));
  // An edit makes the checkout dirty: the one cause that may follow from another.
  const surplus = causes.filter(
    (/** @type {string} */ cause) => !kind.causes.includes(cause) && cause !== "vcs-stamp-changed vcs",
  );
  const complaints = [
    onlyGo.length > 0 && `${onlyGo.length} ran that the report lacks: ${sample(onlyGo)}`,
    onlyReport.length > 0 && `${onlyReport.length} did not run: ${sample(onlyReport)}`,
    truth.ran.length + truth.hit !== report.totals.actions &&
      `${report.totals.actions} actions in all, plain go had ${truth.ran.length + truth.hit}`,
    report.unexplained.length > 0 && `${report.unexplained.length} unexplained`,
    missing.length > 0 && `not named: ${missing.join(", ")}`,
    surplus.length > 0 && `named too: ${surplus.join(", ")}`,
    // The JSON that is checked here has to be of the report that was read above.
    again !== run.text.replace("gocache-why diff -v", "add -v") && "diff tells it otherwise than the run did",
    lines > longest && `${lines} lines`,
  ].filter((each) => each !== false);
  return {
    changed,
    text: run.text,
    lines,
    verbose: isWorthwhile(verbose, run.text) ? verbose : null,
    ranByGo: truth.ran,
    ranByReport: ran,
    actions: report.totals.actions,
    onlyGo,
    onlyReport,
    work: report.totals.seconds,
    clock: run.clock,
    unexplained: report.unexplained.length,
    causes,
    expected: kind.causes,
    complaints,
  };
}

/** Variables stand before the tool's name, as they would before go's. @param {string} command */
function withTool(command) {
  return command.replace("go build", "gocache-why go build");
}

/** @param {string} verbose @param {string} short */
function isWorthwhile(verbose, short) {
  const more = verbose.trimEnd().split("\n").length;
  return more <= longestVerbose && more > short.trimEnd().split("\n").length;
}

/** @param {string[]} keys */
function sample(keys) {
  return keys.length > 3 ? `${keys.slice(0, 3).join(", ")}, …` : keys.join(", ");
}

/** The index is of all transcripts: written once each has a result, of this run or of an earlier one. */
function writeIndex() {
  const all = [];
  for (const kind of kinds) {
    try {
      all.push([kind, JSON.parse(readFileSync(join(results, `${kind.name}.json`), "utf8"))]);
    } catch {
      console.log(`no index yet: ${kind.name} has no result`);
      return;
    }
  }
  writeOut("README.md", index(all, cold));
}

/** @param {string} name @param {string} text */
function writeOut(name, text) {
  for (const secret of [homedir(), hostname()]) {
    if (secret.length > 2 && text.includes(secret)) throw new Error(`${name} names this machine: ${secret}`);
  }
  writeFileSync(join(options.out, name), text);
}
