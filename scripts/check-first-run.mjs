#!/usr/bin/env node
// What do first runs say of caches that plain go has filled? All kinds of test/e2e/first-run.test.ts, with values drawn anew; and
// real programs, whose cache was filled in another state. Writes its sections of docs/accuracy.md with --write.
// Usage: node scripts/check-first-run.mjs [--planted] [--program MODULE@VERSION --package ./cmd/x] [--only NAME,…] [--write]
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { writeAccuracySection } from "./accuracy-section.mjs";

const home = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    planted: { type: "boolean", default: false },
    program: { type: "string" },
    package: { type: "string", default: "./..." },
    /** States of the program, by their names. */
    only: { type: "string" },
    root: { type: "string", default: join(tmpdir(), "gocache-why-first-runs") },
    tool: { type: "string", default: join(home, "bin/gocache-why.js") },
    write: { type: "boolean", default: false },
  },
});

if (options.planted) checkPlanted();
if (options.program !== undefined) checkProgram(options.program);

/** The end-to-end tests do the work; each of their first runs leaves a line. */
function checkPlanted() {
  mkdirSync(options.root, { recursive: true });
  const to = join(options.root, "planted.jsonl");
  rmSync(to, { force: true });
  const { status } = spawnSync("npx", ["vitest", "run", "--project", "e2e", "test/e2e/first-run.test.ts"], {
    cwd: home,
    env: { ...process.env, GOCACHE_WHY_FIRST_RUNS: "all", GOCACHE_WHY_FIRST_RUNS_TO: to },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) process.exitCode = 1;
  const rows = readFileSync(to, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const lines = rows.map(({ kind, isRight, causes, totals, unexplained, note }) => {
    const told = causes.map(
      ({ code, subject, evidence, direct, cascade }) =>
        `\`${code} ${plain(subject)}\` ${direct}+${cascade} ${evidence.kind}`,
    );
    const dryRun = /go would have found (.*?) packages? in/.exec(note ?? "")?.[1] ?? "";
    return row(
      kind,
      isRight ? "yes" : "WRONG",
      `${totals.missed} of ${totals.actions}`,
      told.join("<br>"),
      dryRun,
      unexplained,
    );
  });
  const text = `Made by \`node scripts/check-first-run.mjs --planted --write\`, ${goVersion()}: plain go fills a cache that holds nothing else, then the tool
makes its first run in another state. Names of modules, directories and files, and values, are drawn anew each time. The rest of
\`test/e2e/first-run.test.ts\` holds that a value of no list, another module's cache and an empty one yield no cause.

${table(["what was otherwise", "named rightly", "missed", "causes: roots, cascade, evidence", "a dry run of go would have found", "unexplained"], lines)}`;
  finish("First runs: planted causes", text);
}

/**
 * A program from the module proxy is built by plain go in one directory; then the tool's first run on a copy of that cache is made in
 * another state.
 * @param {string} program `github.com/caddyserver/caddy/v2@v2.10.2`
 */
function checkProgram(program) {
  const [path = ""] = program.split("@");
  const name = basename(path.replace(/\/v\d+$/, ""));
  const root = join(options.root, name);
  const first = join(root, "first", name);
  const env = {
    ...process.env,
    GOCACHE: join(root, "filled"),
    XDG_STATE_HOME: join(root, "state"),
    TMPDIR: join(root, "tmp"),
    GOFLAGS: "-buildvcs=false",
    GOTOOLCHAIN: "local",
  };
  mkdirSync(env.TMPDIR, { recursive: true });
  if (!existsSync(first)) {
    const { Dir } = JSON.parse(
      execFileSync("go", ["mod", "download", "-json", program], { cwd: tmpdir(), encoding: "utf8" }),
    );
    cpSync(Dir, first, { recursive: true });
    execFileSync("chmod", ["-R", "u+w", first]);
  }
  const build = ["build", "-o", join(root, "bin/"), options.package];
  mkdirSync(join(root, "bin"), { recursive: true });
  run("go", build, first, env);
  const second = join(root, "second", name);
  if (!existsSync(second)) cpSync(first, second, { recursive: true });
  const all = [
    { name: "another directory", at: second, flags: [], env: {} },
    { name: "-race", at: first, flags: ["-race"], env: {} },
    { name: "-race and another directory", at: second, flags: ["-race"], env: {} },
    { name: "another Go patch version", at: first, flags: [], env: { GOTOOLCHAIN: otherPatch() } },
    { name: "CGO_ENABLED=0", at: first, flags: [], env: { CGO_ENABLED: "0" } },
    { name: "-trimpath", at: first, flags: ["-trimpath"], env: {} },
    { name: "-gcflags=all=-N -l", at: first, flags: ["-gcflags=all=-N -l"], env: {} },
  ];
  const states = all.filter(
    ({ name }) => options.only === undefined || options.only.split(",").includes(name),
  );
  // What was told is kept: a state can be run again alone.
  const toldIn = join(root, "told");
  mkdirSync(toldIn, { recursive: true });
  for (const state of states) {
    const cache = join(root, "cache");
    for (const each of [cache, env.XDG_STATE_HOME]) rmSync(each, { recursive: true, force: true });
    execFileSync("cp", ["-a", env.GOCACHE, cache]);
    const words = [build[0], ...state.flags, ...build.slice(1)];
    const own = { ...env, ...state.env, GOCACHE: cache };
    const printed = run(process.execPath, [options.tool, "go", ...words], state.at, own);
    console.log(`${state.name}\n${printed}`);
    writeFileSync(join(toldIn, `${state.name}.txt`), printed);
  }
  const parts = all.flatMap(({ name }) => {
    const file = join(toldIn, `${name}.txt`);
    return existsSync(file) ? `${name}:\n\n\`\`\`\n${readFileSync(file, "utf8").trimEnd()}\n\`\`\`` : [];
  });
  const text = `Made by \`node scripts/check-first-run.mjs --program ${program} --package ${options.package} --write\`: plain ${goVersion()} builds it in one
directory; then, on copies of that cache, the tool's first run is made in another state. What it prints:

${parts.join("\n\n")}`;
  finish(`First runs: ${path}`, text.replaceAll(root, "/home/me"));
}

function run(program, words, cwd, env) {
  const { status, stderr } = spawnSync(program, words, {
    cwd,
    env: { ...env, PWD: cwd },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${status}\n${stderr}`);
  return stderr.replace(/^go: downloading .*\n/gm, "");
}

function goVersion() {
  return execFileSync("go", ["env", "GOVERSION"], { cwd: tmpdir(), encoding: "utf8" }).trim();
}

function otherPatch() {
  const [, minor, patch] = /^(go1\.\d+)\.(\d+)/.exec(goVersion()) ?? [];
  return `${minor}.${Number(patch) > 0 ? Number(patch) - 1 : 1}`;
}

/** Subjects have names that were drawn. */
function plain(subject) {
  return subject.replace(/^example\.com\/.*/, "(the module)").replace(/^[\w/]+\.go$/, "(the file)");
}

function row(...cells) {
  return cells.join(" | ");
}

function table(head, lines) {
  return [head.join(" | "), head.map(() => "---").join(" | "), ...lines].join("\n");
}

function finish(title, text) {
  if (options.write) writeAccuracySection(title, text);
  else console.log(`## ${title}\n\n${text}`);
  writeFileSync(join(options.root, `${title.replace(/\W+/g, "-")}.md`), text);
}
