// Where the time of a command of the tool goes: V8's own profile, by the part of the sources. Names in the package are short, so a copy is
// built in which they are not.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const project = join(import.meta.dirname, "../..");

/**
 * @typedef {{ part: string, ms: number }} Share of one thread's time
 * @typedef {{ nodes: { id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[], samples: number[], timeDeltas: number[] }} CpuProfile
 */

/**
 * @param {readonly string[]} words of the tool @param {{ cwd: string, env: Record<string, string | undefined> }} place @param {string} root a folder
 * @returns {readonly { thread: string, shares: readonly Share[] }[]} the main thread first; shares largest first, waiting left out
 */
export function profileOf(words, { cwd, env }, root) {
  const copy = join(root, "readable");
  if (!existsSync(copy)) {
    mkdirSync(copy, { recursive: true });
    cpSync(join(project, "bin"), join(copy, "bin"), { recursive: true });
    const build = join(project, "scripts/build.mjs");
    execFileSync(process.execPath, [build, "--readable", "--out", join(copy, "dist")], { stdio: "inherit" });
  }
  const profiles = join(root, "profiles");
  rmSync(profiles, { recursive: true, force: true });
  const options = ["--cpu-prof", "--cpu-prof-interval=500", `--cpu-prof-dir=${profiles}`];
  execFileSync(process.execPath, [...options, join(copy, "bin/gocache-why.js"), ...words], {
    cwd,
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  // `CPU.<day>.<time>.<process>.<thread>.<number>.cpuprofile`
  return readdirSync(profiles)
    .sort((one, other) => threadOf(one) - threadOf(other))
    .map((name, at) => ({
      thread: at === 0 ? "main thread" : "second thread",
      shares: sharesOf(JSON.parse(readFileSync(join(profiles, name), "utf8"))),
    }));
}

const threadOf = (/** @type {string} */ name) => Number(name.split(".")[4]);

/** @param {CpuProfile} profile @returns {readonly Share[]} */
function sharesOf({ nodes, samples, timeDeltas }) {
  const partOfNode = new Map(nodes.map(({ id, callFrame }) => [id, partOf(callFrame)]));
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const [at, id] of samples.entries()) {
    const part = partOfNode.get(id) ?? "";
    if (part !== "") sums.set(part, (sums.get(part) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
  }
  return [...sums].map(([part, ms]) => ({ part, ms })).sort((one, other) => other.ms - one.ms);
}

/** A folder of `src`, or who else it was; empty for waiting. @param {CpuProfile["nodes"][number]["callFrame"]} frame @returns {string} */
function partOf({ functionName, url, lineNumber }) {
  if (functionName === "(idle)") return "";
  if (functionName === "(garbage collector)") return "garbage collection";
  // V8 does not tell what it compiles: it stands under what called for it, or here.
  if (functionName === "(program)" || functionName === "(root)") return "V8 and the system";
  if (functionName.startsWith("RegExp: ")) return "regular expressions";
  if (!url.startsWith("file:") && !url.startsWith("/")) return "Node's own code";
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const origin = originsOf(path).findLast(({ line }) => line <= lineNumber)?.origin ?? basename(path);
  if (origin.includes("node_modules/")) return "packages";
  return /^src\/[\w-]+/.exec(origin)?.[0] ?? "Node's own code";
}

/** Where the pieces of a bundle are from, in their order. @type {Map<string, readonly { line: number, origin: string }[]>} */
const knownOrigins = new Map();

/** @param {string} path of a bundle's file */
function originsOf(path) {
  const known = knownOrigins.get(path);
  if (known !== undefined) return known;
  const lines = readFileSync(path, "utf8").split("\n");
  const found = lines.flatMap((text, line) => {
    const origin = /^\s*\/\/ ((?:src|node_modules)\/\S+)$/.exec(text)?.[1];
    return origin === undefined ? [] : [{ line, origin }];
  });
  knownOrigins.set(path, found);
  return found;
}
