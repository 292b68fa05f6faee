import { checkReport, type Gate } from "../../report/check/check-report.ts";
import { type Limits, noLimits } from "../../report/check/limits.ts";
import { renderCheck, renderCheckJson } from "../../report/renderers/check.ts";
import type { Report } from "../../report/report.ts";
import type { ConfiguredCheck } from "../config/config.ts";
import { readConfig } from "../config/read-config.ts";
import { UsageError } from "../failure.ts";
import { findFile, readSnapshotFile } from "../load-run.ts";
import type { ReportOptions } from "../options.ts";
import { readReport } from "../read-report.ts";
import { forReaders } from "../record/deliver.ts";
import { writeText } from "../write-text.ts";
import { diffReport } from "./diff.ts";

export interface CheckInput {
  /** A report's file, `-`, or a RUN; undefined for the newest run's baseline. */
  readonly before: string | undefined;
  readonly now: string | undefined;
  readonly limits: Limits;
  /** For which packages the limits of the command line are; null for all. */
  readonly pattern: string | null;
  readonly format: "terminal" | "json";
  readonly output: string | null;
  readonly verbosity: number;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** A limit was exceeded. */
const exceeded = 10;

/** A gate for scripts and CI: holds a report, or two runs, against limits. */
export async function check(input: CheckInput): Promise<number> {
  const { process } = input;
  const gates = await gatesOf(input);
  const { report, warnings } = await reportOf(input);
  const found = checkReport(forReaders(report, input.format), gates);
  if ("error" in found) throw new UsageError(found.error, 1);
  const text = input.format === "json" ? renderCheckJson(found) : renderCheck(found, input.verbosity);
  const status = await writeText(text, { output: input.output, warnings, process });
  if (found.ok) return status;
  return exceeded;
}

/** The limits of the configuration file, and above them those of the command line. */
async function gatesOf({ limits, pattern, process }: CheckInput): Promise<readonly Gate[]> {
  const { config, problems } = await readConfig(process.cwd());
  const [problem] = problems;
  // A limit that was misspelled must not be taken for none.
  if (problem !== undefined) throw new UsageError(problem);
  const gates = mergeGates(config.check, limits, pattern).filter((gate) => hasLimit(gate.limits));
  if (gates.length > 0) return gates;
  throw new UsageError(
    'check needs a limit: --max-missed, --max-seconds, --min-hit-rate or --fail-on, or "check" in .gocache-why.json',
  );
}

function mergeGates(configured: ConfiguredCheck, limits: Limits, pattern: string | null): Gate[] {
  const gates: Gate[] = [{ pattern: null, limits: configured.all ?? noLimits }, ...configured.packages];
  const at = gates.findIndex((gate) => gate.pattern === pattern);
  const merged = { pattern, limits: above(limits, gates[at]?.limits ?? noLimits) };
  return at < 0 ? [...gates, merged] : gates.with(at, merged);
}

function above(limits: Limits, configured: Limits): Limits {
  return {
    maxMissed: limits.maxMissed ?? configured.maxMissed,
    maxSeconds: limits.maxSeconds ?? configured.maxSeconds,
    minHitRate: limits.minHitRate ?? configured.minHitRate,
    failOn: limits.failOn.length > 0 ? limits.failOn : configured.failOn,
    allow: limits.allow.length > 0 ? limits.allow : configured.allow,
  };
}

function hasLimit({ maxMissed, maxSeconds, minHitRate, failOn }: Limits): boolean {
  return maxMissed !== null || maxSeconds !== null || minHitRate !== null || failOn.length > 0;
}

async function reportOf(input: CheckInput): Promise<{ report: Report; warnings: readonly string[] }> {
  const { before, now, process, version } = input;
  if (before !== undefined && now === undefined && isReport(before, process)) {
    return { report: readReport(before, process), warnings: [] };
  }
  return diffReport({ before, now, options: comparing, process, version });
}

/** A lone file that is neither a snapshot nor a log. A report in any shape begins with a brace. */
function isReport(name: string, process: NodeJS.Process): boolean {
  if (name === "-") return true;
  const file = findFile(name, process.cwd());
  if (file === null) return name.endsWith(".json");
  return file.command === null && name.endsWith(".json") && readSnapshotFile(file) === null;
}

const comparing: ReportOptions = {
  format: "json",
  output: null,
  baseline: null,
  quiet: true,
  all: true,
  verbosity: 0,
  color: null,
  shown: null,
};
