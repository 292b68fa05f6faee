// Builds dist/: the command (main.js, and chunks that it loads when they are used), the library (index.js), and its types.
// Dependencies are bundled: loading execa file by file would cost 70–110 ms at every start.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");

rmSync(dist, { recursive: true, force: true });
await bundle("src/cli/main.ts", "main");
await bundle("src/index.ts", "index");
writeTypes();

/** The library gets chunks of its own, so that what it needs moves nothing out of the command's first chunk. */
async function bundle(source, name) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { [name]: source },
    outdir: dist,
    chunkNames: `${name}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    // Names stay, so that a stack in a bug report can be read.
    minifySyntax: true,
    legalComments: "none",
    define: { GOCACHE_WHY_VERSION: JSON.stringify(version) },
    logLevel: "warning",
    write: false,
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, withRequire(text));
  }
}

/** Bundled CommonJS calls `require` for Node's own modules; only the chunk with esbuild's stand-in for it needs one. */
function withRequire(text) {
  if (!text.includes("typeof require")) return text;
  return `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n${text}`;
}

function writeTypes() {
  const require = createRequire(import.meta.url);
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], { stdio: "inherit" });
}
