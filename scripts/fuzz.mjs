#!/usr/bin/env node
// Fuzzes what reads other people's bytes and words: the parser of logs, snapshots, files of the history, the store, the command line. The
// properties are those of test/fuzz; the seeds are real logs and runs of testdata.
//   npm run fuzz                                  a million cases
//   npm run fuzz -- --minutes 60                  an hour; --cases 5e6, --only parser,store, --seed 7 (else by chance), --workers 4
//   npm run fuzz -- --rerun .fuzz/parser-123.json one finding again
//   npm run fuzz -- --write                       puts the table into docs/how-it-works.md, too
// A finding is written to .fuzz/ with the smallest case that shows it. Exit status 1 where there is any.
import { fork } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleTest } from "./bundle-test.mjs";
import { stubCommands } from "./fuzz/stub-commands.mjs";
import { writeMarkedPlace } from "./marked-place.mjs";

const project = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    cases: { type: "string" },
    minutes: { type: "string" },
    only: { type: "string" },
    seed: { type: "string" },
    workers: { type: "string" },
    rerun: { type: "string" },
    out: { type: "string", default: join(project, ".fuzz") },
    write: { type: "boolean", default: false },
  },
});
/** No chunk of cases takes as long, on a busy machine neither. */
const hangMs = 180_000;
/** A worker whose memory has grown by so much, garbage not counted, keeps what it read. */
const mostGrowth = 200e6;
/** After so many findings a target has told enough. */
const mostFindings = 3;

/** @typedef {{ target: string, seed?: number, message: string, input: unknown }} Finding */
/** @typedef {{ name: string, share: number, wanted: number, started: number, cases: number, ms: number, bytes: number, findings: string[] }} Row */
/** @typedef {{ finding: Finding | null, bytes: number }} Answer */

/** Ctrl-C ends it after the cases at hand, with the table of what was tried. */
let isStopped = false;
process.once("SIGINT", () => {
  isStopped = true;
});

const root = mkdtempSync(join(tmpdir(), "gocache-why-fuzz-"));
const worker = join(root, "worker.mjs");
let seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
try {
  await bundleTest("test/fuzz/worker.ts", worker, [
    stubCommands(join(project, "test/fuzz/stub-commands.ts")),
  ]);
  process.exitCode = values.rerun === undefined ? await fuzz() : await rerun(values.rerun);
} finally {
  rmSync(root, { recursive: true, force: true });
}

/** @param {string} file */
async function rerun(file) {
  const { target, input } = JSON.parse(readFileSync(file, "utf8"));
  const started = await start();
  const { finding } = await ask(started, { target, input });
  started.child.kill();
  console.log(finding === null ? `${target}: it holds` : `${target}: ${finding.message}`);
  return finding === null ? 0 : 1;
}

async function fuzz() {
  const end =
    values.minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(values.minutes) * 60_000;
  const total = values.minutes === undefined ? Number(values.cases ?? 1e6) : Number.POSITIVE_INFINITY;
  const first = await start();
  const only = values.only?.split(",");
  const chosen = first.targets.filter(({ name }) => only === undefined || only.includes(name));
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  /** @type {Row[]} */
  const rows = chosen.map(({ name, share }) => ({
    name,
    share: share / shares,
    wanted: Math.ceil((total * share) / shares),
    started: 0,
    cases: 0,
    ms: 0,
    bytes: 0,
    findings: [],
  }));
  if (rows.length === 0)
    throw new Error(`--only takes some of ${first.targets.map(({ name }) => name).join(", ")}`);
  console.log(`seed ${seed}, ${Number.isFinite(total) ? `${total} cases` : `${values.minutes} minutes`}`);
  const begin = Date.now();
  const timer = setInterval(() => {
    const cases = rows.reduce((sum, row) => sum + row.cases, 0);
    console.log(`${Math.round((Date.now() - begin) / 60_000)} min: ${cases} cases`);
  }, 60_000);
  const count = Number(values.workers ?? Math.min(availableParallelism(), 8));
  const more = await Promise.all(Array.from({ length: count - 1 }, start));
  await Promise.all([first, ...more].map((each) => work(each, rows, end)));
  clearInterval(timer);
  report(rows, (Date.now() - begin) / 1000);
  return rows.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

/** Takes chunk after chunk, of the target that is most behind. @param {Started} started @param {Row[]} rows @param {number} end */
async function work(started, rows, end) {
  let own = started;
  let least = Number.POSITIVE_INFINITY;
  for (;;) {
    const open = rows.filter(
      ({ started, wanted, findings }) => started < wanted && findings.length < mostFindings,
    );
    const [row] = open.sort((a, b) => a.started / a.share - b.started / b.share);
    if (row === undefined || isStopped || Date.now() > end) break;
    const chunk = Math.min(Math.max(20, Math.ceil(row.share * 2000)), row.wanted - row.started);
    row.started += chunk;
    const task = { target: row.name, seed: seed++, count: chunk, trace: null };
    const begin = Date.now();
    const { finding, bytes } = await ask(own, task);
    row.ms += Date.now() - begin;
    row.cases += chunk;
    row.bytes = Math.max(row.bytes, bytes);
    least = Math.min(least, bytes || least);
    if (finding !== null) keep(row, finding);
    else if (bytes > least + mostGrowth)
      keep(row, { ...task, message: `memory grew by ${bytes - least} bytes`, input: null });
    if (!own.child.connected) own = await start();
  }
  own.child.kill();
}

/** @param {Row} row @param {Finding} finding */
function keep(row, finding) {
  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, `${row.name}-${finding.seed}.json`);
  writeFileSync(file, `${JSON.stringify(finding, null, 2)}\n`);
  row.findings.push(file);
  console.log(`${row.name}: ${finding.message.split("\n")[0]}\n  ${file}`);
}

/** @typedef {{ child: import("node:child_process").ChildProcess, targets: { name: string, share: number }[] }} Started */

/** @returns {Promise<Started>} */
function start() {
  const child = fork(worker, { execArgv: ["--expose-gc"], cwd: root });
  return new Promise((resolve, reject) => {
    child.once("message", ({ targets }) => resolve({ child, targets }));
    child.once("exit", (status) => reject(new Error(`a worker ended with ${status} before it began`)));
  });
}

/** @param {Started} started @param {any} task @returns {Promise<Answer>} */
async function ask({ child }, task) {
  const answer = await answerOf(child, task);
  if (answer !== null) return answer;
  // Once more, so that the case is known in which it hangs or the process ends.
  const trace = join(root, `trace-${task.seed}.json`);
  const again = await start();
  const second = await answerOf(again.child, { ...task, trace });
  again.child.kill("SIGKILL");
  if (second !== null) return second;
  const input = existsSync(trace) ? JSON.parse(readFileSync(trace, "utf8")) : null;
  return {
    finding: { target: task.target, seed: task.seed, message: "it hangs, or the process ends", input },
    bytes: 0,
  };
}

/** Null where the worker hangs or ends; it is gone then. @param {Started["child"]} child @param {any} task @returns {Promise<Answer | null>} */
function answerOf(child, task) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), hangMs);
    const done = (/** @type {Answer | null} */ answer) => {
      clearTimeout(timer);
      child.off("message", done);
      child.off("exit", onExit);
      resolve(answer);
    };
    const onExit = () => done(null);
    child.on("message", done);
    child.on("exit", onExit);
    child.send(task);
  });
}

/** @param {Row[]} rows @param {number} seconds */
function report(rows, seconds) {
  const lines = rows.map(({ name, cases, ms, bytes, findings }) => {
    const speed = ms === 0 ? "" : Math.round((cases / ms) * 1000);
    return `| ${name} | ${cases} | ${speed} | ${Math.round(bytes / 1e6)} MB | ${findings.length} |\n`;
  });
  const head =
    "| target | cases | cases/s of one worker | memory of its worker | findings |\n| --- | --- | --- | --- | --- |\n";
  const cases = rows.reduce((sum, row) => sum + row.cases, 0);
  const findings = rows.reduce((sum, row) => sum + row.findings.length, 0);
  const sum = `${cases} cases in ${Math.round(seconds)} s, ${findings} findings.`;
  const table = `${head}${lines.join("")}\n${sum}\n`;
  console.log(`\n${table}`);
  if (values.write) writeMarkedPlace("fuzz", table);
}
