import type { HistoryFacts, PastCause } from "../doctor/machine.ts";
import type { Report } from "./report.ts";

/** What the reports of some runs blame, cause by cause: only what missed for that cause alone counts as its cost. */
export function pastCauses(reports: readonly Report[]): HistoryFacts["causes"] {
  const found = new Map<string, PastCause>();
  for (const report of reports) {
    report.causes.forEach((cause, index) => {
      const key = `${cause.code} ${cause.subject}`;
      const before = found.get(key);
      const alone = report.actions.filter(({ causes }) => causes.length === 1 && causes[0] === index);
      const seconds = alone.some((action) => action.seconds === null)
        ? null
        : alone.reduce((sum, action) => sum + (action.seconds ?? 0), 0);
      found.set(key, {
        code: cause.code,
        subject: cause.subject,
        runs: (before?.runs ?? 0) + 1,
        missed: (before?.missed ?? 0) + alone.filter(({ verdict }) => isMiss(verdict)).length,
        seconds:
          before === undefined
            ? seconds
            : before.seconds === null || seconds === null
              ? null
              : before.seconds + seconds,
        isOnlyTimes: (before?.isOnlyTimes ?? true) && isTimeOnly(cause),
        example: cause.summary,
      });
    });
  }
  return [...found.values()];
}

function isTimeOnly({ now, changes }: Report["causes"][number]): boolean {
  const inputs = new Set(changes.map((change) => change.input.replace(/ .*$/, "")));
  return now === "only the mtime" || (inputs.size === 1 && inputs.has("mtime"));
}

function isMiss(verdict: string): boolean {
  return verdict === "key-changed" || verdict === "entry-missing" || verdict === "new";
}
