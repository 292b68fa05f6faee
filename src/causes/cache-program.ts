import type { CacheLookup, CacheTrace } from "../model/cache-trace.ts";
import { programOf, type Run, type RunAction } from "../model/run.ts";
import type { CauseFact, Evidence } from "./cause.ts";

/**
 * Why an action with the earlier key ran, where a program keeps what go stores, or kept it then; null where neither run had one.
 * With a program GOCACHE has nothing to do with it (cache/default.go, Go 1.24–1.27).
 */
export function programFact(before: Run, now: Run): CauseFact | null {
  const was = programOf(before);
  const is = programOf(now);
  if (was === null && is === null) return null;
  const isOther = was !== is;
  const origin = now.settings.envOrigin.GOCACHEPROG ?? before.settings.envOrigin.GOCACHEPROG ?? null;
  if (is === null)
    return { code: "cache-dir-changed", subject: "GOCACHEPROG", before: was, now: null, origin };
  return {
    code: "cache-program-miss",
    subject: "GOCACHEPROG",
    before: isOther ? was : null,
    now: isOther ? is : null,
    origin: isOther ? origin : "cache",
  };
}

/** The answer that a traced program gave about an action's output; null where that is not known. */
export function answerAbout(action: RunAction, { cacheTrace }: Run): CacheLookup | null {
  if (cacheTrace === undefined) return null;
  const known = lookups.get(cacheTrace) ?? new Map(cacheTrace.lookups.map((each) => [each.key, each]));
  lookups.set(cacheTrace, known);
  return known.get(action.key) ?? null;
}

const lookups = new WeakMap<CacheTrace, ReadonlyMap<string, CacheLookup>>();

/** True where the program said that it has the output, and go had to do the work all the same. */
export function saidHit(action: RunAction, run: Run): boolean {
  return answerAbout(action, run)?.got === "hit";
}

/** How it is known that a program is to blame: by its own answers where they were noted, else by what is left. */
export function programEvidence(roots: readonly RunAction[], run: Run): Evidence {
  const { cacheTrace } = run;
  const keys = roots.length === 1 ? "the key is" : "the keys are";
  if (cacheTrace === undefined) {
    return {
      kind: "inferred",
      detail: `${keys} the earlier run's, and GOCACHEPROG is set; what its program answered was not noted (--trace-cache does that)`,
    };
  }
  if (cacheTrace.commands !== null && !cacheTrace.commands.includes("get")) {
    return { kind: "observed", detail: `${keys} the earlier run's, and the program takes no gets` };
  }
  const answers = new Map<string, number>();
  for (const root of roots) {
    const got = answerAbout(root, run)?.got ?? "unknown";
    answers.set(got, (answers.get(got) ?? 0) + 1);
  }
  const told = (["miss", "error", "none", "unknown"] as const).flatMap((answer) => {
    const count = answers.get(answer) ?? 0;
    if (count === 0) return [];
    const which =
      roots.length === 1 ? "it" : count === roots.length ? `all ${count}` : `${count} of ${roots.length}`;
    return `${words[answer]} ${which}`;
  });
  return {
    kind: answers.has("unknown") ? "inferred" : "observed",
    detail: `${keys} the earlier run's, and the program ${told.join(", ")}`,
  };
}

const words = {
  miss: "answered that it has no output for",
  error: "answered with an error for",
  none: "never answered for",
  unknown: "was not seen to be asked for",
} as const;
