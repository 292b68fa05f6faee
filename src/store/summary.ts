import type { Run } from "../model/run.ts";

/** What `runs` shows of a run; read from the head of its file. */
export interface RunSummary {
  readonly id: string;
  readonly startedAt: string | null;
  readonly command: readonly string[];
  readonly module: string | null;
  readonly verb: string | null;
  readonly patterns: readonly string[];
  readonly goVersion: string | null;
  /** How many actions it has. */
  readonly actions: number;
  /** How many of them missed, as the run was reported; null where it was saved without a comparison. */
  readonly missed: number | null;
  /** Work: seconds of all actions added up; null where none is known. */
  readonly seconds: number | null;
  readonly clockSeconds: number | null;
  readonly exitCode: number | null;
  readonly interrupted: boolean;
  readonly source: Run["source"];
}

/** The summary of a run. */
export function summarize(run: Run, missed: number | null): RunSummary {
  return {
    id: run.id,
    startedAt: run.startedAt,
    command: run.command,
    module: run.module,
    verb: run.verb,
    patterns: run.patterns,
    goVersion: run.goVersion,
    actions: run.actions.length,
    missed,
    seconds: addSeconds(run),
    clockSeconds: run.clockSeconds,
    exitCode: run.exitCode,
    interrupted: run.interrupted,
    source: run.source,
  };
}

function addSeconds(run: Run): number | null {
  let sum: number | null = null;
  for (const { seconds } of run.actions) if (seconds !== null) sum = (sum ?? 0) + seconds;
  return sum;
}
