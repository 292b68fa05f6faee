#!/usr/bin/env node
// On several Go versions: does plain `go test` find everything cached after a wrapped one, and the other way round, also by npx and npm run;
// does the cache hold the same entries; do all the ways to test, vet, run and install print what go prints, with right verdicts?
// Usage: node scripts/check-harmless.mjs [--go 1.22.12,1.26.8] [--quick] [--write]; minutes a version, since each has a cache of its own.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { writeAccuracySection } from "./accuracy-section.mjs";

const project = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    go: { type: "string", default: "1.22.12,1.23.12,1.24.11,1.25.5,1.26.8,1.27.3" },
    tool: { type: "string", default: join(project, "bin/gocache-why.js") },
    /** Without the commands beside plain `go test`. */
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const testOf = (/** @type {string} */ name, /** @type {string} */ body, imports = '"os"') =>
  `package ${name}\n\nimport (\n\t${imports}\n\t"testing"\n)\n\nfunc TestIt(t *testing.T) {\n${body}\n}\n`;
const files = {
  "go.mod": "module example.com/m\n\ngo 1.21\n",
  "main.go": 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Name()) }\n',
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
  "lib/lib_test.go":
    'package lib\n\nimport "testing"\n\nfunc TestName(t *testing.T) { t.Log(Name()) }\n\nfunc BenchmarkName(b *testing.B) {\n\tfor range make([]int, b.N) {\n\t\tName()\n\t}\n}\n\nfunc FuzzName(f *testing.F) {\n\tf.Add("a")\n\tf.Fuzz(func(t *testing.T, text string) { Name() })\n}\n',
  // What npm puts into PATH and into the environment would make it run again.
  "path/path_test.go": testOf(
    "path",
    '\tt.Log(len(os.Getenv("PATH")), os.Getenv("npm_config_user_agent"), os.Getenv("INIT_CWD"), os.Getenv("NODE"))',
  ),
  "file/file_test.go": testOf(
    "file",
    '\tif _, err := os.ReadFile("testdata/a.txt"); err != nil {\n\t\tt.Fatal(err)\n\t}\n\tif _, err := os.ReadDir("testdata"); err != nil {\n\t\tt.Fatal(err)\n\t}',
  ),
  "file/testdata/a.txt": "a\n",
  "where/where_test.go": testOf(
    "where",
    '\tif _, err := os.Getwd(); err != nil {\n\t\tt.Fatal(err)\n\t}\n\tif err := os.Chdir(".."); err != nil {\n\t\tt.Fatal(err)\n\t}',
  ),
  "args/args_test.go":
    'package args\n\nimport (\n\t"flag"\n\t"testing"\n)\n\nvar word = flag.String("word", "", "")\n\nfunc TestArgs(t *testing.T) { t.Log(*word) }\n',
};
/** Each runs wrapped and plain from the same state, then wrapped again: go's own words are those of the report. */
const commands = [
  "vet ./...",
  "install .",
  "run .",
  "test -c -o OUT/lib.test ./lib",
  "test -json ./lib ./path",
  "test -v ./lib ./file",
  "test -cover ./lib ./path",
  "test -coverprofile=OUT/profile ./lib ./path",
  "test -coverpkg=./... ./lib ./path",
  "test -coverpkg=./... -coverprofile=OUT/profile ./lib ./path",
  "test -fuzz=FuzzName -fuzztime=1x ./lib",
  "test -bench=. -benchtime=1x ./lib",
  "test -exec=env ./lib",
  "test ./args -args -word=x",
  "test -race ./lib",
  "test -p 1 ./lib ./path",
  "test -failfast ./lib ./path",
  "test -run=Name ./lib ./path",
  "test -count=1 ./lib",
].map((text) => text.split(" "));

const root = mkdtempSync(join(tmpdir(), "gocache-why-harmless-"));
const rows = [];
let complaints = 0;
try {
  for (const version of options.go.split(",")) rows.push(checkVersion(version));
} finally {
  execFileSync("chmod", ["-R", "u+w", root]);
  rmSync(root, { recursive: true, force: true });
}
if (options.write) writeAccuracySection("Harmless to results of tests, by Go version", section());
process.exitCode = complaints > 0 ? 1 : 0;

/** @param {string} version */
function checkVersion(version) {
  const work = join(root, version);
  const place = placeOf(work, version);
  const wrong = [];
  const wrapped = (/** @type {readonly string[]} */ words) => tool(place, words);
  // Fills the cache with the standard library, so that the copies begin alike.
  plain(place, ["test", "-run=NONE", "./..."]);
  plain(place, ["clean", "-testcache"]);
  copy(place.cache, join(work, "start"));
  // Programs that are there already need no link.
  const reset = () => {
    copy(join(work, "start"), place.cache);
    for (const name of ["out", "bin"]) {
      rmSync(join(work, name), { recursive: true, force: true });
      mkdirSync(join(work, name));
    }
  };

  reset();
  plain(place, ["test", "./..."]);
  const entries = entriesOf(place.cache);
  expect(wrong, "wrapped after plain", said(wrapped(["test", "./..."]).stdout), "cached");
  expectSame(wrong, "entries after plain and wrapped", entriesOf(place.cache), entries);
  reset();
  expect(wrong, "first wrapped", said(wrapped(["test", "./..."]).stdout), "ran");
  expectSame(wrong, "entries after wrapped", entriesOf(place.cache), entries);
  expect(wrong, "plain after wrapped", said(plain(place, ["test", "./..."]).stdout), "cached");
  expectSame(wrong, "entries after wrapped and plain", entriesOf(place.cache), entries);
  for (const [name, words] of [
    ["npm exec", ["exec", "--offline", "--", "gocache-why", "--quiet", "go", "test", "./..."]],
    ["npm run", ["run", "--silent", "test:go"]],
  ]) {
    const found = run(place, "npm", /** @type {string[]} */ (words));
    expect(wrong, `by ${name}`, said(found.stdout), "cached");
    expectSame(wrong, `entries after ${name}`, entriesOf(place.cache), entries);
  }
  expect(wrong, "plain after npm", said(plain(place, ["test", "./..."]).stdout), "cached");
  let agreed = 0;
  const list = options.quick ? [] : commands;
  for (const words of list) agreed += checkCommand(place, words, reset, wrong) ? 1 : 0;
  complaints += wrong.length;
  for (const text of wrong) console.log(`    !! ${version}: ${text}`);
  console.log(`${version}: ${agreed} of ${list.length} commands, ${wrong.length} complaints`);
  rmSync(work, { recursive: true, force: true });
  return { version, agreed, commands: list.length, wrong };
}

/** @typedef {{ work: string, module: string, cache: string, env: Record<string, string> }} Place */

/** @param {string} work @param {string} version @returns {Place} */
function placeOf(work, version) {
  const module = join(work, "m");
  const old = new Date(Date.now() - 3_600_000);
  for (const [name, text] of Object.entries(files)) {
    const path = join(module, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const scripts = { "test:go": "gocache-why --quiet go test ./..." };
  writeFileSync(join(module, "package.json"), JSON.stringify({ name: "m", version: "1.0.0", scripts }));
  mkdirSync(join(module, "node_modules/.bin"), { recursive: true });
  symlinkSync(options.tool, join(module, "node_modules/.bin/gocache-why"));
  for (const name of readdirSync(module, { recursive: true, encoding: "utf8" })) {
    if (!name.startsWith("node_modules")) utimesSync(join(module, name), old, old);
  }
  for (const name of ["home", "tmp", "out", "gocache", "bin"]) mkdirSync(join(work, name));
  const cached = execFileSync("go", ["env", "GOMODCACHE"], { encoding: "utf8" }).trim();
  return {
    work,
    module,
    cache: join(work, "gocache"),
    env: {
      PATH: process.env.PATH ?? "",
      HOME: join(work, "home"),
      TMPDIR: join(work, "tmp"),
      GOCACHE: join(work, "gocache"),
      GOMODCACHE: cached,
      GOBIN: join(work, "bin"),
      GOENV: "off",
      GOFLAGS: "",
      GOTOOLCHAIN: `go${version}`,
      XDG_STATE_HOME: join(work, "state"),
      npm_config_update_notifier: "false",
      PWD: module,
    },
  };
}

/**
 * @param {Place} place @param {readonly string[]} template @param {() => void} reset @param {string[]} wrong
 * @returns {boolean} whether all agreed
 */
function checkCommand(place, template, reset, wrong) {
  const words = template.map((word) => word.replace("OUT", join(place.work, "out")));
  const name = template.join(" ");
  const before = wrong.length;
  reset();
  const own = plain(place, words);
  const entries = entriesOf(place.cache);
  reset();
  const found = tool(place, words);
  // Events of packages that are tested at the same time come in any order.
  const text = (/** @type {string} */ stdout) =>
    words.includes("-json") ? clean(stdout).split("\n").sort().join("\n") : clean(stdout);
  if (text(found.stdout) !== text(own.stdout)) wrong.push(`${name}: another stdout`);
  if (clean(found.stderr) !== clean(own.stderr)) wrong.push(`${name}: another stderr`);
  if (found.status !== own.status) wrong.push(`${name}: status ${found.status}, not ${own.status}`);
  // A compiler's stored diagnostics and what a fuzzed binary is called differ from run to run in no way that is known.
  expectSame(wrong, `entries after ${name}`, entriesOf(place.cache), entries);
  if (words.includes("-json")) {
    for (const line of found.stdout.trim().split("\n")) {
      try {
        JSON.parse(line);
      } catch {
        wrong.push(`${name}: a line that is no JSON: ${line.slice(0, 80)}`);
      }
    }
  }
  if (words[0] === "test" && !words.includes("-c")) {
    for (const each of [found, tool(place, words)]) {
      const told = said(each.stdout);
      const tests = each.report.actions.filter((/** @type {any} */ { kind }) => kind === "test");
      if (tests.length !== Object.keys(told).length)
        wrong.push(`${name}: ${tests.length} tests in the report`);
      for (const test of tests)
        if ((told[test.package] === "cached") !== (test.verdict === "hit") || test.verdict === "unknown")
          wrong.push(`${name}: ${test.package} ${told[test.package]}, ${test.verdict}`);
    }
  }
  return wrong.length === before;
}

/** @param {string} text */
function clean(text) {
  return text
    .replace(/\d+\.\d{2,3}s\b/g, "0s")
    .replace(/"Time":"[^"]*"/g, "")
    .replace(/"Elapsed":[\d.]+/g, "")
    .replace(/\s+[\d.]+ ns\/op/g, " 0 ns/op")
    .replace(/elapsed: \d+s.*/g, "elapsed")
    .replace(/go-build\d+/g, "go-build0");
}

/** @param {string[]} wrong @param {string} what @param {Record<string, string>} told @param {string} word */
function expect(wrong, what, told, word) {
  const names = Object.keys(files).filter((name) => name.endsWith("_test.go"));
  if (Object.keys(told).length !== names.length) wrong.push(`${what}: ${Object.keys(told).length} packages`);
  for (const [name, each] of Object.entries(told)) if (each !== word) wrong.push(`${what}: ${name} ${each}`);
}

/** @param {string[]} wrong @param {string} what @param {readonly string[]} found @param {readonly string[]} own */
function expectSame(wrong, what, found, own) {
  const more = found.filter((name) => !own.includes(name));
  const less = own.filter((name) => !found.includes(name));
  if (more.length + less.length > 0) wrong.push(`${what}: ${more.length} more, ${less.length} less`);
}

/** Names of all entries but module indexes. @param {string} cache */
function entriesOf(cache) {
  return readdirSync(cache, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("-a"))
    .filter((name) => {
      const [, , output = ""] = readFileSync(join(cache, name), "latin1").split(" ");
      const path = join(cache, output.slice(0, 2), `${output}-d`);
      if (!existsSync(path)) return true;
      try {
        return !readFileSync(path, "latin1").startsWith("go index v");
      } catch {
        return true;
      }
    })
    .sort();
}

/** @param {string} stdout @returns {Record<string, "cached" | "ran" | "failed">} */
function said(stdout) {
  const text = stdout.startsWith("{")
    ? stdout.replace(/^.*$/gm, (line) =>
        line.startsWith("{") ? (JSON.parse(line).Output ?? "").replace(/\n$/, "") : line,
      )
    : stdout;
  return Object.fromEntries(
    [...text.matchAll(/^(ok {2}|FAIL)\t(\S+)(.*)$/gm)].map(([, word, name, rest = ""]) => [
      name,
      word === "FAIL" ? "failed" : rest.startsWith("\t(cached)") ? "cached" : "ran",
    ]),
  );
}

/** @param {Place} place @param {readonly string[]} words */
function plain(place, words) {
  return run(place, "go", words);
}

/** @param {Place} place @param {readonly string[]} words */
function tool(place, words) {
  const output = join(place.work, "report.json");
  const own = ["--all", "--format", "json", "--output", output];
  const found = run(place, process.execPath, [options.tool, ...own, "go", ...words]);
  return { ...found, report: JSON.parse(readFileSync(output, "utf8")) };
}

/** @param {Place} place @param {string} program @param {readonly string[]} words */
function run(place, program, words) {
  const { stdout, stderr, status } = spawnSync(program, words, {
    cwd: place.module,
    env: place.env,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  return { stdout, stderr, status };
}

/** @param {string} from @param {string} to */
function copy(from, to) {
  rmSync(to, { recursive: true, force: true });
  execFileSync("cp", ["-a", from, to]);
}

function section() {
  const cells = rows.map(({ version, agreed, commands: all, wrong }) =>
    [`go${version}`, wrong.length === 0 ? "all" : wrong.join("; "), `${agreed} of ${all}`].join(" | "),
  );
  return `Made by \`node scripts/check-harmless.mjs --write\`, five packages with tests, one of which reads PATH and what npm sets: a plain \`go test ./...\` after
a wrapped one, a wrapped one after a plain one, by \`npm exec\` and by \`npm run\` find every package \`(cached)\`, and the cache holds the same entries
as after plain go, module indexes aside. Then each of ${commands.length} commands (\`vet\`, \`install\`, \`run\`, \`test\` with \`-c\`, \`-json\`, \`-v\`, \`-cover\`, \`-coverprofile\`,
\`-coverpkg\`, \`-fuzz\`, \`-bench\`, \`-exec\`, \`-args\`, \`-race\`, \`-p 1\`, \`-failfast\`, \`-run\`, \`-count=1\`): output, status and entries are go's, and the
verdicts agree with go's own \`(cached)\`.

Go | cached and not one entry more | commands
--- | --- | ---
${cells.join("\n")}
`;
}
