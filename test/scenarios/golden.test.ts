import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderJson } from "../../src/report/renderers/json.ts";
import { renderMarkdown } from "../../src/report/renderers/markdown.ts";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import type { View } from "../../src/report/renderers/view.ts";
import type { Report } from "../../src/report/report.ts";
import { closedValidator } from "../report/schema.ts";
import { fixtureNames, lacksToolchain, readFixture, reportOfFixture } from "./fixture.ts";

/** A minute after the run's start, so that a golden report says the same on every day. */
function viewOf(report: Report): View {
  const now = new Date(Date.parse(report.now.startedAt ?? "") + 60_000);
  return { width: 80, colour: 0, verbosity: 0, now, all: false };
}

function render(report: Report): string {
  return renderTerminal(report, viewOf(report));
}

describe.each(fixtureNames())("%s", (name) => {
  const fixture = readFixture(name);
  const report = reportOfFixture(fixture);

  it.for([
    ["terminal", "txt", render],
    ["markdown", "md", (shown: Report) => renderMarkdown(shown, viewOf(shown))],
    ["json", "json", renderJson],
  ] as const)("is its golden report: %s", async ([, ending, face], context) => {
    if (lacksToolchain(fixture)) context.skip("its Go is not on this machine, so less is proven");
    await expect(face(report)).toMatchFileSnapshot(`golden/${name}.${ending}`);
  });

  it("fits the schema", () => {
    const validate = closedValidator("report");
    expect(validate(JSON.parse(renderJson(report))), JSON.stringify(validate.errors)).toBe(true);
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
