import { type Explanation, explain } from "../../causes/explain.ts";
import type { Innocent } from "../../causes/innocents.ts";
import type { Outside } from "../../causes/world.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import { userEnvironment } from "../../go/environment.ts";
import type { RunWithBlocks } from "../../model/run.ts";
import type { Beside } from "../../report/beside.ts";
import { buildReport } from "../../report/build-report.ts";
import type { Report } from "../../report/report.ts";
import { UsageError } from "../failure.ts";
import { openPair } from "../open-pair.ts";
import { openRuns } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { deliver } from "../record/deliver.ts";
import { createEarlierText } from "../record/earlier-text.ts";
import { createOutside } from "../record/outside.ts";
import { savingsOf } from "../record/savings-of.ts";
import { withContentInGit } from "../record/with-content-in-git.ts";
import { showsDiffs, withDiffs } from "../record/with-diffs.ts";
import { say } from "../say.ts";

export interface DiffInput {
  readonly before: string | undefined;
  readonly now: string | undefined;
  /** Tells also of what changed and cost no miss. */
  readonly showInnocent?: boolean;
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Compares two runs that are over: recorded ones, or raw logs. */
export async function diff(input: DiffInput): Promise<number> {
  const { process, options } = input;
  const { report, warnings, beside } = await diffReport(input);
  const problem = await deliver(report, options, process.stdout, process, beside);
  for (const warning of warnings.slice(0, 1)) await say(process, warning);
  if (problem === null) return 0;
  await say(process, problem);
  return 1;
}

/** The report on two runs that are over; `warnings` are of the history, `beside` is what a page shows more. */
export async function diffReport(input: DiffInput): Promise<{
  report: Report;
  warnings: readonly string[];
  beside: () => Promise<Beside>;
}> {
  const { process, options } = input;
  const runs = openRuns(process, options.shown, options.quiet);
  const { history } = runs;
  const { before, now } = await openPair(runs, input.before ?? options.baseline, input.now, "diff");
  const comparison = compareRuns(before, now);
  const common = [...comparison.pairs.values()].some((pair) => pair.before !== null);
  if (!common) {
    throw new UsageError(
      `the two runs have no action in common (${nameOf(before)} and ${nameOf(now)}): they built different programs`,
      1,
    );
  }
  const env = userEnvironment(process.env);
  const earlierText = createEarlierText(before.run, history, env);
  const outside = createOutside(now.run, earlierText);
  const found = await withContentInGit(explain(comparison, outside), env);
  const explanation = showsDiffs(options)
    ? await withDiffs(found, { history, env, shown: options.shown })
    : found;
  const report = buildReport(explanation, now.run, {
    version: input.version,
    command: now.run.command,
    exitCode: null,
    baseline: { status: "compared", note: null },
    all: options.all,
    warnings: [],
    ...(input.showInnocent === true ? { innocents: await findInnocents(found, outside, process) } : {}),
    ...(await savingsOf(found, outside)),
  });
  const beside = async () =>
    (await import("../record/beside-report.ts")).besideRun(now, explanation, report, history);
  return { report, warnings: history.warnings, beside };
}

async function findInnocents(
  found: Explanation,
  outside: Outside,
  process: NodeJS.Process,
): Promise<readonly Innocent[]> {
  const { innocentsOf } = await import("../../causes/innocents.ts");
  const { readChangedFiles } = await import("../../go/changed-files.ts");
  const before = found.comparison?.before.run;
  const now = found.comparison?.now.run;
  const roots = new Set(now?.source === "recorded" ? Object.values(now.moduleRoots) : []);
  const files = [...roots].map((root) =>
    before === undefined || now === undefined
      ? []
      : readChangedFiles(root, before, now, userEnvironment(process.env)),
  );
  return innocentsOf(found, outside, (await Promise.all(files)).flat());
}

function nameOf(side: RunWithBlocks): string {
  return side.run.id;
}
