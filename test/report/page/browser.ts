import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Chromium as the system has it; null where there is none. */
export const chromiumPath: string | null = findChromium();

/** Why tests with a browser are skipped; null where they are run. `.ci/run` sees to it that there is one, and insists. */
export const noBrowser: string | null =
  chromiumPath !== null || process.env.GOCACHE_WHY_MUST_BROWSE === "1"
    ? null
    : "there is no Chromium: apt-get install chromium";

function findChromium(): string | null {
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined && spawnSync(found, ["--version"]).status === 0) return found;
  }
  return null;
}

export interface OpenPage {
  readonly page: Page;
  /** What the page was not to do: errors, refused by its policy, requests of anything but itself. */
  readonly complaints: readonly string[];
}

export interface Pages {
  /** @param hasScript false where nothing will be drawn on the page */
  open(text: string, options?: BrowserContextOptions, hasScript?: boolean): Promise<OpenPage>;
  close(): Promise<void>;
}

/** A browser, and a folder for the pages that it opens as files. */
export async function openBrowser(): Promise<Pages> {
  if (chromiumPath === null) throw new Error("there is no Chromium, and this is where there has to be one");
  const folder = mkdtempSync(join(tmpdir(), "gocache-why-page-"));
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  let count = 0;
  return {
    async open(text, options = {}, hasScript = options.javaScriptEnabled !== false) {
      const file = join(folder, `${++count}.html`);
      writeFileSync(file, text);
      const complaints: string[] = [];
      const context = await browser.newContext({ viewport: { width: 1280, height: 844 }, ...options });
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
      });
      page.on("dialog", (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on("request", (request) => {
        if (request.url() !== `file://${file}`) complaints.push(`request: ${request.url()}`);
      });
      await page.goto(`file://${file}`);
      if (hasScript) await page.waitForSelector("html[data-drawn=all]");
      return { page, complaints };
    },
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds, each with the element that it is about. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // Handed to the debugger: the page's own policy would refuse it.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: {
          run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
        };
      }
    ).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 3)
        .map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary.replaceAll("\n", " ")}`),
    );
  });
}
