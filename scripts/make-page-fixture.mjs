// Makes testdata/page/prometheus.json.br: a real build of some 1,500 actions with what a page shows of it, for the page's tests,
// its bench and the README's picture. It records prometheus' two programs through the tool, changes what people change (a file,
// a build tag, a version), and keeps the last report with its times, its inputs and the runs before it.
// A cold build of prometheus takes minutes: `--root DIR` keeps its cache for the next time.
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const project = join(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    /** Where the checkout, the cache and the history are. */
    root: { type: "string", default: join(tmpdir(), "gocache-why-page") },
    tool: { type: "string", default: join(project, "bin/gocache-why.js") },
    out: { type: "string", default: join(project, "testdata/page/prometheus.json.br") },
  },
});
const module = "github.com/prometheus/prometheus@v0.313.0";
const { root } = values;
const checkout = join(root, "prometheus");
const state = join(root, "state");
/** @type {Record<string, string | undefined>} */
const env = {
  ...process.env,
  GOFLAGS: "-buildvcs=false",
  GOCACHE: join(root, "gocache"),
  XDG_STATE_HOME: state,
  PWD: checkout,
  CI: "true",
};

for (const folder of [checkout, state]) {
  if (existsSync(folder)) execFileSync("chmod", ["-R", "u+w", folder]);
  rmSync(folder, { recursive: true, force: true });
}
mkdirSync(root, { recursive: true });
const { Dir } = JSON.parse(execFileSync("go", ["mod", "download", "-json", module], { encoding: "utf8" }));
cpSync(Dir, checkout, { recursive: true });
execFileSync("chmod", ["-R", "u+w", checkout]);
// It names modules that are not in the archive.
for (const name of ["go.work", "go.work.sum"]) rmSync(join(checkout, name), { force: true });

const report = join(root, "report.json");
record("the first run");
record("nothing changed");
edit("promql/functions.go", "\n// millis is how many milliseconds a second has.\nconst millis = 1000\n");
record("a file was edited");
record("nothing changed");
edit(
  "tsdb/chunkenc/chunk.go",
  "\n// MostSamples is how many samples a chunk has at the most.\nconst MostSamples = 120\n",
);
record("another file was edited, and a tag and a version are there", {
  GOFLAGS:
    "-buildvcs=false -tags=slicelabels -ldflags=-X=github.com/prometheus/common/version.Version=3.13.1",
});
const packed = brotliCompressSync(JSON.stringify(await made()));
mkdirSync(join(values.out, ".."), { recursive: true });
writeFileSync(values.out, packed);
console.log(`${values.out}: ${packed.length} bytes`);

/** @param {string} what @param {Record<string, string>} more */
function record(what, more = {}) {
  const words = ["--format", "json", "--output", report, "go", "build", "-o", "bin/", "./cmd/..."];
  const { status } = spawnSync(process.execPath, [values.tool, ...words], {
    cwd: checkout,
    env: { ...env, ...more },
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`${what}: status ${status}`);
  const { totals, causes } = JSON.parse(readFileSync(report, "utf8"));
  console.log(
    `${what}: ${totals.ran} of ${totals.actions} ran; ${causes.map((/** @type {any} */ cause) => cause.summary).join("; ")}`,
  );
}

/** @param {string} file @param {string} text */
function edit(file, text) {
  appendFileSync(join(checkout, file), text);
}

/** The last report, and what stands beside it; by src's own code, since the library has no history. */
async function made() {
  const folder = mkdtempSync(join(tmpdir(), "gocache-why-page-"));
  try {
    const outfile = join(folder, "beside.mjs");
    await build({
      stdin: {
        contents: `
          export { besideSaved } from "./src/cli/record/beside-report.ts";
          export { hideHomesBeside } from "./src/report/transforms/hide-homes.ts";`,
        resolveDir: project,
      },
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
      },
      logLevel: "error",
    });
    const { besideSaved, hideHomesBeside } = await import(pathToFileURL(outfile).href);
    const saved = JSON.parse(readFileSync(report, "utf8"));
    const beside = besideSaved(saved, { env: { ...process.env, XDG_STATE_HOME: state } });
    return {
      report: saved,
      beside: hideHomesBeside(beside, saved, { home: process.env.HOME ?? null, user: null, host: null }),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
