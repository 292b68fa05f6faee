import { expect } from "vitest";
import type { Report, ReportCause } from "../../src/report/report.ts";
import { type Outcome, type RunOptions, report, type Sandbox } from "./sandbox.ts";

/** What go printed of each package's test. */
export function saidOf({ stdout }: Outcome): Record<string, "cached" | "ran" | "failed"> {
  const said: Record<string, "cached" | "ran" | "failed"> = {};
  for (const line of textOfTests(stdout).split("\n")) {
    const ok = /^ok {2}\texample\.com\/m\/(\S+)\t(\(cached\))?/.exec(line);
    if (ok?.[1] !== undefined) said[ok[1]] = ok[2] === undefined ? "ran" : "cached";
    const failed = /^FAIL\texample\.com\/m\/(\S+)\t/.exec(line);
    if (failed?.[1] !== undefined) said[failed[1]] = "failed";
  }
  return said;
}

/** With `-json` go's text is in events, each a line. */
function textOfTests(stdout: string): string {
  if (!stdout.startsWith("{")) return stdout;
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => (JSON.parse(line) as { Output?: string }).Output ?? "").join("");
}

export interface WrappedTests {
  /** By package below `example.com/m`. */
  readonly said: Readonly<Record<string, "cached" | "ran" | "failed">>;
  readonly verdicts: Readonly<Record<string, string>>;
  /** `code subject evidence`. */
  readonly causes: readonly string[];
  readonly told: readonly ReportCause[];
  readonly report: Report;
}

/** Runs `go test` of `example.com/m` wrapped; go's own words about each package must be the report's, and nothing unexplained. */
export function wrappedTests(
  sandbox: Sandbox,
  words: readonly string[],
  options: RunOptions & { own?: readonly string[] } = {},
): WrappedTests {
  const own = ["--all", ...(options.own ?? [])];
  const outcome = report(sandbox, ["go", ...words], { ...options, own });
  const said = saidOf(outcome);
  const tests = outcome.report.actions.filter(({ kind }) => kind === "test");
  const verdicts = Object.fromEntries(
    tests.map((action) => [action.package.replace("example.com/m/", ""), action.verdict]),
  );
  expect(Object.keys(verdicts).sort()).toEqual(Object.keys(said).sort());
  for (const [name, word] of Object.entries(said)) {
    expect([name, verdicts[name] === "hit"]).toEqual([name, word === "cached"]);
    expect(verdicts[name]).not.toBe("unknown");
  }
  expect(outcome.report.unexplained).toEqual([]);
  // Up to Go 1.25 the vet of a named package runs every time.
  const told = outcome.report.causes.filter((cause) => cause.code !== "vet-not-cached");
  const causes = told.map((cause) => `${cause.code} ${cause.subject} ${cause.evidence.kind}`);
  return { said, verdicts, causes, told, report: outcome.report };
}
