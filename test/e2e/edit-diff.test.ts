import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { openHistory } from "../../src/store/history.ts";
import { noteState } from "./baseline.ts";
import { makeSandbox, report, run, type Sandbox, tool } from "./sandbox.ts";
import { type Files, writeFiles } from "./write-files.ts";

const lib = (text: string): string =>
  `package lib\n\nimport _ "embed"\n\n//go:embed note.txt\nvar note string\n\nfunc Name() string { return note + \`${text}\` }\n`;

const files = {
  "go.mod": "module example.com/m\n\ngo 1.24\n",
  "main.go": 'package main\n\nimport "example.com/m/lib"\n\nfunc main() { println(lib.Name()) }\n',
  "lib/lib.go": lib("one"),
  "lib/more.go": "package lib\n\nconst More = 1\n",
  "lib/note.txt": "a note\n",
};

/** The last line of lib.go, as the hunk of an edit has it. */
const hunk = (before: string, now: string): string =>
  [
    "@@ -5,4 +5,4 @@",
    " //go:embed note.txt",
    " var note string",
    " ",
    `-func Name() string { return note + \`${before}\` }`,
    `+func Name() string { return note + \`${now}\` }`,
    "",
  ].join("\n");

const build = ["go", "build", "-o", "/dev/null", "."];

/** What the report shows of each file that was edited, came or went. */
const diffsOf = (made: Report): Record<string, string | null> =>
  Object.fromEntries(
    made.causes.flatMap(({ class: kind, subject, changes }) =>
      kind === "file" ? [[subject, changes.find(({ diff }) => diff !== null)?.diff ?? null]] : [],
    ),
  );

/** Writes these files and builds: recorded and reported, with nothing on stdout and stderr. */
function buildAfter(on: Sandbox, edit: Files = {}): Report {
  writeFiles(on.module, edit);
  const made = report(on, build);
  expect([made.status, made.stdout, made.stderr]).toEqual([0, "", ""]);
  return made.report;
}

function git(on: Sandbox, ...words: string[]): void {
  const who = {
    GIT_AUTHOR_NAME: "a",
    GIT_AUTHOR_EMAIL: "a@example.com",
    GIT_COMMITTER_NAME: "a",
    GIT_COMMITTER_EMAIL: "a@example.com",
  };
  expect(run(on, "git", words, { env: who })).toMatchObject({ status: 0 });
}

function commit(on: Sandbox): void {
  git(on, "add", "--all");
  git(on, "commit", "--quiet", "-m", "a commit");
}

function copies(on: Sandbox): string[] {
  const folder = join(on.state, "gocache-why/v2/texts");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== "swept") : [];
}

/** The texts of the copies, as the history reads them. */
function keptTexts(on: Sandbox): string[] {
  const history = openHistory(join(on.state, "gocache-why"));
  return copies(on).map(
    (name) => history.text(Buffer.from(name, "hex").toString("base64url") as never)?.text ?? "",
  );
}

function again(on: Sandbox, ...words: string[]): Report {
  const { status, stdout, stderr } = tool(on, ["diff", "--format", "json", ...words]);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Report;
}

describe("in a git checkout", () => {
  const sandbox = lazily(() => {
    const made = makeSandbox(files);
    git(made, "init", "--quiet", "--initial-branch=main");
    commit(made);
    buildAfter(made);
    return made;
  });
  const state = lazily(() => noteState(sandbox()));
  beforeEach(() => state().restore());

  test("a clean file that was edited: git has the one text, the disk the other", () => {
    const on = sandbox();
    expect(copies(on)).toEqual([]);
    const made = buildAfter(on, { "lib/lib.go": lib("two") });
    expect(diffsOf(made)).toEqual({ "lib/lib.go": hunk("one", "two") });
    expect(diffsOf(again(on))).toEqual({ "lib/lib.go": hunk("one", "two") });
    // The edited file alone is not what git has.
    expect(keptTexts(on)).toEqual([lib("two")]);
  });

  test("a warm run keeps nothing, and a build that is repeated keeps nothing twice", () => {
    const on = sandbox();
    buildAfter(on, { "lib/lib.go": lib("two") });
    expect(buildAfter(on).totals.missed).toBe(0);
    expect(copies(on).length).toBe(1);
  });

  test("an edit upon an edit: the earlier text is a copy", () => {
    const on = sandbox();
    buildAfter(on, { "lib/lib.go": lib("two") });
    expect(diffsOf(buildAfter(on, { "lib/lib.go": lib("three") }))).toEqual({
      "lib/lib.go": hunk("two", "three"),
    });
  });

  test("files that changed again since: each run's text is still had from the commits and the copies", () => {
    const on = sandbox();
    buildAfter(on, { "lib/lib.go": lib("two") });
    commit(on);
    buildAfter(on, { "lib/lib.go": lib("three") });
    buildAfter(on, { "lib/lib.go": lib("four") });
    writeFiles(on.module, { "lib/lib.go": lib("five") });
    commit(on);
    rmSync(join(on.module, "lib/lib.go"));
    expect(diffsOf(again(on, "@4", "@3"))).toEqual({ "lib/lib.go": hunk("one", "two") });
    expect(diffsOf(again(on, "@2", "@1"))["lib/lib.go"]).toBe(hunk("three", "four"));
    expect(diffsOf(again(on, "@4", "@1"))["lib/lib.go"]).toBe(hunk("one", "four"));
  });

  test("what only an older commit has is found there", () => {
    const on = sandbox();
    buildAfter(on, { "lib/lib.go": lib("two") });
    commit(on);
    buildAfter(on, { "lib/lib.go": lib("three") });
    commit(on);
    rmSync(join(on.state, "gocache-why/v2/texts"), { recursive: true });
    // The run of "two" was before its commit: neither its own commit nor HEAD has it.
    expect(diffsOf(again(on, "@2", "@1"))["lib/lib.go"]).toBe(hunk("two", "three"));
  });

  test("an embedded file shows its edit, a binary one and one above 64 KiB none", () => {
    const on = sandbox();
    expect(diffsOf(buildAfter(on, { "lib/note.txt": "another note\n" }))).toEqual({
      "lib/note.txt": "@@ -1 +1 @@\n-a note\n+another note\n",
    });
    expect(diffsOf(buildAfter(on, { "lib/note.txt": "a\0b\n" }))).toEqual({ "lib/note.txt": null });
    writeFileSync(join(on.module, "lib/note.txt"), Buffer.from([0xff, 0xfe, 0x0a]));
    expect(diffsOf(buildAfter(on))).toEqual({ "lib/note.txt": null });
    expect(diffsOf(buildAfter(on, { "lib/note.txt": "short\n" }))).toEqual({ "lib/note.txt": null });
    expect(diffsOf(buildAfter(on, { "lib/note.txt": "long\n".repeat(14_000) }))).toEqual({
      "lib/note.txt": null,
    });
  });

  test("a build constraint that took the file out is part of its edit", () => {
    const made = buildAfter(sandbox(), { "lib/more.go": `//go:build ignore\n\n${files["lib/more.go"]}` });
    expect(diffsOf(made)).toEqual({
      "lib/more.go": "@@ -1,3 +1,5 @@\n+//go:build ignore\n+\n package lib\n \n const More = 1\n",
    });
  });

  test("a file that came or went has none", () => {
    const on = sandbox();
    expect(diffsOf(buildAfter(on, { "lib/new.go": "package lib\n\nconst New = 1\n" }))).toEqual({
      "lib/new.go": null,
    });
    rmSync(join(on.module, "lib/new.go"));
    expect(diffsOf(buildAfter(on))).toEqual({ "lib/new.go": null });
  });

  test("line ends that git changes on checkout don't matter", () => {
    const on = sandbox();
    git(on, "config", "core.autocrlf", "true");
    rmSync(join(on.module, "lib/lib.go"));
    git(on, "checkout", "lib/lib.go");
    expect(readFileSync(join(on.module, "lib/lib.go"), "utf8")).toContain("\r\n");
    buildAfter(on);
    expect(copies(on)).toEqual([]);
    const made = buildAfter(on, { "lib/lib.go": lib("two").replaceAll("\n", "\r\n") });
    expect(diffsOf(made)).toEqual({ "lib/lib.go": hunk("one", "two") });
  });

  test("a secret is hidden in the diff, and in what is kept", () => {
    const on = sandbox();
    buildAfter(on, { "lib/lib.go": lib("https://user:hunter2pass@host/x") });
    const made = buildAfter(on, { "lib/lib.go": lib("https://user:hunter3pass@host/x") });
    const diff = diffsOf(made)["lib/lib.go"] ?? "";
    const [before = "", now = ""] = diff.split("\n").filter((line) => /^[+-]/.test(line));
    expect(before).toMatch(/^-.*https:\/\/<hidden:\w+>@host\/x/);
    expect(now).toMatch(/^\+.*https:\/\/<hidden:\w+>@host\/x/);
    expect(before.slice(1)).not.toBe(now.slice(1));
    const everything = JSON.stringify([made, again(on), keptTexts(on)]);
    expect(everything).not.toMatch(/hunter[23]pass/);
    expect(keptTexts(on).length).toBe(2);
  });

  test("where copies can't be kept, the diff is all that is lost", () => {
    const on = sandbox();
    writeFileSync(join(on.state, "gocache-why/v2/texts"), "a file where the folder would be");
    expect(diffsOf(buildAfter(on, { "lib/lib.go": lib("two") }))).toEqual({
      "lib/lib.go": hunk("one", "two"),
    });
    expect(diffsOf(buildAfter(on, { "lib/lib.go": lib("three") }))).toEqual({ "lib/lib.go": null });
  });

  test("a damaged copy is one line on stderr, and never a wrong diff", () => {
    const on = sandbox();
    buildAfter(on, { "lib/lib.go": lib("two") });
    const [name = ""] = copies(on);
    writeFileSync(join(on.state, "gocache-why/v2/texts", name), "gocache-why text 2 00000000\nnonsense");
    writeFiles(on.module, { "lib/lib.go": lib("three") });
    const made = report(on, build);
    expect(diffsOf(made.report)).toEqual({ "lib/lib.go": null });
    expect(made.stderr).toMatch(/^gocache-why: skipped in the history .*texts.*since it is damaged\n$/);
  });

  test("the terminal shows it with -v, and not without; `why` at the step; Markdown in a fold", () => {
    const on = sandbox();
    writeFiles(on.module, { "lib/lib.go": lib("two") });
    const added = "+func Name() string { return note + `two` }";
    const short = tool(on, build);
    expect(short.stderr).toContain("lib/lib.go was edited");
    expect(short.stderr).not.toContain("func Name");
    expect(tool(on, ["diff", "-v"]).stdout).toContain(`\n         ${added}\n`);
    expect(tool(on, ["why", "lib"]).stdout).toContain(`\n        ${added}\n`);
    expect(tool(on, ["diff", "--format", "markdown"]).stdout).toMatch(
      /<details>[\s\S]*```diff\n@@ -5,4 \+5,4 @@\n[\s\S]*\n\+func Name\(\) string[\s\S]*\n```\n[\s\S]*<\/details>/,
    );
  });

  test("with --in-band it is the same", () => {
    const on = sandbox();
    writeFiles(on.module, { "lib/lib.go": lib("two") });
    const made = report(on, build, { own: ["--in-band"] });
    expect(diffsOf(made.report)).toEqual({ "lib/lib.go": hunk("one", "two") });
    expect(copies(on).length).toBe(1);
  });
});

describe("without git", () => {
  test("all texts are copies, also for a file that is gone and a checkout that moved", () => {
    const on = makeSandbox(files);
    buildAfter(on);
    // go.mod is no input.
    expect(copies(on).length).toBe(4);
    expect(diffsOf(buildAfter(on, { "lib/lib.go": lib("two") }))).toEqual({
      "lib/lib.go": hunk("one", "two"),
    });
    expect(diffsOf(buildAfter(on, { "lib/lib.go": lib("three") }))).toEqual({
      "lib/lib.go": hunk("two", "three"),
    });
    rmSync(join(on.module, "lib/lib.go"));
    expect(diffsOf(again(on))).toEqual({ "lib/lib.go": hunk("two", "three") });

    const elsewhere = join(on.root, "elsewhere");
    renameSync(on.module, elsewhere);
    writeFiles(elsewhere, { "lib/lib.go": lib("four") });
    const moved = report(on, build, { cwd: elsewhere }).report;
    expect(moved.causes.map((cause) => cause.code)).toContain("directory-moved");
    expect(diffsOf(moved)).toEqual({ "lib/lib.go": hunk("three", "four") });
  });

  test("a git that can't be run costs the diff alone", () => {
    const on = makeSandbox(files);
    git(on, "init", "--quiet", "--initial-branch=main");
    commit(on);
    writeFiles(on.root, { "bin/git": "#!/bin/sh\nexit 3\n" });
    run(on, "chmod", ["+x", join(on.root, "bin/git")]);
    const env = { PATH: `${join(on.root, "bin")}:${process.env.PATH}`, GOFLAGS: "-buildvcs=false" };
    const first = report(on, build, { env });
    expect([first.status, first.stderr]).toEqual([0, ""]);
    // Git did not say that it has them.
    expect(copies(on).length).toBe(4);
    writeFiles(on.module, { "lib/lib.go": lib("two") });
    expect(diffsOf(report(on, build, { env }).report)).toEqual({ "lib/lib.go": hunk("one", "two") });
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
