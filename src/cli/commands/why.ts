import { explain, explainFirst } from "../../causes/explain.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import type { RunWithBlocks } from "../../model/run.ts";
import { buildReport } from "../../report/build-report.ts";
import { renderWhy, renderWhyJson } from "../../report/renderers/why.ts";
import type { Report } from "../../report/report.ts";
import { buildWhy } from "../../report/why.ts";
import { openRuns } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { createOutside } from "../record/outside.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface WhyInput {
  readonly package: string;
  readonly run: string | undefined;
  readonly format: "terminal" | "json";
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Tells why one package ran: the way from its actions to the root. */
export async function why(input: WhyInput): Promise<number> {
  const { process, options } = input;
  const runs = openRuns(process);
  const now = runs.open(input.run ?? "@1");
  const name = runs.packageOf(input.package, now);
  const before =
    options.baseline === "none"
      ? null
      : options.baseline === null
        ? runs.baselineOf(now)
        : runs.open(options.baseline);
  const outside = createOutside(now.run);
  const explanation = before === null ? explainFirst(now) : explain(compareRuns(before, now), outside);
  const value = buildWhy(explanation, outside, reportOf(explanation, now, before, input.version), name);
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  return writeText(input.format === "json" ? renderWhyJson(value) : renderWhy(value, view), {
    output: options.output,
    warnings: runs.history.warnings,
    process,
  });
}

function reportOf(
  explanation: Parameters<typeof buildReport>[0],
  now: RunWithBlocks,
  before: RunWithBlocks | null,
  version: string,
): Report {
  return buildReport(explanation, now.run, {
    version,
    command: now.run.command,
    exitCode: null,
    baseline: { status: before === null ? "none" : "compared", note: null },
    all: true,
    warnings: [],
  });
}
