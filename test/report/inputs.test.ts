import { describe, expect, test } from "vitest";
import { explain, explainFirst } from "../../src/causes/explain.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { buildReport } from "../../src/report/build-report.ts";
import { findPackage } from "../../src/report/find-package.ts";
import { buildInputs, type Inputs } from "../../src/report/inputs.ts";
import { renderInputs, renderInputsJson } from "../../src/report/renderers/inputs.ts";
import { readFixture, runOfFixture } from "../scenarios/fixture.ts";
import { view } from "./build-report.ts";
import { demoRun } from "./demo-runs.ts";
import { closedValidator } from "./schema.ts";

function inputsOf(now: RunWithBlocks, before: RunWithBlocks | null, name: string): Inputs {
  const comparison = before === null ? null : compareRuns(before, now);
  const outside = {
    readFile: () => null,
    modifiedAt: () => null,
    heldBefore: () => null,
    contentOf: () => null,
  };
  const report = buildReport(
    comparison === null ? explainFirst(now) : explain(comparison, outside),
    now.run,
    {
      version: "0.1.0",
      command: now.run.command,
      exitCode: null,
      baseline: { status: before === null ? "none" : "compared", note: null },
      all: true,
      warnings: [],
    },
  );
  return buildInputs(report, now, comparison, name);
}

function inputsInFixture(name: string, of: string): Inputs {
  const fixture = readFixture(name);
  const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
  return inputsOf(runOfFixture(fixture.now, "now", before), before, of);
}

describe("inputs", async () => {
  const before = await demoRun("before");
  const now = await demoRun("now");

  test.each(["price", "cmd/shop"])("of %s read as their golden file", async (name) => {
    const path = `golden/inputs/${name.replace("/", "-")}`;
    const all = inputsOf(now, null, `example.com/shop/${name}`);
    await expect(renderInputs(all, view, "a hint")).toMatchFileSnapshot(`${path}.txt`);
    const changed = inputsOf(now, before, `example.com/shop/${name}`);
    await expect(renderInputs(changed, view, null)).toMatchFileSnapshot(`${path}.against.txt`);
    await expect(renderInputsJson(changed)).toMatchFileSnapshot(`${path}.against.json`);
  });

  test("nothing differs in what was cached", () => {
    expect(renderInputs(inputsOf(now, before, "runtime"), view, null)).toMatch(
      /^gocache-why: nothing differs in the inputs of runtime\n/,
    );
  });

  test("a changed variable is told with both values", () => {
    const inputs = inputsInFixture("go1.26.8/env-cgo-cflags", "example.com/m/cmd/app");
    expect(inputs.actions.flatMap((each) => each.inputs)).toContainEqual({
      input: "modinfo build CGO_CFLAGS",
      before: "",
      now: expect.stringMatching(/^-O/),
    });
    expect(renderInputs(inputs, view, null)).toMatch(/CGO_CFLAGS in the build info changed: "" → "?-O/);
  });

  test.each([
    "go1.26.8/env-cgo-cflags",
    "go1.26.8/first-build",
    "go1.26.8/two-causes",
    "go1.26.8/file-edited-test-file",
  ])("are valid JSON in %s", (name) => {
    const validate = closedValidator("inputs");
    for (const each of ["example.com/m/cmd/app", "example.com/m/internal/core", "runtime/cgo"]) {
      const value = JSON.parse(renderInputsJson(inputsInFixture(name, each)));
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  test("a hidden value stays hidden", () => {
    const block = [...now.blocks.values()].find((each) => each.name === "build example.com/shop/price");
    if (block === undefined) throw new Error("no such block");
    const hidden = {
      ...block,
      hidden: true,
      lines: [...block.lines, 'modinfo "build\\t-ldflags=-X main.k=<hidden:0123456789ab>\\n"\n'],
    };
    const inputs = inputsOf(
      { ...now, blocks: new Map([...now.blocks, [block.digest, hidden]]) },
      null,
      "example.com/shop/price",
    );
    expect(JSON.stringify(inputs)).toContain("<hidden:0123456789ab>");
  });

  test.each([40, 60, 120])("fit %i columns", (width) => {
    for (const before of [null, "before" as const]) {
      const inputs =
        before === null
          ? inputsOf(now, null, "example.com/shop/cmd/shop")
          : inputsInFixture("go1.26.8/env-cgo-cflags", "example.com/m/cmd/app");
      for (const line of renderInputs(inputs, { ...view, width }, "hint").split("\n")) {
        expect(line.length, line).toBeLessThanOrEqual(width);
      }
    }
  });
});

describe("a package's name", () => {
  const place = {
    packages: [
      "example.com/m",
      "example.com/m/internal/io",
      "example.com/m/cmd/io",
      "io",
      "net/http",
      "golang.org/x/net/http2",
      "example.com/m/gen",
    ],
    roots: [["example.com/m", "/src/m"]] as const,
    directory: null,
    run: "run 7c2e",
  };

  test.each([
    ["example.com/m/internal/io", "example.com/m/internal/io"],
    ["internal/io", "example.com/m/internal/io"],
    ["internal/io/", "example.com/m/internal/io"],
    ["io", "io"],
    ["gen", "example.com/m/gen"],
    ["http", "net/http"],
    ["x/net/http2", "golang.org/x/net/http2"],
  ])("%s is %s", (reference, expected) => {
    expect(findPackage(reference, place)).toBe(expected);
  });

  test.each([
    ["/src/m/internal/io", "example.com/m/internal/io"],
    ["/src/m", "example.com/m"],
  ])("./ at %s is %s", (directory, expected) => {
    expect(findPackage("./x", { ...place, directory })).toBe(expected);
  });

  test.each([
    ["intrenal/oi", /^run 7c2e has no package intrenal\/oi; near: [^\n]*io/],
    ["nothing-like-it", /^run 7c2e has no package nothing-like-it$/],
    ["gne", /near: example\.com\/m\/gen$/],
  ])("%s is not there", (reference, message) => {
    expect(findPackage(reference, place)).toEqual({ error: expect.stringMatching(message) });
  });

  test("one that may be two is none", () => {
    const two = { ...place, packages: ["a/x/util", "b/x/util"] };
    expect(findPackage("x/util", two)).toEqual({
      error: "x/util may be a/x/util or b/x/util: write more of it",
    });
  });
});
