import type { Report, ReportCause, ReportRun } from "../report.ts";

/**
 * Writes `~` for home directories, for a text that is pasted where strangers read it. Where a cause's two values would read the
 * same then (somebody else's home), it stays as it is: the difference is what it is about. It removes this:
 *
 *     1  the checkout moved: /home/jane.doe/src/app → /builds/app
 */
export function hideHomes(report: Report): Report {
  return {
    ...report,
    command: report.command.map(withoutHome),
    baseline: { ...report.baseline, note: orNull(report.baseline.note) },
    before: report.before === null ? null : runWithoutHome(report.before),
    now: runWithoutHome(report.now),
    causes: report.causes.map(causeWithoutHome),
    warnings: report.warnings.map((warning) => ({ ...warning, message: withoutHome(warning.message) })),
  };
}

const home = /(?<![\w.~/-])\/(?:home|Users)\/[^/\s"'`:,;]+(?=[/\s"'`:,;)]|$)|(?<![\w.~/-])\/root(?=\/)/g;

function withoutHome(text: string): string {
  return text.includes("/") ? text.replace(home, "~") : text;
}

function orNull(text: string | null): string | null {
  return text === null ? null : withoutHome(text);
}

function runWithoutHome(run: ReportRun): ReportRun {
  return {
    ...run,
    args: run.args.map(withoutHome),
    directory: orNull(run.directory),
    gocache: orNull(run.gocache),
  };
}

function causeWithoutHome(cause: ReportCause): ReportCause {
  const pairs = [cause, ...cause.changes];
  const isLost = pairs.some(({ before, now }) => before !== now && orNull(before) === orNull(now));
  if (isLost) return cause;
  return {
    ...cause,
    subject: withoutHome(cause.subject),
    before: orNull(cause.before),
    now: orNull(cause.now),
    summary: withoutHome(cause.summary),
    advice: cause.advice === null ? null : { ...cause.advice, text: withoutHome(cause.advice.text) },
    evidence: { ...cause.evidence, detail: withoutHome(cause.evidence.detail) },
    changes: cause.changes.map((change) => ({
      ...change,
      input: withoutHome(change.input),
      before: orNull(change.before),
      now: orNull(change.now),
    })),
  };
}
