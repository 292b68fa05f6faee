import { describe, expect, test } from "vitest";
import { type Explanation, explain, explainFirst } from "../../src/causes/explain.ts";
import type { Outside } from "../../src/causes/world.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { buildReport } from "../../src/report/build-report.ts";
import { renderWhy, renderWhyJson } from "../../src/report/renderers/why.ts";
import { buildWhy, type Why } from "../../src/report/why.ts";
import { readFixture, runOfFixture } from "../scenarios/fixture.ts";
import { view } from "./build-report.ts";
import { demoRun } from "./demo-runs.ts";
import { closedValidator, readSchema } from "./schema.ts";

const nowhere: Outside = {
  readFile: () => null,
  modifiedAt: () => null,
  heldBefore: () => null,
  contentOf: () => null,
};

function whyOf(before: RunWithBlocks | null, now: RunWithBlocks, name: string): Why {
  const explanation: Explanation =
    before === null ? explainFirst(now) : explain(compareRuns(before, now), nowhere);
  const report = buildReport(explanation, now.run, {
    version: "0.1.0",
    command: now.run.command,
    exitCode: null,
    baseline: { status: before === null ? "none" : "compared", note: null },
    all: true,
    warnings: [],
  });
  return buildWhy(explanation, nowhere, report, name);
}

function whyInFixture(name: string, of: string): Why {
  const fixture = readFixture(name);
  const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
  return whyOf(before, runOfFixture(fixture.now, "now", before), of);
}

describe("why", async () => {
  const before = await demoRun("before");
  const now = await demoRun("now");

  test.each(["price", "cart", "cmd/shop"])("%s reads as its golden file", async (name) => {
    const why = whyOf(before, now, `example.com/shop/${name}`);
    await expect(renderWhy(why, view)).toMatchFileSnapshot(`golden/why/${name.replace("/", "-")}.txt`);
    await expect(renderWhyJson(why)).toMatchFileSnapshot(`golden/why/${name.replace("/", "-")}.json`);
  });

  test("says of what was cached that it was", () => {
    expect(renderWhy(whyOf(before, now, "runtime"), view)).toMatch(/^gocache-why: runtime was cached\n/);
  });

  test("has nothing to compare with in a first run", () => {
    const text = renderWhy(whyOf(null, now, "example.com/shop/price"), view);
    expect(text).toMatch(
      /^gocache-why: example\.com\/shop\/price ran; there is no earlier run|^gocache-why: price ran; there is no earlier run/,
    );
  });

  test("goes from a link over its dependencies to the root of each cause", () => {
    const why = whyInFixture("go1.26.8/two-causes", "example.com/m/cmd/app");
    expect(why.causes.length).toBe(2);
    for (const { action, paths } of why.actions) {
      expect(paths.flatMap((path) => path.causes).sort()).toEqual(action.causes);
      for (const { causes, steps } of paths) {
        expect(steps[0]?.action.key).toBe(action.key);
        const root = steps.at(-1)?.action;
        expect(["root", "both"]).toContain(root?.role);
        for (const cause of causes) expect(why.causes[cause]?.packages).toContain(root?.package);
        for (const step of steps) expect(step.inputs.length, step.action.key).toBeGreaterThan(0);
      }
    }
  });

  test.each([
    "go1.26.8/two-causes",
    "go1.26.8/vcs-commit",
    "go1.26.8/first-build",
    "go1.26.8/file-edited-test-file",
  ])("is valid JSON in %s, for each package", (name) => {
    const validate = closedValidator("why");
    for (const each of ["example.com/m/cmd/app", "example.com/m/internal/core", "runtime"]) {
      const value = JSON.parse(renderWhyJson(whyInFixture(name, each)));
      expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  test.each([40, 60, 120])("fits %i columns", (width) => {
    const text = renderWhy(whyInFixture("go1.26.8/two-causes", "example.com/m/cmd/app"), { ...view, width });
    for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(width);
  });
});

test.each(["why", "inputs", "tests"] as const)(
  "the schema of %s describes runs, actions and causes as the report's does",
  (name) => {
    const own = readSchema(name).$defs as Record<string, unknown>;
    const report = readSchema("report").$defs as Record<string, unknown>;
    for (const [key, value] of Object.entries(own)) if (key !== "input") expect(value).toEqual(report[key]);
  },
);
