import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { renderJson } from "../../src/report/renderers/json.ts";
import type { Report } from "../../src/report/report.ts";
import { buildReport } from "../report/build-report.ts";
import { bigReport, githubCommands } from "../report/ci/ci-readers.ts";
import { situations } from "../report/situations.ts";

const repository = join(import.meta.dirname, "../..");
const root = mkdtempSync(join(tmpdir(), "gocache-why-ci-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const tool = join(root, "tool");
/** The checkout; the module is a folder in it, as the demo's logs have it. */
const checkout = join(root, "checkout");
const module = join(checkout, "sub");
const demo = join(repository, "testdata/demo");
const summary = join(root, "summary.md");
const calls = join(root, "agent-calls");

/** The variables that each CI system sets for a job, as far as they are looked at. */
const systems = {
  github: { CI: "true", GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: checkout, GITHUB_STEP_SUMMARY: summary },
  gitlab: { CI: "true", GITLAB_CI: "true", CI_PROJECT_DIR: checkout },
  buildkite: { CI: "true", BUILDKITE: "true", BUILDKITE_STEP_KEY: "build: x" },
  circleci: { CI: "true", CIRCLECI: "true" },
  jenkins: { JENKINS_URL: "http://ci.example/", BUILD_ID: "12" },
  none: {},
} as const;

beforeAll(() => {
  // The library that knows CI systems looks at the environment of the process itself.
  execFileSync(process.execPath, [join(repository, "scripts/build.mjs"), "--out", join(tool, "dist")]);
  for (const name of ["bin", "package.json"])
    cpSync(join(repository, name), join(tool, name), { recursive: true });
  mkdirSync(join(root, "agent"));
  const agent = join(root, "agent/buildkite-agent");
  writeFileSync(
    agent,
    `#!/bin/sh\nprintf '%s\\n' "$@" > '${calls}.arguments'\n/bin/cat > '${calls}.body'\nexit "\${AGENT_STATUS:-0}"\n`,
  );
  chmodSync(agent, 0o755);
  mkdirSync(join(module, "internal/errors"), { recursive: true });
  mkdirSync(join(checkout, ".git"));
  writeFileSync(join(module, "internal/errors/errors.go"), "package errors\n");
  writeFileSync(join(module, "go.mod"), "module example.com/shop\n\ngo 1.22\n");
  const edited = buildReport({ ...situations["edit-and-variable"], now: { directory: module } });
  const [first, ...rest] = edited.causes;
  const diff = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n package errors\n+var x = 1\n";
  const changes = [{ input: "file errors.go", before: "a", now: "b", diff }];
  save("why.json", { ...edited, causes: first === undefined ? [] : [{ ...first, changes }, ...rest] });
  save("test.json", buildReport(situations.tests ?? {}));
  save("first.json", buildReport(situations["first-run"] ?? {}));
  save("big.json", bigReport(5_000));
});

function save(name: string, report: Report): void {
  writeFileSync(join(module, name), renderJson(report));
}

beforeEach(() => {
  for (const file of [summary, `${calls}.arguments`, `${calls}.body`, join(root, "state")])
    rmSync(file, { recursive: true, force: true });
});

function run(words: readonly string[], env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(tool, "bin/gocache-why.js"), ...words],
    {
      cwd: module,
      env: { PATH: join(root, "agent"), HOME: root, XDG_STATE_HOME: join(root, "state"), ...env },
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  return { status, stdout, stderr };
}

describe("GitHub Actions", () => {
  test("has the summary, a group of the log, and an annotation a root cause on its file and line", () => {
    const { status, stdout, stderr } = run(["ci", "why.json"], systems.github);
    expect([status, stderr]).toEqual([0, ""]);
    expect(
      githubCommands(stdout).map(({ name, properties }) => [name, properties.file, properties.line]),
    ).toEqual([
      ["group", undefined, undefined],
      ["endgroup", undefined, undefined],
      ["notice", "sub/internal/errors/errors.go", "2"],
      ["warning", undefined, undefined],
    ]);
    expect(readFileSync(summary, "utf8")).toMatch(/^\*\*gocache-why\*\*: 40 of 411 actions ran/);
  });

  test("a step's summary that another program has begun is kept, and never more than 1 MiB", () => {
    for (const there of [0, 1_040_000]) {
      const earlier = "x".repeat(there);
      writeFileSync(summary, earlier);
      const { status, stdout, stderr } = run(["ci", "big.json"], systems.github);
      expect([status, stderr]).toEqual([0, ""]);
      const text = readFileSync(summary, "utf8");
      expect(text.startsWith(earlier)).toBe(true);
      expect(text).toContain("**gocache-why**: 5,000 of 5,030 actions ran");
      expect(statSync(summary).size).toBeLessThanOrEqual(1024 * 1024);
      const annotations = githubCommands(stdout).filter(({ name }) => !/group$/.test(name));
      expect(annotations).toHaveLength(10);
    }
  });

  test("a summary that is full is told, and nothing is put behind it", () => {
    writeFileSync(summary, "x".repeat(1024 * 1024 - 10));
    const { status, stderr } = run(["ci", "why.json"], systems.github);
    expect(status).toBe(1);
    expect(stderr).toBe(`gocache-why: the step's summary (${summary}) could not be written: it is full\n`);
    expect(statSync(summary).size).toBe(1024 * 1024 - 10);
  });

  test("several reports become one, also of a run that had no earlier one", () => {
    const output = join(root, "comment.md");
    const { status, stdout } = run(["ci", "why.json", "test.json", "--output", output], systems.github);
    expect(status).toBe(0);
    expect(stdout).toMatch(/2 go commands of this job/);
    expect(readFileSync(output, "utf8")).toBe(readFileSync(summary, "utf8"));
    expect(run(["ci", "first.json"], systems.github).stdout).toMatch(
      /^::group::[\s\S]*\n::endgroup::\nTo compare with the main branch: keep its run there with gocache-why export -o main\.snapshot, and here .*\n$/,
    );
  });

  test("without the variable that names the summary the log says so", () => {
    const { status, stdout } = run(["ci", "why.json"], { ...systems.github, GITHUB_STEP_SUMMARY: "" });
    expect(status).toBe(0);
    expect(stdout).toContain("GITHUB_STEP_SUMMARY is not set");
  });
});

test("GitLab has sections and a metrics report", () => {
  const { status, stdout, stderr } = run(["ci", "why.json"], systems.gitlab);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.match(/section_(start|end):\d+:gocache_why(_details)?/g)).toHaveLength(4);
  const metrics = readFileSync(join(module, "gocache-why-metrics.txt"), "utf8");
  expect(metrics).toContain('gocache_why_actions{kind="build",result="hit"} 371\n');
  expect(metrics.endsWith("# EOF\n")).toBe(true);
  rmSync(join(module, "gocache-why-metrics.txt"));
});

describe("Buildkite", () => {
  test("has an annotation by the agent, and an open group", () => {
    const { status, stdout, stderr } = run(["ci", "why.json"], systems.buildkite);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^\+\+\+ gocache-why: 40 of 411 actions ran/);
    expect(readFileSync(`${calls}.arguments`, "utf8")).toBe(
      "annotate\n--style\nwarning\n--context\ngocache-why-buildx\n",
    );
    expect(readFileSync(`${calls}.body`, "utf8")).toMatch(/^\*\*gocache-why\*\*: 40 of 411 actions ran/);
  });

  test("5,000 causes are within 1 MiB", () => {
    expect(run(["ci", "big.json"], systems.buildkite).status).toBe(0);
    expect(statSync(`${calls}.body`).size).toBeLessThanOrEqual(1024 * 1024);
    expect(statSync(`${calls}.body`).size).toBeGreaterThan(100_000);
  });

  test("an agent that fails is told; one that is absent is no failure", () => {
    const failed = run(["ci", "why.json"], { ...systems.buildkite, AGENT_STATUS: "3" });
    expect([failed.status, failed.stderr]).toEqual([
      1,
      "gocache-why: buildkite-agent annotate ended with status 3\n",
    ]);
    const absent = run(["ci", "why.json"], { ...systems.buildkite, PATH: root });
    expect([absent.status, absent.stderr]).toEqual([0, ""]);
    expect(absent.stdout).toContain("buildkite-agent is not on PATH");
  });
});

test.each(["circleci", "jenkins", "none"] as const)(
  "%s gets Markdown, of 60,000 characters at the most",
  (name) => {
    const { status, stdout, stderr } = run(["ci", "why.json"], systems[name]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^\*\*gocache-why\*\*: 40 of 411 actions ran[\s\S]*\| # \| cause \|/);
    expect(existsSync(summary)).toBe(false);
    if (name !== "circleci") return;
    expect(run(["ci", "big.json"], systems[name]).stdout.length).toBeLessThanOrEqual(60_000);
  },
);

describe("without a report", () => {
  test("the newest run is compared with --baseline, else with its own; a file that is not there is told", () => {
    expect(run(["import", join(demo, "before.log")], {}).status).toBe(0);
    const first = run(["ci", "--baseline", "main.snapshot"], systems.none);
    expect(first.status).toBe(0);
    expect(first.stderr).toBe(
      "gocache-why: there is no file main.snapshot: the run is compared with no other branch's\n",
    );
    expect(first.stdout).toMatch(
      /To compare with the main branch: .*`gocache-why ci --baseline main\.snapshot`\.\n$/,
    );
    expect(run(["export", "-o", "main.snapshot"], {}).status).toBe(0);
    expect(run(["import", join(demo, "now.log")], {}).status).toBe(0);
    const own = run(["ci"], systems.none);
    expect([own.status, own.stderr]).toEqual([0, ""]);
    expect(own.stdout).toContain("price/price.go");
    const named = run(["ci", "--baseline", "main.snapshot"], systems.none);
    expect([named.status, named.stderr]).toEqual([0, ""]);
    expect(named.stdout).toContain("price/price.go");
    expect(named.stdout).not.toContain("To compare with");
    rmSync(join(module, "main.snapshot"));
  });

  test("there must be a run", () => {
    const { status, stdout, stderr } = run(["ci"], systems.github);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^gocache-why: there is no run @1: .*\n$/);
  });
});

test("bad usage is one line", () => {
  expect(run(["ci", "why.json", "--baseline", "@2"], systems.github)).toMatchObject({
    status: 2,
    stderr: "gocache-why: --baseline is for the newest run; a report has been compared already\n",
  });
  expect(run(["ci", "missing.json"], systems.github)).toMatchObject({
    status: 1,
    stderr: "gocache-why: there is no file missing.json\n",
  });
  for (const text of [
    "{",
    "\n::error::x\n##[error]y",
    '{"a":\r\n  ::error::x',
    '{"schemaVersion": "\\n::error::x"}',
  ]) {
    writeFileSync(join(module, "broken.json"), text);
    const { status, stdout, stderr } = run(["ci", "broken.json"], systems.github);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^gocache-why: broken\.json: .*\n$/);
    expect(githubCommands(stderr)).toEqual([]);
  }
  expect(githubCommands(run(["ci", "x\n::error::y##[error]z"], systems.github).stderr)).toEqual([]);
});
