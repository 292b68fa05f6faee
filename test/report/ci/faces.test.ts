import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { placeOfCause } from "../../../src/report/cause-place.ts";
import {
  annotationBytes,
  annotationStyle,
  renderBuildkiteLog,
} from "../../../src/report/renderers/ci/buildkite.ts";
import {
  mostAnnotations,
  renderAnnotations,
  renderGithubLog,
  summaryBytes,
} from "../../../src/report/renderers/ci/github.ts";
import { renderGitlabLog } from "../../../src/report/renderers/ci/gitlab.ts";
import { harmless } from "../../../src/report/renderers/ci/harmless.ts";
import { renderSummary } from "../../../src/report/renderers/ci/summary.ts";
import type { Report } from "../../../src/report/report.ts";
import { buildReport, view } from "../build-report.ts";
import { situations } from "../situations.ts";
import { bigReport, githubCommands, unescaped } from "./ci-readers.ts";

const edited = buildReport(situations["edit-and-variable"] ?? {});
const big = bigReport(5_000);

/** What would be a command somewhere, if it came to a log as it is. */
const weapons = [
  "\n::error file=a::x",
  "\r\n  ::set-env name=A::b",
  "::stop-commands::x",
  "##[error]x",
  "x ##[add-mask]y",
  "##vso[task.complete result=Failed]",
  "\x1b[0Ksection_start:1:x[collapsed=true]\r\x1b[0Ky",
  "section_end:1:gocache_why\r\x1b[0K",
  // Shortened, it is a section whose options have no end.
  "section_start:1:x[collapsed",
  "\n+++ group",
  "\n--- group",
  "\n~~~ group",
  "\n^^^ +++",
  "%0A::error::x",
  ",line=3,title=x::y",
  "\x1b]1338;url=x\x07",
  "\u2028::error::x",
  "`a` | <b> | @user #1",
  "名前 ",
];
const hostile = fc
  .array(fc.constantFrom(...weapons), { minLength: 1, maxLength: 4 })
  .map((all) => all.join(""));

/** A report in which every text that others chose is hostile. */
function armed(report: Report, text: string): Report {
  const arm = (value: string | null) => (value === null ? null : `${text}${value}${text}`);
  return {
    ...report,
    command: [...report.command, text],
    baseline: { ...report.baseline, note: text },
    now: { ...report.now, module: text, args: [...report.now.args, text], id: text },
    causes: report.causes.map((cause) => ({
      ...cause,
      subject: arm(cause.subject) ?? "",
      summary: arm(cause.summary) ?? "",
      before: arm(cause.before),
      now: arm(cause.now),
      packages: cause.packages.map((name) => arm(name) ?? ""),
      evidence: { ...cause.evidence, detail: text },
      advice: { text, caution: text },
      changes: cause.changes.map((change) => ({ ...change, input: text, diff: text })),
    })),
    actions: report.actions.map((action) => ({ ...action, key: `${action.key}${text}`, package: text })),
    unexplained: [text],
    warnings: [{ code: "x", message: text }],
  };
}

describe("GitHub", () => {
  test("has no other commands than ours, whatever the names are", () => {
    fc.assert(
      fc.property(hostile, fc.constantFrom(0, 1, 2), (text, verbosity) => {
        const report = armed(edited, text);
        const annotations = renderAnnotations(report, () => ({
          file: `a,b:c%/${text.replace(/[\p{Cc}\u2028]/gu, "")}`,
          line: 3,
        }));
        for (const each of renderAnnotations(report, () => ({ file: `${text}\n`, line: 3 }))) {
          expect(each).toMatch(/^::warning title=gocache-why::[^\n]*\n$/);
        }
        const log = renderGithubLog(report, { ...view, verbosity }, annotations);
        const found = githubCommands(log);
        expect(found.map(({ name }) => name)).toEqual([
          "group",
          "endgroup",
          ...annotations.map(() => "warning"),
        ]);
        for (const { name, properties } of found) {
          const file = `a,b:c%/${text.replace(/[\p{Cc}\u2028]/gu, "")}`;
          if (name === "warning") expect(properties).toEqual({ file, line: "3", title: "gocache-why" });
        }
        expect(log).not.toMatch(/[\p{Cc}\u2028](?<!\n)/u);
      }),
      { numRuns: 60 },
    );
  });

  test("an annotation is a root cause, with what ran for it and the advice", () => {
    const [first, second, ...rest] = renderAnnotations(edited, (cause) => {
      const place = placeOfCause(cause);
      return place === null ? null : { file: `sub,dir/${place.file}`, line: 7 };
    });
    expect(first).toBe(
      "::notice file=sub%2Cdir/internal/errors/errors.go,line=7,title=gocache-why::internal/errors/errors.go was edited%0A" +
        `${unescaped(first?.split("%0A")[1]?.trimEnd() ?? "")}\n`,
    );
    expect(first).toMatch(/1 package compiled, .* followed up to cmd\/app, 7\.9 s of work, proven\n$/);
    expect(second).toMatch(
      /^::warning title=gocache-why::CGO_CFLAGS changed: "-O2 -g" → "-O1 -g" \(environment\)%0A3 packages compiled .*%0ASet it alike in CI and shells: CGO_CFLAGS='-O2 -g'\n$/,
    );
    // What always runs and what only goes along is no root cause.
    expect(rest).toEqual([]);
  });

  test.each([["all-cached"], ["first-run"], ["links-only"]])("%s has nothing to annotate", (name) => {
    expect(renderAnnotations(buildReport(situations[name] ?? {}), () => null)).toEqual([]);
  });

  test("5,000 causes have ten annotations, the most costly, and a summary that is not rejected", () => {
    const annotations = renderAnnotations(big, () => null);
    expect(annotations).toHaveLength(mostAnnotations);
    expect(new Set(annotations).size).toBe(mostAnnotations);
    for (const room of [summaryBytes, 9_000, 1_000]) {
      const text = renderSummary(big, { ...view, verbosity: 2 }, room, "More.") ?? "";
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(room);
      expect(text).toContain("5,000 of 5,030 actions ran");
      if (room >= 9_000) expect(text).toMatch(/Left out, .*`--format json` has all\.\n\nMore\.\n$/);
    }
    expect(renderSummary(big, view, 20, null)).toBeNull();
  });

  test("a summary counts bytes, not characters", () => {
    const wide = armed(bigReport(400), "日本語の長い名前".repeat(10));
    for (const room of [70_000, 8_000]) {
      const bytes = Buffer.byteLength(renderSummary(wide, { ...view, verbosity: 2 }, room, null) ?? "");
      expect(bytes).toBeLessThanOrEqual(room);
      expect(bytes).toBeGreaterThan(0);
    }
  });
});

/** Clears the line. */
const clear = `${String.fromCharCode(27)}\\[0K`;
const sectionMark = new RegExp(`section_(start|end):(\\d+):([\\w.-]+)(?:\\[[^\\]]*\\])?\\r${clear}`, "g");

describe("GitLab", () => {
  test("has two sections that are opened and closed, whatever the names are", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const log = renderGitlabLog(armed(edited, text), view, 1_795_000_000);
        const sections = [...log.matchAll(sectionMark)];
        expect(sections.map(([, mark, time, name]) => [mark, time, name])).toEqual(
          ["gocache_why", "gocache_why_details"].flatMap((name) =>
            ["start", "end"].map((mark) => [mark, "1795000000", name]),
          ),
        );
        const rest = log.replace(new RegExp(`${clear}section_[^\\r]*\\r${clear}`, "g"), "");
        expect(rest).not.toMatch(/[\p{Cc}\u2028](?<!\n)/u);
      }),
      { numRuns: 50 },
    );
  });

  test("a log of 5,000 causes is far below the job's limit", () => {
    const log = renderGitlabLog(big, view, 5);
    expect(Buffer.byteLength(log)).toBeLessThan(1 << 20);
    expect(log).toMatch(/… and [\d,]+ more lines; --format json has all\n/);
  });

  test("what ran is folded, and not there where nothing ran", () => {
    expect(renderGitlabLog(edited, view, 5)).toContain(
      "section_start:5:gocache_why_details[collapsed=true]\r",
    );
    expect(renderGitlabLog(buildReport(situations["all-cached"] ?? {}), view, 5)).toBe(
      "\x1b[0Ksection_start:5:gocache_why\r\x1b[0Kall 412 actions were cached\n" +
        "gocache-why: all 412 actions were cached\n\x1b[0Ksection_end:5:gocache_why\r\x1b[0K\n",
    );
  });
});

describe("Buildkite", () => {
  test("has one group, whatever the names are", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const log = renderBuildkiteLog(armed(edited, text), { ...view, verbosity: 1 });
        expect(log.match(/^(?:---|\+\+\+|~~~|\^\^\^).*/gm)).toHaveLength(1);
        expect(log).not.toMatch(/[\p{Cc}\u2028](?<!\n)/u);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["all-cached", "success", "---"],
    ["one-edit", "info", "+++"],
    ["edit-and-variable", "warning", "+++"],
    ["build-failed", "info", "+++"],
  ])("%s is %s", (name, style, mark) => {
    const report = buildReport(situations[name] ?? {});
    expect(annotationStyle(report)).toBe(style);
    expect(renderBuildkiteLog(report, view).startsWith(`${mark} gocache-why: `)).toBe(true);
  });

  test("an annotation of 5,000 causes is within its limit", () => {
    const text = renderSummary(big, { ...view, verbosity: 2 }, annotationBytes, null) ?? "";
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(annotationBytes);
    expect(Buffer.byteLength(text)).toBeGreaterThan(50_000);
  });
});

test("Markdown in a log has no command of any system, whatever the names are", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const log = harmless(renderSummary(armed(edited, text), { ...view, verbosity: 2 }, 60_000, null) ?? "");
      expect(githubCommands(log)).toEqual([]);
      expect(log).not.toMatch(/##\w*\[|^\s*::/m);
      expect(log).not.toMatch(/[\p{Cc}\u2028](?<!\n)/u);
    }),
    { numRuns: 50 },
  );
});

test("a place is a file of the checkout, and the line of the edit", () => {
  const [cause] = edited.causes;
  if (cause === undefined) throw new Error("no cause");
  const diff = "--- a/a.go\n+++ b/a.go\n@@ -10,6 +12,7 @@ func f() {\n \tone\n \ttwo\n+\tthree\n \tfour\n";
  const changes = [{ input: "file a.go", before: null, now: null, diff }];
  expect(placeOfCause({ ...cause, changes })).toEqual({
    file: "internal/errors/errors.go",
    line: 14,
    word: null,
  });
  for (const subject of [
    "$GOROOT/src/fmt/print.go",
    "example.com/x@v1.2.3/a.go",
    "../other/a.go",
    "/abs/a.go",
    "~/a.go",
  ])
    expect(placeOfCause({ ...cause, subject })).toBeNull();
  expect(placeOfCause({ ...cause, code: "env-changed", subject: "CC" })).toBeNull();
  expect(placeOfCause({ ...cause, code: "module-version-changed", subject: "example.com/x" })).toEqual({
    file: "go.mod",
    line: null,
    word: "example.com/x",
  });
});
