#!/usr/bin/env node
// Makes the keys of test results again over several Go versions and flags, and compares with what go does and keeps.
// Usage: node scripts/check-test-keys.mjs [--go 1.22.12,1.26.8] [--only NAME,…] [--in DIRECTORY --packages './a/... ./b']
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const { values: options } = parseArgs({
  options: {
    go: { type: "string", default: "1.21.13,1.22.12,1.23.12,1.24.11,1.25.5,1.26.8,1.27rc1" },
    only: { type: "string" },
    in: { type: "string" },
    packages: { type: "string", default: "./..." },
  },
});
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sandbox = mkdtempSync(join(tmpdir(), "gocache-why-test-keys-"));
const { recomputeTestKeys, writeTestedModule } = await loadParts();
const few = ["./plain", "./files", "./environment", "./embedded"];

/**
 * What a run is: the words after `go test`, further environment, where it runs.
 * @typedef {{ name: string, words: readonly string[], env?: Record<string, string>, folder?: string }} Case
 * @type {readonly Case[]}
 */
const cases = [
  { name: "plain", words: ["./..."] },
  { name: "other-directory", words: ["../..."], folder: "plain" },
  { name: "changed-directory", words: ["-C", "..", "./plain", "./environment"], folder: "plain" },
  ...[
    ["-v"],
    ["-v=false"],
    ["-test.v"],
    ["-json"],
    ["-json", "-v"],
    ["-short"],
    ["-run", "Test"],
    ["-run", "Test", "-run=Double"],
    ["-skip", "Other"],
    ["-timeout", "5m"],
    ["-timeout", "0"],
    ["-timeout=1.5h", "-v"],
    ["-parallel", "0x4"],
    ["-cpu", "1,2"],
    ["-failfast"],
    ["-fullpath"],
    ["-list", "."],
    ["-benchtime", "1x"],
    ["-bench", ".", "-benchtime=1x"],
    ["-count=1"],
    ["-shuffle=on"],
    ["-shuffle=off"],
    ["-cover"],
    ["-covermode=atomic"],
    ["-coverprofile", join(sandbox, "profile")],
    ["-coverpkg=./..."],
    ["-coverpkg=./...", "-coverprofile", join(sandbox, "profile")],
    ["-outputdir", sandbox],
    ["-race"],
    ["-trimpath"],
    ["-vet=off"],
    ["-p=1"],
    ["-exec", "env"],
  ].map((flags) => ({ name: flags.join(" ").replaceAll(sandbox, "…"), words: [...flags, ...few] })),
  { name: "-args word", words: ["./plain", "-args", "word"] },
  { name: "-args -test.short=true", words: ["./plain", "-args", "-test.short=true"] },
  { name: "no package list", words: [], folder: "plain" },
  { name: "file arguments", words: ["plain.go", "plain_test.go"], folder: "plain" },
  { name: "GOFLAGS", words: few, env: { GOFLAGS: "-v=true -timeout=90s '-run=Test.*' -trimpath" } },
  { name: "GOFLAGS and -run", words: ["-run=Double", ...few], env: { GOFLAGS: "-run=Test -short" } },
  { name: "GOFLAGS and -json", words: ["-json", ...few], env: { GOFLAGS: "-v -test.short" } },
  { name: "GODEBUG", words: few, env: { GODEBUG: "panicnil=1" } },
  ...["America/Sao_Paulo", "Asia/Kathmandu", ":Europe/Berlin", "nowhere", ""].map((TZ) => ({
    name: `TZ=${TZ}`,
    words: few,
    env: { TZ },
  })),
  {
    name: "Go's variables",
    words: few,
    env: { CC: "cc", GOFLAGS: "", GOTMPDIR: sandbox, GIT_TERMINAL_PROMPT: "1" },
  },
];

let complaints = 0;
try {
  const directory = options.in ?? join(sandbox, "tested");
  if (options.in === undefined) {
    mkdirSync(directory);
    writeTestedModule(directory, join(sandbox, "door"));
  }
  for (const version of options.go.split(",")) {
    if (options.in === undefined) checkVersion(version, directory);
    else checkProject(version, directory);
  }
} finally {
  rmSync(sandbox, { recursive: true, force: true });
}
process.exitCode = complaints === 0 ? 0 : 1;

function checkVersion(version, directory) {
  const only = options.only?.split(",");
  const env = environment(version);
  console.log(
    `\n## Go ${version}\n\n| case | results kept | keys found | cached the second time | recomputed: cached | |\n| - | - | - | - | - | - |`,
  );
  for (const one of cases) {
    if (only !== undefined && !only.includes(one.name)) continue;
    const place = join(directory, one.folder ?? "");
    const own = { ...env, ...one.env, PWD: place };
    const words = ["test", ...one.words];
    const first = recomputeTestKeys(words, place, own);
    const second = recomputeTestKeys(words, place, own);
    report(one.name, first, second);
  }
}

function checkProject(version, directory) {
  const env = environment(version);
  const words = ["test", "-p=1", ...options.packages.split(" ")];
  console.log(
    `\n## Go ${version}\n\n| case | results kept | keys found | cached the second time | recomputed: cached | |\n| - | - | - | - | - | - |`,
  );
  const own = { ...env, PWD: directory };
  report("project", recomputeTestKeys(words, directory, own), recomputeTestKeys(words, directory, own));
}

/** A row, and a word on each package where go and the recomputed key disagree. */
function report(name, first, second) {
  const cacheable = second.notCacheable.length === 0;
  const passed = first.tests.filter(({ said }) => said === "ok" || said === "cached");
  const keepable = cacheable
    ? passed.filter(({ inputs }) => inputs === null || inputs.tooNew.length === 0)
    : [];
  const isWriting = (test) => test.package.endsWith("/writing");
  const found = keepable.filter((test) => test.found !== null && test.profile !== false);
  const said = second.tests.filter((test) => test.said === "cached");
  const recomputed = second.tests.filter(
    (test) => cacheable && test.found !== null && test.older && test.profile !== false,
  );
  const wrong = [
    ...keepable.filter((test) => test.found === null && !isWriting(test)),
    ...second.tests.filter((test) => (test.said === "cached") !== recomputed.includes(test)),
  ];
  complaints += wrong.length;
  const by = second.notCacheable.map(({ flag }) => flag).join(", ");
  const last = [by, ...new Set(wrong.map((test) => `WRONG ${test.package} ${test.said}`))]
    .filter((text) => text !== "")
    .join("; ");
  const kept = keepable.filter((test) => !isWriting(test)).length;
  console.log(`| ${name} | ${kept} | ${found.length} | ${said.length} | ${recomputed.length} | ${last} |`);
}

function environment(version) {
  const kept = Object.fromEntries(
    ["PATH", "HOME", "GOMODCACHE", "GOPATH", "GOPROXY", "GOSUMDB"].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  return {
    ...kept,
    GOTOOLCHAIN: `go${version}`,
    GOCACHE: join(sandbox, `gocache-${version}`),
    GOENV: "off",
    TESTED_DOOR: join(sandbox, "door"),
    TESTED_EMPTY: "",
    TESTED_TEXT: "täxt",
  };
}

/** The parts are TypeScript, which Node 20 doesn't read. */
async function loadParts() {
  const file = join(sandbox, "parts.mjs");
  await build({
    absWorkingDir: root,
    stdin: {
      contents:
        'export * from "./test/go/recompute-test-keys.ts"; export * from "./test/go/tested-module.ts";',
      resolveDir: root,
    },
    outfile: file,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
  });
  return import(pathToFileURL(file).href);
}
