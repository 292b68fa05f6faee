// Explains a recorded run with proofs and without, and makes its report with advice and without what that would have saved; tells processor
// time and memory as JSON.
// `node scripts/bench/prove.mjs STATE_DIRECTORY MODULE BEFORE NOW`; the code is src's own, since the library has no history.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [state = "", module = "", before = "", now = ""] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "gocache-why-bench-"));
try {
  const outfile = join(folder, "prove.mjs");
  await build({
    stdin: {
      contents: `
        export { compareRuns } from "./src/compare/compare-runs.ts";
        export { explain } from "./src/causes/explain.ts";
        export { createSavings } from "./src/explore/what-if/savings.ts";
        export { buildReport } from "./src/report/build-report.ts";
        export { createOutside } from "./src/cli/record/outside.ts";
        export { openHistory } from "./src/store/history.ts";`,
      resolveDir: join(import.meta.dirname, "../.."),
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "error",
  });
  measure(await import(pathToFileURL(outfile).href));
} finally {
  rmSync(folder, { recursive: true });
}

/** Each way in turn, from new objects, so that nothing is known from the turn before; the first turn warms up. @param {any} library */
function measure(library) {
  const history = library.openHistory(join(state, "gocache-why"));
  const open = (/** @type {string} */ reference) => {
    const run = history.resolve(reference, module);
    if ("error" in run) throw new Error(run.error);
    return { run, blocks: history.blocks(run) };
  };
  const once = (/** @type {boolean} */ isProven) => {
    const comparison = library.compareRuns(open(before), open(now));
    const outside = library.createOutside(comparison.now.run);
    const start = process.cpuUsage();
    const explanation = library.explain(comparison, outside, isProven ? undefined : []);
    const milliseconds = millisecondsSince(start);
    const { proofs } = explanation;
    const proven = [...proofs.values()].filter(({ gap }) => gap === null).length;
    const report = (/** @type {any} */ savings) => {
      const start = process.cpuUsage();
      library.buildReport(explanation, comparison.now.run, {
        version: "0.0.0",
        command: [],
        exitCode: 0,
        baseline: { status: "compared", note: null },
        all: false,
        warnings: [],
        ...savings,
      });
      return millisecondsSince(start);
    };
    // The first report pays for garbage of what came before it.
    const reports = Array.from({ length: 6 }, () => {
      const silent = report({});
      return { silent, advised: report({ savings: library.createSavings(explanation, outside) }) };
    }).slice(1);
    return { milliseconds, roots: proofs.size, proven, reports };
  };
  const turns = Array.from({ length: 6 }, () => ({ without: once(false), proofs: once(true) })).slice(1);
  const middle = (/** @type {number[]} */ numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0;
  const [{ proofs } = { proofs: once(true) }] = turns;
  console.log(
    JSON.stringify({
      roots: proofs.roots,
      proven: proofs.proven,
      explained: middle(turns.map((turn) => turn.without.milliseconds)),
      proofs: middle(turns.map((turn) => turn.proofs.milliseconds - turn.without.milliseconds)),
      report: middle(turns.flatMap((turn) => turn.proofs.reports.map(({ silent }) => silent))),
      advice: middle(
        turns.flatMap((turn) => turn.proofs.reports.map(({ advised, silent }) => advised - silent)),
      ),
      megabytes: process.memoryUsage.rss() / 1e6,
    }),
  );
}

/** @param {NodeJS.CpuUsage} start */
function millisecondsSince(start) {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
