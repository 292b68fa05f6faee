#!/usr/bin/env node
// Do verdicts, causes and the trace hold with real cache programs? `node scripts/check-cache-programs.mjs [--write] [--program 'NAME=COMMAND {folder}']…`
// installs go-cacher and go-cacher-server from the module proxy, and runs a small module through them: first, untouched, edited, and with the
// program's folder emptied; traced, and plain go beside it with a folder of its own. --program adds one that is installed already. Status and both
// streams have to be the same, the sums those that go-cacher tells itself. --write keeps docs/accuracy.md. Needs `npm run build`.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { writeAccuracySection } from "./accuracy-section.mjs";

const home = join(import.meta.dirname, "..");
const { values: options } = parseArgs({
  options: {
    program: { type: "string", multiple: true, default: [] },
    root: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const source = "github.com/bradfitz/go-tool-cache";
const root = options.root ?? mkdtempSync(join(tmpdir(), "gocache-why-programs-"));
const module = join(root, "m");
const bin = join(root, "bin");
const serverLatencyMs = 200;
mkdirSync(join(root, "tmp"), { recursive: true });

const base = {
  ...process.env,
  GOCACHE: join(root, "gocache"),
  GOBIN: bin,
  GOFLAGS: "",
  GOCACHEPROG: "",
  XDG_STATE_HOME: join(root, "state"),
  TMPDIR: join(root, "tmp"),
  PATH: `${bin}:${process.env.PATH}`,
};
const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "app/app.go": 'package app\n\nimport "example.com/m/lib"\n\nfunc Name() string { return lib.Name() }\n',
  "lib/lib.go": 'package lib\n\nfunc Name() string { return "lib" }\n',
};
const edited = files["lib/lib.go"].replace('"lib"', '"bib"');
const words = ["build", "./..."];

for (const command of ["go-cacher", "go-cacher-server"]) {
  const { status } = spawnSync("go", ["install", `${source}/cmd/${command}@latest`], {
    env: base,
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`${command} could not be installed`);
}
const port = 20_000 + (process.pid % 20_000);
const server = spawn(
  "go-cacher-server",
  [
    "-cache-dir",
    join(root, "server"),
    "-listen",
    `127.0.0.1:${port}`,
    "-inject-latency",
    `${serverLatencyMs}ms`,
  ],
  { env: base, stdio: "ignore" },
);
await new Promise((resolve) => setTimeout(resolve, 2000));

const programs = [
  { name: "go-cacher, a folder", command: "go-cacher -verbose -cache-dir {folder}" },
  {
    name: `go-cacher with go-cacher-server, which answers ${serverLatencyMs} ms late`,
    command: `go-cacher -verbose -cache-dir {folder} -cache-server http://127.0.0.1:${port}`,
  },
  ...options.program.map((each) => {
    const at = each.indexOf("=");
    return { name: each.slice(0, at), command: each.slice(at + 1) };
  }),
];

const rows = [];
try {
  for (const program of programs) rows.push(...check(program));
} finally {
  server.kill();
}
const failures = rows.filter(({ differs }) => differs.length > 0);
if (options.write) writeAccuracySection("Cache programs", section());
if (options.root === undefined) {
  spawnSync("chmod", ["-R", "u+w", root]);
  rmSync(root, { recursive: true, force: true });
}
process.exitCode = failures.length === 0 ? 0 : 1;

function check({ name, command }) {
  const folders = { traced: join(root, "held", "traced"), plain: join(root, "held", "plain") };
  for (const folder of [join(root, "held"), base.XDG_STATE_HOME])
    rmSync(folder, { recursive: true, force: true });
  const states = [
    ["first run", () => write(files)],
    ["untouched", () => {}],
    ["edited", () => write({ ...files, "lib/lib.go": edited })],
    ["untouched again", () => {}],
    ["all that it kept on this machine removed", () => rmSync(join(root, "held"), { recursive: true })],
  ];
  return states.map(([state, prepare]) => {
    prepare();
    const runs = Object.entries(folders).map(([how, folder]) => {
      // Some keep more than they are told where.
      const own = { HOME: join(folder, "home"), TMPDIR: join(folder, "tmp"), XDG_CACHE_HOME: "" };
      for (const each of [folder, own.HOME, own.TMPDIR]) mkdirSync(each, { recursive: true });
      const env = { ...base, ...own, GOCACHEPROG: command.replaceAll("{folder}", folder), PWD: module };
      const file = join(root, "report.json");
      const asked = ["--trace-cache", "--all", "--format", "json", "--output", file];
      const run =
        how === "plain"
          ? spawnSync("go", words, { cwd: module, env, encoding: "utf8" })
          : spawnSync(process.execPath, [join(home, "bin/gocache-why.js"), ...asked, "go", ...words], {
              cwd: module,
              env,
              encoding: "utf8",
            });
      return { ...run, folder, report: how === "plain" ? null : JSON.parse(readFileSync(file, "utf8")) };
    });
    const row = compare(name, state, ...runs);
    console.log(JSON.stringify(row));
    return row;
  });
}

function write(all) {
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(module, name)), { recursive: true });
    writeFileSync(join(module, name), text);
  }
}

function compare(name, state, traced, plain) {
  const differs = [];
  const { report } = traced;
  const { cacheProgram: part } = report;
  if (traced.status !== plain.status) differs.push(`status ${traced.status}, plain ${plain.status}`);
  if (traced.stdout !== plain.stdout) differs.push("stdout");
  const told = (run) => run.stderr.replaceAll(run.folder, "{folder}").replace(/\d{4}\/\d\d\/\d\d \S+ /g, "");
  // What a program counts and times is its own; go-cacher's counts are compared below.
  const counted = /(\d+) gets \((\d+) hits, (\d+) misses, (\d+) errors\); (\d+) puts \((\d+) errors\)/;
  if (told(traced).replace(counted, "") !== told(plain).replace(counted, ""))
    differs.push(`stderr: ${told(traced)} plain: ${told(plain)}`);
  const own = counted.exec(traced.stderr)?.slice(1).map(Number) ?? null;
  const sums = part && [
    part.gets.requests,
    part.gets.hits,
    part.gets.misses,
    part.gets.errors,
    part.puts.requests,
    part.puts.errors,
  ];
  if (part === undefined) differs.push("no trace");
  else if (own !== null && sums.join() !== own.join()) differs.push(`sums ${sums}, its own ${own}`);
  for (const { key, verdict } of report.actions) {
    const got = part?.actions.find((each) => each.key === key)?.got;
    if ((verdict === "hit") !== (got === "hit")) differs.push(`${key}: ${verdict}, answered ${got}`);
  }
  if (part?.end !== "closed") differs.push(`end ${part?.end}`);
  return {
    name,
    state,
    verdicts: report.totals.byVerdict,
    sums,
    counts: own === null ? "-" : sums?.join() === own.join() ? "equal" : "differ",
    slower: part?.slower.length,
    waitSeconds: part?.waitSeconds,
    causes: report.causes.map(({ code, subject, evidence }) => `${code} ${subject} ${evidence.kind}`),
    differs,
  };
}

function section() {
  const goVersion = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).stdout.trim();
  const lines = rows.map(({ name, state, verdicts, sums, counts, slower, causes, differs }) => {
    const told = Object.entries(verdicts)
      .filter(([, count]) => count > 0)
      .map(([verdict, count]) => `${count} ${verdict}`)
      .join(", ");
    const [gets, hits, misses, , puts] = sums ?? [];
    const named = causes.map((cause) => `\`${cause}\``).join("<br>");
    return [
      name,
      state,
      told,
      named,
      `${gets} (${hits} hits, ${misses} misses)`,
      puts,
      counts,
      slower,
      differs.length,
    ].join(" | ");
  });
  return `Made by \`node scripts/check-cache-programs.mjs --write\`, ${goVersion}, ${source} at its latest version: \`go ${words.join(" ")}\` of two packages, one above the
other, under \`--trace-cache\`, and plain go beside it with a folder of the program's own. What differs is counted: status, stdout, stderr, a verdict
that is not the program's answer, sums that are not those that go-cacher prints itself.

program | state | verdicts | causes | gets | puts | its own counts | slower than the work | differences
--- | --- | --- | --- | --: | --: | --- | --: | --:
${lines.join("\n")}

One that is slow, lies or dies is \`test/e2e/cache-program\`: \`test/e2e/cache-trace.test.ts\` has fourteen faults, each compared with plain go.
Those that are no go-cacher were given by \`--program\`: the module proxy serves none of them, so they were built from their repositories
(github.com/bigwhite/go-cache-prog, github.com/saracen/gobuildcache, github.com/vearutop/gocacheprog). gobuildcache answers a get of
what it has not with an error, which go takes for a miss.`;
}
