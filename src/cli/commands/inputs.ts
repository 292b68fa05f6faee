import { explain, explainFirst } from "../../causes/explain.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import type { RunWithBlocks } from "../../model/run.ts";
import { buildReport } from "../../report/build-report.ts";
import { buildInputs } from "../../report/inputs.ts";
import { renderInputs, renderInputsJson } from "../../report/renderers/inputs.ts";
import { showTokens } from "../../report/transforms/show-values.ts";
import { openRuns, type Runs } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { createOutside } from "../record/outside.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface InputsInput {
  readonly package: string;
  readonly run: string | undefined;
  /** The other run; null where nothing is compared. */
  readonly against: string | null;
  readonly format: "terminal" | "json";
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Lists what went into the keys of a package; against another run what differs. */
export async function inputs(input: InputsInput): Promise<number> {
  const { process, options } = input;
  const runs = openRuns(process, options.shown);
  const now = await runs.open(input.run ?? "@1");
  const name = runs.packageOf(input.package, now);
  const before = input.against === null ? null : await runs.open(input.against);
  const comparison = before === null ? null : compareRuns(before, now);
  const report = buildReport(
    comparison === null ? explainFirst(now) : explain(comparison, createOutside(now.run)),
    now.run,
    {
      version: input.version,
      command: now.run.command,
      exitCode: null,
      baseline: { status: comparison === null ? "none" : "compared", note: null },
      all: true,
      warnings: [],
    },
  );
  const hidden = buildInputs(report, now, comparison, name);
  const value = options.shown === null ? hidden : showTokens(hidden, options.shown);
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  const text =
    input.format === "json"
      ? renderInputsJson(value)
      : renderInputs(value, view, comparison === null ? hintFor(runs, now, input) : null);
  return writeText(text, { output: options.output, warnings: runs.history.warnings, process });
}

/** How to see what differs from the run before. */
function hintFor(runs: Runs, now: RunWithBlocks, input: InputsInput): string | null {
  const before = runs.baselineOf(now);
  if (before === null) return null;
  const run = input.run === undefined ? "" : ` ${input.run}`;
  return `what differs from the run before it: gocache-why inputs ${input.package}${run} --against ${before.run.id}`;
}
