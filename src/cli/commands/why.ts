import { explain, explainFirst } from "../../causes/explain.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import { userEnvironment } from "../../go/environment.ts";
import type { RunWithBlocks } from "../../model/run.ts";
import { buildReport } from "../../report/build-report.ts";
import { renderWhy, renderWhyJson } from "../../report/renderers/why.ts";
import type { Report } from "../../report/report.ts";
import { showTokens } from "../../report/transforms/show-values.ts";
import { buildWhy } from "../../report/why.ts";
import { buildWhyTest } from "../../report/why-test.ts";
import { UsageError } from "../failure.ts";
import { openRuns } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { createEarlierText } from "../record/earlier-text.ts";
import { createOutside } from "../record/outside.ts";
import { savingsOf } from "../record/savings-of.ts";
import { withContentInGit } from "../record/with-content-in-git.ts";
import { withDiffs } from "../record/with-diffs.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface WhyInput {
  readonly package: string;
  readonly run: string | undefined;
  /** Of the package's test alone, with what go does not see. */
  readonly test: boolean;
  readonly format: "terminal" | "json";
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Tells why one package ran: the way from its actions to the root. */
export async function why(input: WhyInput): Promise<number> {
  const { process, options } = input;
  const runs = openRuns(process, options.shown);
  const now = input.test && input.run === undefined ? runs.openTested() : await runs.open(input.run ?? "@1");
  const name = runs.packageOf(input.package, now);
  const before =
    options.baseline === "none"
      ? null
      : options.baseline === null
        ? runs.baselineOf(now)
        : await runs.open(options.baseline);
  const { history } = runs;
  const env = userEnvironment(process.env);
  const outside = createOutside(
    now.run,
    before === null ? undefined : createEarlierText(before.run, history, env),
  );
  const explanation =
    before === null
      ? explainFirst(now)
      : await withDiffs(await withContentInGit(explain(compareRuns(before, now), outside), env), {
          history,
          env,
          shown: options.shown,
        });
  const test = input.test ? (buildWhyTest(now, explanation.comparison, name) ?? undefined) : undefined;
  if (input.test && test === undefined) throw new UsageError(`run ${now.run.id} ran no test of ${name}`, 1);
  const report = reportOf(explanation, now, before, input.version, await savingsOf(explanation, outside));
  const hidden = buildWhy(explanation, outside, report, name, test);
  const value = options.shown === null ? hidden : showTokens(hidden, options.shown);
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  return writeText(input.format === "json" ? renderWhyJson(value) : renderWhy(value, view), {
    output: options.output,
    warnings: history.warnings,
    process,
  });
}

function reportOf(
  explanation: Parameters<typeof buildReport>[0],
  now: RunWithBlocks,
  before: RunWithBlocks | null,
  version: string,
  savings: Awaited<ReturnType<typeof savingsOf>>,
): Report {
  return buildReport(explanation, now.run, {
    ...savings,
    version,
    command: now.run.command,
    exitCode: null,
    baseline: { status: before === null ? "none" : "compared", note: null },
    all: true,
    warnings: [],
  });
}
