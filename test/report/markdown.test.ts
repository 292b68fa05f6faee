import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CauseCode } from "../../src/causes/cause.ts";
import { codeSpan, prose } from "../../src/report/renderers/markdown/escape.ts";
import { mostCharacters, renderMarkdown } from "../../src/report/renderers/markdown.ts";
import type { Report } from "../../src/report/report.ts";
import { buildReport, view } from "./build-report.ts";
import { situations } from "./situations.ts";

const reports = Object.entries(situations).map(([name, spec]) => [name, buildReport(spec)] as const);

describe("the Markdown report", () => {
  test.each(reports)("%s reads as its golden file", async (name, report) => {
    await expect(renderMarkdown(report, view)).toMatchFileSnapshot(`golden/markdown/${name}.md`);
  });

  test("does not depend on the reader's clock", () => {
    const report = buildReport(situations["edit-and-variable"] ?? {});
    expect(renderMarkdown(report, { ...view, now: new Date(0) })).toBe(renderMarkdown(report, view));
  });

  test.each(reports)("%s has whole tables and closed folds", (_, report) => {
    for (const verbosity of [0, 1, 2] as const)
      checkWhole(renderMarkdown(report, { ...view, verbosity, all: true }));
  });
});

/** Each table row has its head's cells, each fold is closed, and nothing that Markdown knows stands outside of code. */
function checkWhole(text: string): void {
  expect(text.length).toBeLessThanOrEqual(mostCharacters);
  expect(text).toMatch(/[^\n]\n$/);
  expect(brokenLines(text)).toEqual([]);
}

function brokenLines(text: string): string[] {
  const broken: string[] = [];
  let cells = 0;
  let fence: string | null = null;
  let folds = 0;
  for (const line of text.split("\n")) {
    const mark = /^`{3,}/.exec(line)?.[0];
    if (fence !== null) {
      if (line === fence) fence = null;
      continue;
    }
    if (mark !== undefined) {
      fence = mark;
      continue;
    }
    if (line === "<details>") folds++;
    if (line === "</details>") folds--;
    if (!line.startsWith("|")) {
      cells = 0;
      if (/[|@<>*`[\]_~#\\]/.test(withoutCode(line).replace(/<\/?(details|summary)>|^- |\*\*/g, "")))
        broken.push(line);
      continue;
    }
    // As GitHub and GitLab do: pipes count wherever they stand.
    const count = line.slice(1, -1).split("|").length;
    if (cells === 0) cells = count;
    const plain = withoutCode(line.replaceAll("|", " ")).replace(/^ +# /, "");
    if (!line.endsWith(" |") || count !== cells || /[@<>*`[\]_~#\\]/.test(plain)) broken.push(line);
  }
  return fence === null && folds === 0 ? broken : [...broken, "a fence or a fold is open"];
}

function withoutCode(line: string): string {
  return line
    .replace(/`[^`]+`/g, "x")
    .replace(/<code>(?:[\p{L}\p{M}\p{N}\p{S}\p{P}\p{Z}\p{C}]*?)<\/code>/gu, "x")
    .replaceAll("&lt;", "");
}

const nasty = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        "`",
        "|",
        "\\",
        "<",
        ">",
        "@",
        "&",
        "*",
        "_",
        "\n",
        "\r\n",
        "]",
        "#1",
        " ",
        "a",
        "</details>",
        "→",
        "'",
        '"',
        "=",
        "\u2028",
      ),
      { maxLength: 200 },
    )
    .map((parts) => parts.join("")),
  fc.string({ unit: fc.constantFrom("|", "`", "<"), minLength: 400, maxLength: 3000 }),
);

const nastyReport: fc.Arbitrary<Report> = fc
  .record({
    count: fc.oneof({ weight: 9, arbitrary: fc.nat(30) }, { weight: 1, arbitrary: fc.constant(5000) }),
    values: fc.array(nasty, { minLength: 6, maxLength: 6 }),
    codes: fc.array(
      fc.constantFrom<CauseCode>(
        "file-edited",
        "env-changed",
        "flag-changed",
        "link-not-cached",
        "first-build",
        "directory-moved",
      ),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    warnings: fc.array(nasty, { maxLength: 40 }),
  })
  .map(({ count, values, codes, warnings }) => {
    const [a = "", b = "", c = "", d = "", e = "", f = ""] = values;
    return buildReport({
      causes: Array.from({ length: count }, (_, at) => ({
        code: codes[at % codes.length] ?? "file-edited",
        subject: `${a}${at}`,
        before: at % 7 === 0 ? null : b,
        now: c,
        detail: d,
        evidence: at % 3 === 0 ? ("inferred" as const) : ("proven" as const),
        changes:
          at % 50 === 0
            ? [{ input: e, before: f, now: a, diff: at % 100 === 0 ? `${b}\n\`\`\`\n${c}` : null }]
            : [],
      })),
      actions: [
        ...Array.from({ length: count }, (_, at) => ({
          key: `build m/${a.replaceAll(" ", "")}${at}`,
          causes: [at],
          seconds: at / 10,
        })),
        ...Array.from({ length: 300 }, (_, at) => ({
          key: `build hit/${e.replaceAll(" ", "")}${at}`,
          verdict: "hit" as const,
          role: null,
          causes: [],
        })),
      ],
      args: ["build", d],
      warnings: warnings.map((message) => ({ code: "x", message })),
      unexplained: values,
    });
  });

test("whatever a report holds, the text stays below the limit and its tables whole", () => {
  fc.assert(
    fc.property(nastyReport, fc.constantFrom<0 | 1 | 2>(0, 1, 2), (report, verbosity) => {
      checkWhole(renderMarkdown(report, { ...view, verbosity, all: true }));
    }),
    { numRuns: 50 },
  );
});

describe("what has no room", () => {
  const count = 5000;
  const report = buildReport({
    causes: Array.from({ length: count }, (_, at) => ({
      code: "env-changed" as const,
      subject: `NAME_${at}`,
      before: "a".repeat(200),
      now: "b".repeat(200),
      changes: [{ input: "x", before: "a".repeat(200), now: "b".repeat(200), diff: null }],
    })),
    actions: [
      ...Array.from({ length: count }, (_, at) => ({
        key: `build m/p${at}`,
        causes: [at],
        seconds: at / 1000,
      })),
      ...Array.from({ length: 20 }, (_, at) => ({
        key: `build m/h${at}`,
        verdict: "hit" as const,
        role: null,
        causes: [],
      })),
    ],
  });

  test("is counted", () => {
    const text = renderMarkdown(report, { ...view, all: true, verbosity: 2 });
    expect(text).toMatch(
      /Left out, to stay below 60,000 characters: [\d,]+ of 4,990 causes; .*20 of 20 cached actions/,
    );
    expect(text.length).toBeGreaterThan(50_000);
  });

  test("is what matters least: first the hits", () => {
    const small = buildReport({
      causes: [{ code: "file-edited", subject: "a.go" }],
      actions: [
        { key: "build m/a" },
        ...Array.from({ length: 3000 }, (_, at) => ({
          key: `build m/hit/${at}`,
          verdict: "hit" as const,
          role: null,
          causes: [],
        })),
      ],
    });
    const text = renderMarkdown(small, { ...view, all: true });
    expect(text).toMatch(/Left out, [^;]*: [\d,]+ of 3,000 cached actions\. /);
    expect(text).toContain("`build m/a`");
  });
});

describe("escaping", () => {
  test.each([
    ["a.go", "`a.go`"],
    ["a|b", "<code>a&#124;b</code>"],
    ["`", "<code>&#96;</code>"],
    ["@team", "`@team`"],
    ["<b>", "<code>&#60;b&#62;</code>"],
    [" x", "<code>&#32;x</code>"],
    ["", ""],
  ])("%j as code is %s", (value, expected) => {
    expect(codeSpan(value)).toBe(expected);
  });

  test.each([
    ["cmd/app was edited", [], "`cmd/app` was edited"],
    ["errors was edited", ["errors"], "`errors` was edited"],
    ['-tags="a b" was added', ["-tags", '"a b"'], '`-tags="a b"` was added'],
    ["done in <0.1 s", [], "done in &lt;0.1 s"],
    ["Set it: CGO_CFLAGS='-O2 -g'", [], "Set it: `CGO_CFLAGS='-O2 -g'`"],
    ["ask @octocat, #12", [], "ask `@octocat`, `#12`"],
    ["the module's line (all of it).", [], "the module's line (all of it)."],
  ])("%j reads %s", (text, parts, expected) => {
    expect(prose(text, parts)).toBe(expected);
  });
});

test("a home directory is not told to strangers", () => {
  const report = buildReport({
    causes: [
      { code: "directory-moved", subject: "example.com/m", before: "/home/jane.doe/src/m", now: "/builds/m" },
      { code: "goroot-moved", subject: "GOROOT", before: "/home/a/go", now: "/home/b/go" },
    ],
    actions: [{ key: "build example.com/m/a", causes: [0, 1] }],
    warnings: [{ code: "x", message: "can't read /home/jane.doe/.config" }],
  });
  const text = renderMarkdown(report, view);
  expect(text).not.toContain("jane");
  expect(text).toContain("`~/src/m` → `/builds/m`");
  expect(text).toContain("`/home/a/go` → `/home/b/go`");
});
