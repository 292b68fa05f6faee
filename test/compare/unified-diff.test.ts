import { applyPatch, parsePatch } from "diff";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unifiedDiff } from "../../src/compare/unified-diff.ts";

const lines = (count: number, changed: (at: number) => boolean = () => false): string =>
  Array.from({ length: count }, (_, at) => `line ${at}${changed(at) ? " changed" : ""}\n`).join("");

describe("a unified diff", () => {
  test("has three lines around a change, and no file headers", () => {
    expect(
      unifiedDiff(
        lines(9),
        lines(9, (at) => at === 4),
      ),
    ).toBe(
      `${["@@ -2,7 +2,7 @@", " line 1", " line 2", " line 3", "-line 4", "+line 4 changed", " line 5", " line 6", " line 7"].join("\n")}\n`,
    );
  });

  test("of equal texts is none", () => {
    expect(unifiedDiff("a\n", "a\n")).toBe(null);
  });

  test("says where the last line has no end, and counts from the line before what is empty", () => {
    expect(unifiedDiff("a", "a\n")).toBe("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
    expect(unifiedDiff("", "a\n")).toBe("@@ -0,0 +1 @@\n+a\n");
    expect(unifiedDiff("a\n", "")).toBe("@@ -1 +0,0 @@\n-a\n");
  });

  test("applied to the first text gives the second", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
      .map((list) => list.join("\n"));
    fc.assert(
      fc.property(text, text, (before, now) => {
        const diff = unifiedDiff(before, now);
        if (before === now) expect(diff).toBe(null);
        else expect(applyPatch(before, `--- a\n+++ b\n${diff}`)).toBe(now);
      }),
    );
  });

  test("ignores the line ends where both texts have CRLF, and shows them where one has", () => {
    const crlf = (text: string) => text.replaceAll("\n", "\r\n");
    expect(unifiedDiff(crlf("a\nb\n"), crlf("a\nc\n"))).toBe("@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
    expect(unifiedDiff("a\n", crlf("a\n"))).toBe("@@ -1 +1 @@\n-a\n+a\r\n");
  });

  test.each([
    ["lines", lines(300), lines(300, () => true)],
    ["hunks", lines(300), lines(300, (at) => at % 10 === 0)],
    ["characters", `${"x".repeat(300)}\n`.repeat(40), `${"y".repeat(300)}\n`.repeat(40)],
  ])("keeps within its limits: %s", (_, before, now) => {
    const diff = unifiedDiff(before, now) ?? "";
    const shown = diff.trimEnd().split("\n");
    expect(shown.length).toBeLessThanOrEqual(61);
    expect(diff.length).toBeLessThanOrEqual(4096 + 100);
    const left = Number(/^\\ (\d+) more lines left out$/.exec(shown.at(-1) ?? "")?.[1]);
    const inAll = parsePatch(`--- a\n+++ b\n${diff}`)[0]?.hunks.flatMap((hunk) => hunk.lines) ?? [];
    const own = inAll.filter((line) => !line.startsWith("\\")).length;
    expect(left).toBeGreaterThan(0);
    // What parsePatch accepts has ranges that fit the lines shown.
    expect(own).toBe(shown.filter((line) => /^[ +-]/.test(line)).length);
  });

  test("what is left out and what is shown are together all lines of the whole diff", () => {
    const before = lines(200);
    const now = lines(200, (at) => at >= 50 && at < 150);
    const shown = (unifiedDiff(before, now) ?? "").trimEnd().split("\n");
    const left = Number(/\d+/.exec(shown.at(-1) ?? "")?.[0]);
    // 100 taken out, 100 added, three unchanged lines on both sides.
    expect(shown.filter((line) => /^[ +-]/.test(line)).length + left).toBe(206);
  });

  test("cuts lines that nobody reads", () => {
    const diff = unifiedDiff("a\n", `${"b".repeat(1000)}\n`) ?? "";
    expect(diff).toContain(`+${"b".repeat(399)}…\n`);
  });

  test("of texts that have too little in common is none", () => {
    const numbers = (from: number) => Array.from({ length: 4000 }, (_, at) => `${from + at}\n`).join("");
    expect(unifiedDiff(numbers(0), numbers(10_000))).toBe(null);
  });
});
