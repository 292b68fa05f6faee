import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import { buildReport, view } from "./build-report.ts";
import { situations } from "./situations.ts";

const reports = Object.entries(situations).map(([name, spec]) => [name, buildReport(spec)] as const);

describe("the terminal report", () => {
  test.each(reports)("%s reads as its golden file", async (name, report) => {
    await expect(renderTerminal(report, view)).toMatchFileSnapshot(`golden/${name}.txt`);
  });

  test.each([40, 60, 120])("at %i columns", async (width) => {
    for (const name of ["edit-and-variable", "hostile-names", "reconstructed", "tests"]) {
      const report = buildReport(situations[name] ?? {});
      await expect(renderTerminal(report, { ...view, width })).toMatchFileSnapshot(
        `golden/${name}.${width}.txt`,
      );
    }
  });

  test.each([
    ["edit-and-variable", 1],
    ["one-edit", 2],
    ["forty-files", 1],
  ] as const)("%s at verbosity %i", async (name, verbosity) => {
    const report = buildReport(situations[name] ?? {});
    await expect(renderTerminal(report, { ...view, verbosity })).toMatchFileSnapshot(
      `golden/${name}.v${verbosity}.txt`,
    );
  });

  test.each(reports)("%s fits every width, has no trailing space and ends in one newline", (_, report) => {
    for (const width of [40, 47, 60, 80, 120]) {
      for (const verbosity of [0, 1, 2] as const) {
        const text = renderTerminal(report, { ...view, width, verbosity });
        expect(text).toMatch(/[^\n]\n$/);
        for (const line of text.slice(0, -1).split("\n")) {
          expect(stringWidth(line), line).toBeLessThanOrEqual(width);
          expect(line).toBe(line.trimEnd());
        }
      }
    }
  });

  test.each(reports)("%s names pages of its causes, the most costly first, and no others", (_, report) => {
    const line = renderTerminal(report, { ...view, width: 120 })
      .split("\n")
      .find((each) => each.startsWith("  more: gocache-why explain "));
    const named = line?.replace(/^.* explain /, "").split(" ") ?? [];
    const codes: readonly string[] = report.causes.map(({ code }) => code);
    if (report.baseline.status === "none" || codes.length === 0) expect(line).toBeUndefined();
    else expect(named.length).toBeGreaterThan(0);
    expect(named.filter((code) => !codes.includes(code))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });

  test.each(reports)("%s says the same with colour and without", (_, report) => {
    const plain = renderTerminal(report, view);
    const coloured = renderTerminal(report, { ...view, colour: 1 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are what is looked for
    const codes = /\u001b\[\d+m/g;
    expect(plain).not.toMatch(codes);
    expect(coloured).toMatch(codes);
    expect(coloured.replace(codes, "")).toBe(plain);
  });

  test("a name cannot send colour codes or turn the line around", () => {
    const text = renderTerminal(buildReport(situations["hostile-names"] ?? {}), { ...view, verbosity: 2 });
    expect(text).toContain("\\x1b[31mred\\u202e");
  });

  test("no seconds are made up where none are known", () => {
    expect(renderTerminal(buildReport(situations["raw-logs"] ?? {}), view)).not.toMatch(/\d s\b|work/);
  });

  test("--all adds the hits", () => {
    const report = buildReport({
      ...situations["comment-edit"],
      actions: [{ key: "build a" }, { key: "build b", verdict: "hit", role: null, causes: [] }],
    });
    expect(renderTerminal(report, { ...view, verbosity: 2 })).not.toContain("build b");
    expect(renderTerminal(report, { ...view, all: true })).toContain("build b");
  });

  test("5,000 causes stay ten to fifteen lines, in little time", () => {
    const count = 5000;
    const report = buildReport({
      causes: Array.from({ length: count }, (_, at) => ({
        code: "file-edited" as const,
        subject: `d${at % 97}/f${at}.go`,
      })),
      actions: Array.from({ length: count }, (_, at) => ({
        key: `build example.com/m/p${at}`,
        causes: [at],
        seconds: at / 1000,
      })),
    });
    const start = performance.now();
    expect(renderTerminal(report, view).split("\n").length).toBeLessThan(16);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(renderTerminal(report, { ...view, verbosity: 1 })).toContain("f4999.go");
  });
});
