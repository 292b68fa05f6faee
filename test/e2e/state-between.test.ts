import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { noteState } from "./baseline.ts";
import { makeSandbox, report, run, type Sandbox, tool } from "./sandbox.ts";
import { pathWithGo } from "./wrapper-script.ts";
import { writeFiles } from "./write-files.ts";

const lib = (text: string) => `package lib\n\nfunc Name() string { return "${text}" }\n`;
const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "main.go": 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Name()) }\n',
  "lib/lib.go": lib("lib"),
};

const hashOf = (text: string): string =>
  createHash("sha256").update(text).digest().subarray(0, 15).toString("base64url");

const codes = (made: Report) => made.causes.map((cause) => `${cause.code} ${cause.subject}`).sort();
const ran = (made: Report) => made.actions.map((action) => `${action.verdict} ${action.key}`).sort();

describe("the run's own output makes the checkout dirty", () => {
  const sandbox = lazily(() => {
    const made = makeSandbox(files);
    git(made, "init", "--quiet", "--initial-branch=main");
    commit(made, "first");
    return made;
  });
  const build = ["go", "build", "-o", "out", "."];

  function git(on: Sandbox, ...words: string[]): void {
    const who = {
      GIT_AUTHOR_NAME: "a",
      GIT_AUTHOR_EMAIL: "a@example.com",
      GIT_COMMITTER_NAME: "a",
      GIT_COMMITTER_EMAIL: "a@example.com",
    };
    expect(run(on, "git", words, { env: who })).toMatchObject({ status: 0 });
  }
  function commit(on: Sandbox, message: string): void {
    git(on, "add", "--all", ":!out");
    git(on, "commit", "--quiet", "--allow-empty", "-m", message);
  }

  test.each([["by default"], ["--in-band"]])("%s", (way) => {
    const on = sandbox();
    const own = way === "--in-band" ? [way] : [];
    rmSync(join(on.module, "out"), { force: true });
    const first = report(on, build, { own: ["--baseline", "none", ...own] });
    expect([first.status, first.stderr]).toEqual([0, ""]);
    expect(first.report.warnings).toEqual([]);

    // Now `out` lies there, and nothing else changed.
    const dirty = report(on, build, { own });
    expect(codes(dirty.report)).toEqual(["vcs-stamp-changed vcs"]);
    expect(ran(dirty.report)).toEqual(["key-changed build example.com/m", "key-changed link example.com/m"]);
    expect(dirty.report.warnings).toEqual([]);

    expect(report(on, build, { own }).report.totals.ran).toBe(0);

    rmSync(join(on.module, "out"));
    writeFiles(on.module, { "lib/lib.go": lib(`lib ${way}`) });
    commit(on, "second");
    const committed = report(on, build, { own });
    expect(codes(committed.report)).toEqual(["file-edited lib/lib.go", "vcs-stamp-changed vcs"]);
    expect(committed.report.actions.filter((action) => action.verdict === "unknown")).toEqual([]);
    expect(committed.report.warnings).toEqual([]);

    rmSync(join(on.module, "out"));
    commit(on, "third");
    const again = report(on, build, { own });
    expect(codes(again.report)).toEqual(["vcs-stamp-changed vcs"]);
    expect(again.report.warnings).toEqual([]);
  });
});

describe("something is saved between the run and the replay", () => {
  const sandbox = lazily(() => {
    const made = makeSandbox(files);
    const first = tool(made, ["--quiet", "go", "build", "-o", "bin/", "./..."]);
    expect([first.status, first.stderr]).toEqual([0, ""]);
    return made;
  });
  const state = lazily(() => noteState(sandbox()));
  const build = ["go", "build", "-o", "bin/", "./..."];
  const path = lazily(() =>
    pathWithGo(
      sandbox().root,
      "saving",
      '"$GO" "$@"\nstatus=$?\ncase "$*" in *graph.json*) sh "$AFTER" ;; esac\nexit $status\n',
    ),
  );

  beforeEach(() => state().restore());

  /** Runs a build, and this script right after go has ended. */
  function buildAndThen(script: string): Report {
    const after = join(sandbox().root, "after.sh");
    writeFileSync(after, script);
    const made = report(sandbox(), build, { env: { PATH: path(), AFTER: after } });
    expect([made.status, made.stderr]).toEqual([0, ""]);
    return made.report;
  }

  /** No claim that is wrong: an action is explained by what it was built from, or the record says that it can't tell. */
  function expectRightOrUnknown(made: Report, cause: string, now: string): void {
    const unknown = made.actions.filter((action) => action.verdict === "unknown");
    if (unknown.length > 0) {
      expect(made.warnings).toContainEqual(
        expect.objectContaining({ message: expect.stringContaining("were not the same any more") }),
      );
      return;
    }
    expect(made.unexplained).toEqual([]);
    expect(codes(made)).toEqual([cause]);
    expect(made.causes[0]?.now).toBe(now);
  }

  test("the file that was edited is edited again: built from what was noted before", () => {
    const edited = lib("first edit");
    writeFiles(sandbox().module, { "lib/lib.go": edited });
    const made = buildAndThen(`echo '// again' >>lib/lib.go`);
    expect(codes(made)).toEqual(["file-edited lib/lib.go"]);
    expect(made.causes[0]).toMatchObject({ before: hashOf(lib("lib")), now: hashOf(edited) });
    expect(made.warnings).toEqual([]);
    const next = report(sandbox(), build).report;
    expect(next.causes).toMatchObject([
      { code: "file-edited", before: hashOf(edited), now: hashOf(`${edited}// again\n`) },
    ]);
  });

  test("another file of the same package", () => {
    writeFiles(sandbox().module, { "lib/new.go": "package lib\n\nconst New = 1\n" });
    const made = buildAndThen(`echo '// again' >>lib/lib.go`);
    expectRightOrUnknown(made, "file-added lib/new.go", hashOf("package lib\n\nconst New = 1\n"));
  });

  test("a new file is edited again", () => {
    const text = "package lib\n\nconst New = 1\n";
    writeFiles(sandbox().module, { "lib/new.go": text });
    expectRightOrUnknown(buildAndThen(`echo '// again' >>lib/new.go`), "file-added lib/new.go", hashOf(text));
  });

  test("a new file comes, or one goes", () => {
    const edited = lib("edit");
    writeFiles(sandbox().module, { "lib/lib.go": edited });
    expectRightOrUnknown(
      buildAndThen("echo 'package lib' >lib/later.go"),
      "file-edited lib/lib.go",
      hashOf(edited),
    );
    state().restore();
    writeFiles(sandbox().module, { "lib/lib.go": edited, "lib/new.go": "package lib\n" });
    const made = buildAndThen("rm lib/new.go");
    if (made.actions.every((action) => action.verdict !== "unknown")) {
      expect(codes(made)).toEqual(["file-added lib/new.go", "file-edited lib/lib.go"]);
    } else expectRightOrUnknown(made, "", "");
  });

  test("the package is broken meanwhile, or go.mod is", () => {
    for (const script of ["echo nonsense >>lib/lib.go", "echo nonsense >>go.mod", "rm -r lib"]) {
      state().restore();
      const edited = lib("edit");
      writeFiles(sandbox().module, { "lib/lib.go": edited });
      expectRightOrUnknown(buildAndThen(script), "file-edited lib/lib.go", hashOf(edited));
    }
  });

  test("the file is put back to what the baseline had", () => {
    const edited = lib("edit");
    writeFiles(sandbox().module, { "lib/lib.go": edited });
    const made = buildAndThen(`printf 'package lib\\n\\nfunc Name() string { return "lib" }\\n' >lib/lib.go`);
    expectRightOrUnknown(made, "file-edited lib/lib.go", hashOf(edited));
  });
});

/** Makes a value when it is first asked for: within a test or a hook, not while tests are collected. */
function lazily<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
