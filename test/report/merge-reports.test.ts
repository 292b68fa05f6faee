import { describe, expect, test } from "vitest";
import { mergeReports } from "../../src/report/merge-reports.ts";
import { parseReport } from "../../src/report/parse-report.ts";
import { renderJson } from "../../src/report/renderers/json.ts";
import { renderMarkdown } from "../../src/report/renderers/markdown.ts";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import type { Report } from "../../src/report/report.ts";
import { buildReport, minutesAgo, view } from "./build-report.ts";
import { closedValidator } from "./schema.ts";
import { situations } from "./situations.ts";

const options = {
  version: "0.1.0",
  command: ["make", "all"],
  exitCode: 0,
  directory: "/src/m",
  startedAt: minutesAgo(1),
  warnings: [],
};
const of = (name: string): Report => buildReport(situations[name] ?? {});
const validate = closedValidator("report");

function merge(...runs: Report[]): Report {
  const merged = mergeReports(runs, options);
  expect(validate(JSON.parse(JSON.stringify(merged))), JSON.stringify(validate.errors)).toBe(true);
  expect(parseReport(renderJson(merged))).toEqual(JSON.parse(JSON.stringify(merged)));
  const { totals, actions, causes, causeSets } = merged;
  expect(totals.actions).toBe(totals.hit + totals.ran + totals.byVerdict.unknown);
  expect(Object.values(totals.byKind).reduce((sum, kind) => sum + kind.actions, 0)).toBe(totals.actions);
  for (const [at, cause] of causes.entries()) {
    const mine = actions.filter((action) => action.causes.includes(at));
    expect(mine.length, cause.summary).toBe(cause.direct + cause.cascade);
    expect(mine.filter((action) => action.causes.length === 1).length).toBe(cause.exclusive);
  }
  for (const set of causeSets) {
    expect(actions.filter((action) => action.causes.join() === set.causes.join()).length).toBe(set.actions);
  }
  return merged;
}

describe("mergeReports", () => {
  test("a cause of two go commands is one cause", () => {
    const merged = merge(of("edit-and-variable"), of("one-edit"));
    const edits = merged.causes.filter(({ code }) => code === "file-edited");
    expect(edits).toMatchObject([{ subject: "internal/errors/errors.go", direct: 2, cascade: 35 + 7 }]);
    expect(edits[0]?.seconds).toBeCloseTo(7.9 + 2.2, 1);
    expect(merged.totals.missed).toBe(of("edit-and-variable").totals.missed + of("one-edit").totals.missed);
    expect(merged.totals.wallSeconds).toBeNull();
  });

  test.each(Object.keys(situations).map((name) => [name]))("%s beside another keeps the counts", (name) => {
    merge(of(name), of("many-causes"), of(name));
  });

  test("a part without an earlier run is told; none at all is a first run", () => {
    expect(merge(of("one-edit"), of("first-run")).baseline).toEqual({
      status: "compared",
      note: "1 of the 2 go commands has no earlier run to compare with",
    });
    expect(merge(of("first-run"), of("first-run")).baseline).toEqual({ status: "none", note: null });
  });

  test("is told to people with its go commands", () => {
    const failed = { ...of("build-failed"), exitCode: 1 };
    const merged = { ...merge(of("one-edit"), failed, of("all-cached")), exitCode: 2 };
    const text = renderTerminal(merged, view);
    expect(text).toMatch(/make ended with status 2\s+\(3 go commands of make all, 1 failed\)\n/);
    expect(text).toMatch(/\n {2}1 go command had everything cached\n$/);
    const markdown = renderMarkdown(merged, view);
    expect(markdown).toContain("- `go build ./...`: ");
    expect(markdown).toContain("\n- 1 go command had everything cached\n");
  });
});

test("a report in a report of one go command is refused", () => {
  const merged = mergeReports([of("one-edit")], options);
  const nested = { ...merged, runs: [merged] };
  expect(parseReport(JSON.stringify(nested))).toEqual({
    error: "it is no report of gocache-why: runs[0].runs is in a report of one go command",
  });
});
