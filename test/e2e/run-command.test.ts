import { appendFileSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { eightPackages } from "./eight-packages.ts";
import { makeSandbox, type Outcome, run, type Sandbox, tool } from "./sandbox.ts";

/** Make, a shell, a make below it, and two go commands side by side. */
const Makefile = `
all: build nested side-by-side
build:
	go build -o bin/ ./...
nested:
	sh -c 'go list ./d && cd e && go build .'
	@$(MAKE) --no-print-directory test
test:
	go test ./a ./b
side-by-side: one two
one:
	go build -tags with_a ./a
two:
	go build -tags with_b ./b
broken:
	go build ./...
	go build ./nowhere
environment:
	@env | sort | grep -v '^PATH='
	@go test -count=1 ./env
`;

const files = {
  ...Object.fromEntries(Object.entries(eightPackages).filter(([name]) => !/native|two/.test(name))),
  "a/a_test.go": 'package a\n\nimport "testing"\n\nfunc TestName(t *testing.T) { Name() }\n',
  "env/env_test.go":
    'package env\n\nimport (\n\t"os"\n\t"strings"\n\t"testing"\n)\n\nfunc TestEnvironment(t *testing.T) {\n\tos.WriteFile("environment.txt", []byte(strings.Join(os.Environ(), "\\n")), 0o644)\n}\n',
  Makefile,
};

let sandbox: Sandbox;

beforeAll(() => {
  sandbox = makeSandbox(files);
});

function runMake(words: readonly string[]): Outcome & { report: Report } {
  const file = join(sandbox.root, "run.json");
  rmSync(file, { force: true });
  const outcome = tool(sandbox, ["run", "--format", "json", "--output", file, "--", "make", ...words]);
  return { ...outcome, report: JSON.parse(readFileSync(file, "utf8")) as Report };
}

const commandsOf = ({ runs = [] }: Report) => runs.map(({ command }) => command.join(" ")).sort();

describe("run -- make", () => {
  test("each go command that builds is a run, also below a shell, a second make, and side by side", () => {
    const words = ["-j2", "all"];
    const { status, report } = runMake(words);
    expect(status).toBe(0);
    expect(commandsOf(report)).toEqual([
      "go build -o bin/ ./...",
      "go build -tags with_a ./a",
      "go build -tags with_b ./b",
      "go build .",
      "go test ./a ./b",
    ]);
    appendFileSync(join(sandbox.module, "e/e.go"), "\nvar More = 1\n");
    const after = runMake(words).report;
    expect(after.causes.map(({ code, subject }) => [code, subject])).toContainEqual([
      "file-edited",
      "e/e.go",
    ]);
    expect(after.runs?.every(({ baseline }) => baseline.status === "compared")).toBe(true);
    expect(after.totals.actions).toBe(after.runs?.reduce((sum, { totals }) => sum + totals.actions, 0));
    expect(runMake(words).report.totals.missed).toBe(0);
  });

  test("its streams and its status are its own, with a go command that fails too", () => {
    for (const target of ["broken", "nested"]) {
      const plain = run(sandbox, "make", [target]);
      const recorded = runMake([target]);
      const timeless = (text: string) => text.replace(/\t(?:\d+\.\d+s|\(cached\))/g, "\ttime");
      expect([recorded.status, timeless(recorded.stdout), recorded.stderr]).toEqual([
        plain.status,
        timeless(plain.stdout),
        plain.stderr,
      ]);
    }
    const { status, report } = runMake(["broken"]);
    expect([status, report.exitCode]).toEqual([2, 2]);
    expect(report.runs?.map(({ exitCode }) => exitCode)).toEqual([0, 1]);
  });

  test("no variable of ours is seen by what make starts, nor by what go starts", () => {
    const file = join(sandbox.module, "env/environment.txt");
    const plain = run(sandbox, "make", ["environment"]);
    const seen = readFileSync(file, "utf8").split("\n").sort();
    const recorded = runMake(["environment"]);
    const variables = ({ stdout }: Outcome) => stdout.split("\n").filter((line) => /^\w+=/.test(line));
    expect(variables(recorded).length).toBeGreaterThan(5);
    expect(variables(recorded)).toEqual(variables(plain));
    expect(readFileSync(file, "utf8").split("\n").sort()).toEqual(seen);
    expect(commandsOf(recorded.report)).toEqual(["go test -count=1 ./env"]);
  });
});
