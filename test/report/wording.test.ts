import { describe, expect, test } from "vitest";
import { causeCodes } from "../../src/causes/catalogue.ts";
import { evidenceText } from "../../src/report/wording/evidence.ts";
import { whenText } from "../../src/report/wording/head.ts";
import { overlapText } from "../../src/report/wording/notes.ts";
import type { CauseFact, WordingContext } from "../../src/report/wording.ts";
import {
  adviceOf,
  adviceText,
  changeText,
  countText,
  listText,
  noContext,
  packageName,
  secondsText,
  shortenMiddle,
  summaryOf,
  visibleText,
} from "../../src/report/wording.ts";
import { clock, minutesAgo } from "./build-report.ts";

const context: WordingContext = {
  ...noContext,
  module: "example.com/m",
  goVersion: "go1.26.8",
  verb: "build",
};
const change = (input: string, before: string | null = null, now: string | null = null) => ({
  input,
  before,
  now,
  diff: null,
});

type Example = Partial<CauseFact> &
  Pick<CauseFact, "code" | "subject"> & { context?: Partial<WordingContext> };

/** One example or more of each cause, as they occur. */
const examples: readonly Example[] = [
  { code: "file-edited", subject: "internal/errors/errors.go" },
  { code: "file-added", subject: "internal/errors/wrap.go" },
  { code: "file-removed", subject: "$GOROOT/src/net/cgo_stub.go" },
  { code: "pgo-profile-changed", subject: "cmd/app/default.pgo", before: "a", now: "b" },
  { code: "pgo-profile-changed", subject: "cmd/app/default.pgo", now: "b" },
  { code: "overlay-changed", subject: "internal/a/a.go", before: "a", now: "b" },
  { code: "overlay-changed", subject: "internal/a/a.go", now: "b" },
  { code: "overlay-changed", subject: "-overlay", before: "one.json", now: "two.json" },
  { code: "env-changed", subject: "CGO_CFLAGS", before: "-O2 -g", now: "-O1 -g", origin: "environment" },
  { code: "env-changed", subject: "CGO_CFLAGS", before: "-O2 -g", now: "-O2 -g ", origin: "environment" },
  { code: "env-changed", subject: "CC", before: "gcc", now: "clang", origin: "go env file" },
  { code: "env-changed", subject: "GOEXPERIMENT", now: "jsonv2", origin: "environment" },
  { code: "env-changed", subject: "GOEXPERIMENT", before: "jsonv2" },
  { code: "env-changed", subject: "GOARCH", before: "amd64", now: "arm64", origin: "environment" },
  { code: "env-changed", subject: "GOSSAFUNC", now: "main", origin: "environment" },
  { code: "env-changed", subject: "CGO_ENABLED", before: "1", now: "0", origin: "environment" },
  { code: "flag-changed", subject: "-race", now: "true", origin: "GOFLAGS" },
  { code: "flag-changed", subject: "-race", before: "true" },
  { code: "flag-changed", subject: "-tags", now: "netgo,osusergo", origin: "command line" },
  { code: "flag-changed", subject: "-tags", before: "netgo" },
  { code: "flag-changed", subject: "-trimpath", now: "true", origin: "command line" },
  {
    code: "flag-changed",
    subject: "-ldflags",
    before: "-s -w -X main.version=v1.2.3-4-gdeadbee -X main.date=2026-11-20T10:00:00Z -X main.by=ci",
    now: "-s -w -X main.version=v1.2.3-5-gc0ffee0 -X main.date=2026-11-21T10:00:00Z -X main.by=ci",
    origin: "command line",
  },
  { code: "flag-changed", subject: "-ldflags", before: "-s", now: "-s -w", origin: "command line" },
  { code: "flag-changed", subject: "-gcflags", before: "", now: "all=-N -l", origin: "command line" },
  { code: "flag-changed", subject: "-buildvcs", now: "false", origin: "GOFLAGS" },
  { code: "flag-changed", subject: "-cover", now: "true", origin: "command line" },
  { code: "flag-changed", subject: "-buildmode", before: "default", now: "pie", origin: "command line" },
  { code: "coverage-changed", subject: "-covermode", before: "set", now: "atomic", origin: "command line" },
  { code: "toolchain-changed", subject: "go", before: "go1.25.5", now: "go1.26.8", origin: "environment" },
  {
    code: "toolchain-changed",
    subject: "go",
    before: "go1.25.5",
    now: "go1.26.8",
    context: { baseline: "reconstructed" },
  },
  { code: "tool-changed", subject: "compile", before: "go1.26.8", now: "go1.26.8 garble 0.14" },
  {
    code: "c-compiler-changed",
    subject: "CC",
    before: "gcc 12.2.0",
    now: "gcc 13.1.0",
    origin: "C toolchain",
  },
  { code: "goroot-moved", subject: "GOROOT", before: "/usr/local/go", now: "/opt/go" },
  { code: "directory-moved", subject: "example.com/m", before: "/builds/x/app", now: "/home/ci/app" },
  {
    code: "directory-moved",
    subject: "example.com/m",
    before: "/builds/x/app",
    now: "/home/ci/app",
    context: { flags: ["-trimpath"] },
  },
  {
    code: "directory-moved",
    subject: "example.com/m",
    before: "/builds/x/app",
    now: "/home/ci/app",
    context: { baseline: "reconstructed" },
  },
  { code: "modcache-moved", subject: "GOMODCACHE", before: "/home/ci/go/pkg/mod", now: "/cache/mod" },
  { code: "module-version-changed", subject: "golang.org/x/sys", before: "v0.30.0", now: "v0.31.0" },
  { code: "module-version-changed", subject: "golang.org/x/sys", now: "v0.31.0" },
  { code: "module-replaced", subject: "golang.org/x/sys", before: "v0.30.0", now: "../sys" },
  { code: "go-directive-changed", subject: "example.com/m", before: "1.25.0", now: "1.26.0" },
  { code: "godebug-default-changed", subject: "http2client", before: "1", now: "0" },
  { code: "module-graph-changed", subject: "example.com/m" },
  {
    code: "vcs-stamp-changed",
    subject: "vcs",
    changes: [
      change(
        "vcs.revision",
        "0bca9aa2851390b855bcf6f9d67af6725fecba94",
        "77f0c3b1aa1390b855bcf6f9d67af6725fecba94",
      ),
      change("vcs.time", "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"),
    ],
  },
  { code: "vcs-stamp-changed", subject: "vcs", changes: [change("vcs.modified", "false", "true")] },
  { code: "vcs-stamp-changed", subject: "vcs", changes: [change("vcs.modified", "true", "false")] },
  {
    code: "vcs-stamp-changed",
    subject: "vcs",
    changes: [change("vcs.revision", "0bca9aa2851390b855bcf6f9d67af6725fecba94")],
  },
  { code: "vcs-stamp-changed", subject: "vcs", changes: [change("main module version", "v1.5.0", "v1.5.1")] },
  { code: "vcs-stamp-changed", subject: "vcs", before: "0bca9aa28513", now: "0bca9aa28513 (dirty)" },
  { code: "vcs-stamp-changed", subject: "vcs", before: "0bca9aa28513", now: "77f0c3b1aa13 (dirty)" },
  { code: "vcs-stamp-changed", subject: "vcs", before: null, now: "77f0c3b1aa13" },
  {
    code: "vcs-stamp-changed",
    subject: "vcs",
    before: "0bca9aa28513",
    now: "0bca9aa28513",
    changes: [change("modinfo mod version", "example.com/m v1.5.0", "example.com/m v1.5.1")],
  },
  {
    code: "cache-dir-changed",
    subject: "GOCACHE",
    before: "/home/ci/.cache/go-build",
    now: "/cache/go-build",
  },
  { code: "cache-cleaned", subject: "GOCACHE" },
  { code: "cache-trimmed", subject: "GOCACHE", direct: 310 },
  { code: "cache-entry-missing", subject: "GOCACHE", direct: 12 },
  { code: "cache-entry-missing", subject: "GOCACHE", direct: 1 },
  { code: "cache-entry-damaged", subject: "GOCACHE", direct: 2 },
  { code: "cache-not-written", subject: "GOCACHE" },
  { code: "cache-program-miss", subject: "GOCACHEPROG" },
  { code: "forced-rebuild", subject: "-a" },
  { code: "forced-rebuild", subject: "gocacheverify" },
  { code: "link-not-cached", subject: "example.com/m/cmd/app" },
  { code: "link-not-cached", subject: "example.com/m/cmd/app", context: { flags: ["-o"] } },
  {
    code: "link-not-cached",
    subject: "example.com/m/cmd/app",
    context: { verb: "run", goVersion: "go1.22.12" },
  },
  { code: "link-not-cached", subject: "example.com/m/a.test", context: { verb: "test" } },
  { code: "link-target-replaced", subject: "bin/app" },
  {
    code: "vet-not-cached",
    subject: "example.com/m/internal/a",
    context: { verb: "vet", goVersion: "go1.25.5" },
  },
  {
    code: "vet-not-cached",
    subject: "example.com/m/internal/a",
    context: { verb: "test", goVersion: "go1.25.5" },
  },
  { code: "build-failed-before", subject: "example.com/m/internal/a" },
  { code: "output-not-reproducible", subject: "example.com/m/internal/a" },
  { code: "first-build", subject: "example.com/m/cmd/new" },
  { code: "first-build", subject: "example.com/m", context: { baseline: "none" } },
  { code: "test-env-changed", subject: "TMPDIR", before: "/tmp/job-4711", now: "/tmp/job-4712" },
  { code: "test-env-changed", subject: "HOME", before: "", now: null },
  { code: "test-env-changed", subject: "PWD", before: "/src/m", now: "/src/m/cmd" },
  { code: "test-env-changed", subject: "TZ", before: null, now: "Europe/Berlin" },
  { code: "test-env-changed", subject: "GODEBUG", before: null, now: "gocachehash=1" },
  {
    code: "test-env-changed",
    subject: "PATH",
    before: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    now: "/usr/local/sbin:/usr/local/bin:/opt/java/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  },
  { code: "test-env-changed", subject: "API_TOKEN", before: "hidden", now: "hidden" },
  { code: "test-file-changed", subject: "a/testdata/in.txt", changes: [change("mtime")] },
  ...(["committed", "staged", "modified", "untracked"] as const).map((contentInGit) => ({
    code: "test-file-changed" as const,
    subject: "a/testdata/in.txt",
    changes: [change("mtime")],
    contentInGit,
  })),
  { code: "test-file-changed", subject: "a/testdata/in.txt", changes: [change("content"), change("mtime")] },
  {
    code: "test-file-changed",
    subject: "a/testdata/in.txt",
    before: "-rw-r--r--",
    now: "-rwxr-xr-x",
    changes: [change("mode")],
  },
  { code: "test-file-changed", subject: "a/testdata", changes: [change("listing")] },
  { code: "test-file-changed", subject: "a/testdata/in.txt", changes: [change("exists", "true", "false")] },
  { code: "test-file-too-new", subject: "a/testdata/out.txt" },
  { code: "test-flag-changed", subject: "-run", now: "TestA", origin: "command line" },
  { code: "test-flag-changed", subject: "-timeout", before: "10m0s", now: "5m0s", origin: "command line" },
  { code: "test-flag-changed", subject: "-v", now: "true", origin: "command line" },
  { code: "test-not-cacheable", subject: "-count", now: "1", origin: "command line" },
  { code: "test-not-cacheable", subject: "-shuffle", origin: "command line" },
  { code: "test-not-cacheable", subject: "-coverprofile", origin: "command line" },
  { code: "test-not-cacheable", subject: "-args", origin: "command line" },
  { code: "test-not-cacheable", subject: "no package list" },
  { code: "test-not-cacheable", subject: "failed before" },
  { code: "test-expired", subject: "GOCACHE" },
];

describe("sentences", () => {
  test("there is one for each code, as in the golden file", async () => {
    expect(new Set(examples.map((example) => example.code))).toEqual(new Set(causeCodes));
    const text = examples.map((example) => {
      const fact: CauseFact = { before: null, now: null, origin: null, ...example };
      const around = { ...context, ...example.context };
      const advice = adviceOf(fact, around);
      return `${example.code}\n    ${summaryOf(fact, around)}\n${advice === null ? "" : `    > ${adviceText(advice)}\n`}`;
    });
    await expect(text.join("\n")).toMatchFileSnapshot("golden/sentences.txt");
  });

  test("no sentence shouts, ends in a stop, or uses our own words", () => {
    for (const example of examples) {
      const fact: CauseFact = { before: null, now: null, origin: null, ...example };
      const summary = summaryOf(fact, context);
      const advice = adviceOf(fact, context);
      const all = `${summary} ${advice === null ? "" : adviceText(advice)}`;
      expect(all).not.toMatch(/!|digest|\bblock|\bnode\b|undefined|null/);
      expect(summary).not.toMatch(/\.$/);
      expect(Array.from(summary).length).toBeLessThan(180);
      if (advice !== null) expect(adviceText(advice)).toMatch(/^[-A-Z].*[.?\w'/]$/);
    }
  });
});

describe("values", () => {
  test("long ones are cut to where they differ", () => {
    const long = "/a/b/c".repeat(20);
    expect(changeText(`${long}/before/x${long}`, `${long}/now/x${long}`)).toMatch(
      /^\/a\/b\/c.{1,40}before.*… → .*now.*…$/,
    );
    expect(changeText("a".repeat(500), "b".repeat(500)).length).toBeLessThan(120);
  });

  test("unset, empty and hidden differ", () => {
    expect(changeText(null, "", "unset")).toBe('unset → ""');
    expect(changeText("x", "x")).toBe("");
    expect(changeText("a b", 'say "x"')).toBe('"a b" → "say \\"x\\""');
  });

  test("nothing in them can act on a terminal", () => {
    expect(visibleText("a\u001b[2Jb\nc\u202ed\u0085")).toBe("a\\x1b[2Jb\\nc\\u202ed\\x85");
    expect(changeText("a\nb", "c")).toBe("a\\nb → c");
  });

  test("the middle goes first", () => {
    expect(shortenMiddle("abcdefghij", 5)).toBe("ab…ij");
    expect(shortenMiddle("日本語の名前", 3)).toBe("日…前");
    expect(shortenMiddle("ab", 2)).toBe("ab");
  });
});

describe("numbers and names", () => {
  test.each([
    [0, "0 s"],
    [0.04, "<0.1 s"],
    [0.05, "0.1 s"],
    [7.94, "7.9 s"],
    [9.96, "10 s"],
    [530.2, "530 s"],
    [750, "12.5 min"],
    [7560, "2.1 h"],
  ])("%f seconds are %s", (seconds, text) => {
    expect(secondsText(seconds)).toBe(text);
  });

  test("counts", () => {
    expect(countText(1, "package")).toBe("1 package");
    expect(countText(12345, "entry", "entries")).toBe("12,345 entries");
  });

  test("lists", () => {
    expect(listText([])).toBe("");
    expect(listText(["a"])).toBe("a");
    expect(listText(["a", "b", "c"])).toBe("a, b and c");
    expect(listText(["a", "b", "c", "d"])).toBe("a, b and 2 more");
  });

  test("packages", () => {
    expect(packageName("example.com/m/cmd/app", "example.com/m")).toBe("cmd/app");
    expect(packageName("example.com/m", "example.com/m")).toBe("example.com/m");
    expect(packageName("example.com/mm/a", "example.com/m")).toBe("example.com/mm/a");
    expect(packageName("example.com/m/a", "example.com/m,example.com/n")).toBe("example.com/m/a");
    expect(packageName("example.com/m/a", null)).toBe("example.com/m/a");
  });

  test("times", () => {
    expect(whenText(minutesAgo(8), clock)).toBe("14:02");
    expect(whenText(minutesAgo(20 * 60), clock)).toBe("yesterday 18:10");
    expect(whenText(minutesAgo(18 * 24 * 60), clock)).toBe("3 Nov 14:10");
    expect(whenText(minutesAgo(383 * 24 * 60), clock)).toMatch(/ 2025$/);
    expect(whenText("nonsense", clock)).toBe("nonsense");
  });
});

describe("actions that several causes share", () => {
  test.each([
    [[1, 2], 3, [3, 3], "3 actions ran because of both 1 and 2: either alone would have been enough."],
    [[1, 2, 3], 4, [4, 4, 4], "4 actions ran because of 1, 2 and 3: each alone would have been enough."],
    [[1, 2], 3, [1, 3], "3 actions ran because of both 1 and 2: 2 alone would have been enough."],
    [
      [1, 2],
      3,
      [1, 2],
      "3 actions ran because of both 1 and 2: undoing one alone need not have spared them, and 1 of them would have run for either alone.",
    ],
    [[1, 2], 1, [0, 0], "1 action ran because of both 1 and 2: undoing one alone need not have spared it."],
  ])("%j, %i of them", (numbers, actions, alone, text) => {
    expect(overlapText({ numbers, actions, alone }, true)).toBe(text);
  });
});

test("the evidence says how far a proof reaches", () => {
  expect(evidenceText({ kind: "proven", detail: "", keys: { proven: 3, of: 3 } })).toBe("proven");
  expect(evidenceText({ kind: "observed", detail: "", keys: { proven: 877, of: 880 } })).toBe(
    "proven in 877 of 880",
  );
  expect(evidenceText({ kind: "observed", detail: "", keys: { proven: 0, of: 3 } })).toBe("observed");
  expect(evidenceText({ kind: "inferred", detail: "" })).toBe("inferred");
});
