import { describe, expect, test } from "vitest";
import { causeCodes } from "../../src/causes/catalogue.ts";
import { formats, isFormat, loadRenderer } from "../../src/report/renderers/index.ts";
import { renderJson } from "../../src/report/renderers/json.ts";
import { buildReport, view } from "./build-report.ts";
import { closedValidator, readSchema, validator } from "./schema.ts";
import { situations } from "./situations.ts";

const reports = Object.entries(situations).map(([name, spec]) => [name, buildReport(spec)] as const);

describe("the JSON report", () => {
  const validate = validator("report");
  const validateClosed = closedValidator("report");

  test.each(reports)("%s is valid, and every field is described", (_, report) => {
    const value = JSON.parse(renderJson(report));
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
    expect(validateClosed(value), JSON.stringify(validateClosed.errors)).toBe(true);
    expect(value).toEqual(report);
  });

  test.each(causeCodes)("a report with the cause %s is valid", (code) => {
    const report = buildReport({
      causes: [{ code, subject: "x", before: "a", now: "b" }],
      actions: [{ key: "build example.com/m" }],
    });
    expect(validateClosed(JSON.parse(renderJson(report))), JSON.stringify(validateClosed.errors)).toBe(true);
  });

  test("the schema refuses what the contract does not allow, and takes fields of a later version", () => {
    const report = buildReport(situations["one-edit"] ?? {});
    expect(validate({ ...report, added: 1 })).toBe(true);
    expect(validate({ ...report, schemaVersion: 2 })).toBe(false);
    expect(validate({ ...report, totals: { ...report.totals, byKind: {} } })).toBe(false);
    const [action] = report.actions;
    expect(validate({ ...report, actions: [{ ...action, verdict: "maybe" }] })).toBe(false);
    expect(validate({ ...report, actions: [{ ...action, id: "short" }] })).toBe(false);
    const [cause] = report.causes;
    expect(validate({ ...report, causes: [{ ...cause, code: "a-later-code" }] })).toBe(true);
  });

  test("the schema lists every code, and describes every field", () => {
    const text = JSON.stringify(readSchema("report"));
    for (const code of causeCodes) expect(text).toContain(`"${code}"`);
    for (const name of ["report", "runs"] as const) expect(undescribed(readSchema(name))).toEqual([]);
  });

  test("fields stand in the contract's order, whatever order the report was made in", () => {
    const report = buildReport(situations["edit-and-variable"] ?? {});
    expect(renderJson(reversed(report) as typeof report)).toBe(renderJson(report));
    expect(Object.keys(JSON.parse(renderJson(report))).slice(0, 4)).toEqual([
      "schemaVersion",
      "tool",
      "command",
      "exitCode",
    ]);
  });

  test("nothing is folded or shortened", () => {
    const report = buildReport(situations["hostile-names"] ?? {});
    const value = JSON.parse(renderJson(report));
    expect(value.causes[1].before).toHaveLength(311);
    expect(JSON.parse(renderJson(buildReport(situations["forty-files"] ?? {}))).causes).toHaveLength(41);
  });

  test("each format has a renderer", async () => {
    expect(formats).toEqual(["terminal", "markdown", "json", "html", "trace"]);
    expect(isFormat("terminal")).toBe(true);
    expect(isFormat("toString")).toBe(false);
    const report = buildReport(situations["all-cached"] ?? {});
    for (const format of formats) expect((await loadRenderer(format))(report, view)).toMatch(/\n$/);
  });
});

function undescribed(schema: unknown, path = ""): string[] {
  if (schema === null || typeof schema !== "object") return [];
  const properties = (schema as { properties?: Record<string, Record<string, unknown>> }).properties ?? {};
  const own = Object.entries(properties)
    .filter(([, value]) => !("description" in value) && !("$ref" in value))
    .map(([name]) => `${path}/${name}`);
  return [...own, ...Object.entries(schema).flatMap(([key, value]) => undescribed(value, `${path}/${key}`))];
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inside]) => [key, reversed(inside)]),
  );
}
