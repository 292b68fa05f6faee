import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { capCauses } from "../../src/report/transforms/cap-causes.ts";
import { collectAlways } from "../../src/report/transforms/collect-always.ts";
import { foldAlike } from "../../src/report/transforms/fold-alike.ts";
import { foldFiles } from "../../src/report/transforms/fold-files.ts";
import { foldStamp } from "../../src/report/transforms/fold-stamp.ts";
import { forPeople } from "../../src/report/transforms/for-people.ts";
import { overlapsOf } from "../../src/report/transforms/overlaps.ts";
import { type ReportView, viewOf } from "../../src/report/transforms/report-view.ts";
import { buildReport } from "./build-report.ts";
import { situations } from "./situations.ts";

const reports = Object.entries(situations).map(([name, spec]) => [name, buildReport(spec)] as const);
const transforms = { collectAlways, foldStamp, foldFiles, foldAlike, capCauses };

function report(name: string): Report {
  return buildReport(situations[name] ?? {});
}

function allGroups(view: ReportView) {
  return [...view.shown, ...view.hidden, ...view.always, ...view.also];
}

describe.each(Object.entries(transforms))("%s", (_, transform) => {
  test.each(reports)("changes %s once and not again, and loses no cause", (_name, value) => {
    const once = transform(viewOf(value));
    expect(transform(once)).toEqual(once);
    const causes = allGroups(once).flatMap((group) => group.causes);
    expect([...causes].sort((a, b) => a - b)).toEqual(value.causes.map((_cause, at) => at));
  });
});

describe("the view for people", () => {
  test.each(reports)("%s: counts are of distinct actions", (_, value) => {
    for (const group of allGroups(forPeople(value))) {
      const actions = value.actions.filter((action) =>
        action.causes.some((cause) => group.causes.includes(cause)),
      );
      expect(group.direct + group.cascade).toBe(actions.length);
      const seconds = actions.reduce((sum, action) => sum + (action.seconds ?? 0), 0);
      if (group.seconds !== null) expect(group.seconds).toBeCloseTo(seconds, 3);
    }
  });

  test("forty files become four lines by folder, and their numbers add up", () => {
    const view = foldFiles(viewOf(report("forty-files")));
    const lines = view.shown
      .filter((group) => group.code !== "toolchain-changed")
      .map((group) => group.summary);
    expect(lines).toEqual([
      "17 files under modules/caddyhttp were edited",
      "2 files in the module's root changed (1 edited, 1 added)",
      "12 files in cmd were edited",
      "9 files under caddyconfig were edited",
    ]);
  });

  test("folders beyond the lines there are share one", () => {
    const value = buildReport({
      causes: Array.from({ length: 12 }, (_, at) => ({
        code: "file-edited" as const,
        subject: `d${at % 6}/f${at}.go`,
      })),
      actions: Array.from({ length: 6 }, (_, at) => ({
        key: `build example.com/m/d${at}`,
        causes: [at, at + 6],
        seconds: at < 3 ? 9 - at : 0.5,
      })),
    });
    expect(foldFiles(viewOf(value)).shown.map((group) => group.summary)).toEqual([
      "2 files in d0 were edited",
      "2 files in d1 were edited",
      "2 files in d2 were edited",
      "6 files in d3, d4 and d5 were edited",
    ]);
  });

  test("four files are named one by one", () => {
    const value = buildReport({
      causes: Array.from({ length: 4 }, (_, at) => ({ code: "file-edited" as const, subject: `f${at}.go` })),
      actions: Array.from({ length: 4 }, (_, at) => ({ key: `build p${at}`, causes: [at] })),
    });
    expect(foldFiles(viewOf(value)).shown).toHaveLength(4);
  });

  test("a stamp that cost something of itself stays a cause", () => {
    expect(foldStamp(viewOf(report("commit-only"))).shown).toHaveLength(1);
    expect(foldStamp(viewOf(report("edit-and-variable"))).also).toHaveLength(1);
  });

  test("what is proven and what is only inferred is inferred together", () => {
    const value = buildReport({
      causes: Array.from({ length: 5 }, (_, at) => ({
        code: "file-edited" as const,
        subject: `f${at}.go`,
        evidence: at === 3 ? ("inferred" as const) : ("proven" as const),
      })),
      actions: [{ key: "build p", causes: [0, 1, 2, 3, 4] }],
    });
    expect(foldFiles(viewOf(value)).shown[0]?.evidence.kind).toBe("inferred");
  });

  test("tests that failed before are a cause, tests with -count=1 a habit", () => {
    const value = buildReport({
      args: ["test", "./..."],
      causes: [
        { code: "test-not-cacheable", subject: "failed before" },
        { code: "test-not-cacheable", subject: "-count" },
      ],
      actions: [
        { key: "test a", causes: [0], verdict: "not-cacheable" },
        { key: "test b", causes: [1], verdict: "not-cacheable" },
      ],
    });
    const view = collectAlways(viewOf(value));
    expect(view.shown.map((group) => group.summary)).toEqual([
      "tests failed before, and failures are not kept",
    ]);
    expect(view.always).toHaveLength(1);
  });

  test("overlaps are told where a cause's own count misleads, and only there", () => {
    expect(overlapsOf(forPeople(report("three-together")))).toEqual([
      { numbers: [1, 2, 3], actions: 42, alone: [0, 0, 0] },
      { numbers: [1, 2], actions: 8, alone: [0, 0] },
    ]);
    expect(overlapsOf(forPeople(report("edit-and-variable")))).toEqual([]);
  });
});
