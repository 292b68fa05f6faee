import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as api from "../src/index.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/api.md"), "utf8");

/** Runs the page's example where its files are, with its imports from the source. */
async function runExample(): Promise<string[]> {
  const code = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const body = code
    .replace(/^import \{ createReadStream \} from "node:fs";\n/m, "")
    .replace(/^import (\{.*\}) from "gocache-why";\n/m, "const $1 = api;\n");
  expect(body).not.toContain("import ");
  const { createReadStream } = await import("node:fs");
  const lines: string[] = [];
  const run = new Function("api", "createReadStream", "console", `return (async () => {${body}})();`);
  await run(api, (path: string) => createReadStream(join(root, "testdata/demo", path)), {
    log: (...words: string[]) => lines.push(words.join(" ")),
  });
  return lines;
}

describe("docs/api.md", () => {
  test("has an example that prints what it says", async () => {
    const [first, ...rest] = await runExample();
    const promised = /it prints\n\n```\n(.*)\n```/.exec(page)?.[1];
    expect(first).toBe(promised);
    expect(rest.join("\n")).toMatch(/^gocache-why: 4 of \d+ actions ran \(before: run before\.log\)\n/);
  });

  test("names functions that there are", () => {
    for (const [, name = ""] of page.matchAll(/^\| `(\w+)/gm)) expect(api, name).toHaveProperty(name);
  });
});

describe("the library", () => {
  const log = readFileSync(join(root, "testdata/demo/now.log"));

  test("reads a log in any cuts, as text or as bytes", async () => {
    const whole = await api.readLog([log]);
    const cuts = Array.from({ length: Math.ceil(log.length / 997) }, (_, at) =>
      log.subarray(at * 997, (at + 1) * 997),
    );
    expect(await api.readLog(cuts)).toEqual(whole);
    expect(await api.readLog([log.toString("utf8")])).toEqual(whole);
  });

  test("says what is no log", async () => {
    await expect(api.readLog(["hello\n"], { name: "x.txt" })).rejects.toThrow(
      /^x\.txt has no verified inputs: [^\n]*$/,
    );
  });

  test("gives a run without a baseline a report too, in every format", async () => {
    const report = api.explainRuns(null, await api.readLog([log], { name: "now.log" }), { all: true });
    expect(report.baseline.status).toBe("none");
    for (const format of api.formats) expect(await api.renderReport(report, format)).toMatch(/\n$/);
    expect(api.parseReport(await api.renderReport(report, "json"))).toEqual(report);
  });
});
