// Measures gocache-why against plain go: whole commands in turn (A B A B …), ratios pair by pair, medians.
// `npm run bench` prints a table; `npm run bench -- --write` writes docs/performance.md too; `--cold` builds caddy
// from nothing and with -trimpath as well (minutes), `--pairs N` sets the number of pairs. `--only tests` measures tests alone,
// `--tests DIRECTORY --cache GOCACHE` those of a checkout that is there.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    cold: { type: "boolean", default: false },
    pairs: { type: "string", default: "15" },
    only: { type: "string" },
    tests: { type: "string" },
    cache: { type: "string" },
  },
});
const pairs = Number(values.pairs);
const project = join(import.meta.dirname, "..");
const tool = join(project, "bin/gocache-why.js");
const root = mkdtempSync(join(tmpdir(), "gocache-why-bench-"));
const caddy = join(root, "caddy");
const env = {
  ...process.env,
  GOCACHE: join(root, "cache"),
  XDG_STATE_HOME: join(root, "state"),
  GOFLAGS: "-buildvcs=false -modcacherw",
  PWD: caddy,
};
/** @type {{ what: string, figure: string, target: string }[]} */
const rows = [];

/** Seconds of one whole command. @param {string[]} words @param {Record<string, string | undefined>} [more] */
function time(words, more = {}) {
  const [command = "", ...args] = words;
  const start = process.hrtime.bigint();
  const result = spawnSync(command, args, { cwd: caddy, env: { ...env, ...more }, stdio: "ignore" });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.status !== 0) throw new Error(`${words.join(" ")}: status ${result.status}`);
  return seconds;
}

/** @param {number[]} numbers */
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Pairs of two commands, in turn. @param {() => number} one @param {() => number} other @param {number} count @param {boolean} [warmUp] */
function ratio(one, other, count, warmUp = true) {
  if (warmUp) {
    one();
    other();
  }
  const runs = Array.from({ length: count }, () => [one(), other()]);
  return {
    ratio: median(runs.map(([a = 0, b = 1]) => a / b)),
    one: median(runs.map(([a = 0]) => a)),
    other: median(runs.map(([, b = 0]) => b)),
  };
}

/** @param {string} what @param {string} figure @param {string} target */
function row(what, figure, target) {
  rows.push({ what, figure, target });
  process.stdout.write(`${what}: ${figure} (target ${target})\n`);
}

function setUp() {
  const found = JSON.parse(
    execFileSync("go", ["mod", "download", "-json", "github.com/caddyserver/caddy/v2@v2.11.9"], {
      cwd: root,
    }).toString(),
  );
  cpSync(found.Dir, caddy, { recursive: true });
  execFileSync("chmod", ["-R", "u+w", caddy]);
  execFileSync("go", ["mod", "download"], { cwd: caddy, env, stdio: "ignore" });
}

const build = ["build", "-o", join(root, "bin/caddy"), "./cmd/caddy"];
const plain = ["go", ...build];
const wrapped = [process.execPath, tool, "go", ...build];

function warm() {
  const found = ratio(
    () => time(wrapped),
    () => time(plain),
    pairs,
  );
  row(
    "caddy, warm, nothing to rebuild: whole command",
    `${found.ratio.toFixed(2)} × plain go (${found.one.toFixed(2)} s, ${found.other.toFixed(2)} s)`,
    "≤ 1.60 ×",
  );
  const file = join(caddy, "modules/caddyhttp/rewrite/rewrite.go");
  const text = readFileSync(file, "utf8");
  let count = 0;
  const edit = () => writeFileSync(file, `${text}\nvar _ = ${++count}\n`);
  const edited = ratio(
    () => edit() ?? time(wrapped),
    () => edit() ?? time(plain),
    5,
  );
  writeFileSync(file, text);
  row(
    "caddy, one file edited: whole command",
    `${edited.ratio.toFixed(2)} × plain go (${edited.one.toFixed(2)} s, ${edited.other.toFixed(2)} s)`,
    "—",
  );
}

/**
 * Clock and processor time of one whole command, in seconds; without its output.
 * @param {string[]} words @param {string} cwd @param {Record<string, string | undefined>} more
 */
function measure(words, cwd, more) {
  const start = process.hrtime.bigint();
  // `times` of a shell: its own, then that of all processes that it waited for.
  const result = spawnSync("sh", ["-c", '"$@" > /dev/null 2>&1 || exit; times', "sh", ...words], {
    cwd,
    env: { ...env, ...more },
    encoding: "utf8",
  });
  const clock = Number(process.hrtime.bigint() - start) / 1e9;
  if (result.status !== 0) throw new Error(`${words.slice(0, 4).join(" ")} …: status ${result.status}`);
  const [, children = ""] = result.stdout.trim().split("\n");
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
  return { clock, cpu };
}

/** All tests of a project with more than a hundred packages, all cached. */
function warmTests() {
  const directory = values.tests ?? join(root, "tools");
  const more = { PWD: directory, ...(values.cache === undefined ? {} : { GOCACHE: values.cache }) };
  if (values.tests === undefined) {
    const module = "golang.org/x/tools@v0.38.0";
    const { stdout } = spawnSync("go", ["mod", "download", "-json", module], { cwd: root, encoding: "utf8" });
    cpSync(JSON.parse(stdout).Dir, directory, { recursive: true, preserveTimestamps: true });
    execFileSync("chmod", ["-R", "u+w", directory]);
  }
  const test = (/** @type {string[]} */ ...patterns) =>
    spawnSync("go", ["test", "-short", ...patterns], {
      cwd: directory,
      env: { ...env, ...more },
      encoding: "utf8",
      maxBuffer: 1 << 28,
    }).stdout;
  test("./...");
  // Tests that fail here are never cached.
  const packages = [...test("./...").matchAll(/^ok {2}\t(\S+)\t\(cached\)/gm)].map(([, name]) => name ?? "");
  const words = ["go", "test", "-short", ...packages];
  const one = () => measure([process.execPath, tool, ...words], directory, more);
  const other = () => measure(words, directory, more);
  one();
  other();
  const runs = Array.from({ length: pairs }, () => /** @type {const} */ ([one(), other()]));
  const of = (/** @type {"clock" | "cpu"} */ kind) => {
    const found = median(runs.map(([a, b]) => a[kind] / b[kind]));
    const sides = [0, 1].map((at) => median(runs.map((run) => run[at]?.[kind] ?? 0)).toFixed(2));
    return `${found.toFixed(2)} × plain go (${sides.join(" s, ")} s)`;
  };
  const what = `golang.org/x/tools, go test of ${packages.length} packages, all cached`;
  row(`${what}: whole command`, of("clock"), "≤ 1.50 ×");
  row(`${what}: processor time`, of("cpu"), "—");
}

function cold() {
  const fresh = (/** @type {string[]} */ words) => {
    rmSync(join(root, "cold"), { recursive: true, force: true });
    return time(words, { GOCACHE: join(root, "cold"), XDG_STATE_HOME: join(root, "cold-state") });
  };
  const found = ratio(
    () => fresh(wrapped),
    () => fresh(plain),
    1,
    false,
  );
  row(
    "caddy, from an empty cache: whole command",
    `${found.ratio.toFixed(3)} × plain go (${found.one.toFixed(1)} s, ${found.other.toFixed(1)} s)`,
    "≤ 1.03 ×",
  );
}

function parse() {
  const log = spawnSync("go", ["build", "-n", "-x", ...build.slice(1)], {
    cwd: caddy,
    env: { ...env, GODEBUG: "gocachehash=1" },
    maxBuffer: 1 << 28,
  }).stderr;
  const small = join(root, "small.log");
  const large = join(root, "large.log");
  writeFileSync(small, log);
  writeFileSync(large, Buffer.concat(Array.from({ length: Math.ceil(70e6 / log.length) }, () => log)));
  const script = join(import.meta.dirname, "bench/parse.mjs");
  for (const [name, file] of [
    ["one log of caddy", small],
    ["the same again and again, 70 MB", large],
  ]) {
    const found = JSON.parse(execFileSync(process.execPath, [script, file ?? ""]).toString());
    row(
      `parse and rehash ${name}`,
      `${found.megabytesPerSecond.toFixed(0)} MB/s, ${found.megabytes.toFixed(0)} MB of memory at the most`,
      "≥ 60 MB/s, ≤ 150 MB",
    );
  }
}

/** -trimpath compiles every package again: a thousand keys to prove. */
function prove() {
  time(wrapped);
  const [node = "", script = "", go = "", ...words] = wrapped;
  time([node, script, go, "build", "-trimpath", ...words.slice(1)]);
  const found = JSON.parse(
    execFileSync(process.execPath, [
      join(import.meta.dirname, "bench/prove.mjs"),
      join(root, "state"),
      "github.com/caddyserver/caddy/v2",
      "@2",
      "@1",
    ]).toString(),
  );
  row(
    `proofs of ${found.proven} of ${found.roots} keys (-trimpath added to caddy), of the time that explaining takes`,
    `${found.proofs.toFixed(0)} ms of ${(found.proofs + found.explained).toFixed(0)} ms, ${found.megabytes.toFixed(0)} MB of memory at the most`,
    "≤ 300 ms",
  );
}

function start() {
  const found = ratio(
    () => time([process.execPath, tool, "--version"]),
    () => time([process.execPath, "-e", "0"]),
    21,
  );
  row("--version", `${found.ratio.toFixed(2)} × node -e 0 (${(found.one * 1000).toFixed(0)} ms)`, "≤ 1.60 ×");
}

function store() {
  const bytes = () =>
    Number(
      execFileSync("du", ["-sb", join(root, "state")])
        .toString()
        .split("\t")[0],
    );
  const before = bytes();
  for (let count = 0; count < 5; count++) time(wrapped);
  row(
    "history: what a warm run of caddy adds",
    `${((bytes() - before) / 5 / 1024).toFixed(1)} KiB`,
    "≤ 50 KB",
  );
}

try {
  mkdirSync(join(root, "bin"));
  if (values.only !== "tests") builds();
  warmTests();
  if (values.write && values.only === undefined) write();
} finally {
  execFileSync("chmod", ["-R", "u+w", root]);
  rmSync(root, { recursive: true, force: true });
}

function builds() {
  setUp();
  start();
  if (values.cold) cold();
  time(plain);
  warm();
  store();
  parse();
  if (values.cold) prove();
}

function write() {
  const go = execFileSync("go", ["version"]).toString().trim().replace("go version ", "");
  const table = rows.map(({ what, figure, target }) => `| ${what} | ${figure} | ${target} |`).join("\n");
  writeFileSync(
    join(project, "docs/performance.md"),
    `# Performance

Made by \`npm run bench -- --write${values.cold ? " --cold" : ""}\`: whole commands, measured in turn with what they are compared with, medians of
the ratios pair by pair (${pairs} pairs where a warm build is measured). ${go}, Node ${process.version}, ${cpus().length} processors. The machine is
shared and noisy: trust the ratios, not the seconds.

| what | figure | target |
| --- | --- | --- |
${table}

## Where the time goes

A warm run starts Node (50 ms), starts \`go\` with \`-debug-actiongraph\`, and beside it reads the head of the family's newest run, which has a keyed digest of
its surroundings (words, variables, module files, HEAD) and one of the IDs in its action graph. Where both are equal when go has ended,
and no process was started for any action, the run repeats that one: its files are linked, 0.7 KB are written, the line is printed. Nothing else is
loaded, and go is asked nothing. All that needs is in one CommonJS file: as an ES module with the chunks that it shares it costs a sixth of Node's own start.

Where anything differs, or go takes twice as long as it took to do nothing, the rest is loaded: known files are noted, \`go env -json\` is asked, the graph is read
(10 ms for 2,000 nodes), and only where a key is new is the command replayed, by \`go build -n\`, which compiles nothing (0.5 s for 1,003 actions).

From an empty cache the tool's own part of caddy's build, timed inside it, was 0.8 s of 79.6 s (1.01 ×; target ≤ 1.03 ×): 0.08 s before
go was started, 0.7 s for the replay, 0.06 s for all the rest. A single pair of whole cold builds gave 1.07 ×; builds of 80 s on two busy
cores scatter by more than what is to be seen, so \`--cold\` wants a quiet machine and patience.

Logs are read in pieces of 64 KB: V8 maps larger strings one by one, and scanning lines takes six times as long in pieces of 256 KB.

What was tried and is not done: execa for the run itself (importing it costs 74 ms; \`node:child_process\` 2 ms); one compressed
file a run (50 KB a warm run instead of 1.4 KB); a brotli quality above 2 (no gain in size that is worth its time).
`,
  );
}
