import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderJson } from "../../src/report/renderers/json.ts";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import type { Report } from "../../src/report/report.ts";
import { closedValidator } from "../report/schema.ts";
import { fixtureNames, lacksToolchain, readFixture, reportOfFixture } from "./fixture.ts";

/** A minute after the run's start, so that a golden report says the same on every day. */
function render(report: Report, verbosity: 0 | 1 | 2 = 0): string {
  const now = new Date(Date.parse(report.now.startedAt ?? "") + 60_000);
  return renderTerminal(report, { width: 80, colour: 0, verbosity, now, all: false });
}

/** Reports that are kept as JSON too: one of each shape. */
const keptAsJson =
  /^go1\.26\.8\/(file-edited|env-cgo-cflags|two-causes-one-package|link-not-cached|first-build|vcs-commit)$/;

describe.each(fixtureNames())("%s", (name) => {
  const fixture = readFixture(name);
  const report = reportOfFixture(fixture);

  it("reads as its golden report", async (context) => {
    if (lacksToolchain(fixture)) context.skip("its Go is not on this machine, so less is proven");
    await expect(render(report)).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  it("fits the schema", () => {
    const validate = closedValidator("report");
    expect(validate(JSON.parse(renderJson(report))), JSON.stringify(validate.errors)).toBe(true);
  });

  it.runIf(keptAsJson.test(name))("is its golden JSON", async (context) => {
    if (lacksToolchain(fixture)) context.skip("its Go is not on this machine, so less is proven");
    await expect(renderJson(report)).toMatchFileSnapshot(`golden/${name}.json`);
  });
});

describe("README", () => {
  it("shows a golden report as it is", () => {
    const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
    const block = /```\n\$ npx gocache-why go build .*\n([\s\S]*?)```/.exec(readme)?.[1];
    expect(block).toBe(
      render(reportOfFixture(readFixture("go1.26.8/two-causes-one-package"))).replace(/\n+$/, "\n"),
    );
  });
});
