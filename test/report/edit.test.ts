import { describe, expect, test } from "vitest";
import { renderMarkdown } from "../../src/report/renderers/markdown.ts";
import { editRows } from "../../src/report/renderers/terminal/edit-lines.ts";
import { renderTerminal } from "../../src/report/renderers/terminal.ts";
import { buildReport, view } from "./build-report.ts";

/** A hunk that changes so many lines. */
const hunk = (changes: number, text = "line"): string =>
  [
    `@@ -1,${changes} +1,${changes} @@`,
    ...Array.from({ length: changes }, (_, at) => `+${text} ${at}`),
    "",
  ].join("\n");

const reportWith = (diffs: readonly (string | null)[]) =>
  buildReport({
    causes: diffs.map((diff, at) => ({
      code: "file-edited" as const,
      subject: `p${at}/a.go`,
      changes: [{ input: "file a.go", before: "b".repeat(20), now: "n".repeat(20), diff }],
    })),
    actions: diffs.map((_, at) => ({ key: `build example.com/m/p${at}`, causes: [at], seconds: 1 })),
  });

describe("an edit on a terminal", () => {
  const report = reportWith([hunk(12)]);
  const shown = (verbosity: 0 | 1 | 2) =>
    renderTerminal(report, { ...view, verbosity })
      .split("\n")
      .filter((line) => /^ +\+line/.test(line)).length;

  test("is not in the short report, has eight changed lines at -v and all at -vv", () => {
    expect([shown(0), shown(1), shown(2)]).toEqual([0, 8, 12]);
    expect(renderTerminal(report, { ...view, verbosity: 1 })).toContain("… 4 more changed lines: add -vv\n");
    expect(renderTerminal(report, { ...view, verbosity: 2 })).not.toContain("more changed");
  });

  test("stands once where two packages embed the file", () => {
    const [cause] = report.causes;
    const twice = {
      ...report,
      causes: [{ ...report.causes[0], changes: [0, 1].flatMap(() => cause?.changes ?? []) }],
    };
    const text = renderTerminal(twice as typeof report, { ...view, verbosity: 2 });
    expect(text.match(/\+line 3/g)).toEqual(["+line 3"]);
  });

  test("shows a long line to its end, in rows, and no more than six of them", () => {
    const rows = (line: string) => editRows(`@@ -1 +1 @@\n${line}\n`, null, "", 20).slice(1);
    expect(rows(`+${"a".repeat(30)}`)).toEqual([`+${"a".repeat(19)}`, ` ${"a".repeat(11)}`]);
    expect(rows(`-${"中".repeat(15)}`)).toEqual([`-${"中".repeat(9)}`, ` ${"中".repeat(6)}`]);
    expect(rows(`+${"a".repeat(1000)}`).length).toBe(6);
    expect(rows(`+${"a".repeat(1000)}`).at(-1)).toBe(` ${"a".repeat(18)}…`);
    expect(rows(` ${"a".repeat(30)}`)).toEqual([` ${"a".repeat(18)}…`]);
    expect(rows("+\u001b[31m\tred\u202e")).toEqual(["+\\x1b[31m  red\\u202e"]);
  });
});

describe("an edit in Markdown", () => {
  test("is fenced by more backquotes than it has", () => {
    const text = renderMarkdown(reportWith(["@@ -1 +1 @@\n-a\n+````\n"]), view);
    expect(text).toContain("\n`````diff\n@@ -1 +1 @@\n-a\n+````\n`````\n");
  });

  test("has no home directory, also at the begin of a line", () => {
    const text = renderMarkdown(
      reportWith(["@@ -1 +1 @@\n-/home/jane/x\n+/Users/jane/y /home/jane/z\n"]),
      view,
    );
    expect(text).toContain("\n-~/x\n+~/y ~/z\n");
    expect(text).not.toContain("jane");
  });

  test("is the first to be left out", () => {
    const large = Array.from({ length: 30 }, () => hunk(60, "x".repeat(60)));
    const text = renderMarkdown(reportWith(large), { ...view, verbosity: 1 });
    const edits = text.match(/```diff/g)?.length ?? 0;
    expect(text.length).toBeLessThanOrEqual(60_000);
    expect(edits).toBeGreaterThan(5);
    expect(text).toContain(`characters: ${30 - edits} of 30 edits. \`--format json\``);
    for (let at = 0; at < 30; at++) expect(text).toContain(`build p${at}\``);
  });
});
