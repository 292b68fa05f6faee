import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, inject, test } from "vitest";
import { blocksOf, scriptsOf } from "../ci-recipes.ts";
import { eightPackages } from "./eight-packages.ts";
import { makeSandbox, run, type Sandbox, tool } from "./sandbox.ts";
import { writeFiles } from "./write-files.ts";

const files = {
  ...Object.fromEntries(Object.entries(eightPackages).filter(([name]) => !/native|two/.test(name))),
  "a/a_test.go": 'package a\n\nimport "testing"\n\nfunc TestName(t *testing.T) { Name() }\n',
  Makefile: blocksOf("make", "make")[0] ?? "",
};
let sandbox: Sandbox;
let path: string;
let summary: string;

beforeAll(() => {
  sandbox = makeSandbox(files);
  const bin = join(sandbox.root, "bin");
  mkdirSync(bin);
  const program = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  // What npx would fetch is the tool of this checkout.
  program(
    "npx",
    `[ "$1" = --yes ] && shift\n[ "$1" = gocache-why ] || exit 99\nshift\nexec '${process.execPath}' '${inject("tool")}' "$@"`,
  );
  program("gh", 'case "$1 $2" in "run list") echo 12;; "run download") exit 1;; *) test -s why.md;; esac');
  program("buildkite-agent", `cat > '${join(sandbox.root, "annotation")}'`);
  path = `${bin}:${sandbox.env.PATH}`;
  summary = join(sandbox.root, "summary.md");
  copyFileSync(join(import.meta.dirname, "../../docs/set-mtimes.sh"), join(sandbox.module, "set-mtimes.sh"));
  const git = "git init -q && git add . && git -c user.name=n -c user.email=e@example.com commit -qm first";
  expect(run(sandbox, "sh", ["-euc", git]).status).toBe(0);
});

/** The scripts of a page as its job runs them, each in a shell of its own. */
function job(page: string, env: Readonly<Record<string, string>>): string {
  const outputs = scriptsOf(page).map((script) => {
    const { status, stdout, stderr } = run(sandbox, "bash", ["-eo", "pipefail", "-c", script], {
      env: { ...env, PATH: path },
    });
    expect([script, status, status === 0 ? "" : stdout + stderr]).toEqual([script, 0, ""]);
    return stdout;
  });
  expect(outputs.length).toBeGreaterThan(0);
  return Buffer.from(outputs.join(""), "latin1").toString("utf8");
}

// Jenkins leaves the report that the gate of the first page looks at.
test("every script of docs/ci runs, and shows what its CI system shows", () => {
  const jenkins = job("jenkins", { JENKINS_URL: "http://ci.example/", BUILD_ID: "3" });
  expect(jenkins).toMatch(/^\*\*gocache-why\*\*: /);
  expect(readFileSync(join(sandbox.module, "why.html"), "utf8")).toMatch(/^<!doctype html>/i);
  expect(job("README", {})).toMatch(/within limits/);
  const github = job("github", {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: sandbox.module,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: join(sandbox.root, "output"),
    NUMBER: "7",
  });
  expect(github).toMatch(/main has no run yet\n[\s\S]*^::group::gocache-why\n[\s\S]*^::endgroup::$/m);
  expect(readFileSync(summary, "utf8")).toMatch(/^\*\*gocache-why\*\*: /);
  const gitlab = { CI: "true", GITLAB_CI: "true", CI_COMMIT_BRANCH: "main", CI_DEFAULT_BRANCH: "main" };
  expect(job("gitlab", gitlab)).toMatch(/section_start:\d+:gocache_why\r/);
  expect(statSync(join(sandbox.module, "gocache-why-metrics.txt")).size).toBeGreaterThan(500);
  expect(job("buildkite", { CI: "true", BUILDKITE: "true" })).toMatch(/^(---|\+\+\+) gocache-why: /m);
  expect(readFileSync(join(sandbox.root, "annotation"), "utf8")).toMatch(/^\*\*gocache-why\*\*: /);
  expect(job("circleci", { CI: "true", CIRCLECI: "true" })).toMatch(/^\*\*gocache-why\*\*: /m);
  job("without-node", { CI: "true", GITLAB_CI: "true" });
  job("prometheus", {});
  expect(readFileSync(join(sandbox.module, "why.prom"), "utf8")).toMatch(/^# HELP gocache_why_run_info /);
});

test("the Makefile builds as ever, and under the tool with one report over all", () => {
  for (const target of ["build", "why"]) {
    const { status, stdout, stderr } = run(sandbox, "make", [target], { env: { PATH: path } });
    expect([target, status, status === 0 ? "" : stdout + stderr]).toEqual([target, 0, ""]);
  }
  expect(readFileSync(join(sandbox.module, "why.txt"), "utf8")).toMatch(/2 go commands of make build test/);
});

test("doctor finds nothing in the recipes that costs misses", () => {
  const folder = join(sandbox.root, "recipes");
  writeFiles(folder, {
    "go.mod": "module example.com/m\n\ngo 1.24\n",
    "a.go": "package a\n",
    ".github/workflows/build.yml": blocksOf("github", "yaml")[0] ?? "",
    ".gitlab-ci.yml": blocksOf("gitlab", "yaml")[0] ?? "",
    ".circleci/config.yml": blocksOf("circleci", "yaml")[0] ?? "",
    ".buildkite/pipeline.yml": blocksOf("buildkite", "yaml")[0] ?? "",
    Dockerfile: blocksOf("docker", "dockerfile")[0] ?? "",
    Jenkinsfile: blocksOf("jenkins", "groovy")[0] ?? "",
    Makefile: blocksOf("make", "make")[0] ?? "",
  });
  expect(run(sandbox, "git", ["init", "-q"], { cwd: folder }).status).toBe(0);
  const { status, stdout } = tool(sandbox, ["doctor", "--format", "json"], { cwd: folder });
  const { findings } = JSON.parse(stdout) as { findings: { file: string | null }[] };
  expect([status, findings.filter(({ file }) => file !== null)]).toEqual([0, []]);
});
