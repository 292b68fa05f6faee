import { describe, expect, test } from "vitest";
import { type RunsList, renderRuns, renderRunsJson } from "../../src/report/renderers/runs.ts";
import { minutesAgo, view } from "./build-report.ts";
import { closedValidator } from "./schema.ts";

const list: RunsList = {
  schemaVersion: 1,
  runs: [
    {
      id: "7c2e91",
      startedAt: minutesAgo(0),
      command: ["go", "build", "-ldflags=-s -w -X main.version=v1.2.3-a-rather-long-version", "./..."],
      module: "example.com/m",
      missed: 10,
      actions: 412,
      seconds: 8.3,
      exitCode: 0,
      source: "recorded",
    },
    {
      id: "5b1d03",
      startedAt: minutesAgo(20 * 60),
      command: ["go", "test", "./..."],
      module: "example.com/m",
      missed: 0,
      actions: 1762,
      seconds: 0,
      exitCode: 1,
      source: "recorded",
    },
    {
      id: "c09a44",
      startedAt: null,
      command: ["go", "build"],
      module: "example.com/m",
      missed: null,
      actions: 12,
      seconds: null,
      exitCode: null,
      source: "imported",
    },
  ],
};

describe("the list of runs", () => {
  test.each([40, 80, 120])("as a table at %i columns", async (width) => {
    const text = renderRuns(list, { ...view, width });
    for (const line of text.split("\n")) expect(line).toBe(line.trimEnd());
    await expect(text).toMatchFileSnapshot(`golden/runs.${width}.txt`);
  });

  test("names the modules where there are several", () => {
    const [first, ...rest] = list.runs;
    if (first === undefined) throw new Error("no run");
    const text = renderRuns(
      { ...list, runs: [{ ...first, module: "example.com/other" }, ...rest] },
      { ...view, width: 120 },
    );
    expect(text).toContain("example.com/other");
  });

  test("says how to get one where there is none", () => {
    expect(renderRuns({ schemaVersion: 1, runs: [] }, view)).toBe(
      "gocache-why: no runs recorded yet; gocache-why go build ./... records one\n",
    );
  });

  test("as JSON is valid", () => {
    const validate = closedValidator("runs");
    const value = JSON.parse(renderRunsJson(list));
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    expect(value).toEqual(list);
  });
});
