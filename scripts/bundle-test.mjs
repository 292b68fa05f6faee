import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const project = join(import.meta.dirname, "..");

/**
 * Makes one file of a TypeScript file of `test/` and all that it imports from `src/`. What is told apart by where a module lies stays as it
 * is: each knows its own folder.
 * @param {string} entryPoint relative to the project
 * @param {string} outfile
 * @param {readonly import("esbuild").Plugin[]} [plugins]
 */
export async function bundleTest(entryPoint, outfile, plugins = []) {
  await build({
    absWorkingDir: project,
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    define: { GOCACHE_WHY_PAGE: '""' },
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
    plugins: [...plugins, ownFolders],
    logLevel: "warning",
  });
}

/** @type {import("esbuild").Plugin} */
const ownFolders = {
  name: "own-folders",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\](test|scripts)[/\\].*\.m?[tj]s$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8")
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
        .replaceAll("import.meta.url", JSON.stringify(`file://${path}`)),
      loader: path.endsWith("ts") ? "ts" : "js",
    }));
  },
};
