import { causeId, type EvidenceKind } from "../causes/cause.ts";
import type { Explanation } from "../causes/explain.ts";
import type { Hypothesis } from "../explore/what-if/hypothesis.ts";
import type { Supposition, WhatIf } from "../explore/what-if/what-if.ts";
import { buildReport, reportRun } from "./build-report.ts";
import type { Report, ReportCause, ReportRun, Warning } from "./report.ts";
import { supposedText, whatIfDetail } from "./wording/what-if.ts";

/** What would have missed, had something been otherwise: `gocache-why what-if`. As in `schema/what-if.schema.json`. */
export interface WhatIfReport {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  readonly before: ReportRun;
  readonly now: ReportRun;
  /** As on the command line: `--trimpath`, `--set CC=gcc`. */
  readonly hypothesis: readonly string[];
  /** The same in words: `with -trimpath in both runs`. */
  readonly supposed: string;
  readonly missed: number;
  readonly wouldMiss: number;
  /** Work of what missed, and of what would have; null where no times are known. */
  readonly seconds: number | null;
  readonly wouldTakeSeconds: number | null;
  readonly evidence: { readonly kind: EvidenceKind; readonly detail: string };
  /** What ran without being a miss (`-a`, `-count=1`, a link that nothing keeps), and what of it would run still. */
  readonly always: {
    readonly ran: number;
    readonly wouldRun: number;
    readonly seconds: number | null;
    readonly wouldTakeSeconds: number | null;
  };
  /** What missed, and what hit and would have missed, by key. */
  readonly actions: readonly WhatIfAction[];
  /** Causes of what would miss still, the dearest first. */
  readonly remaining: readonly RemainingCause[];
  /** What holds a directory where -trimpath does not reach. */
  readonly unreached: readonly {
    readonly code: string;
    readonly subject: string;
    readonly input: string;
    readonly packages: readonly string[];
  }[];
  /** What a real build in copies gave; null without --verify, and where it could not be built. */
  readonly verified: Verified | null;
  readonly warnings: readonly Warning[];
}

export interface WhatIfAction {
  readonly key: string;
  /** `absent`: the command would not have had it. */
  readonly would: "hit" | "miss" | "absent";
  readonly evidence: EvidenceKind;
  readonly seconds: number | null;
}

export interface RemainingCause {
  readonly code: string;
  readonly subject: string;
  readonly summary: string;
  readonly actions: number;
  readonly seconds: number | null;
}

export interface Verified {
  readonly missed: number;
  readonly seconds: number | null;
  /** Actions of the prediction that the real build did otherwise, by key, at most 50. */
  readonly otherwise: readonly { readonly key: string; readonly would: string; readonly did: string }[];
}

export interface WhatIfOptions {
  readonly version: string;
  readonly hypotheses: readonly Hypothesis[];
  readonly warnings: readonly Warning[];
  readonly verified: Verified | null;
}

export function buildWhatIf(explanation: Explanation, found: WhatIf, options: WhatIfOptions): WhatIfReport {
  const { comparison } = explanation;
  if (comparison === null) throw new Error("a what-if needs two runs");
  const { before, now } = comparison;
  const missed = found.actions.filter(({ action }) => action.outcome !== "hit");
  const would = found.actions.filter(isMiss);
  const isTimed = now.run.hasGraph;
  const report = buildReport(explanation, now.run, {
    version: options.version,
    command: now.run.command,
    exitCode: null,
    baseline: { status: "compared", note: null },
    all: false,
    warnings: [],
  });
  const left = found.always.filter(isMiss);
  return {
    schemaVersion: 1,
    tool: report.tool,
    before: reportRun(before.run),
    now: reportRun(now.run),
    hypothesis: options.hypotheses.map(({ word }) => word),
    supposed: supposedText(options.hypotheses),
    missed: missed.length,
    wouldMiss: would.length,
    seconds: workOf(missed, isTimed),
    wouldTakeSeconds: workOf(would, isTimed),
    evidence: { kind: found.evidence, detail: whatIfDetail(found) },
    always: {
      ran: found.always.length,
      wouldRun: left.length,
      seconds: workOf(found.always, isTimed),
      wouldTakeSeconds: workOf(left, isTimed),
    },
    actions: found.actions
      .map(({ action, would: fate, evidence }) => ({
        key: action.key,
        would: fate,
        evidence,
        seconds: action.seconds,
      }))
      .sort((a, b) => (a.key < b.key ? -1 : 1)),
    remaining: remainingOf(would, report.causes, isTimed),
    unreached: found.unreached.map(({ cause, input, packages }) => ({
      code: cause.code,
      subject: cause.subject,
      input,
      packages,
    })),
    verified: options.verified,
    warnings: options.warnings,
  };
}

function isMiss({ would }: Supposition): boolean {
  return would === "miss";
}

function remainingOf(
  would: readonly Supposition[],
  causes: readonly ReportCause[],
  isTimed: boolean,
): readonly RemainingCause[] {
  return causes
    .flatMap((cause): RemainingCause[] => {
      const id = causeId(cause);
      const mine = would.filter((each) => each.causes.includes(id));
      if (mine.length === 0) return [];
      const { code, subject, summary } = cause;
      return [{ code, subject, summary, actions: mine.length, seconds: workOf(mine, isTimed) }];
    })
    .sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0) || b.actions - a.actions);
}

function workOf(actions: readonly Supposition[], isTimed: boolean): number | null {
  if (!isTimed) return null;
  return Math.round(actions.reduce((sum, { action }) => sum + (action.seconds ?? 0), 0) * 1000) / 1000;
}
