// The script and the style of the HTML report, each as one text: what the build and the tests put in as GOCACHE_WHY_PAGE.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { buildSync } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const client = join(root, "src/report/renderers/html/client");

/**
 * `packed` is JSON of both, brotli, base64: a third of their size.
 * @returns {{ assets: { script: string, style: string }, packed: string, inputs: string[], bytesFrom: Record<string, number> }}
 */
export function pageAssets() {
  const common = /** @type {const} */ ({
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    legalComments: "none",
    logLevel: "warning",
    // Browsers of 2023 and later.
    target: ["chrome111", "firefox113", "safari16.4"],
    metafile: true,
  });
  const script = buildSync({
    ...common,
    entryPoints: [join(client, "main.ts")],
    format: "iife",
    charset: "ascii",
  });
  const uplot = createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css");
  const style = buildSync({
    ...common,
    stdin: {
      contents: `${readFileSync(uplot, "utf8")}\n${readFileSync(join(client, "page.css"), "utf8")}`,
      loader: "css",
      resolveDir: client,
    },
  });
  const [output] = Object.values(script.metafile.outputs);
  const assets = { script: textOf(script, "script"), style: textOf(style, "style") };
  return {
    assets,
    packed: brotliCompressSync(JSON.stringify(assets)).toString("base64"),
    inputs: Object.keys(script.metafile.inputs),
    bytesFrom: Object.fromEntries(
      Object.entries(output?.inputs ?? {}).map(([input, { bytesInOutput }]) => [input, bytesInOutput]),
    ),
  };
}

/**
 * @param {import("esbuild").BuildResult<{ write: false }>} result
 * @param {"script" | "style"} element that it stands in, and that nothing in it may end
 */
function textOf({ outputFiles }, element) {
  const text = (outputFiles[0]?.text ?? "").trim();
  if (text === "" || new RegExp(`</${element}|<!--`, "i").test(text))
    throw new Error(`the page's ${element} can't stand inside of HTML`);
  return text;
}
