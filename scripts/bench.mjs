// Measures gocache-why against plain go: whole commands in turn (A B A B …), ratios pair by pair, medians.
// `npm run bench [-- GROUP…]` prints figures; groups: start, caddy, prometheus, tests, logs, growth, and cold, which is not among those that run
// where none is named (it builds caddy from nothing, minutes a pair). `--pairs N` sets the number of pairs. `--root DIRECTORY` keeps what
// was downloaded, built and measured, so that groups can be run one by one while the machine is quiet; `--write` writes docs/performance.md
// of all that was measured there.
import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { countLines, multiplyLog, repeatLog, writeLog } from "./bench/logs.mjs";
import { performancePage } from "./bench/page-text.mjs";
import { profileOf } from "./bench/profile.mjs";
import { getProgram, stampedGo } from "./bench/programs.mjs";
import { costOf, inTurn, median, nodeCostOf, timesWord } from "./bench/timing.mjs";

/** @typedef {import("./bench/programs.mjs").Program} Program */
/** @typedef {{ what: string, figure: string, target: string }} Row */

const { values, positionals } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    pairs: { type: "string", default: "15" },
    root: { type: "string" },
  },
  allowPositionals: true,
});
const pairs = Number(values.pairs);
const project = join(import.meta.dirname, "..");
const tool = join(project, "bin/gocache-why.js");
const root =
  values.root === undefined ? mkdtempSync(join(tmpdir(), "gocache-why-bench-")) : resolve(values.root);
mkdirSync(root, { recursive: true });
const resultsFile = join(root, "results.json");
/** Rows by group. @type {Record<string, Row[]>} */
const results = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, "utf8")) : {};
/** @type {Row[]} */
let rows = [];

/** @param {string} what @param {string} figure @param {string} [target] */
function row(what, figure, target = "—") {
  rows.push({ what, figure, target });
  process.stdout.write(`${what}: ${figure} (target ${target})\n`);
}

/** @param {Program} program @param {readonly string[]} words @param {Record<string, string | undefined>} [more] */
function cost(program, words, more = {}) {
  return costOf(words, { cwd: program.directory, env: { ...program.env, ...more } });
}

const plain = (/** @type {Program} */ { build }) => ["go", ...build];
const wrapped = (/** @type {Program} */ { build }) => [process.execPath, tool, "go", ...build];

const editedFile = { caddy: "modules/caddyhttp/rewrite/rewrite.go", prometheus: "storage/remote/codec.go" };

/** The log that one is compared with. @param {string} file */
const otherOf = (file) => `${file}.other`;

/** @type {Record<string, () => void | Promise<void>>} */
const groups = {
  start() {
    const place = { cwd: root, env: process.env };
    const { clock } = inTurn(
      () => costOf([process.execPath, tool, "--version"], place),
      () => costOf([process.execPath, "-e", "0"], place),
      21,
    );
    row("--version", timesWord(clock, "node -e 0"), "≤ 1.60 ×");
  },
  caddy: () => warm(getProgram("caddy", root), editedFile.caddy),
  prometheus() {
    const program = getProgram("prometheus", root);
    warm(program, editedFile.prometheus);
    compareTwo(program);
  },
  tests: warmTests,
  async logs() {
    const program = getProgram("prometheus", root);
    const real = join(root, "tests.log");
    const words = ["test", "-n", "-run=NONE", "./..."];
    writeLog(program, words, real);
    whileEditing(join(program.directory, editedFile.prometheus), (edit) => {
      edit();
      writeLog(program, words, otherOf(real));
    });
    const repeated = join(root, "repeated.log");
    repeatLog(real, 8, repeated);
    const synthetic = join(root, "synthetic.log");
    await multiplyLog(real, 5_000_000, synthetic);
    for (const [name, file, target] of /** @type {const} */ ([
      ["go test -n of prometheus, real", real, "≥ 120 MB/s"],
      ["the same again and again: as many inputs", repeated, "≥ 120 MB/s"],
      ["synthetic, all inputs distinct", synthetic, "≥ 120 MB/s"],
    ])) {
      const runs = Array.from({ length: 5 }, () =>
        JSON.parse(
          execFileSync(process.execPath, [join(import.meta.dirname, "bench/parse.mjs"), file]).toString(),
        ),
      );
      const of = (/** @type {string} */ key) => median(runs.map((each) => each[key])).toFixed(0);
      row(
        `parse and rehash: ${name} (${size(file)}, ${of("blocks")} keys)`,
        `${of("megabytesPerSecond")} MB/s, ${of("megabytes")} MB of memory`,
        target,
      );
    }
    pairOfLogs("prometheus, real, one file edited", real);
    // Eight go commands in one file: that of the others is read, too.
    pairOfLogs("eight times the same, of each the first command", repeated, "#1");
  },
  growth,
  cold() {
    const program = getProgram("caddy", root);
    const folders = { GOCACHE: join(root, "cold"), XDG_STATE_HOME: join(root, "cold-state") };
    const { directory, forget, longest } = stampedGo(root);
    const fresh = (/** @type {readonly string[]} */ words) => {
      for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true });
      return cost(program, words, { ...folders, PATH: `${directory}:${process.env.PATH}` });
    };
    /** What a wrapped build takes beyond the go command that builds. @type {{ clock: number, own: number }[]} */
    const wrappers = [];
    const found = inTurn(
      () => {
        forget();
        const spent = fresh(wrapped(program));
        wrappers.push({ clock: spent.clock, own: spent.clock - longest() });
        return spent;
      },
      () => fresh(plain(program)),
      5,
      { warmUp: false },
    );
    row("caddy, from an empty cache: whole command", timesWord(found.clock, "plain go", 3), "≤ 1.02 ×");
    row("caddy, from an empty cache: processor time", timesWord(found.cpu, "plain go", 3));
    const own = median(wrappers.map((each) => each.own));
    const clock = median(wrappers.map((each) => each.clock));
    row(
      "caddy, from an empty cache: before go is started and after it has ended",
      `${own.toFixed(2)} s of ${clock.toFixed(1)} s, ${(clock / (clock - own)).toFixed(3)} ×`,
      "≤ 1.02 ×",
    );
  },
};

/** `21.5 MB, 278,437 lines`. @param {string} file */
function size(file) {
  return `${(statSync(file).size / 1e6).toFixed(1)} MB, ${countLines(file).toLocaleString("en")} lines`;
}

/** @param {Program} program @param {string} edited a file of it */
function warm(program, edited) {
  cost(program, plain(program));
  const found = inTurn(
    () => cost(program, wrapped(program)),
    () => cost(program, plain(program)),
    pairs,
  );
  row(
    `${program.name}, warm, nothing to rebuild: whole command`,
    timesWord(found.clock, "plain go"),
    "≤ 1.35 ×",
  );
  row(`${program.name}, warm, nothing to rebuild: processor time`, timesWord(found.cpu, "plain go"));

  // A history of its own: of a full one old runs go meanwhile.
  const state = join(root, "state-alone");
  rmSync(state, { recursive: true, force: true });
  const alone = { XDG_STATE_HOME: state };
  const bytes = () => Number(execFileSync("du", ["-sb", state], { encoding: "utf8" }).split("\t")[0]);
  for (let count = 0; count < 2; count++) cost(program, wrapped(program), alone);
  const before = bytes();
  for (let count = 0; count < 5; count++) cost(program, wrapped(program), alone);
  row(
    `${program.name}: what a warm run adds to the history`,
    `${((bytes() - before) / 5 / 1024).toFixed(1)} KiB`,
    "≤ 50 KB",
  );

  whileEditing(join(program.directory, edited), (edit) => {
    const found = inTurn(
      () => edit() ?? cost(program, wrapped(program)),
      () => edit() ?? cost(program, plain(program)),
      5,
    );
    row(`${program.name}, an exported function added: whole command`, timesWord(found.clock, "plain go"));
  });
}

/** Puts a file back to what it was. @param {string} file @param {(edit: () => void) => void} run each edit adds another exported function */
function whileEditing(file, run) {
  const text = readFileSync(file, "utf8");
  // Never what an earlier time had: the cache is kept with --root.
  let count = Date.now();
  try {
    run(() => writeFileSync(file, `${text}\nfunc Added${++count}() int { return ${count} }\n`));
  } finally {
    writeFileSync(file, text);
  }
}

/** Two recorded runs, from disk to report: one file edited; and -trimpath, which is in the key of every package. @param {Program} program */
function compareTwo(program) {
  const [build = "", ...words] = program.build;
  const place = { cwd: program.directory, env: program.env };
  const compare = (/** @type {string} */ what) => {
    const costs = Array.from({ length: 7 }, () => nodeCostOf([tool, "diff", "@2", "@1"], place));
    row(
      `two runs of ${program.name} compared, from disk to report: ${what}`,
      `${median(costs.map(({ clock }) => clock)).toFixed(2)} s, ${median(costs.map(({ megabytes }) => megabytes)).toFixed(0)} MB of memory`,
      "≤ 0.5 s",
    );
  };
  compare("one file edited");
  cost(program, wrapped(program));
  const cache = join(root, "cache-trimpath");
  rmSync(cache, { recursive: true, force: true });
  cost(program, [process.execPath, tool, "go", build, "-trimpath", ...words], { GOCACHE: cache });
  compare("every package missed");
  const script = join(import.meta.dirname, "bench/prove.mjs");
  const module = `github.com/${program.name}/${program.name}`;
  const found = JSON.parse(
    execFileSync(process.execPath, [script, join(root, "state"), module, "@2", "@1"], { encoding: "utf8" }),
  );
  row(
    `proofs of ${found.proven} of ${found.roots} keys of that run, of the time that explaining takes`,
    `${found.proofs.toFixed(0)} ms of ${(found.proofs + found.explained).toFixed(0)} ms, ${found.megabytes.toFixed(0)} MB of memory`,
    "≤ 300 ms",
  );
  row(
    "advice in the report of that run: what each fix would have saved",
    `${found.advice.toFixed(0)} ms, beside ${found.report.toFixed(0)} ms for the report`,
  );
}

/** All tests of a project with more than a hundred packages, all cached. */
function warmTests() {
  const program = getProgram("tools", root);
  const test = (/** @type {string[]} */ ...patterns) =>
    spawnSync("go", ["test", "-short", ...patterns], {
      cwd: program.directory,
      env: program.env,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    }).stdout;
  test("./...");
  // Tests that fail here are never cached.
  const packages = [...test("./...").matchAll(/^ok {2}\t(\S+)\t\(cached\)/gm)].map(([, name]) => name ?? "");
  const words = ["go", "test", "-short", ...packages];
  const found = inTurn(
    () => cost(program, [process.execPath, tool, ...words]),
    () => cost(program, words),
    pairs,
  );
  const what = `golang.org/x/tools, go test of ${packages.length} packages, all cached`;
  row(`${what}: whole command`, timesWord(found.clock, "plain go"), "≤ 1.50 ×");
  row(`${what}: processor time`, timesWord(found.cpu, "plain go"));
}

/** Two raw logs, from disk to report, beside the sorted diff that people use. @param {string} name @param {string} file @param {string} command which of a file's go commands */
function pairOfLogs(name, file, command = "") {
  const other = otherOf(file);
  if (!existsSync(other)) copyFileSync(file, other);
  const place = { cwd: root, env: { ...process.env, XDG_STATE_HOME: join(root, "state") } };
  const words = ["diff", file + command, other + command];
  const costs = Array.from({ length: 5 }, () => nodeCostOf([tool, ...words], place));
  const strip = (/** @type {string} */ each) => `<(grep ^HASH '${each}' | LC_ALL=C sort)`;
  const sorted = Array.from({ length: 5 }, () =>
    costOf(["bash", "-c", `diff ${strip(file)} ${strip(other)} || true`], place),
  );
  const megabytes = (2 * statSync(file).size) / 1e6;
  const speed = (/** @type {{ clock: number }[]} */ all) =>
    (megabytes / median(all.map(({ clock }) => clock))).toFixed(0);
  row(
    `a pair of raw logs, from disk to report: ${name} (2 × ${size(file)})`,
    `${speed(costs)} MB/s, ${median(costs.map((each) => each.megabytes)).toFixed(0)} MB of memory; sorted diff ${speed(sorted)} MB/s`,
    "≥ 150 MB/s, ≤ 200 MB",
  );
  for (const { thread, shares } of profileOf(words, place, root)) {
    const whole = shares.reduce((sum, { ms }) => sum + ms, 0);
    const parts = shares.filter(({ ms }) => ms >= whole / 50);
    row(
      `where that goes, in the ${thread} (of ${(whole / 1000).toFixed(1)} s under V8's profiler)`,
      parts.map(({ part, ms }) => `${part} ${((100 * ms) / whole).toFixed(0)} %`).join(", "),
    );
  }
}

/** How cost grows with actions, and with the runs that the history has. */
function growth() {
  const caddy = getProgram("caddy", root);
  const hypothetical = (/** @type {string[]} */ patterns) => ["build", "-n", ...patterns];
  for (const [what, patterns] of /** @type {[string, string[]][]} */ ([
    ["one package of the standard library", ["fmt"]],
    ["net/http", ["net/http"]],
    ["caddy", ["./cmd/caddy"]],
  ])) {
    const file = join(root, `growth-${what.replace(/\W+/g, "-")}.log`);
    writeLog(caddy, hypothetical(patterns), file);
    const place = { cwd: root, env: { ...process.env, XDG_STATE_HOME: join(root, "state") } };
    const costs = Array.from({ length: 5 }, () => nodeCostOf([tool, "diff", file, file], place));
    const keys = new Set(readFileSync(file, "latin1").match(/^HASH\[(?:build|link) [^\]]*\]$/gm)).size;
    row(
      `two logs of ${what} compared: ${keys} actions`,
      `${median(costs.map(({ clock }) => clock)).toFixed(2)} s, ${median(costs.map(({ megabytes }) => megabytes)).toFixed(0)} MB of memory`,
    );
  }

  // Every program is a family of its own, of which runs are kept.
  const module = join(root, "small");
  mkdirSync(module, { recursive: true });
  writeFileSync(join(module, "go.mod"), "module example.com/small\n\ngo 1.24\n");
  writeFileSync(join(module, "main.go"), "package main\n\nfunc main() {}\n");
  for (let at = 0; at < 20; at++) {
    mkdirSync(join(module, `p${at}`), { recursive: true });
    writeFileSync(join(module, `p${at}/main.go`), "package main\n\nfunc main() {}\n");
  }
  const state = join(root, "growth-state");
  rmSync(state, { recursive: true, force: true });
  const env = { ...caddy.env, XDG_STATE_HOME: state, PWD: module };
  const words = (/** @type {number} */ at) => [
    process.execPath,
    tool,
    "--quiet",
    "go",
    "build",
    "-o",
    join(root, "bin/small"),
    `./p${at}`,
  ];
  let made = 0;
  for (const runs of [10, 100, 500]) {
    for (; made < runs; made++) costOf(words(made % 20), { cwd: module, env });
    const place = { cwd: module, env };
    const again = Array.from({ length: 9 }, () => costOf(words(0), place).clock);
    const listed = Array.from({ length: 5 }, () => costOf([process.execPath, tool, "runs"], place).clock);
    const bytes = execFileSync("du", ["-sb", state], { encoding: "utf8" }).split("\t")[0];
    row(
      `a history of ${runs} runs of small programs`,
      `a warm run ${median(again).toFixed(2)} s, runs ${median(listed).toFixed(2)} s, ${(Number(bytes) / 1e6).toFixed(1)} MB on disk`,
    );
    made += 9;
  }
}

try {
  const named = positionals.length > 0 ? positionals : Object.keys(groups).filter((name) => name !== "cold");
  for (const name of named) {
    const group = groups[name];
    if (group === undefined) throw new Error(`no group ${name}: ${Object.keys(groups).join(", ")}`);
    rows = [];
    await group();
    results[name] = rows;
    writeFileSync(resultsFile, JSON.stringify(results, null, 1));
  }
  if (values.write) {
    const go = execFileSync("go", ["version"], { encoding: "utf8" }).trim().replace("go version ", "");
    const machine = `${go}, Node ${process.version}, ${cpus().length} processors`;
    const ordered = Object.keys(groups).flatMap((name) => results[name] ?? []);
    writeFileSync(join(project, "docs/performance.md"), performancePage(ordered, machine, pairs));
  }
} finally {
  if (values.root === undefined) {
    execFileSync("chmod", ["-R", "u+w", root]);
    rmSync(root, { recursive: true, force: true });
  }
}
