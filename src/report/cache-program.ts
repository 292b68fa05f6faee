import type { CacheTrace } from "../model/cache-trace.ts";
import type { Run } from "../model/run.ts";
import type { ReportCacheProgram, SlowerLookup } from "./report.ts";

/**
 * What the program of GOCACHEPROG was asked and answered in a run, as reports tell it; null where it was not traced.
 * @param earlier runs of before, newest first: what compiling took is known from those in which it was done, and what was put from
 *   those that were traced
 */
export function cacheProgramOf(now: Run, earlier: readonly Run[]): ReportCacheProgram | null {
  const { cacheTrace: trace } = now;
  if (trace === undefined) return null;
  const { lookups } = trace;
  const slower = slowerOf(trace, now, earlier);
  const { neverPut, lost } = unanswered(trace, now, earlier);
  return {
    commands: trace.commands,
    end: trace.end,
    status: trace.status,
    gets: rounded(trace.gets),
    puts: rounded(trace.puts),
    waitSeconds: milliseconds(trace.waitSeconds),
    errors: trace.errors,
    slower,
    neverPut,
    lost,
    actions: lookups.map((lookup) => ({
      ...lookup,
      gotSeconds: milliseconds(lookup.gotSeconds),
      putSeconds: milliseconds(lookup.putSeconds),
    })),
  };
}

/** Outputs that took longer to get than the work takes, in the newest run in which it was done; the most costly first. */
function slowerOf({ lookups }: CacheTrace, now: Run, earlier: readonly Run[]): SlowerLookup[] {
  const kinds = new Map(now.actions.map(({ key, outcome }) => [key, outcome]));
  const got = lookups.filter(({ key, got, flaw }) => got === "hit" && !flaw && kinds.get(key) === "hit");
  if (got.length === 0) return [];
  const work = new Map<string, { seconds: number; run: string }>();
  const wanted = new Set(got.map(({ key }) => key));
  for (const run of earlier) {
    for (const { key, outcome, failed, seconds } of run.actions) {
      if (outcome !== "ran" || failed || seconds === null || seconds === 0) continue;
      if (wanted.has(key) && !work.has(key)) work.set(key, { seconds, run: run.id });
    }
  }
  return got
    .flatMap(({ key, gotSeconds }) => {
      const done = work.get(key);
      if (done === undefined || gotSeconds <= done.seconds) return [];
      const seconds = milliseconds(gotSeconds);
      return [{ key, seconds, workSeconds: milliseconds(done.seconds), run: done.run }];
    })
    .sort((a, b) => b.seconds - b.workSeconds - (a.seconds - a.workSeconds) || (a.key < b.key ? -1 : 1));
}

/** What was asked for and is not there: by whether a traced run had put it. Links are never put (work/buildid.go, Go 1.24–1.27). */
function unanswered(
  { lookups }: CacheTrace,
  now: Run,
  earlier: readonly Run[],
): Pick<ReportCacheProgram, "neverPut" | "lost"> {
  const byKey = new Map(now.actions.map((action) => [action.key, action]));
  const putBy = new Map<string, string>();
  for (const run of earlier) {
    if (run.cacheTrace === undefined) continue;
    const ids = new Map(run.actions.map(({ key, id }) => [key, id]));
    for (const { key, put } of run.cacheTrace.lookups) {
      const id = ids.get(key);
      if (put === "done" && id != null && !putBy.has(id)) putBy.set(id, run.id);
    }
  }
  const neverPut: string[] = [];
  const lost: { key: string; run: string }[] = [];
  for (const { key, got, put } of lookups) {
    const action = byKey.get(key);
    const isStored = action?.kind === "build" || action?.kind === "vet";
    if (!isStored || action.id === null || got !== "miss") continue;
    const run = putBy.get(action.id);
    if (run !== undefined) lost.push({ key, run });
    // What failed is not stored either.
    else if (put !== "done" && !action.failed) neverPut.push(key);
  }
  return { neverPut, lost };
}

function rounded<Traffic extends { readonly seconds: number }>(traffic: Traffic): Traffic {
  return { ...traffic, seconds: milliseconds(traffic.seconds) };
}

/** To a tenth of a millisecond: what passes two processes is no better known. */
function milliseconds(seconds: number): number {
  return Math.round(seconds * 10_000) / 10_000;
}
