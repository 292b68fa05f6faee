import { renderTests, renderTestsJson } from "../../report/renderers/tests.ts";
import { buildTests } from "../../report/tests.ts";
import { UsageError } from "../failure.ts";
import { openRuns } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface TestsInput {
  readonly run: string | undefined;
  readonly format: "terminal" | "json";
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Runs before the one that is told. More would tell of code that is no longer there. */
const mostEarlierRuns = 20;

/** Lists what the tests of a run depend on, and what of it changed over the runs before it. */
export async function tests(input: TestsInput): Promise<number> {
  const { process, options } = input;
  const runs = openRuns(process, null, options.quiet);
  const { run } = input.run === undefined ? runs.openTested() : await runs.open(input.run);
  if (!run.actions.some((action) => action.kind === "test")) {
    throw new UsageError(
      `run ${run.id} ran no tests: gocache-why tests without a RUN takes the newest that did`,
      1,
    );
  }
  const value = buildTests([run, ...runs.history.earlier(run, mostEarlierRuns)], input.version);
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  const text = input.format === "json" ? renderTestsJson(value) : renderTests(value, view);
  return writeText(text, { output: options.output, warnings: runs.history.warnings, process });
}
