import type { CacheTraffic } from "../model/cache-trace.ts";
import type { ReportCacheProgram } from "./report.ts";

/**
 * What several go commands asked their cache programs, as one: sums, and every list in the commands' order. Of an action that two of
 * them asked for both are listed. Null where none was traced.
 */
export function mergeCachePrograms(parts: readonly ReportCacheProgram[]): ReportCacheProgram | null {
  const [first] = parts;
  if (first === undefined) return null;
  if (parts.length === 1) return first;
  const odd = parts.find(({ end }) => end !== "closed") ?? first;
  return {
    commands: odd.commands,
    end: odd.end,
    status: odd.status,
    gets: sumOf(parts.map(({ gets }) => gets)),
    puts: sumOf(parts.map(({ puts }) => puts)),
    waitSeconds: parts.reduce((sum, { waitSeconds }) => sum + waitSeconds, 0),
    errors: parts.flatMap(({ errors }) => errors),
    slower: parts.flatMap(({ slower }) => slower),
    neverPut: [...new Set(parts.flatMap(({ neverPut }) => neverPut))],
    lost: parts.flatMap(({ lost }) => lost),
    actions: parts.flatMap(({ actions }) => actions),
  };
}

function sumOf(traffics: readonly CacheTraffic[]): CacheTraffic {
  const sum = (name: keyof CacheTraffic): number => traffics.reduce((total, each) => total + each[name], 0);
  return {
    requests: sum("requests"),
    hits: sum("hits"),
    misses: sum("misses"),
    errors: sum("errors"),
    flawed: sum("flawed"),
    unanswered: sum("unanswered"),
    bytes: sum("bytes"),
    seconds: sum("seconds"),
  };
}
