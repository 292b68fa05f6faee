import type { EvidenceKind } from "../causes/cause.ts";
import type { Report, Warning } from "./report.ts";
import type { WhatIfReport } from "./what-if.ts";

/** What would have missed over several runs: `gocache-why what-if --over N`. As in `schema/what-if-over.schema.json`. */
export interface WhatIfOver {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  readonly hypothesis: readonly string[];
  readonly supposed: string;
  /** How many runs were asked for, and of how many there was an earlier one to compare with. */
  readonly asked: number;
  readonly compared: number;
  readonly missed: number;
  readonly wouldMiss: number;
  /** Work; null where no run has times. */
  readonly seconds: number | null;
  readonly wouldTakeSeconds: number | null;
  /** The weakest of the runs'. */
  readonly evidence: EvidenceKind;
  /** Newest first; those that had an earlier run. */
  readonly runs: readonly {
    readonly id: string;
    readonly before: string;
    readonly startedAt: string | null;
    readonly args: readonly string[];
    readonly missed: number;
    readonly wouldMiss: number;
    readonly seconds: number | null;
    readonly wouldTakeSeconds: number | null;
    readonly evidence: EvidenceKind;
  }[];
  readonly warnings: readonly Warning[];
}

/**
 * Adds up what was told of single runs.
 * @param first tells of what is supposed, also where no run could be compared
 */
export function buildWhatIfOver(
  reports: readonly WhatIfReport[],
  asked: number,
  first: Pick<WhatIfReport, "tool" | "hypothesis" | "supposed">,
): WhatIfOver {
  const missing = reports.filter(({ missed }) => missed > 0);
  const warnings = new Map(
    reports.flatMap(({ warnings: all }) => all.map((each): [string, Warning] => [each.message, each])),
  );
  return {
    schemaVersion: 1,
    tool: first.tool,
    hypothesis: first.hypothesis,
    supposed: first.supposed,
    asked,
    compared: reports.length,
    missed: sum(reports.map(({ missed }) => missed)) ?? 0,
    wouldMiss: sum(reports.map(({ wouldMiss }) => wouldMiss)) ?? 0,
    seconds: sum(reports.map(({ seconds }) => seconds)),
    wouldTakeSeconds: sum(reports.map(({ wouldTakeSeconds }) => wouldTakeSeconds)),
    evidence: weakest(missing.map(({ evidence }) => evidence.kind)),
    runs: reports.map((report) => ({
      id: report.now.id,
      before: report.before.id,
      startedAt: report.now.startedAt,
      args: report.now.args,
      missed: report.missed,
      wouldMiss: report.wouldMiss,
      seconds: report.seconds,
      wouldTakeSeconds: report.wouldTakeSeconds,
      evidence: report.evidence.kind,
    })),
    warnings: [...warnings.values()],
  };
}

/** Null where nothing is known. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.round(known.reduce((all, value) => all + value, 0) * 1000) / 1000;
}

function weakest(kinds: readonly EvidenceKind[]): EvidenceKind {
  const order: readonly EvidenceKind[] = ["at-most", "inferred", "predicted", "observed", "proven"];
  return order.find((kind) => kinds.includes(kind)) ?? "predicted";
}
