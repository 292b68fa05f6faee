import { homedir } from "node:os";
import { type Explanation, explain, explainFirst } from "../../causes/explain.ts";
import { compareRuns } from "../../compare/compare-runs.ts";
import { userEnvironment } from "../../go/environment.ts";
import type { Run, RunWithBlocks } from "../../model/run.ts";
import { type Beside, besideOf, type PastRun, pastRunOf } from "../../report/beside.ts";
import { explainRuns } from "../../report/explain-runs.ts";
import type { Report } from "../../report/report.ts";
import { type History, openHistory } from "../../store/history.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { createEarlierText } from "./earlier-text.ts";
import { createOutside } from "./outside.ts";

/** Runs of the history that are looked into, each compared with the one before it. */
const mostRuns = 20;

/**
 * What a page shows beside the report of a run that is at hand.
 * @param report on it
 */
export function besideRun(
  now: RunWithBlocks,
  explanation: Explanation,
  report: Report,
  history: History,
): Beside {
  const before = explanation.comparison?.before.run ?? null;
  return besideOf(now, explanation, pastRuns(now.run, before, report, history));
}

/** The same of a saved report, as far as its runs are in the history of this machine; null where its run is not. */
export function besideSaved(report: Report, process: NodeJS.Process): Beside | null {
  const env = userEnvironment(process.env);
  const history = openHistory(stateDirectory(env, homedir()));
  const run = history.load(report.now.id);
  if (run === null) return null;
  const before = report.before === null ? null : history.load(report.before.id);
  const now = withBlocks(run, history);
  const explanation =
    before === null
      ? explainFirst(now)
      : explain(
          compareRuns(withBlocks(before, history), now),
          createOutside(run, createEarlierText(before, history, env)),
        );
  return besideRun(now, explanation, report, history);
}

/** The run's family up to it, oldest first. A run that is not kept yet stands behind the one that it is compared with. */
function pastRuns(now: Run, before: Run | null, report: Report, history: History): PastRun[] {
  const kept = history.earlier(now, mostRuns);
  const earlier =
    kept.length > 0 || before === null ? kept : [before, ...history.earlier(before, mostRuns - 1)];
  const runs = [...earlier].reverse();
  if (runs.length === 0) return [];
  const past = runs.map((run, at): PastRun => {
    const previous = at === 0 ? null : (runs[at - 1] ?? null);
    return pastRunOf(run, previous === null ? null : reportOn(previous, run, history));
  });
  return [...past, pastRunOf(now, report)];
}

function reportOn(before: Run, now: Run, history: History): Report {
  const isIdle = now.actions.every(({ outcome }) => outcome === "hit");
  if (isIdle) return explainRuns({ run: before, blocks: new Map() }, { run: now, blocks: new Map() });
  return explainRuns(withBlocks(before, history), withBlocks(now, history));
}

function withBlocks(run: Run, history: History): RunWithBlocks {
  return { run, blocks: history.blocks(run) };
}
