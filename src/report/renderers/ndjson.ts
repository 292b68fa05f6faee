import type { Report } from "../report.ts";

/**
 * A row a run, a cause and an action, each a line of JSON with the run's id, to be put behind those of earlier runs and read by
 * DuckDB, jq or a log collector. Columns are only added while schemaVersion is 1.
 */
export function renderNdjson(report: Report): string {
  const { now, totals } = report;
  const rows = [
    {
      schemaVersion: 1,
      row: "run",
      run: now.id,
      startedAt: now.startedAt,
      module: now.module,
      command: report.command.join(" "),
      goVersion: now.goVersion,
      goos: now.goos,
      goarch: now.goarch,
      head: now.head,
      exitCode: now.exitCode,
      baseline: report.baseline.status,
      before: report.before?.id ?? null,
      actions: totals.actions,
      hit: totals.hit,
      missed: totals.missed,
      alwaysRan: totals.alwaysRan,
      unknown: totals.byVerdict.unknown,
      seconds: totals.seconds,
      wallSeconds: totals.wallSeconds,
    },
    ...report.causes.map((cause, index) => ({
      schemaVersion: 1,
      row: "cause",
      run: now.id,
      startedAt: now.startedAt,
      cause: index,
      code: cause.code,
      class: cause.class,
      subject: cause.subject,
      before: cause.before,
      now: cause.now,
      origin: cause.origin,
      summary: cause.summary,
      evidence: cause.evidence.kind,
      direct: cause.direct,
      cascade: cause.cascade,
      exclusive: cause.exclusive,
      seconds: cause.seconds,
      wallSeconds: cause.wallSeconds,
    })),
    ...report.actions.map((action) => ({
      schemaVersion: 1,
      row: "action",
      run: now.id,
      startedAt: now.startedAt,
      key: action.key,
      kind: action.kind,
      package: action.package,
      variant: action.variant,
      verdict: action.verdict,
      role: action.role,
      causes: action.causes,
      seconds: action.seconds,
    })),
  ];
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
