import { explainFirst } from "../../causes/explain.ts";
import type { RunWithBlocks } from "../../model/run.ts";
import { buildReport } from "../../report/build-report.ts";
import { UsageError } from "../failure.ts";
import { findFile, readSnapshotFile } from "../load-run.ts";
import type { ReportOptions } from "../options.ts";
import { readReport } from "../read-report.ts";
import { deliver } from "../record/deliver.ts";
import { say } from "../say.ts";
import { diff } from "./diff.ts";

export interface ReportInput {
  /** A file with a report as JSON; `-` for stdin. */
  readonly file: string;
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Shows a saved report in another format, or the report of a snapshot. */
export async function report(input: ReportInput): Promise<number> {
  const { file, options, process } = input;
  const snapshot = file === "-" ? null : snapshotOf(file, process);
  if (snapshot !== null) return reportSnapshot(snapshot, input);
  const problem = await deliver(readReport(file, process), options, process.stdout, process);
  if (problem === null) return 0;
  await say(process, problem);
  return 1;
}

function snapshotOf(name: string, process: NodeJS.Process): RunWithBlocks | null {
  const file = findFile(name, process.cwd());
  const found = file === null ? null : readSnapshotFile(file);
  if (found !== null && "error" in found) throw new UsageError(found.error, 1);
  return found;
}

/** Compared with a run only where one is named: what the run itself was compared with did not come along. */
async function reportSnapshot(now: RunWithBlocks, input: ReportInput): Promise<number> {
  const { file, options, process, version } = input;
  if (options.baseline !== null && options.baseline !== "none") {
    return diff({ before: options.baseline, now: file, options, process, version });
  }
  const report = buildReport(explainFirst(now), now.run, {
    version,
    command: now.run.command,
    exitCode: now.run.exitCode,
    baseline: { status: "none", note: "A snapshot holds one run: --baseline RUN compares it." },
    all: options.all,
    warnings: [],
  });
  const problem = await deliver(report, options, process.stdout, process);
  if (problem === null) return 0;
  await say(process, problem);
  return 1;
}
