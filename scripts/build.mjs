// Builds dist/: the command (main.cjs, and chunks that it loads when they are used), the library (index.js), and its types.
// Dependencies are bundled: loading execa file by file would cost 70–110 ms at every start. What every start needs is one CommonJS
// file: the same code as an ES module with the chunks that it shares takes a sixth of Node's own start more (Node 20).
// With `--out DIR` the code alone goes to another place: tests have a copy that no other build changes under them. With `--readable` names
// stay as they are, and comments tell where each piece is from: for profiles.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { pageAssets } from "./page-assets.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { out, readable } = parseArgs({
  options: { out: { type: "string" }, readable: { type: "boolean", default: false } },
}).values;
const dist = out ?? join(root, "dist");

rmSync(dist, { recursive: true, force: true });
const bundled = new Set();
/** How much of the bundles is other people's code. */
let bundledBytes = 0;
const page = pageAssets();
const chunks = await bundleStart("src/cli/main.ts");
await bundle({
  ...chunks,
  index: "src/index.ts",
  // Named by its file where it is started, since no import leads to a thread.
  "main/log-thread": "src/cli/log-beside/log-thread.ts",
});
for (const [input, bytes] of Object.entries(page.bytesFrom)) {
  noteBundled(input);
  if (input.includes("node_modules/")) bundledBytes += bytes;
}
writeLicenses();
if (out === undefined) writeTypes();

/** What is needed until go has been started, and where nothing changed, in one file. @returns what it loads later, as entry points of the chunks */
async function bundleStart(entryPoint) {
  const later = {};
  const loadLater = {
    name: "load-later",
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import" || path.endsWith("/record/repeat.ts")) return undefined;
        const name = `main/${basename(path, ".ts")}`;
        later[name] = join(resolveDir, path);
        return { path: `./${name}.js`, external: true };
      });
    },
  };
  await bundle(
    { main: entryPoint },
    { splitting: false, format: "cjs", outExtension: { ".js": ".cjs" }, plugins: [loadLater] },
  );
  return later;
}

/** The command and the library share their chunks, which keeps the package small; the command loads its own when they are used. */
async function bundle(entryPoints, more = { splitting: true, format: "esm" }) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: dist,
    chunkNames: "main/[name]-[hash]",
    bundle: true,
    ...more,
    platform: "node",
    target: "node20.19",
    // Short names are a fifth of the package, which is to stay below 1.5 MB (test/pack). keepNames would leave those of functions, but sets a
    // property on each closure that is made, also in hot loops.
    minify: !readable,
    legalComments: "none",
    define: {
      GOCACHE_WHY_VERSION: JSON.stringify(version),
      // Of the HTML report alone, which is a chunk of its own.
      GOCACHE_WHY_PAGE: JSON.stringify(page.packed),
    },
    logLevel: "warning",
    write: false,
    metafile: true,
  });
  for (const input of Object.keys(metafile.inputs)) noteBundled(input);
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      if (input.includes("node_modules/")) bundledBytes += bytesInOutput;
    }
  }
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, withRequire(path, text));
  }
}

/** @param {string} input a file that is in a bundle */
function noteBundled(input) {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
  if (found !== undefined) bundled.add(found);
}

/** Bundled CommonJS calls `require` for Node's own modules; only the chunk with esbuild's stand-in for it needs one. */
function withRequire(path, text) {
  if (path.endsWith(".cjs") || !text.includes("typeof require")) return text;
  return `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n${text}`;
}

/** The bundle holds other people's code: their licenses go along. */
function writeLicenses() {
  const texts = [...bundled].sort().map((directory) => {
    const path = join(root, directory);
    const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    const file = readdirSync(path).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? `License: ${license}\n` : readFileSync(join(path, file), "utf8");
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  const head = `The files beside this one hold ${bundledBytes} bytes of the packages below.\n`;
  writeFileSync(join(dist, "LICENSES.txt"), [head, ...texts].join(`\n${"-".repeat(80)}\n\n`));
}

function writeTypes() {
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
  const types = join(dist, "types");
  const needed = declarationsFrom(join(types, "index.d.ts"), new Set());
  for (const name of readdirSync(types, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".d.ts") && !needed.has(join(types, name))) rmSync(join(types, name));
  }
}

/** What the library's own types name: the compiler writes those of every file that it comes to. */
function declarationsFrom(file, seen) {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, from, inside] of readFileSync(file, "utf8").matchAll(
    /from "(\.[^"]+)\.ts"|import\("(\.[^"]+)\.ts"\)/g,
  )) {
    declarationsFrom(join(dirname(file), `${from ?? inside}.d.ts`), seen);
  }
  return seen;
}
