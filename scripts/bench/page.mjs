// How long the page of a real build of some 1,500 actions takes until it answers: from opening the file to a package that was clicked
// showing what is known of it. In Chromium, the median of seven; target ≤ 1 s. `node scripts/bench/page.mjs [CHROMIUM]`
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { brotliDecompressSync } from "node:zlib";
import { chromium } from "playwright-core";

const project = join(import.meta.dirname, "../..");
const [executablePath = "/usr/bin/chromium"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "gocache-why-bench-"));
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const { renderReport } = await import(pathToFileURL(join(project, "dist/index.js")).href);
  const { report, beside } = JSON.parse(
    brotliDecompressSync(readFileSync(join(project, "testdata/page/prometheus.json.br"))).toString(),
  );
  const started = process.hrtime.bigint();
  const text = await renderReport(report, "html", { beside });
  const made = Number(process.hrtime.bigint() - started) / 1e6;
  const file = join(folder, "page.html");
  writeFileSync(file, text);
  const times = [];
  for (let turn = 0; turn < 7; turn++) times.push(await open(pathToFileURL(file).href));
  times.sort((a, b) => a.answered - b.answered);
  const middle = times[3];
  console.log(
    JSON.stringify({
      bytes: text.length,
      actions: beside.timeline.actions.length,
      madeMs: Math.round(made),
      ...middle,
    }),
  );
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** Milliseconds since navigation started, on the page's own clock. @param {string} address */
async function open(address) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 844 } });
  // What opens it is an event of the page's own: an automation's round trips are no part of it.
  await page.addInitScript(() => {
    const wait = () => {
      const stage = document.querySelector("#timeline .stage");
      if (stage === null) return void setTimeout(wait, 1);
      stage.focus();
      for (const key of ["ArrowRight", "Enter"])
        stage.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      requestAnimationFrame(() => {
        setTimeout(() => {
          window.answered = document.querySelector("dialog[open]") === null ? Number.NaN : performance.now();
        });
      });
    };
    document.addEventListener("DOMContentLoaded", wait);
  });
  await page.goto(address);
  await page.waitForFunction(
    () => window.answered !== undefined && document.documentElement.dataset.drawn === "all",
  );
  const found = await page.evaluate(() => ({
    answered: Math.round(window.answered),
    drawn: Math.round(performance.now()),
  }));
  await page.close();
  return found;
}
