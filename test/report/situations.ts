import type { CauseSpec, ReportSpec } from "./build-report.ts";
import { minutesAgo, times } from "./build-report.ts";

const m = "example.com/m";

const edit: CauseSpec = { code: "file-edited", subject: "internal/errors/errors.go", origin: "file system" };

/** Reports as they occur, by the name of their golden file. */
export const situations: Readonly<Record<string, ReportSpec>> = {
  "all-cached": { hits: { build: 409, link: 3 } },
  "edit-and-variable": {
    causes: [
      edit,
      {
        code: "env-changed",
        subject: "CGO_CFLAGS",
        before: "-O2 -g",
        now: "-O1 -g",
        origin: "environment",
      },
      {
        code: "vcs-stamp-changed",
        subject: "vcs",
        origin: "git",
        changes: [{ input: "vcs.modified", before: "false", now: "true", diff: null }],
      },
      { code: "link-not-cached", subject: `${m}/cmd/tool`, evidence: "observed" },
    ],
    actions: [
      { key: `build ${m}/internal/errors`, seconds: 0.5 },
      ...times(33, {
        key: `build ${m}/internal/p#`,
        role: "cascade",
        seconds: 0.2,
        via: `build ${m}/internal/errors`,
      }),
      {
        key: `build ${m}/cmd/app`,
        role: "both",
        causes: [0, 2],
        rootOf: [2],
        seconds: 0.3,
        via: `build ${m}/internal/p1`,
      },
      { key: `link ${m}/cmd/app`, role: "cascade", causes: [0, 2], seconds: 0.5, via: `build ${m}/cmd/app` },
      { key: "build runtime/cgo", causes: [1], seconds: 0.2 },
      { key: "build net", causes: [1], seconds: 0.1 },
      { key: "build os/user", causes: [1], seconds: 0.1 },
      { key: `link ${m}/cmd/tool`, causes: [3], seconds: 0.9, verdict: "not-cacheable" },
    ],
    hits: { build: 371 },
    cutOff: 2,
    wallSeconds: 4.9,
  },
  "one-edit": {
    causes: [
      {
        ...edit,
        changes: [
          {
            input: "file errors.go",
            before: "kT0v2cM8s4bR1nXyQwZe",
            now: "a9Fh3LpO7uJd5tGiBvEs",
            diff: "@@ -3,1 +3,1 @@\n-\treturn nil\n+\treturn err\n",
          },
        ],
      },
    ],
    actions: [
      { key: `build ${m}/internal/errors`, seconds: 0.5 },
      ...times(6, {
        key: `build ${m}/internal/p#`,
        role: "cascade",
        seconds: 0.2,
        via: `build ${m}/internal/errors`,
      }),
      { key: `link ${m}/cmd/app`, role: "cascade", seconds: 0.5, via: `build ${m}/internal/p1` },
    ],
    hits: { build: 371 },
    cutOff: 1,
  },
  "comment-edit": {
    causes: [edit],
    actions: [{ key: `build ${m}/internal/errors`, seconds: 0.31 }],
    hits: { build: 411 },
    cutOff: 1,
  },
  "race-everything": {
    args: ["build", "-o", "app", "./cmd/app"],
    before: { startedAt: minutesAgo(20 * 60), args: ["build", "-o", "app", "-v", "./cmd/app"] },
    causes: [{ code: "flag-changed", subject: "-race", now: "true", origin: "GOFLAGS" }],
    actions: [
      ...times(877, { key: `build ${m}/p#`, seconds: 0.6 }),
      ...times(3, { key: `link ${m}/cmd/c#`, seconds: 1.3 }),
    ],
    wallSeconds: 271,
  },
  tests: {
    args: ["test", "./..."],
    before: { id: "8f3c", source: "snapshot", startedAt: null },
    causes: [
      {
        code: "test-env-changed",
        subject: "TMPDIR",
        before: "/tmp/job-4711",
        now: "/tmp/job-4712",
        origin: "environment",
      },
      {
        code: "test-file-changed",
        subject: "internal/io/testdata/big.bin",
        before: "2026-11-20 10:00:00 +0000 UTC",
        now: "2026-11-21 14:05:00 +0000 UTC",
        origin: "file system",
        changes: [
          {
            input: "mtime",
            before: "2026-11-20 10:00:00 +0000 UTC",
            now: "2026-11-21 14:05:00 +0000 UTC",
            diff: null,
          },
        ],
        contentInGit: "committed",
      },
      { code: "test-not-cacheable", subject: "-count", origin: "command line", evidence: "observed" },
    ],
    actions: [
      ...times(118, { key: `test ${m}/t#`, seconds: 0.3 }),
      ...times(118, { key: `link ${m}/t#.test`, role: "cascade", seconds: 0.02, verdict: "not-cacheable" }),
      { key: `test ${m}/internal/io`, causes: [1], seconds: 3 },
      ...times(4, { key: `test ${m}/slow#`, causes: [2], seconds: 3, verdict: "not-cacheable" }),
    ],
    hits: { test: 639, build: 900, link: 1 },
    wallSeconds: 23,
  },
  "first-run": {
    baseline: { status: "none", note: null },
    causes: [{ code: "first-build", subject: m, evidence: "observed" }],
    actions: times(412, { key: `build ${m}/p#`, verdict: "new", seconds: 0.3 }),
  },
  reconstructed: {
    baseline: { status: "reconstructed", note: null },
    causes: [
      {
        code: "toolchain-changed",
        subject: "go",
        before: "go1.25.5",
        now: "go1.26.8",
        origin: "environment",
        detail: "55 of 55 packages without imports of their own were found as go1.25.5 stores them",
      },
      {
        code: "directory-moved",
        subject: m,
        before: "/builds/x/app",
        now: "/home/ci/app",
        origin: "file system",
        evidence: "predicted",
      },
    ],
    actions: [
      ...times(56, { key: `build ${m}/p#`, causes: [0, 1], seconds: 0.5 }),
      ...times(821, { key: "build std/p#", causes: [0], seconds: 0.15 }),
    ],
  },
  unexplained: {
    causes: [edit],
    actions: [
      { key: `build ${m}/internal/errors`, seconds: 0.5 },
      { key: `build ${m}/gen`, causes: [], seconds: 0.2 },
      { key: `build ${m}/odd`, causes: [], seconds: null, verdict: "unknown", role: null },
    ],
    hits: { build: 20 },
    unexplained: [`build ${m}/gen`],
    warnings: [
      {
        code: "newer-go",
        message:
          "This Go is newer than gocache-why knows: an input of an unknown kind was compared as it is.",
      },
    ],
  },
  "links-only": {
    causes: [
      { code: "link-not-cached", subject: `${m}/cmd/app`, evidence: "observed" },
      { code: "link-not-cached", subject: `${m}/cmd/tool`, evidence: "observed" },
      { code: "link-not-cached", subject: `${m}/cmd/web`, evidence: "observed" },
    ],
    actions: [
      { key: `link ${m}/cmd/app`, causes: [0], verdict: "not-cacheable", seconds: 0.9 },
      { key: `link ${m}/cmd/tool`, causes: [1], verdict: "not-cacheable", seconds: 0.7 },
      { key: `link ${m}/cmd/web`, causes: [2], verdict: "not-cacheable", seconds: 0.4 },
    ],
    hits: { build: 409 },
  },
  forced: {
    args: ["build", "-a", "./..."],
    causes: [
      { code: "forced-rebuild", subject: "-a", now: "true", origin: "command line", evidence: "observed" },
    ],
    actions: times(412, { key: `build ${m}/p#`, verdict: "forced", seconds: 0.3 }),
  },
  "commit-only": {
    args: ["build", "-o", "bin/", "./..."],
    causes: [
      {
        code: "vcs-stamp-changed",
        subject: "vcs",
        origin: "git",
        changes: [
          {
            input: "vcs.revision",
            before: "0bca9aa2851390b855bcf6f9d67af6725fecba94",
            now: "77f0c3b1aa1390b855bcf6f9d67af6725fecba94",
            diff: null,
          },
        ],
      },
    ],
    actions: [
      { key: `build ${m}/cmd/app`, seconds: 0.4 },
      { key: `link ${m}/cmd/app`, role: "cascade", seconds: 3.6, via: `build ${m}/cmd/app` },
    ],
    hits: { build: 1002 },
  },
  "forty-files": {
    causes: [
      ...Array.from({ length: 17 }, (_, at) => ({
        ...edit,
        subject: `modules/caddyhttp/${at % 3 === 0 ? "reverseproxy/" : ""}f${at}.go`,
      })),
      ...Array.from({ length: 12 }, (_, at) => ({ ...edit, subject: `cmd/f${at}.go` })),
      { ...edit, subject: "admin.go" },
      { ...edit, code: "file-added" as const, subject: "logging.go" },
      ...Array.from({ length: 9 }, (_, at) => ({ ...edit, subject: `caddyconfig/d${at % 4}/f${at}.go` })),
      { code: "toolchain-changed", subject: "go", before: "go1.26.7", now: "go1.26.8", origin: "go.mod" },
    ],
    actions: [
      { key: `build ${m}/modules/caddyhttp`, causes: Array.from({ length: 17 }, (_, at) => at), seconds: 4 },
      { key: `build ${m}/cmd`, causes: Array.from({ length: 12 }, (_, at) => 17 + at), seconds: 1 },
      { key: `build ${m}`, causes: [29, 30], seconds: 1.5 },
      ...Array.from({ length: 4 }, (_, d) => ({
        key: `build ${m}/caddyconfig/d${d}`,
        causes: Array.from({ length: 9 }, (_, at) => 31 + at).filter((at) => (at - 31) % 4 === d),
        seconds: 0.2,
      })),
      ...times(9, { key: `build ${m}/x#`, role: "cascade", causes: [0, 1, 2, 17, 29], seconds: 0.3 }),
      ...times(3, { key: "build std/s#", causes: [40], seconds: 0.1 }),
    ],
    hits: { build: 900 },
  },
  "three-together": {
    causes: [
      { code: "directory-moved", subject: m, before: "/src/m", now: "/next/m", origin: "file system" },
      { ...edit },
      { code: "env-changed", subject: "CGO_CFLAGS", before: "-O2 -g", now: "-O3", origin: "go env file" },
    ],
    actions: [
      ...times(42, { key: `build ${m}/p#`, role: "both", causes: [0, 1, 2], seconds: 0.4 }),
      ...times(8, { key: `build ${m}/q#`, role: "both", causes: [0, 1], seconds: 0.4 }),
    ],
    hits: { build: 800 },
  },
  "many-causes": {
    causes: Array.from({ length: 8 }, (_, at) => ({
      code: "env-changed" as const,
      subject: `GOVAR${at}`,
      before: "a",
      now: "b",
      origin: "environment" as const,
    })),
    actions: Array.from({ length: 8 }, (_, at) => ({
      key: `build ${m}/p${at}`,
      causes: [at],
      seconds: 8 - at,
    })),
    hits: { build: 30 },
  },
  "build-failed": {
    exitCode: 1,
    now: { exitCode: 1 },
    causes: [edit],
    actions: [{ key: `build ${m}/internal/errors`, seconds: 0.3, failed: true }],
    hits: { build: 12 },
  },
  "dependents-failed": {
    exitCode: 1,
    now: { exitCode: 1 },
    causes: [edit, { ...edit, subject: "gen/a.go" }],
    actions: [
      { key: `build ${m}/internal/errors`, seconds: 0.5 },
      ...times(2, {
        key: `build ${m}/internal/p#`,
        role: "cascade",
        seconds: 0.2,
        via: `build ${m}/internal/errors`,
        failed: true,
      }),
      { key: `build ${m}/internal/q`, role: "cascade", seconds: 0.2, via: `build ${m}/internal/errors` },
      { key: `build ${m}/gen`, causes: [1], seconds: 0.2 },
      { key: `build ${m}/gen/b`, causes: [1], seconds: 0.1, failed: true },
    ],
    hits: { build: 12 },
  },
  "stopped-before-any-action": { exitCode: 1, now: { exitCode: 1 } },
  "raw-logs": {
    exitCode: null,
    before: { id: "before.log", source: "imported", startedAt: null, goVersion: null, args: [] },
    now: { id: "now.log", source: "imported", startedAt: null, args: [], exitCode: null },
    causes: [edit],
    actions: [
      { key: `build ${m}/internal/errors`, seconds: null },
      ...times(3, { key: `build ${m}/p#`, role: "cascade", seconds: null }),
    ],
    hits: { build: 12 },
  },
  unknown: {
    actions: times(3, { key: `build ${m}/p#`, causes: [], seconds: null, verdict: "unknown", role: null }),
    hits: { build: 12 },
  },
  "partly-restored": {
    causes: [
      {
        code: "cache-entry-missing",
        subject: "GOCACHE",
        origin: "cache",
        evidence: "inferred",
        detail: "the entries of 31 other packages are there and as old as before",
      },
    ],
    actions: [...times(12, { key: `build ${m}/p#`, verdict: "entry-missing", seconds: 1.2 })],
    hits: { build: 31 },
  },
  "new-packages": {
    causes: Array.from({ length: 9 }, (_, at) => ({
      code: "first-build" as const,
      subject: `${m}/cmd/c${at}`,
      evidence: "observed" as const,
    })),
    actions: Array.from({ length: 9 }, (_, at) => ({
      key: `build ${m}/cmd/c${at}`,
      causes: [at],
      verdict: "new" as const,
    })),
    hits: { build: 30 },
  },
  "hostile-names": {
    causes: [
      { ...edit, subject: "internal/\u001b[31mred\u202e/日本語の長い名前/ファイル.go" },
      {
        code: "flag-changed",
        subject: "-ldflags",
        before: `-X main.v=${"a".repeat(300)}1`,
        now: `-X main.v=${"a".repeat(300)}2 -s`,
        origin: "command line",
      },
      {
        ...edit,
        subject: `gen/${"very_long_folder_name_without_a_break/".repeat(4)}zz_generated_deepcopy_conversion.go`,
      },
    ],
    actions: [
      { key: `build ${m}/internal/x`, causes: [0], seconds: 0.3 },
      { key: `link ${m}/cmd/app`, causes: [1], seconds: 0.2 },
      { key: `build ${m}/gen`, causes: [2], seconds: 0.1 },
    ],
    hits: { build: 12 },
  },
};
