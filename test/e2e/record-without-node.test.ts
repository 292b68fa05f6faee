import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { eightPackages } from "./eight-packages.ts";
import { go, makeSandbox, run, type Sandbox, tool } from "./sandbox.ts";

/** The lines of the document, as a job would have them. */
const lines = /```sh\n(mkdir [\s\S]*?)```/.exec(
  readFileSync(join(import.meta.dirname, "../../docs/record-without-node.md"), "utf8"),
)?.[1];

const files = Object.fromEntries(Object.entries(eightPackages).filter(([name]) => !/native|two/.test(name)));
let sandbox: Sandbox;

/** What a job records, and the machine with Node imports. */
function job(): string {
  const recorded = run(sandbox, "sh", ["-euc", lines ?? ""]);
  expect([recorded.status, recorded.stderr]).toEqual([0, ""]);
  const words = ["--actiongraph", "go-graph.json", "--cache-listing", "go-cache.txt", "go-keys.log"];
  const { status, stdout, stderr } = tool(sandbox, ["import", ...words]);
  expect([status, stderr.split("\n").length]).toEqual([0, 2]);
  return stdout.trim();
}

beforeAll(() => {
  sandbox = makeSandbox(files);
});

test("the three lines are there, and leave stderr and the build as they are", () => {
  expect(lines?.trimEnd().split("\n")).toHaveLength(3);
});

test("what they recorded explains the next job: what ran, how long, and why", () => {
  const one = job();
  appendFileSync(join(sandbox.module, "d/d.go"), "\nvar More = 1\n");
  const two = job();
  const { stdout } = tool(sandbox, ["diff", "--format", "json", one, two]);
  const found = JSON.parse(stdout) as Report;
  expect(found.causes.map(({ code, subject, direct, cascade }) => [code, subject, direct, cascade])).toEqual([
    ["file-edited", "d/d.go", 1, 4],
  ]);
  expect(found.totals.seconds).toBeGreaterThan(0);
  expect(found.now.source).toBe("imported");
  expect(found.now.startedAt).toMatch(/^\d{4}-/);
  // The second compares with the first by itself.
  expect(JSON.parse(tool(sandbox, ["diff", "--format", "json"]).stdout).causes).toEqual(found.causes);
});

test("an entry whose output is gone is told from one that is gone", () => {
  const one = job();
  const graph = JSON.parse(readFileSync(join(sandbox.module, "go-graph.json"), "utf8")) as {
    Package?: string;
    Mode: string;
  }[];
  expect(graph.some(({ Package, Mode }) => Package === "example.com/m/e" && Mode === "build")).toBe(true);
  run(sandbox, "sh", ["-euc", `rm -rf bin; find "$GOCACHE" -name '*-d' -newer go.mod -delete`]);
  const damaged = JSON.parse(tool(sandbox, ["diff", "--format", "json", one, job()]).stdout) as Report;
  expect(damaged.causes.map(({ code }) => code)).toContain("cache-entry-damaged");
  rmSync(sandbox.cache, { recursive: true, force: true });
  const cleaned = JSON.parse(tool(sandbox, ["diff", "--format", "json", one, job()]).stdout) as Report;
  expect(cleaned.causes.map(({ code }) => code)).toContain("cache-cleaned");
});

test("an action graph of another run, and what is no listing, are refused in one line", () => {
  job();
  expect(
    go(sandbox, ["build", "-debug-actiongraph=other.json", "-gcflags=all=-N", "-o", "bin/", "./..."]).status,
  ).toBe(0);
  const other = tool(sandbox, ["import", "--actiongraph", "other.json", "go-keys.log"]);
  expect([other.status, other.stdout, other.stderr]).toEqual([
    1,
    "",
    "gocache-why: go-keys.log and other.json have no key in common: they are of different runs\n",
  ]);
  const listing = tool(sandbox, ["import", "--cache-listing", "go.mod", "go-keys.log"]);
  expect([listing.status, listing.stderr]).toEqual([
    1,
    "gocache-why: go.mod is no listing of a GOCACHE: no line names an index entry (64 hex digits and -a)\n",
  ]);
  const graph = tool(sandbox, ["import", "--actiongraph", "go.mod", "go-keys.log"]);
  expect(graph.stderr).toMatch(/^gocache-why: go\.mod is no action graph of .*\n$/);
});
