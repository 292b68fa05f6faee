import type { Comparison } from "../compare/compare-runs.ts";
import { minorOf } from "../model/go-release.ts";
import { programOf, type Run, type RunAction } from "../model/run.ts";
import { programFact } from "./cache-program.ts";
import type { CauseFact, Verdict } from "./cause.ts";

export interface Judged {
  readonly verdict: Verdict;
  /** The cause that the verdict itself names; null where the inputs have to tell. */
  readonly fact: CauseFact | null;
}

/** The verdict of an action: the first of the contract's list that fits. */
export function judge(action: RunAction, comparison: Comparison): Judged {
  const { now } = comparison;
  if (action.outcome === "hit") return { verdict: "hit", fact: null };
  if (action.outcome === "unknown") return { verdict: "unknown", fact: null };
  const isSelf = isSameRun(comparison.before.run, now.run);
  const forced = forcedBy(now.run);
  if (forced !== null) return { verdict: "forced", fact: forced };
  const pair = comparison.pairs.get(action.key);
  const before = pair?.before ?? null;
  if (pair === undefined || before === null) return { verdict: "new", fact: null };
  if (action.kind === "test") {
    const test = judgeTest(action, before, comparison);
    return isSelf && test.verdict !== "not-cacheable" ? { verdict: "unknown", fact: null } : test;
  }
  if (action.kind === "vet" && (action.id === null || before.id === null))
    return judgeVet(action, comparison);
  if (pair.sameId === null) return { verdict: "unknown", fact: null };
  if (!pair.sameId) {
    return action.unverified === null
      ? { verdict: "key-changed", fact: null }
      : { verdict: "unknown", fact: null };
  }
  if (before.failed)
    return { verdict: "not-cacheable", fact: forcedFact("build-failed-before", action.package) };
  if (action.kind === "vet" && minorOf(now.run.goVersion) <= 25)
    return { verdict: "not-cacheable", fact: forcedFact("vet-not-cached", action.package) };
  // A log does not tell where a link's output went.
  if (action.kind === "link" && !isOutputKnown(action, now.run)) return { verdict: "unknown", fact: null };
  if (action.kind === "link" && !isStoredLink(now.run))
    return { verdict: "not-cacheable", fact: linkFact(action, now.run) };
  const isUntold = isSelf || (before.outcome === "ran" && mayBeUnstored(comparison.before.run));
  return { verdict: isUntold ? "unknown" : "entry-missing", fact: null };
}

/** What ran in a log of `go -n` was not stored; nothing says so for certain. */
function mayBeUnstored({ problems }: Run): boolean {
  return problems.some(({ code }) => code === "may-be-unstored");
}

/** A run beside itself can't tell why what ran then had not been there. */
export function isSameRun(before: Run, now: Run): boolean {
  return (
    before === now ||
    (before.id === now.id &&
      before.startedAt === now.startedAt &&
      before.actions.length === now.actions.length &&
      before.actions.every((action, at) => {
        const other = now.actions[at];
        return other?.key === action.key && other.id === action.id && other.outcome === action.outcome;
      }))
  );
}

/** `-a` (also from GOFLAGS) or GODEBUG=gocacheverify=1: nothing is looked up. */
export function forcedBy(run: Run): CauseFact | null {
  const all = run.settings.flags.find((flag) => flag.name === "-a" && flag.value === "true");
  if (all !== undefined) {
    return { code: "forced-rebuild", subject: "-a", before: null, now: "-a", origin: all.origin };
  }
  if (/(^|,)gocacheverify=1(,|$)/.test(run.settings.env.GODEBUG ?? "")) {
    return {
      code: "forced-rebuild",
      subject: "gocacheverify",
      before: null,
      now: "1",
      origin: "environment",
    };
  }
  return null;
}

/** Whether the record can tell what became of a link's output: a log can't, and a graph not what was there before. */
function isOutputKnown(action: RunAction, run: Run): boolean {
  if (!run.hasGraph) return false;
  return run.source !== "imported" || action.target === null;
}

/** Executables of `go run` and `go tool` are stored since Go 1.24 (work/buildid.go). */
function isStoredLink(run: Run): boolean {
  return run.verb === "run" && minorOf(run.goVersion) >= 24;
}

function linkFact(action: RunAction, run: Run): CauseFact {
  if (action.target === null) return forcedFact("link-not-cached", action.package);
  const held = run.cache.targets[action.target];
  if (held === undefined) return forcedFact("link-not-cached", action.package);
  if (held === null) return { ...forcedFact("link-not-cached", action.package), now: "output file missing" };
  return { ...forcedFact("link-target-replaced", belowRoot(action.target, run)), origin: "file system" };
}

function belowRoot(path: string, run: Run): string {
  const root = Object.values(run.moduleRoots).find((each) => path.startsWith(`${each}/`));
  return root === undefined ? path : path.slice(root.length + 1);
}

function forcedFact(code: CauseFact["code"], subject: string): CauseFact {
  return { code, subject, before: null, now: null, origin: null };
}

/** The graph has no ID for vet actions; its key holds the whole key of the package's build (work/exec.go vet). */
function judgeVet(action: RunAction, comparison: Comparison): Judged {
  const build = comparison.pairs.get(
    `build ${action.package}${action.variant === null ? "" : ` ${action.variant}`}`,
  );
  if (build?.sameId === false) return { verdict: "key-changed", fact: null };
  if (minorOf(comparison.now.run.goVersion) <= 25) {
    return { verdict: "not-cacheable", fact: forcedFact("vet-not-cached", action.package) };
  }
  return { verdict: "unknown", fact: null };
}

/** Of a test that ran: its result could not be kept, or had not been, or was kept under another key, or is gone. */
function judgeTest(action: RunAction, before: RunAction, comparison: Comparison): Judged {
  const facts = action.test;
  if (facts === undefined) return { verdict: "unknown", fact: null };
  const [reason] = facts.notCacheable;
  if (reason !== undefined) return notCacheable(testNotCacheable(reason, comparison.now.run));
  if (before.test?.untold === true) return { verdict: "unknown", fact: null };
  if (before.test?.kept == null) return judgeWithoutResult(action, before, comparison);
  if (comparison.pairs.get(action.key)?.sameId === false) return { verdict: "key-changed", fact: null };
  const [young] = facts.tooNew;
  if (young !== undefined) return notCacheable(tooNew(young.path, young.ageMs, comparison.now.run));
  if (facts.asked === null && facts.kept === null) return { verdict: "unknown", fact: null };
  const expired = {
    code: "test-expired",
    subject: "GOCACHE",
    before: null,
    now: null,
    origin: "cache",
  } as const;
  return { verdict: "entry-missing", fact: facts.expired ? expired : null };
}

/** The earlier run left no result that could have been found. */
function judgeWithoutResult(action: RunAction, before: RunAction, comparison: Comparison): Judged {
  const [reason] = before.test?.notCacheable ?? [];
  // One that fails has none either way, and may have failed then.
  if (reason !== undefined && !action.failed) {
    // It ran under other flags then; the first run without them finds nothing.
    const was = comparison.before.run.settings.flags.find((flag) => flag.name === reason);
    const fact: CauseFact = {
      code: "test-flag-changed",
      subject: reason,
      before: was?.value ?? null,
      now: null,
      origin: was?.origin ?? null,
    };
    return { verdict: "key-changed", fact };
  }
  const [young] = before.test?.tooNew ?? [];
  if (young !== undefined) return notCacheable(tooNew(young.path, young.ageMs, comparison.now.run));
  return notCacheable(
    forcedFact("test-not-cacheable", before.failed ? "failed before" : "no result kept before"),
  );
}

function notCacheable(fact: CauseFact): Judged {
  return { verdict: "not-cacheable", fact };
}

function testNotCacheable(reason: string, run: Run): CauseFact {
  const flag = run.settings.flags.find((each) => each.name === reason);
  return {
    ...forcedFact("test-not-cacheable", reason),
    now: flag?.value ?? null,
    origin: flag?.origin ?? null,
  };
}

function tooNew(path: string, ageMs: number, run: Run): CauseFact {
  return {
    ...forcedFact("test-file-too-new", belowRoot(path, run)),
    now: `${(Math.max(0, ageMs) / 1000).toFixed(1)} s old`,
    origin: "file system",
  };
}

/**
 * Why entries with unchanged keys were gone, told once for the whole run: another cache, an emptied one, a trimmed
 * one, or some entries missing.
 */
export function missingEntriesFact(comparison: Comparison): CauseFact {
  const { before, now } = comparison;
  const fact = (
    code: CauseFact["code"],
    subject = "GOCACHE",
    from: string | null = null,
    to: string | null = null,
  ): CauseFact => ({
    code,
    subject,
    before: from,
    now: to,
    origin: "cache",
  });
  const program = programFact(before.run, now.run);
  if (program !== null) return program;
  if (before.run.gocache !== null && now.run.gocache !== null && before.run.gocache !== now.run.gocache) {
    return {
      ...fact("cache-dir-changed", "GOCACHE", before.run.gocache, now.run.gocache),
      origin: now.run.settings.envOrigin.GOCACHE ?? before.run.settings.envOrigin.GOCACHE ?? null,
    };
  }
  let asked = 0;
  let left = 0;
  for (const pair of comparison.pairs.values()) {
    // A main may be spared by its output file alone, without any entry (work/buildid.go).
    if (comparison.pairs.has(`link ${pair.now.package}`)) continue;
    if (pair.now.kind !== "build" || pair.sameId !== true || pair.before?.failed === true) continue;
    asked++;
    if (pair.now.outcome === "hit") left++;
  }
  // A trim leaves what another build has used since; an emptied cache has nothing of any.
  if (wasTrimmedBetween(before.run, now.run) && now.run.cache.present) return fact("cache-trimmed");
  return asked > 0 && left === 0 ? fact("cache-cleaned") : fact("cache-entry-missing");
}

/** The earlier run compiled it, and the same cache kept nothing of it. */
export function wasNotWritten({ id }: RunAction, { before, now }: Comparison): boolean {
  const isSameCache = before.run.gocache === now.run.gocache && programOf(now.run) === null;
  return isSameCache && id !== null && before.run.cache.unwritten?.includes(id) === true;
}

const trimLimitMs = 5 * 24 * 3600 * 1000;

/** Go deletes what was not used for five days (cache/cache.go trimLimit, Go 1.10–1.27). */
function wasTrimmedBetween(before: Run, now: Run): boolean {
  if (before.startedAt === null || now.startedAt === null || now.cache.trimmedAt === null) return false;
  const since = Date.parse(before.startedAt);
  return Date.parse(now.startedAt) - since > trimLimitMs && now.cache.trimmedAt * 1000 > since;
}
