import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { mergeReports } from "../../src/report/merge-reports.ts";
import { renderNdjson } from "../../src/report/renderers/ndjson.ts";
import { renderPrometheus } from "../../src/report/renderers/prometheus.ts";
import { buildReport } from "./build-report.ts";
import { situations } from "./situations.ts";

const edited = buildReport(situations["edit-and-variable"] ?? {});

/** `name{labels}` → value. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(" ");
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }),
  );
}

describe("renderPrometheus", () => {
  test("has the run's numbers by kind, result and code", () => {
    const samples = samplesOf(renderPrometheus(edited));
    expect(samples.get('gocache_why_actions{kind="build",result="hit"}')).toBe(371);
    expect(samples.get('gocache_why_actions{kind="link",result="always"}')).toBe(1);
    expect(samples.get('gocache_why_work_seconds{kind="link",result="always"}')).toBe(0.9);
    expect(samples.get('gocache_why_cause_actions{code="file-edited"}')).toBe(36);
    expect(samples.get('gocache_why_cause_work_seconds{code="env-changed"}')).toBe(0.4);
    expect(samples.get("gocache_why_run_exit_status")).toBe(0);
    const sum = (result: string) =>
      [...samples]
        .filter(([name]) => name.startsWith("gocache_why_actions{") && name.includes(`"${result}"`))
        .reduce((all, [, value]) => all + value, 0);
    expect([sum("hit"), sum("missed"), sum("always")]).toEqual([
      edited.totals.hit,
      edited.totals.missed,
      edited.totals.alwaysRan,
    ]);
  });

  test.each(Object.keys(situations).map((name) => [name]))("of %s adds up, and has few series", (name) => {
    const report = buildReport(situations[name] ?? {});
    const samples = samplesOf(renderPrometheus(report));
    const actions = [...samples].filter(([each]) => each.startsWith("gocache_why_actions{"));
    expect(actions.reduce((all, [, value]) => all + value, 0)).toBe(report.totals.actions);
    expect(samples.size).toBeLessThan(100);
    for (const value of samples.values()) expect(Number.isFinite(value)).toBe(true);
  });

  const promtool = spawnSync("promtool", ["--version"]).status === 0;
  test.skipIf(!promtool)("passes promtool (skipped where that is not installed)", () => {
    const hostile = { ...edited, now: { ...edited.now, module: 'a"b\\c\nd' } };
    for (const report of [
      edited,
      hostile,
      mergeReports([edited, edited], {
        version: "0.1.0",
        command: ["make"],
        exitCode: 2,
        directory: "/m",
        startedAt: "2026-11-21T14:10:00Z",
        warnings: [],
      }),
    ]) {
      const { status, stderr, stdout } = spawnSync("promtool", ["check", "metrics"], {
        input: renderPrometheus(report),
        encoding: "utf8",
      });
      expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: "" });
    }
  });
});

test("renderNdjson has a row a run, a cause and an action, which belong together by the run's id", () => {
  const rows = renderNdjson(edited)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const of = (row: string) => rows.filter((each) => each.row === row);
  expect(of("run")).toMatchObject([
    { run: "7c2e", actions: 411, hit: 371, missed: 39, alwaysRan: 1, command: "go build ./..." },
  ]);
  expect(of("cause").map(({ code }) => code)).toEqual(edited.causes.map(({ code }) => code));
  expect(of("action")).toHaveLength(edited.actions.length);
  expect(new Set(rows.map(({ run, schemaVersion }) => `${run} ${schemaVersion}`))).toEqual(
    new Set(["7c2e 1"]),
  );
});
