#!/usr/bin/env node
// Predicted against real: on a small module with cgo, and with --module on a real program, each change is made, each supposition told by
// `what-if … --verify`, which builds it in copies. Usage: node scripts/check-what-if.mjs [--module github.com/caddyserver/caddy/v2@v2.10.2
// --main ./cmd/caddy --edit caddyconfig/load.go] [--only TEXT] [--root DIRECTORY] [--write]; a real program takes some minutes a change on a small
// machine: with --root what was built and found is kept there, and changes that were checked are not checked again.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeAccuracySection } from "./accuracy-section.mjs";
import { changesOf, disagreement, smallModule } from "./what-if/changes.mjs";

const home = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    module: { type: "string" },
    main: { type: "string", default: "./cmd/caddy" },
    edit: { type: "string" },
    only: { type: "string", default: "" },
    root: { type: "string" },
    tool: { type: "string", default: join(home, "bin/gocache-why.js") },
    write: { type: "boolean", default: false },
  },
});
const name = options.module ?? "a small module with cgo";
const edit = options.edit ?? "lib/lib.go";
const root =
  options.root === undefined ? mkdtempSync(join(tmpdir(), "gocache-why-what-if-")) : resolve(options.root);
mkdirSync(root, { recursive: true });
const source = join(root, "source");
const filled = join(root, "filled");
const checkedFile = join(root, "checked.json");
/** @typedef {{ row: (string | number)[], problem: string | null }} Checked */
/** By the change's name. @type {Record<string, Checked[]>} */
const checked = existsSync(checkedFile) ? JSON.parse(readFileSync(checkedFile, "utf8")) : {};
try {
  prepare();
  for (const change of changesOf(edit)) {
    if (!change.name.includes(options.only) || change.name in checked) continue;
    checked[change.name] = check(change);
    writeFileSync(checkedFile, JSON.stringify(checked, null, 1));
  }
} finally {
  execFileSync("chmod", ["-R", "u+w", root]);
  if (options.root === undefined) rmSync(root, { recursive: true, force: true });
}
const all = changesOf(edit).flatMap((change) => checked[change.name] ?? []);
const wrong = all.filter(({ problem }) => problem !== null).length;
if (options.write) writeAccuracySection(`What-if, predicted and real: ${name}`, section());
process.exitCode = wrong > 0 ? 1 : 0;

function prepare() {
  if (existsSync(filled)) return;
  if (options.module === undefined) {
    for (const [file, text] of Object.entries(smallModule)) {
      mkdirSync(dirname(join(source, file)), { recursive: true });
      writeFileSync(join(source, file), text);
    }
  } else {
    const { stdout } = spawnSync("go", ["mod", "download", "-json", options.module], {
      cwd: root,
      encoding: "utf8",
    });
    cpSync(JSON.parse(stdout).Dir, source, { recursive: true });
    execFileSync("chmod", ["-R", "u+w", source]);
  }
  mkdirSync(join(root, "out"));
  // The cache that each change begins with, unless its earlier run is to fill one of its own.
  run("go", words(), source, env({ GOCACHE: filled }));
}

/** @param {Record<string, string>} more */
function env(more = {}) {
  const { PATH = "", HOME = "", GOMODCACHE, GOPROXY } = process.env;
  const kept = Object.fromEntries(
    Object.entries({ GOMODCACHE, GOPROXY }).filter(([, value]) => value !== undefined),
  );
  return {
    PATH,
    HOME,
    ...kept,
    GOFLAGS: "-buildvcs=false",
    GOENV: "off",
    GOCACHE: join(root, "gocache"),
    XDG_STATE_HOME: join(root, "state"),
    ...more,
  };
}

function words() {
  return ["build", "-o", "bin/", ...(options.module === undefined ? ["./..."] : [options.main])];
}

/** @param {import("./what-if/changes.mjs").Change} change @returns {Checked[]} */
function check(change) {
  for (const folder of ["m", "m-moved", "state", "gocache"])
    rmSync(join(root, folder), { recursive: true, force: true });
  cpSync(source, join(root, "m"), { recursive: true, preserveTimestamps: true });
  if (!change.name.includes("only")) execFileSync("cp", ["-a", filled, join(root, "gocache")]);
  let place = { checkout: join(root, "m"), words: words(), env: env(), edit };
  place = change.before?.(place) ?? place;
  build(place);
  place = change.now(place);
  build(place);
  return change.suppose.map((supposed) => {
    const output = join(root, "what-if.json");
    const { status, stderr } = run(
      process.execPath,
      [options.tool, "what-if", ...supposed, "--verify", "--format", "json", "--output", output],
      place.checkout,
      place.env,
    );
    if (status !== 0) throw new Error(`${change.name}: what-if ${supposed.join(" ")}: ${stderr}`);
    const told = JSON.parse(readFileSync(output, "utf8"));
    const problem = disagreement(told);
    const shown = `\`${supposed.map((word) => (word.includes(" ") ? `'${word}'` : word)).join(" ")}\``;
    const real = told.verified?.missed ?? "not built";
    const row = [change.name, shown, told.missed, told.wouldMiss, told.evidence.kind, real];
    console.log(
      `${problem === null ? "  " : "!!"} ${row.join(" | ")}${problem === null ? "" : `: ${problem}`}`,
    );
    return { row, problem };
  });
}

/** @param {import("./what-if/changes.mjs").Place} place */
function build(place) {
  const { status, stderr } = run(
    process.execPath,
    [options.tool, "--quiet", "go", ...place.words],
    place.checkout,
    place.env,
  );
  if (status !== 0) throw new Error(`go ${place.words.join(" ")}: ${stderr}`);
}

/** @param {string} program @param {readonly string[]} args @param {string} cwd @param {Readonly<Record<string, string>>} environment */
function run(program, args, cwd, environment) {
  return spawnSync(program, args, {
    cwd,
    env: { ...environment, PWD: cwd },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
}

function section() {
  const version = execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).trim();
  return `Made by \`node scripts/check-what-if.mjs${options.module === undefined ? "" : ` --module ${options.module} --edit ${edit}`} --write\`, ${version}. Each supposition was
built by \`what-if … --verify\`, in copies. A prediction that is \`at-most\` may be undercut by early cut-off; all else has to be exact: ${wrong === 0 ? "it was" : `${wrong} were not`}.

change | supposed | missed | predicted | evidence | really missed
--- | --- | --: | --: | --- | --:
${all.map(({ row }) => row.join(" | ")).join("\n")}
`;
}
