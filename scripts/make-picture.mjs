// Makes docs/page.png, the README's picture, of the page of a real build (testdata/page/prometheus.json.br), in Chromium. With
// `--all DIR` it puts pictures of a small, a real and an empty report, 1280 and 390 pixels wide, light and dark, into a folder to
// be looked at.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { brotliDecompressSync } from "node:zlib";
import { chromium } from "playwright-core";

const project = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { all: { type: "string" }, chromium: { type: "string" } } });
const folder = mkdtempSync(join(tmpdir(), "gocache-why-picture-"));
const executablePath = values.chromium ?? execFileSync("which", ["chromium"], { encoding: "utf8" }).trim();
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  // The library is built: npm run build.
  const { renderReport } = await import(pathToFileURL(join(project, "dist/index.js")).href);
  const packed = readFileSync(join(project, "testdata/page/prometheus.json.br"));
  const { report, beside } = JSON.parse(brotliDecompressSync(packed).toString());
  const real = await renderReport(report, "html", { beside });
  if (values.all === undefined) {
    const file = join(project, "docs/page.png");
    await take(real, file, { width: 1100, height: 1030 }, "light", false);
    const { size } = statSync(file);
    console.log(`${file}: ${size} bytes`);
    if (size > 200_000) throw new Error("the picture is too large for a README");
  } else {
    mkdirSync(values.all, { recursive: true });
    const nothing = { ...report, causes: [], causeSets: [], actions: [], totals: idle(report.totals) };
    const pages = {
      real,
      empty: await renderReport(nothing, "html"),
      bare: await renderReport(report, "html"),
    };
    for (const [name, text] of Object.entries(pages)) {
      for (const width of [1280, 390]) {
        for (const mode of /** @type {const} */ (["light", "dark"])) {
          await take(
            text,
            join(values.all, `${name}-${width}-${mode}.png`),
            { width, height: 844 },
            mode,
            true,
          );
        }
      }
    }
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

/** @param {any} totals */
function idle(totals) {
  const byVerdict = Object.fromEntries(Object.keys(totals.byVerdict).map((name) => [name, 0]));
  return {
    ...totals,
    seconds: 0,
    wallSeconds: 0,
    hit: totals.actions,
    ran: 0,
    missed: 0,
    alwaysRan: 0,
    cutOff: 0,
    byVerdict: { ...byVerdict, hit: totals.actions },
  };
}

/**
 * @param {string} text @param {string} file @param {{ width: number, height: number }} viewport
 * @param {"light" | "dark"} colorScheme @param {boolean} fullPage
 */
async function take(text, file, viewport, colorScheme, fullPage) {
  const page = await browser.newPage({ viewport, colorScheme });
  const path = join(folder, "page.html");
  writeFileSync(path, text);
  await page.goto(pathToFileURL(path).href);
  await page.waitForSelector("html[data-drawn=all]");
  await page.waitForTimeout(200);
  await page.screenshot({ path: file, fullPage });
  await page.close();
}
