import type { Explanation } from "../causes/explain.ts";
import type { RunWithBlocks } from "../model/run.ts";
import { type InputValue, inputValue } from "./inputs.ts";
import type { Report } from "./report.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

/**
 * What a report's JSON has no place for, and a face that is looked at can show: times, inputs of each action, earlier runs. Made
 * by commands that have the runs at hand; every part may be missing.
 */
export interface Beside {
  readonly timeline: Timeline | null;
  /** By the key of an action that ran. */
  readonly details: Readonly<Record<string, ActionDetail>>;
  /** The run that was compared with; null where there is none. */
  readonly before: RunNumbers | null;
  readonly now: RunNumbers | null;
  /** Recorded runs of the family, oldest first, this one the last; empty where none is known. */
  readonly history: readonly PastRun[];
}

/** Numbers of a run, whatever it was compared with. */
export interface RunNumbers {
  readonly actions: number;
  readonly hit: number;
  readonly ran: number;
  /** Work; null without an action graph. */
  readonly seconds: number | null;
  /** From start to end of the go command, on the clock. */
  readonly clockSeconds: number | null;
}

export interface ActionDetail {
  /** Inputs that differ from the baseline's, at most `mostInputs`. */
  readonly inputs: readonly InputValue[];
  /** How many more differ. */
  readonly more: number;
  /** True: the earlier key came out again. A text: why it did not. Null: it was not tried. */
  readonly proven: true | string | null;
  /** It ran, and its output is what it had been. */
  readonly sameOutput: boolean;
}

export interface PastRun extends RunNumbers {
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string | null;
  /** go's own words, redacted. */
  readonly args: readonly string[];
  readonly exitCode: number | null;
  /** Misses as the contract counts them; null where it was compared with nothing. */
  readonly missed: number | null;
  /** Compared with the run before it; null where there is none. */
  readonly causes: readonly PastRunCause[] | null;
}

export interface PastRunCause {
  readonly code: string;
  readonly subject: string;
  readonly summary: string;
  readonly seconds: number | null;
}

/** Changed inputs that are kept of one action: of a link in which a thousand packages changed the first few tell enough. */
const mostInputs = 40;

/** What is to be had of a run, its baseline and its explanation; the history comes from who has one. */
export function besideOf(now: RunWithBlocks, explanation: Explanation, history: readonly PastRun[]): Beside {
  const before = explanation.comparison?.before.run ?? null;
  return {
    timeline: timelineOf(now),
    details: detailsOf(explanation),
    before: before === null ? null : numbersOf(before),
    now: numbersOf(now.run),
    history,
  };
}

/** The numbers of a run. */
export function numbersOf(run: RunWithBlocks["run"]): RunNumbers {
  const ran = run.actions.filter(({ outcome }) => outcome === "ran");
  return {
    actions: run.actions.length,
    hit: run.actions.filter(({ outcome }) => outcome === "hit").length,
    ran: ran.length,
    seconds: run.hasGraph ? ran.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) : null,
    clockSeconds: run.clockSeconds,
  };
}

/**
 * One run of the history as its report tells it.
 * @param report on the run and the one before it; null where there is none.
 */
export function pastRunOf(run: RunWithBlocks["run"], report: Report | null): PastRun {
  return {
    ...numbersOf(run),
    id: run.id,
    startedAt: run.startedAt,
    args: run.command.slice(1),
    exitCode: run.exitCode,
    missed: report === null ? null : report.totals.missed,
    causes:
      report === null
        ? null
        : report.causes.map(({ code, subject, summary, seconds }) => ({ code, subject, summary, seconds })),
  };
}

function detailsOf(explanation: Explanation): Record<string, ActionDetail> {
  const { comparison, proofs } = explanation;
  const details: [string, ActionDetail][] = [];
  for (const { action, verdict } of explanation.actions) {
    if (verdict === "hit" || comparison === null) continue;
    const pair = comparison.pairs.get(action.key);
    const deltas = (comparison.inputs(action.key)?.deltas ?? []).filter(
      ({ input }) => !/^modinfo( end)?( #\d+)?$/.test(input.trim()),
    );
    const proof = proofs.get(action.key);
    details.push([
      action.key,
      {
        inputs: deltas.slice(0, mostInputs).map(({ input, before, now }) => inputValue(input, before, now)),
        more: Math.max(0, deltas.length - mostInputs),
        proven: proof === undefined ? null : (proof.gap ?? true),
        sameOutput:
          action.outcome === "ran" &&
          action.contentId !== null &&
          pair?.before?.contentId === action.contentId,
      },
    ]);
  }
  return Object.fromEntries(details);
}
