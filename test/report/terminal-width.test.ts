import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseReport } from "../../src/report/parse-report.ts";
import { keptApart, squeezeAll, widthOf, wrap } from "../../src/report/renderers/terminal/layout.ts";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import type { Report } from "../../src/report/report.ts";
import { buildReport, view } from "./build-report.ts";

const widths = [40, 60, 80, 120, 200];

const segmenter = new Intl.Segmenter("en");

/** Columns as terminals count them, told apart from the code: a character as people see it takes two if it is wide or an emoji. */
function columnsOf(line: string): number {
  const wide =
    /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}|^\p{Emoji}\ufe0f|^\p{RI}\p{RI}/u;
  return Array.from(segmenter.segment(line)).reduce(
    (sum, { segment }) => sum + (wide.test(segment) ? 2 : 1),
    0,
  );
}

function expectFits(report: Report): void {
  for (const width of widths) {
    for (const verbosity of [0, 1, 2] as const) {
      const text = renderTerminal(report, { ...view, width, verbosity });
      for (const line of text.split("\n")) {
        expect(columnsOf(line), `${width}: ${line}`).toBeLessThanOrEqual(width);
        expect(line).toBe(line.trimEnd());
      }
    }
  }
}

describe("a line has no more columns than there are", () => {
  const golden = join(import.meta.dirname, "../scenarios/golden");
  const saved = readdirSync(golden, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".json"),
  );

  test("there are saved reports", () => {
    expect(saved.length).toBeGreaterThan(5);
  });

  test.each(saved)("in %s", (name) => {
    const report = parseReport(readFileSync(join(golden, name), "utf8"));
    if ("error" in report) throw new Error(report.error);
    expectFits(report);
  });

  const piece = fc.constantFrom(
    "a",
    "internal",
    "日本語",
    "ｶﾅ",
    "한국",
    "e\u0301",
    "👩‍👩‍👧",
    "🇩🇪",
    "ש\u05c1",
    "-",
    "_v2",
    "❤️",
  );
  const folder = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(""));
  const path = fc.array(folder, { minLength: 1, maxLength: 8 }).map((folders) => folders.join("/"));

  test("with names of any script, and emoji", () => {
    fc.assert(
      fc.property(path, path, path, (file, root, value) => {
        expectFits(
          buildReport({
            args: ["build", "-o", file, `./${root}`],
            before: { args: ["build", `./${root}`] },
            causes: [
              { code: "file-edited", subject: `${file}.go`, origin: "file system" },
              { code: "env-changed", subject: "CGO_CFLAGS", before: value, now: file, origin: "environment" },
              { code: "link-not-cached", subject: `example.com/m/${root}`, evidence: "observed" },
            ],
            actions: [
              { key: `build example.com/m/${root}`, seconds: 3 },
              {
                key: `build example.com/m/${file}`,
                causes: [0, 1],
                role: "both",
                via: `build example.com/m/${root}`,
              },
              { key: `link example.com/m/${root}`, causes: [2], verdict: "not-cacheable" },
            ],
            hits: { build: 3 },
          }),
        );
      }),
      { numRuns: 60 },
    );
  });
});

test.each([
  ["net/http", 8],
  ["日本語", 6],
  ["한국", 4],
  ["\u1112\u1161\u11ab", 2],
  ["ｶﾅ", 2],
  ["e\u0301t\u00e9", 3],
  ["ש\u05c1", 1],
  ["ก็", 1],
  ["👩‍👩‍👧", 2],
  ["🇩🇪", 2],
  ["❤️", 2],
  ["1️⃣", 2],
  ["a\u200bb", 2],
])("%j has %i columns", (text, columns) => {
  expect(widthOf(text)).toBe(columns);
});

describe("what is shortened stays different", () => {
  const folder = fc.constantFrom("a", "b", "internal", "very_long_folder_name", "日本", "v2");
  const path = fc.array(folder, { minLength: 2, maxLength: 9 }).map((folders) => folders.join("/"));
  const paths = fc.uniqueArray(path, { minLength: 2, maxLength: 12 });

  test("in a column", () => {
    fc.assert(
      fc.property(paths, fc.integer({ min: 16, max: 60 }), (names, width) => {
        const shown = squeezeAll(names, width);
        for (const [at, text] of shown.entries()) {
          expect(widthOf(text)).toBeLessThanOrEqual(width);
          if (widthOf(names[at] ?? "") <= width) expect(text).toBe(names[at]);
        }
        expect(new Set(shown).size, shown.join("\n")).toBe(names.length);
      }),
      { numRuns: 2000 },
    );
  });

  test("in a sentence", () => {
    fc.assert(
      fc.property(paths, fc.integer({ min: 16, max: 60 }), (names, width) => {
        const texts = keptApart(
          names.map((name) => `${name} was edited`),
          width,
        );
        const shown = texts.map((text) => wrap(text, width));
        for (const line of shown.flat()) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(new Set(shown.map((lines) => lines.join("\n"))).size).toBe(names.length);
      }),
      { numRuns: 2000 },
    );
  });

  test("in a report: two files whose paths differ in the middle alone", () => {
    const subject = (middle: string) =>
      `${"very_long_folder_name/".repeat(3)}${middle}/${"deep/".repeat(12)}zz_generated.go`;
    const text = renderTerminal(
      buildReport({
        causes: ["one", "two"].map((middle) => ({ code: "file-edited", subject: subject(middle) })),
        actions: ["one", "two"].map((middle, at) => ({
          key: `build example.com/m/${middle}`,
          causes: [at],
          seconds: 2 - at,
        })),
      }),
      { ...view, width: 60 },
    );
    expect(text).toContain("/one/");
    expect(text).toContain("/two/");
  });
});
