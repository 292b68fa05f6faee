import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** `dir` is hashed into keys, so every machine builds in the same place. */
export const root = "/tmp/gocache-why-caddy";
export const checkout = join(root, "caddy");
/** All that a change or a build may touch: restored as a whole, so that every transcript starts alike. */
const states = ["caddy", "caddy-moved", "bin", "home/.cache", "home/.local"];
const template = join(root, "template");
const tools = join(root, "tools");
const module = "github.com/caddyserver/caddy/v2@v2.11.9";
/** What 10-dependency-bumped fetches; here so that no transcript shows a download. */
const bumped = "github.com/yuin/goldmark@v1.8.7";
const date = "2026-01-05T12:00:00Z";

export const buildCommand = `go build -o ${root}/bin/caddy ./cmd/caddy`;

/** The whole environment: nothing of the machine's own gets in but where Go is and where modules come from. */
function environment() {
  const goroot = goEnv("GOROOT");
  return {
    PATH: `${join(goroot, "bin")}:${tools}:/usr/bin:/bin`,
    HOME: join(root, "home"),
    LC_ALL: "C",
    TZ: "UTC",
    GOTOOLCHAIN: "local",
    GOPROXY: `file://${join(goEnv("GOMODCACHE"), "cache/download")},${goEnv("GOPROXY")}`,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: "Gopher",
    GIT_AUTHOR_EMAIL: "gopher@example.com",
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: "Gopher",
    GIT_COMMITTER_EMAIL: "gopher@example.com",
    GIT_COMMITTER_DATE: date,
  };
}

/** @type {Map<string, string>} */
const machine = new Map();

/** A setting of the machine's own go command. @param {string} name */
function goEnv(name) {
  const value = machine.get(name) ?? execFileSync("go", ["env", name], { encoding: "utf8" }).trim();
  machine.set(name, value);
  return value;
}

/**
 * Runs shell commands, both streams in one text as a terminal shows them.
 * @param {string} commands
 * @param {string} [directory]
 */
export function shell(commands, directory = checkout) {
  const started = performance.now();
  const { status, stdout, error } = spawnSync("/bin/sh", ["-ec", `exec 2>&1\n${commands}`], {
    cwd: directory,
    env: { ...environment(), PWD: directory },
    encoding: "utf8",
    maxBuffer: 1 << 30,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (error) throw error;
  return { status, text: stdout, clock: (performance.now() - started) / 1000 };
}

/** @param {string} commands @param {string} [directory] */
export function mustShell(commands, directory) {
  const result = shell(commands, directory);
  if (result.status !== 0) throw new Error(`status ${result.status}: ${commands}\n${result.text}`);
  return result;
}

/**
 * The state that every transcript starts with: caddy checked out and committed, built once through the tool into an
 * empty cache. Made once; `--fresh` makes it again.
 * @param {string} tool bin/gocache-why.js
 * @param {boolean} fresh
 */
export function ensureWarmState(tool, fresh) {
  mkdirSync(tools, { recursive: true });
  rmSync(join(tools, "gocache-why"), { force: true });
  symlinkSync(resolve(tool), join(tools, "gocache-why"));
  // The tool's first line asks for `node`; only that of this process is offered, not its neighbours.
  rmSync(join(tools, "node"), { force: true });
  symlinkSync(process.execPath, join(tools, "node"));
  const stamp = join(template, "cold.json");
  if (!fresh && existsSync(stamp)) return JSON.parse(readFileSync(stamp, "utf8"));

  for (const path of [...states, "template"]) rmSync(join(root, path), { recursive: true, force: true });
  for (const path of ["bin", "home"]) mkdirSync(join(root, path), { recursive: true });
  const downloaded = JSON.parse(mustShell(`go mod download -json ${module} 2>/dev/null`, root).text);
  mustShell(`cp -r ${downloaded.Dir} ${checkout} && chmod -R u+w ${checkout}`, root);
  mustShell(`go list -deps ./cmd/caddy && go mod download ${bumped}`);
  mustShell("git init -q -b main && git add -A && git commit -q -m 'caddy v2.11.9'");
  const reportFile = join(root, "cold-report.json");
  const cold = mustShell(`gocache-why --format json --output ${reportFile} ${buildCommand}`);
  const { totals } = JSON.parse(readFileSync(reportFile, "utf8"));
  // The baseline of all transcripts: a run that found everything cached.
  mustShell(`gocache-why ${buildCommand}`);
  const result = { clock: cold.clock, totals, go: mustShell("go version").text.trim() };
  mkdirSync(template);
  copyStates(root, template);
  writeFileSync(stamp, JSON.stringify(result, null, 1));
  return result;
}

/** The newest recorded run against its baseline, every action. */
export function diffReport(directory = checkout) {
  const { text } = mustShell("gocache-why diff --format json --all 2>/dev/null", directory);
  return JSON.parse(text);
}

/** Puts everything back to the warm state, times of files included. */
export function restoreWarmState() {
  for (const path of states) rmSync(join(root, path), { recursive: true, force: true });
  copyStates(template, root);
  // Go deletes old entries of a cache whose last trim is a day ago; the template may be older than that.
  writeFileSync(join(root, "home/.cache/go-build/trim.txt"), `${Math.floor(Date.now() / 1000)}`);
}

/** Real copies, no hard links: Go writes index entries in place. @param {string} from @param {string} to */
function copyStates(from, to) {
  for (const path of states) {
    if (!existsSync(join(from, path))) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    execFileSync("cp", ["-a", join(from, path), join(to, path)]);
  }
}
