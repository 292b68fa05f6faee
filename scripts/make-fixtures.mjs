#!/usr/bin/env node
// Makes testdata/fixtures from testdata/scenarios with real go commands. See testdata/README.md.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openObjects } from "./fixtures/objects.mjs";
import { makeProfiles } from "./fixtures/profiles.mjs";
import { recordRun, runWithGraph } from "./fixtures/record.mjs";
import {
  copyTree,
  ensureModules,
  ensureTemplate,
  ensureToolchain,
  environment,
  newContext,
  removeTree,
  resetWork,
  root,
  touchTrim,
  work,
} from "./fixtures/sandbox.mjs";
import { allVersions, parseScenario } from "./fixtures/scenario.mjs";
import { takeStep } from "./fixtures/steps.mjs";
import { deriveTruth } from "./fixtures/truth.mjs";

/**
 * @typedef {import("./fixtures/scenario.mjs").Scenario} Scenario
 * @typedef {import("./fixtures/sandbox.mjs").Context} Context
 */

const testdata = join(dirname(fileURLToPath(import.meta.url)), "../testdata");
const { values: options } = parseArgs({
  options: {
    go: { type: "string", default: allVersions.join(",") },
    only: { type: "string" },
    out: { type: "string", default: join(testdata, "fixtures") },
    profiles: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});
const modules = ["github.com/pkg/errors@v0.9.0", "github.com/pkg/errors@v0.9.1"];
const scenarioFolder = join(testdata, "scenarios");
const profileFolder = join(testdata, "profiles");
const groupFolder = join(root, "groups");
const baseText = readFileSync(join(scenarioFolder, "base.txtar"), "utf8");
const objects = openObjects(join(options.out, "objects"));
const scenarios = readdirSync(scenarioFolder)
  .filter((file) => file.endsWith(".txt"))
  .sort()
  .map((file) => parseScenario(file.slice(0, -4), textOf(file.slice(0, -4))))
  .filter((scenario) => options.only === undefined || options.only.split(",").includes(scenario.name));
let complaints = 0;

takeLock();
const versions = options.go.split(",");
for (const version of new Set([...versions, ...scenarios.flatMap(versionsNeeded)])) {
  ensureToolchain(version);
}
ensureModules(modules);
if (options.profiles || !existsSync(join(profileFolder, "first.pgo"))) {
  makeProfiles(profileFolder, readFileSync(join(scenarioFolder, "base.txtar"), "utf8"));
}
for (const version of versions) {
  for (const { name } of scenarios.filter((one) => one.versions.includes(version))) {
    const started = Date.now();
    const scenario = parseScenario(name, textOf(name), version);
    const fixture = makeFixture(scenario, version);
    const file = join(options.out, `go${version}`, `${scenario.name}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(fixture, null, 2)}\n`);
    summarize(scenario, fixture, (Date.now() - started) / 1000);
  }
}
prune();
if (!options.keep) {
  removeTree(work);
  removeTree(groupFolder);
}
process.exitCode = complaints > 0 ? 1 : 0;

/** @param {string} name of a scenario */
function textOf(name) {
  return readFileSync(join(scenarioFolder, `${name}.txt`), "utf8");
}

/** All runs take place in one directory: a second recording waits until the first is done. */
function takeLock() {
  const lock = join(root, "lock");
  mkdirSync(root, { recursive: true });
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(lock, `${process.pid}`, { flag: "wx" });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") {
        throw error;
      }
    }
    const holder = Number(readFileSync(lock, "utf8"));
    if (holder > 0 && !existsSync(`/proc/${holder}`)) {
      rmSync(lock, { force: true });
      continue;
    }
    if (waited === 0) {
      console.log(`waits for the recording of process ${holder}`);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  }
  process.on("exit", () => rmSync(lock, { force: true }));
}

/** @param {Scenario} scenario */
function versionsNeeded(scenario) {
  const switched = scenario.steps.map(({ words }) => /^GOTOOLCHAIN=go(.+)$/.exec(words[1] ?? "")?.[1]);
  const installed = scenario.steps.flatMap(({ words }) => (words[0] === "toolchain" ? words[1] : []));
  return [scenario.start, ...switched, ...installed].filter((version) => typeof version === "string");
}

/** @param {Scenario} scenario @param {string} version */
function makeFixture(scenario, version) {
  const steps = scenario.steps.map(({ words }) => words);
  const split = steps.findIndex(([verb]) => verb === "before") + 1;
  const start = scenario.start ?? version;
  const known = { graph: /** @type {string | null} */ (null), profiles: profileFolder };
  let context = { ...newContext(version) };
  /** @type {ReturnType<typeof recordRun> | null} */
  let before = null;
  // Scenarios that begin alike share one recorded baseline.
  const own = steps.slice(0, split).flat();
  const sections = own.filter((word) => word.startsWith("@")).map((word) => scenario.files.get(word));
  const identity = JSON.stringify([
    version,
    start,
    scenario.fullLog,
    baseText,
    steps.slice(0, split),
    sections,
  ]);
  const group = join(groupFolder, createHash("sha256").update(identity).digest("hex").slice(0, 16));
  const stamp = join(group, "state.json");
  ensureTemplate(start, baseText);
  const kept = split > 0 && existsSync(stamp) ? JSON.parse(readFileSync(stamp, "utf8")) : null;
  if (kept !== null && objectsOf(kept.before).every(objects.has)) {
    copyTree(join(group, "work"), work);
    ({ context, before } = kept);
  } else {
    resetWork(start);
    for (const words of steps.slice(0, split)) {
      if (words[0] === "before") {
        before = recordRun(context, words.slice(1), objects, scenario.fullLog, anchorOf(version));
      } else {
        takeStep(context, words, scenario.files, known);
      }
    }
    if (split > 0) {
      copyTree(work, join(group, "work"));
      writeFileSync(stamp, JSON.stringify({ context, before }));
    }
  }
  known.graph = before?.graph ? objects.get(before.graph).toString() : null;
  for (const words of steps.slice(split, -1)) {
    takeStep(context, words, scenario.files, known);
  }
  const [verb, ...command] = steps.at(-1) ?? [];
  if (verb !== "now") {
    throw new Error(`${scenario.name}: the last statement has to be \`now\``);
  }
  if (before !== null && context.days !== undefined) {
    before.startedAtMs -= context.days * 86_400_000;
  }
  const truth = observeTruth(context, command);
  const now = recordRun(context, command, objects, scenario.fullLog, before ?? anchorOf(version));
  return {
    formatVersion: 1,
    scenario: scenario.name,
    about: scenario.about,
    note: scenario.note,
    go: version,
    expect: scenario.expect,
    ...(scenario.innocent.length > 0 ? { innocent: scenario.innocent } : {}),
    ...(scenario.warns.length > 0 ? { warns: scenario.warns } : {}),
    ...(scenario.needs.length > 0 ? { needs: scenario.needs } : {}),
    truth,
    before,
    now,
  };
}

/**
 * The baseline that most scenarios have. Other baselines of the same Go are much like it.
 * @param {string} version
 * @returns {import("./fixtures/record.mjs").Recorded | null}
 */
function anchorOf(version) {
  const file = join(options.out, `go${version}`, "file-edited.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).before : null;
}

/**
 * Runs the command in a copy of the state that the recorded run will find, and puts the state back.
 * @param {Context} context
 * @param {string[]} command
 */
function observeTruth(context, command) {
  const saved = join(root, "saved");
  copyTree(work, saved);
  const { status, stdout, graph } = runWithGraph(context, command);
  removeTree(work);
  copyTree(saved, work);
  removeTree(saved);
  touchTrim(environment(context).GOCACHE);
  return { exitCode: status, ...deriveTruth(graph ?? "[]", testOutput(command, stdout)) };
}

/** @param {string[]} command @param {Buffer} stdout */
function testOutput(command, stdout) {
  if (command[1] !== "test") {
    return "";
  }
  const lines = stdout.toString().split("\n");
  return command.includes("-json")
    ? lines.map((line) => (line.startsWith("{") ? (JSON.parse(line).Output ?? "") : "")).join("")
    : lines.join("\n");
}

/** Compares what ran with the scenario's own reasoning. @param {Scenario} scenario @param {ReturnType<typeof makeFixture>} fixture @param {number} seconds */
function summarize(scenario, fixture, seconds) {
  const { truth, now } = fixture;
  const recorded = deriveTruth(
    now.graph === null ? "[]" : objects.get(now.graph).toString(),
    testOutput(now.command, Buffer.from(now.stdout ?? "")),
  );
  const foreign = truth.ran.filter((key) => key.split(" ")[1]?.includes("."));
  const standard = truth.ran.filter((key) => !foreign.includes(key)).map((key) => key.split(" ")[1]);
  const std = standard.length > 6 ? `${standard.length} std` : standard.join(" ");
  console.log(
    `${fixture.go} ${scenario.name}: exit ${now.exitCode}, ran ${truth.ran.length} hit ${truth.hit}` +
      `, ${seconds.toFixed(1)} s\n    ${foreign.join(", ").replaceAll("example.com/m/", "./")}${std && ` + ${std}`}`,
  );
  const complain = (/** @type {string} */ text) => {
    complaints += 1;
    console.log(`    !! ${text}`);
  };
  if (JSON.stringify(recorded.ran) !== JSON.stringify(truth.ran)) {
    complain(`the recorded run ran ${recorded.ran.join(", ")}`);
  }
  if (scenario.ranKnown && JSON.stringify(foreign) !== JSON.stringify(scenario.ran)) {
    complain(`by reasoning: ${scenario.ran.join(", ").replaceAll("example.com/m/", "./")}`);
  }
  if (now.graph !== null) {
    const digests = new Set(
      [
        ...objects
          .get(now.replay)
          .toString("latin1")
          .matchAll(/^HASH\[.*\]: ([0-9a-f]{64})$/gm),
      ].map((match) =>
        Buffer.from(match[1] ?? "", "hex")
          .subarray(0, 15)
          .toString("base64url"),
      ),
    );
    const lost = JSON.parse(objects.get(now.graph).toString()).filter(
      (/** @type {{ Mode: string, ActionID?: string }} */ node) =>
        ["build", "link"].includes(node.Mode) && node.ActionID && !digests.has(node.ActionID),
    );
    if (lost.length > 0) {
      console.log(
        `    replay lacks ${lost.map((/** @type {{ Mode: string, Package: string }} */ node) => `${node.Mode} ${node.Package}`).join(", ")}`,
      );
    }
  }
}

/** Deletes fixtures without a scenario and objects that no fixture names any more. */
function prune() {
  const used = new Set();
  for (const folder of readdirSync(options.out).filter((name) => name.startsWith("go"))) {
    for (const file of readdirSync(join(options.out, folder))) {
      const path = join(options.out, folder, file);
      const text = join(scenarioFolder, file.replace(/\.json$/, ".txt"));
      if (
        !existsSync(text) ||
        !parseScenario(file, readFileSync(text, "utf8")).versions.includes(folder.slice(2))
      ) {
        rmSync(path);
        continue;
      }
      const fixture = JSON.parse(readFileSync(path, "utf8"));
      for (const run of [fixture.before, fixture.now].filter(Boolean)) {
        for (const name of objectsOf(run)) {
          used.add(name);
        }
      }
    }
  }
  objects.prune(used);
}

/** Names of all objects that a recorded run has. @param {ReturnType<typeof recordRun>} run @returns {string[]} */
function objectsOf(run) {
  const { graph, replay, env, files, sources, cachedSources, cache, tests } = run;
  const names = [graph, replay, env, files, sources, cachedSources, cache.keys, cache.contents];
  return [...names, tests?.entries, tests?.states].filter((name) => typeof name === "string");
}
