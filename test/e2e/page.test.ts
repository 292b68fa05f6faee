import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { pageAssets } from "../../scripts/page-assets.mjs";
import { makeSandbox, tool } from "./sandbox.ts";

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "a/a.go": "package a\n\nfunc A() int { return 1 }\n",
  "main.go": 'package main\n\nimport "example.com/m/a"\n\nfunc main() { println(a.A()) }\n',
};
const build = ["go", "build", "-o", "bin", "."];

describe("the page of a wrapped run", () => {
  test("has times, inputs and the runs before it; saved as JSON it becomes the same page", () => {
    const sandbox = makeSandbox(files);
    tool(sandbox, build);
    writeFileSync(join(sandbox.module, "a/a.go"), "package a\n\nfunc A() int { return 2 }\n");
    const page = join(sandbox.root, "why.html");
    const { status, stdout, stderr } = tool(sandbox, ["--format", "html", "--output", page, ...build]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "", stderr: "" });
    const data = dataOf(readFileSync(page, "utf8"));
    expect(data.groups.map(({ summary }) => summary)).toEqual(["a/a.go was edited"]);
    const ran = data.actions.filter(({ verdict }) => verdict !== "hit");
    expect(ran.map(({ key }) => key)).toEqual([
      "build example.com/m",
      "build example.com/m/a",
      "link example.com/m",
    ]);
    expect(ran.find(({ key }) => key.endsWith("/a"))?.inputs?.map(([input]) => input)).toEqual(["file a.go"]);
    expect(ran.find(({ key }) => key.endsWith("/a"))?.proven).toBe(true);
    const timed = new Set(data.timeline?.spans.map(([place]) => data.actions[place]?.key));
    for (const { key } of ran) expect(timed).toContain(key);
    // What was cached is there too, since its look-up has a time.
    expect(timed.size).toBeGreaterThan(ran.length);
    expect(data.history).toHaveLength(2);

    tool(sandbox, ["diff", "--format", "json", "--output", "why.json"]);
    const saved = tool(sandbox, ["report", "why.json", "--format", "html"]);
    expect(dataOf(saved.stdout)).toEqual(data);
    const trace = JSON.parse(tool(sandbox, ["diff", "--format", "trace"]).stdout);
    const slices = trace.traceEvents.filter(({ ph }: { ph: string }) => ph === "X");
    expect(slices.find(({ name }: { name: string }) => name === "build example.com/m/a").args).toMatchObject({
      causes: ["a/a.go was edited"],
      verdict: "key-changed",
    });
  });

  test("is code that a run without it does not load", () => {
    const dist = join(dirname(inject("tool")), "../dist");
    expect(existsSync(join(dist, "main.cjs"))).toBe(true);
    const start = pageAssets().packed.slice(0, 60);
    const holds = (name: string): boolean => readFileSync(join(dist, "main", name), "utf8").includes(start);
    expect(readdirSync(join(dist, "main")).filter(holds)).toEqual([expect.stringMatching(/^html-/)]);
    for (const name of ["main.cjs", ...readdirSync(join(dist, "main")).map((each) => `main/${each}`)]) {
      const code = readFileSync(join(dist, name), "utf8");
      const loaded = [...code.matchAll(/(?:from|import)\s*"\.\/(html-[^"]*)"/g)].map(([, file]) => file);
      expect(loaded, name).toEqual([]);
    }
  });
});

interface Data {
  readonly groups: readonly { summary: string }[];
  readonly actions: readonly { key: string; verdict: string; inputs?: [string][]; proven?: unknown }[];
  readonly timeline: { spans: [number][] } | null;
  readonly history: readonly unknown[];
}

function dataOf(page: string): Data {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/.exec(page)?.[1] ?? "null");
}
