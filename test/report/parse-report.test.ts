import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseReport } from "../../src/report/parse-report.ts";
import { renderJson } from "../../src/report/renderers/json.ts";
import { renderMarkdown } from "../../src/report/renderers/markdown.ts";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import { buildReport, view } from "./build-report.ts";
import { validator } from "./schema.ts";
import { situations } from "./situations.ts";

const reports = Object.entries(situations).map(([name, spec]) => [name, buildReport(spec)] as const);
const one = buildReport(situations["edit-and-variable"] ?? {});

describe("a saved report", () => {
  test.each(reports)("%s is read as it was written", (_, report) => {
    expect(parseReport(renderJson(report))).toEqual(report);
  });

  test("may have fields and codes of a later version", () => {
    const later = JSON.parse(renderJson(one));
    later.more = { constructor: 1 };
    later.causes[0].code = "moon-phase-changed";
    const read = parseReport(JSON.stringify(later));
    if ("error" in read) throw new Error(read.error);
    expect(JSON.parse(renderJson(read))).toEqual(later);
    for (const render of [renderTerminal, renderMarkdown]) expect(render(read, view)).toContain("errors.go");
  });

  test.each([
    ["", "it is empty"],
    ["not json", /^it is no JSON \(.*\)$/],
    ["[]", /it is no object$/],
    ["null", /it is no object$/],
    ["{}", /it has no schemaVersion$/],
    ['{"schemaVersion": 2}', "it is a report of schemaVersion 2; this gocache-why knows 1"],
    ['{"schemaVersion": 1, "runs": []}', "it is the JSON of gocache-why runs, not of a report"],
    ['{"schemaVersion": 1}', /^it is no report of gocache-why: tool is missing$/],
  ])("%j is none: %s", (text, message) => {
    const expected = typeof message === "string" ? message : expect.stringMatching(message);
    expect(parseReport(text)).toEqual({ error: expected });
  });

  test("tells in one line which field is wrong", () => {
    const broken = JSON.parse(renderJson(one));
    broken.causes[1].changes = [{ input: "x", before: 1, now: null, diff: null }];
    expect(parseReport(JSON.stringify(broken))).toEqual({
      error: "it is no report of gocache-why: causes[1].changes[0].before is no text",
    });
    broken.causes[1].changes = [];
    broken.actions[0].causes = [99];
    expect(parseReport(JSON.stringify(broken))).toEqual({
      error: "it is no report of gocache-why: actions[0] names a cause that is not there",
    });
  });

  test("does no harm with keys of a prototype", () => {
    const text = renderJson(one).replace("{", '{ "__proto__": { "polluted": true }, "toString": 1, ');
    const read = parseReport(text);
    if ("error" in read) throw new Error(read.error);
    expect(Object.getPrototypeOf(JSON.parse(renderJson(read)))).toBe(Object.prototype);
    expect(read).not.toHaveProperty("polluted");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const evil = renderJson(one)
      .replaceAll('"CGO_CFLAGS"', '"constructor"')
      .replaceAll('"env-changed"', '"constructor"');
    const odd = parseReport(evil);
    if (!("error" in odd))
      expect(renderTerminal(odd, view) + renderMarkdown(odd, view)).toContain("errors.go");
  });

  test("is refused wherever the schema refuses it, and never breaks a face", () => {
    const valid = JSON.parse(renderJson(one));
    const isValid = validator("report");
    const places = placesOf(valid);
    const values = fc.constantFrom<unknown>(null, 1, -1, 0.5, "x", "", true, [], {}, [1], ["x"], { a: 1 });
    fc.assert(
      fc.property(fc.constantFrom(...places), values, (place, value) => {
        const copy = structuredClone(valid);
        let holder = copy;
        for (const key of place.slice(0, -1)) holder = holder[key];
        holder[place.at(-1) ?? ""] = value;
        const read = parseReport(JSON.stringify(copy));
        if (!("error" in read)) {
          for (const render of [renderTerminal, renderMarkdown, renderJson])
            render(read, { ...view, verbosity: 2 });
        } else {
          expect(read.error).not.toContain("\n");
          expect(isValid(copy) && !/names a cause/.test(read.error), read.error).toBe(false);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

function placesOf(value: unknown, place: readonly string[] = []): (readonly string[])[] {
  if (value === null || typeof value !== "object") return [place];
  const inside = Object.entries(value).flatMap(([key, each]) => placesOf(each, [...place, key]));
  return place.length === 0 ? inside : [place, ...inside];
}
