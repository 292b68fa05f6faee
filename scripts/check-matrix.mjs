#!/usr/bin/env node
// Every scenario on every Go version that it is recorded on: are the causes exact, is what ran exact, and what is proven?
// Writes the matrix into docs/accuracy.md. Reads recorded runs alone: see testdata/README.md for how they are made.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { writeAccuracySection } from "./accuracy-section.mjs";

/** @typedef {import("../test/scenarios/matrix-cell.ts").MatrixCell} MatrixCell */

const { values: options } = parseArgs({
  options: { only: { type: "string" }, go: { type: "string" }, dry: { type: "boolean", default: false } },
});
const releases = ["1.21.13", "1.22.12", "1.23.12", "1.24.11", "1.25.5", "1.26.8", "1.27.3"];
// Some proofs need the standard library of the release itself: without it a cell is `observed`.
for (const release of releases) {
  execFileSync("go", ["version"], { env: { ...process.env, GOTOOLCHAIN: `go${release}` }, stdio: "ignore" });
}
const { matrixCell, fixtureNames } = await loadMatrix();
/** @type {MatrixCell[]} */
const cells = fixtureNames()
  .filter((/** @type {string} */ name) => {
    const [release = "", scenario = ""] = name.split("/");
    return (
      (options.go === undefined || options.go.split(",").includes(release.slice(2))) &&
      (options.only === undefined || options.only.split(",").includes(scenario))
    );
  })
  .map(matrixCell);
const bad = cells.filter((cell) => !isExact(cell));
for (const cell of bad) {
  console.log(`${cell.go} ${cell.scenario}:${complaints(cell).map((text) => `\n    ${text}`)}`);
}
console.log(`${cells.length} cells, ${cells.length - bad.length} exact`);
if (!options.dry && options.only === undefined && options.go === undefined) {
  writeAccuracySection("Every cause, on every Go version", sectionText());
}
process.exitCode = bad.length > 0 ? 1 : 0;

/** The tool and the reader of fixtures are TypeScript: bundled into a file that is thrown away. */
async function loadMatrix() {
  const source = join(dirname(fileURLToPath(import.meta.url)), "../test/scenarios");
  const folder = mkdtempSync(join(tmpdir(), "gocache-why-matrix-"));
  const outfile = join(folder, "matrix.mjs");
  await build({
    entryPoints: [join(source, "matrix-cell.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    define: { "import.meta.dirname": JSON.stringify(source) },
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  const loaded = await import(pathToFileURL(outfile).href);
  rmSync(folder, { recursive: true });
  return loaded;
}

/** @param {MatrixCell} cell */
function isExact(cell) {
  return complaints(cell).length === 0;
}

/** @param {MatrixCell} cell @returns {string[]} */
function complaints(cell) {
  const all = (/** @type {string} */ title, /** @type {readonly string[]} */ list) =>
    list.length === 0 ? [] : [`${title}: ${list.join(", ")}`];
  return [
    ...all("not named", cell.missing),
    ...all("named wrongly", cell.wrong),
    ...all("ran, and the tool does not say so", cell.ranUnseen),
    ...all("did not run, and the tool says so", cell.ranInvented),
    ...all("other roots", cell.wrongRoots),
    ...all("unexplained", cell.unexplained),
    ...(cell.isHitExact ? [] : ["another number of hits"]),
  ];
}

function sectionText() {
  const names = [...new Set(cells.map(({ scenario }) => scenario))].sort();
  const sum = (/** @type {(cell: MatrixCell) => number} */ of) =>
    cells.reduce((total, cell) => total + of(cell), 0);
  const rows = names.map((name) => {
    const shown = releases.map((release) => {
      const cell = cells.find((each) => each.scenario === name && each.go === release);
      return cell === undefined ? "" : cellText(cell);
    });
    return `| ${name} | ${shown.join(" | ")} |`;
  });
  return `Each row is a scenario of \`testdata/scenarios\`: real go commands on a real module, a baseline, one change. Each cell compares the tool's
answer with the causes that were reasoned out beforehand, and with the actions that a plain go run executed in a copy of the same
state (go's action graph, and \`(cached)\` in what it printed). \`node scripts/check-matrix.mjs\` makes it from the recorded runs.

A word in a cell says that the causes are exact (none lacks, none is invented), that what ran is exact, and that nothing is
unexplained: \`proven\` each cause is proven, \`2 of 3 proven\` some are and the rest is observed or inferred, \`observed\` no earlier key is there
to be regenerated (an entry that is gone, a result that is not kept), \`clear\` nothing ran and nothing is blamed. \`WRONG\` is what it
says. Empty: not recorded on this version; every scenario is on 1.26, and those whose outcome may depend on the version are on the others.

${cells.length} cells, ${cells.length - bad.length} exact; ${sum(({ actions }) => actions).toLocaleString("en")} actions, ${sum(({ ran }) => ran).toLocaleString("en")} of them ran; ${sum(({ causes }) => causes)} causes named and true, ${sum(({ wrong }) => wrong.length)} named wrongly, ${sum(({ missing }) => missing.length)} not named, ${sum(({ unexplained }) => unexplained.length)} actions unexplained.

| scenario | ${releases.map((release) => release.replace(/^(1\.\d+)\.\d+$/, "$1")).join(" | ")} |
| --- |${releases.map(() => " --- |").join("")}
${rows.join("\n")}
`;
}

/** @param {MatrixCell} cell */
function cellText(cell) {
  if (!isExact(cell)) {
    return "WRONG";
  }
  if (cell.causes === 0) {
    return "clear";
  }
  if (cell.proven === cell.causes) {
    return "proven";
  }
  if (cell.proven > 0) {
    return `${cell.proven} of ${cell.causes} proven`;
  }
  return cell.inferred > 0 ? "inferred" : "observed";
}
