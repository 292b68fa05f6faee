import { appendFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { mergeReports } from "../../report/merge-reports.ts";
import { annotationBytes, annotationStyle, renderBuildkiteLog } from "../../report/renderers/ci/buildkite.ts";
import { renderAnnotations, renderGithubLog, summaryBytes } from "../../report/renderers/ci/github.ts";
import { renderGitlabLog } from "../../report/renderers/ci/gitlab.ts";
import { harmless } from "../../report/renderers/ci/harmless.ts";
import { renderSummary } from "../../report/renderers/ci/summary.ts";
import { mostCharacters } from "../../report/renderers/markdown.ts";
import { renderPrometheus } from "../../report/renderers/prometheus.ts";
import type { View } from "../../report/renderers/view.ts";
import type { Report } from "../../report/report.ts";
import { annotateBuild } from "../ci/annotate-build.ts";
import { type CiSystem, detectCi } from "../ci/detect-ci.ts";
import { findPlace } from "../ci/find-place.ts";
import { isUsageError, UsageError } from "../failure.ts";
import { findFile } from "../load-run.ts";
import { openRuns } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { readReport } from "../read-report.ts";
import { forReaders } from "../record/deliver.ts";
import { replaceFile } from "../record/write-sinks.ts";
import { say } from "../say.ts";
import { coldReport } from "./cold.ts";
import { diffReport } from "./diff.ts";

export interface CiInput {
  /** Reports of `--format json`; the newest run where there are none. */
  readonly files: readonly string[];
  /** A RUN, `none`, or null for the one that the newest run has. A file that is not there is as good as none. */
  readonly baseline: string | null;
  /** Where the Markdown goes too, to be posted as a comment. */
  readonly output: string | null;
  /** Where OpenMetrics go; null for the place that the CI system has, if it has one. */
  readonly metrics: string | null;
  readonly verbosity: View["verbosity"];
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Writes what the CI system shows that this job runs in. What is said on stderr is read for commands by it, too. */
export async function ci(input: CiInput): Promise<number> {
  try {
    return await show(input);
  } catch (error) {
    if (isUsageError(error)) throw new UsageError(harmless(error.message), error.status);
    throw error;
  }
}

async function show(input: CiInput): Promise<number> {
  const { process, verbosity } = input;
  const system = await detectCi();
  const found = await reportOf(input);
  const report = forReaders(found.report, "json");
  const more = moreLine(report, input);
  const view: View = { width: logWidth, colour: 0, verbosity, now: new Date(), all: false };
  const problems = [
    ...(await faces[system](report, view, more, process)),
    ...writeFiles(input, system, report, view),
  ];
  for (const note of [...found.notes, ...problems]) await say(process, harmless(note));
  return problems.length === 0 ? 0 : 1;
}

/** Logs of CI systems are wide. */
const logWidth = 120;

/** Each gives what went wrong, in lines. */
const faces: Readonly<
  Record<
    CiSystem,
    (report: Report, view: View, more: string | null, process: NodeJS.Process) => Promise<string[]>
  >
> = {
  async github(report, view, more, process) {
    const workspace = resolve(process.cwd(), process.env.GITHUB_WORKSPACE || ".");
    const starts = [...new Set([...directoriesOf(report), process.cwd(), workspace])];
    const annotations = renderAnnotations(report, (cause) => findPlace(cause, workspace, starts));
    process.stdout.write(renderGithubLog(report, view, annotations) + logLine(more));
    const file = process.env.GITHUB_STEP_SUMMARY;
    if (!file) {
      process.stdout.write("GITHUB_STEP_SUMMARY is not set: the job's page shows no summary\n");
      return [];
    }
    return attempt(file, "the step's summary", () => {
      const there = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      const text = renderSummary(report, view, summaryBytes - there - between.length, more);
      if (text === null) throw new Error("it is full");
      appendFileSync(file, (there === 0 ? "" : between) + text);
    });
  },
  async gitlab(report, view, more, process) {
    const seconds = Math.floor(view.now.getTime() / 1000);
    process.stdout.write(renderGitlabLog(report, view, seconds) + logLine(more));
    return [];
  },
  async buildkite(report, view, more, process) {
    process.stdout.write(renderBuildkiteLog(report, view) + logLine(more));
    const text = renderSummary(report, view, annotationBytes, more);
    if (text === null) return [];
    const style = annotationStyle(report);
    const problem = await annotateBuild(text, { style, context: contextOf(process.env) }, process);
    if (problem !== "absent") return problem === null ? [] : [problem];
    process.stdout.write("buildkite-agent is not on PATH: the build's page shows no annotation\n");
    return [];
  },
  async other(report, view, more, process) {
    const text = renderSummary(report, view, mostCharacters, more);
    process.stdout.write(harmless(text ?? ""));
    return [];
  },
};

const between = "\n\n";

/** One annotation a step: two jobs of one build must not overwrite each other's. */
function contextOf(env: NodeJS.ProcessEnv): string {
  const step = (env.BUILDKITE_STEP_KEY || env.BUILDKITE_STEP_ID || "").replace(/[^\w.-]/g, "").slice(0, 80);
  return step === "" ? "gocache-why" : `gocache-why-${step}`;
}

function logLine(more: string | null): string {
  return more === null ? "" : `${harmless(more.replaceAll("`", ""))}\n`;
}

/** How a run that was compared with nothing gets something to be compared with. */
function moreLine({ baseline, totals }: Report, { files }: CiInput): string | null {
  if (baseline.status === "compared" || totals.ran === 0) return null;
  const here =
    files.length === 0
      ? "`gocache-why ci --baseline main.snapshot`"
      : "`gocache-why --baseline main.snapshot go …`";
  return `To compare with the main branch: keep its run there with \`gocache-why export -o main.snapshot\`, and here ${here}.`;
}

async function reportOf(input: CiInput): Promise<{ report: Report; notes: readonly string[] }> {
  const { files, baseline, process, version } = input;
  if (files.length > 0) {
    if (baseline !== null) {
      throw new UsageError("--baseline is for the newest run; a report has been compared already");
    }
    return {
      report: mergeFiles(
        files.map((file) => readReport(file, process)),
        input,
      ),
      notes: [],
    };
  }
  const isMissing =
    baseline !== null && looksLikeFile(baseline) && findFile(baseline, process.cwd()) === null;
  const notes = isMissing ? [`there is no file ${baseline}: the run is compared with no other branch's`] : [];
  const named = isMissing || baseline === "none" ? null : baseline;
  if (named === null && (baseline === "none" || !(await hasBaseline(process)))) {
    return { report: await coldReport({ log: undefined, deep: false, options, process, version }), notes };
  }
  const { report, warnings } = await diffReport({
    before: named ?? undefined,
    now: undefined,
    options,
    process,
    version,
  });
  return { report, notes: [...notes, ...warnings.slice(0, 1)] };
}

/** As `loadRun` tells a file from an id. */
function looksLikeFile(reference: string): boolean {
  return /[/\\.]/.test(reference) && !reference.startsWith("@");
}

async function hasBaseline(process: NodeJS.Process): Promise<boolean> {
  const runs = openRuns(process, null, true);
  return runs.baselineOf(await runs.open("@1")) !== null;
}

function mergeFiles(reports: readonly Report[], { process, version }: CiInput): Report {
  const [first, ...rest] = reports;
  if (first !== undefined && rest.length === 0) return first;
  const runs = reports
    .flatMap((report) => report.runs ?? [report])
    .sort((a, b) => (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0));
  return mergeReports(runs, {
    version,
    command: ["this", "job"],
    exitCode: reports.map(({ exitCode }) => exitCode ?? 0).find((status) => status !== 0) ?? 0,
    directory: process.cwd(),
    startedAt: runs[0]?.now.startedAt ?? new Date(0).toISOString(),
    warnings: [],
  });
}

function startOf({ now }: Report): string {
  return now.startedAt ?? "";
}

/** Where go ran; `~` is what stands for the home directory in a report. */
function directoriesOf({ now, runs }: Report): string[] {
  return [now, ...(runs ?? []).map((run) => run.now)].flatMap(({ directory }) =>
    directory === null ? [] : [directory.replace(/^~(?=\/|$)/, homedir())],
  );
}

function writeFiles(input: CiInput, system: CiSystem, report: Report, view: View): string[] {
  const { output, process } = input;
  const metrics = input.metrics ?? (system === "gitlab" ? "gocache-why-metrics.txt" : null);
  const problems: string[] = [];
  if (output !== null) {
    const text = renderSummary(report, view, mostCharacters, moreLine(report, input));
    problems.push(
      ...attempt(output, output, () => writeFileSync(resolve(process.cwd(), output), text ?? "")),
    );
  }
  if (metrics !== null) {
    const path = resolve(process.cwd(), metrics);
    problems.push(...attempt(metrics, metrics, () => replaceFile(path, renderPrometheus(report))));
  }
  return problems;
}

function attempt(path: string, name: string, work: () => void): string[] {
  try {
    work();
    return [];
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const where = path === name ? name : `${name} (${path})`;
    return [`${where} could not be written: ${code ?? message}`];
  }
}

const options: ReportOptions = {
  format: "json",
  output: null,
  baseline: null,
  quiet: true,
  all: false,
  verbosity: 0,
  color: null,
  shown: null,
};
