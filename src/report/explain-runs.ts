import { explain, explainFirst } from "../causes/explain.ts";
import type { Outside } from "../causes/world.ts";
import { compareRuns } from "../compare/compare-runs.ts";
import { createSavings } from "../explore/what-if/savings.ts";
import type { RunWithBlocks } from "../model/run.ts";
import { buildReport } from "./build-report.ts";
import type { Report } from "./report.ts";

export interface ExplainRunsOptions {
  /** Hits too stand in `report.actions`. */
  readonly all?: boolean;
  /** Answers from the files and the cache of the machine that the runs were made on; without it nothing is looked up. */
  readonly outside?: Outside;
  /** Stands in `report.tool.version`. */
  readonly version?: string;
}

/**
 * The report on a run: what missed the cache, and what changed outside that is to blame.
 * @param before the run that it is compared with; null for none: then all that ran is new.
 */
export function explainRuns(
  before: RunWithBlocks | null,
  now: RunWithBlocks,
  options: ExplainRunsOptions = {},
): Report {
  const outside = options.outside ?? nowhere;
  const explanation = before === null ? explainFirst(now) : explain(compareRuns(before, now), outside);
  return buildReport(explanation, now.run, {
    version: options.version ?? "0.0.0",
    command: now.run.command,
    exitCode: null,
    baseline: { status: before === null ? "none" : "compared", note: null },
    all: options.all ?? false,
    warnings: [],
    savings: createSavings(explanation, outside),
  });
}

/** Knows nothing: for logs of another machine. */
const nowhere: Outside = {
  readFile: () => null,
  modifiedAt: () => null,
  heldBefore: () => null,
  contentOf: () => null,
};
