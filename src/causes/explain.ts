import type { Comparison } from "../compare/compare-runs.ts";
import type { Proof } from "../keys/prove-key.ts";
import type { KeyRule } from "../keys/rule.ts";
import { shortId } from "../model/ids.ts";
import type { Run, RunAction, RunWithBlocks } from "../model/run.ts";
import { createBlame } from "./blame.ts";
import { saidHit } from "./cache-program.ts";
import { type CauseFact, causeId, type Verdict } from "./cause.ts";
import { changesOf } from "./changes.ts";
import { coverageFact } from "./classify-flags.ts";
import { editsOf } from "./edits.ts";
import { evidenceOf } from "./evidence.ts";
import type { ExplainedAction, ExplainedCause } from "./explained.ts";
import { createFactBook, type LocalCauses, localCausesOf } from "./local-causes.ts";
import { type Prover, proverOf } from "./prove.ts";
import { touchedBy } from "./touched.ts";
import { forcedBy, type Judged, judge, missingEntriesFact, wasNotWritten } from "./verdict.ts";
import { type Outside, worldsOf } from "./world.ts";

export interface Explanation {
  readonly comparison: Comparison | null;
  readonly actions: readonly ExplainedAction[];
  /** By `causeId`; only causes that an action names. */
  readonly causes: ReadonlyMap<string, ExplainedCause>;
  readonly unexplained: readonly string[];
  readonly cutOff: number;
  /** Inputs that no rule knows, of actions that other inputs explain: `build p` → inputs. */
  readonly openInputs: ReadonlyMap<string, readonly string[]>;
  /** Roots whose key changed → the proof of their earlier key, or why there is none. */
  readonly proofs: ReadonlyMap<string, Proof>;
  /** What changed in an action's own inputs, whether it ran or not; null where a block is lacking. */
  localOf(key: string): LocalCauses | null;
  /** Of an action with the earlier key and another output: the causes that its dependents have of it, each of which it takes. */
  otherOutputOf(key: string): readonly string[];
}

/** Explains a run without a baseline: everything that ran is new. */
export function explainFirst(now: RunWithBlocks): Explanation {
  const { run } = now;
  const forced = forcedBy(run);
  const subject = run.module ?? run.patterns.join(" ");
  const first: CauseFact = forced ?? { code: "first-build", subject, before: null, now: null, origin: null };
  const id = causeId(first);
  const actions = run.actions.map((action): ExplainedAction => {
    const ran = action.outcome === "ran";
    const verdict: Verdict = !ran
      ? action.outcome === "hit"
        ? "hit"
        : "unknown"
      : forced === null
        ? "new"
        : "forced";
    return {
      action,
      idBefore: null,
      verdict,
      own: ran ? [id] : [],
      inherited: [],
      sufficient: ran ? [id] : [],
      via: null,
    };
  });
  const detail = forced === null ? "no earlier run to compare with" : "the flag is in the command";
  const causes = new Map<string, ExplainedCause>();
  if (actions.some(({ own }) => own.length > 0)) {
    causes.set(id, { fact: first, evidence: { kind: "observed", detail }, changes: [], edits: [] });
  }
  return {
    comparison: null,
    actions,
    causes,
    unexplained: [],
    cutOff: 0,
    openInputs: new Map(),
    proofs: new Map(),
    localOf: () => null,
    otherOutputOf: () => [],
  };
}

/**
 * Explains each action of the now-run against the before-run. Pure, but for the questions put to `outside`.
 * @param rules by which earlier keys are regenerated; all of them where it is left out
 */
export function explain(comparison: Comparison, outside: Outside, rules?: readonly KeyRule[]): Explanation {
  const worlds = worldsOf(comparison, outside);
  const book = createFactBook();
  const { pairs, now } = comparison;
  const judged = new Map<string, Judged>();
  for (const { now: action } of pairs.values()) judged.set(action.key, judge(action, comparison));

  const locals = new Map<string, LocalCauses | null>();
  const localOf = (key: string): LocalCauses | null => {
    const known = locals.get(key);
    if (known !== undefined) return known;
    const action = pairs.get(key)?.now;
    const fresh = action === undefined ? null : localCausesOf(action, comparison, worlds, book);
    locals.set(key, fresh);
    return fresh;
  };

  const newcomers = createNewcomers(comparison, localOf);
  const found = new Map<string, Reasons>();
  const open = new Set<string>();
  let missing: CauseFact | null = null;

  /** Why an action is not what it was in the baseline, whether it ran now or not. */
  function reasonsOf(key: string): Reasons {
    const known = found.get(key);
    if (known !== undefined) return known;
    if (open.has(key)) return noReasons;
    open.add(key);
    const result = findReasons(key);
    open.delete(key);
    found.set(key, result);
    return result;
  }

  function findReasons(key: string): Reasons {
    const pair = pairs.get(key);
    const verdict = judged.get(key);
    if (pair === undefined || verdict === undefined) return noReasons;
    if (verdict.fact?.code === "link-not-cached" && pair.now.package.endsWith(".test")) {
      // Its binary was linked only because the test had to run: it carries the test's causes.
      const test = `test ${pair.now.package.slice(0, -".test".length)}`;
      const isTold = judged.get(test)?.verdict !== "unknown";
      const tested = pairs.get(test)?.now;
      if (tested?.outcome === "ran" && isTold) return through([test]);
      // Whether the test was cached can't be said then.
      if (tested?.outcome === "unknown")
        return rootOf([book.note({ ...verdict.fact, now: "test not told" })]);
    }
    if (verdict.fact !== null) return rootOf([book.note(verdict.fact)]);
    if (pair.before === null) {
      const bringers = newcomers(key);
      if (bringers.length > 0) return rootOf(bringers);
      const covering = isCovered(pair.now) ? coverageFact(worlds) : null;
      if (covering !== null) return rootOf([book.note(covering)]);
      const vetted = pair.now.kind === "vet" ? vetSwitch(comparison) : null;
      if (vetted !== null) return rootOf([book.note(vetted)]);
      const unblocked = unblockedBy(pair.now);
      return rootOf(unblocked.length > 0 ? unblocked : [book.note(firstBuild(pair.now, comparison.now.run))]);
    }
    if (verdict.verdict === "entry-missing") {
      const missed = rootOf([book.note(missingEntry(pair.now))]);
      // The package itself ran for its entry alone; those above it also because its output came out as another.
      return gaveAnother(pair.before, pair.now)
        ? { ...missed, passes: [book.note(unstable(pair.now))] }
        : missed;
    }
    if (pair.now.kind === "vet" && pair.now.id === null) return through([key.replace(/^vet /, "build ")]);
    if (pair.sameId === true) {
      return gaveAnother(pair.before, pair.now) ? rootOf([book.note(unstable(pair.now))]) : noReasons;
    }
    const local = localOf(key);
    if (local === null) return coveringMain(pair.now);
    const below = through(local.dependencies.map((dependency) => dependency.key));
    return { own: new Set(local.own.keys()), inherited: below.inherited, via: below.via };
  }

  /** True for a package that is instrumented for coverage. */
  function isCovered(action: RunAction): boolean {
    const inputs = action.kind === "build" ? comparison.segments("now", action) : null;
    return inputs?.some(({ input }) => input === "cover mode") === true;
  }

  /** A test's generated main names what is covered (load/test.go testmainTmpl), and no replay under coverage tells its text. */
  function coveringMain(action: RunAction): Reasons {
    const covering =
      action.kind === "build" && action.package.endsWith(".test") ? coverageFact(worlds) : null;
    if (covering === null) return noReasons;
    const id = book.note(covering);
    book.inferred.add(`${action.key}\n${id}`);
    return rootOf([id]);
  }

  function missingEntry(action: RunAction): CauseFact {
    missing ??= missingEntriesFact(comparison);
    if (missing.subject === "GOCACHEPROG") {
      const isDamaged = missing.code === "cache-program-miss" && saidHit(action, now.run);
      return isDamaged
        ? { ...missing, code: "cache-entry-damaged", before: null, now: null, origin: "cache" }
        : missing;
    }
    if (wasNotWritten(action, comparison)) return { ...missing, code: "cache-not-written" };
    // Under -coverpkg Go also wants what it covers described in a file of its own, which the earlier compile did not make.
    const covering = missing.code !== "cache-cleaned" && isCovered(action) ? coverageFact(worlds) : null;
    if (covering !== null) return covering;
    const canBeDamaged = missing.code === "cache-entry-missing" || missing.code === "cache-cleaned";
    const isDamaged =
      canBeDamaged && action.digest !== null && outside.indexedBefore?.(action.digest) === true;
    return isDamaged ? { ...missing, code: "cache-entry-damaged" } : missing;
  }

  function through(keys: readonly string[]): Reasons {
    const inherited = new Set<string>();
    const via: ViaLink[] = [];
    for (const key of keys) {
      const causes = passedOn(reasonsOf(key));
      for (const id of causes) inherited.add(id);
      if (causes.size > 0) via.push({ key, causes });
    }
    return { own: new Set(), inherited, via };
  }

  /** What the earlier run did not come to, since a dependency failed then: the mend brought it. */
  function unblockedBy(action: RunAction): readonly string[] {
    if (!comparison.before.run.actions.some((each) => each.failed)) return [];
    const seen = new Set<string>();
    const stack = [action.key];
    const causes = new Set<string>();
    const tested = testedBy(action);
    // No replay tells what a test's main and its link are made of: the tested package, and its tests.
    if (tested !== null) {
      const main = `${tested}.test`;
      stack.push(`build ${tested}`, `build ${tested} [${main}]`, `build ${tested}_test [${main}]`);
    }
    for (let key = stack.pop(); key !== undefined; key = stack.pop()) {
      const pair = pairs.get(key);
      if (pair?.before?.failed === true) for (const id of passedOn(reasonsOf(key))) causes.add(id);
      for (const segment of pair === undefined ? [] : (comparison.segments("now", pair.now) ?? [])) {
        const name = /^(?:import|packagefile) (\S+)$/.exec(segment.input)?.[1];
        const next = `build ${name}`;
        if (name === undefined || seen.has(next)) continue;
        seen.add(next);
        stack.push(next);
      }
    }
    return [...causes];
  }

  const blame = createBlame({
    comparison,
    localOf,
    causesOf: (key) => allOf(reasonsOf(key)),
    passedOn: (key) => passedOn(reasonsOf(key)),
    held: (action, key) => {
      // A link is not stored: its output file, as it was before the run, is all that can have held it.
      const output =
        action.kind !== "link" || action.target === null ? null : now.run.cache.targets[action.target];
      return output === shortId(key) ? 0 : outside.heldBefore(key);
    },
    contentOf: outside.contentOf,
  });

  /** What is to blame for an action that ran. */
  function blamed(key: string, verdict: Verdict): Reasons {
    const reasons = reasonsOf(key);
    if (verdict !== "key-changed") return reasons;
    const causes = blame(key);
    const keep = (ids: ReadonlySet<string>): ReadonlySet<string> =>
      new Set([...ids].filter((id) => causes.has(id)));
    return {
      own: keep(reasons.own),
      inherited: keep(reasons.inherited),
      via: reasons.via.filter((link) => [...link.causes].some((id) => causes.has(id))),
    };
  }

  const prover = proverOf(comparison, outside, localOf, book.facts, rules);
  const actions: ExplainedAction[] = [];
  const unexplained: string[] = [];
  const openInputs = new Map<string, readonly string[]>();
  const named = new Set<string>();
  const distance = createDistance(reasonsOf);
  // By key, so that what is noted of a cause first does not depend on the order of the graph.
  for (const pair of [...pairs.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const { verdict } = judged.get(pair.key) as Judged;
    const ran = verdict !== "hit" && verdict !== "unknown";
    const reasons = ran ? blamed(pair.key, verdict) : noReasons;
    if (ran && allOf(reasons).size === 0) unexplained.push(pair.key);
    else if (ran && verdict === "key-changed") {
      const rest = localOf(pair.key)?.unknown ?? [];
      if (rest.length > 0) openInputs.set(pair.key, rest);
    }
    for (const id of allOf(reasons)) named.add(id);
    actions.push({
      action: pair.now,
      idBefore: pair.before?.id ?? null,
      verdict,
      own: [...reasons.own],
      inherited: [...reasons.inherited],
      sufficient: sufficientOf(pair.now, verdict, reasons, prover, book.facts),
      via: reasons.own.size > 0 ? null : nearest(reasons.via, distance),
    });
  }
  const causes = new Map<string, ExplainedCause>();
  for (const id of named) {
    const fact = book.facts.get(id);
    if (fact === undefined) continue;
    const roots = actions.filter((each) => each.own.includes(id));
    const inputsOf = (key: string): ReadonlySet<string> => localOf(key)?.own.get(id) ?? new Set();
    const changes = changesOf(fact, roots, comparison, inputsOf);
    const touched = touchedBy(fact, roots, comparison, changes, inputsOf);
    causes.set(id, {
      fact,
      evidence: evidenceOf(fact, roots, comparison, prover, {
        certain: book.observed.has(id),
        inferred: roots.filter((each) => book.inferred.has(`${each.action.key}\n${id}`)).length,
      }),
      changes,
      edits: editsOf(fact, roots, comparison, worlds, changes),
      ...(touched === null ? {} : { touched }),
    });
  }
  return {
    comparison,
    actions,
    causes,
    unexplained,
    cutOff: cutOffs(comparison),
    openInputs,
    proofs: prover.made,
    localOf,
    otherOutputOf: (key) => {
      const pair = pairs.get(key);
      const isOther =
        pair?.sameId === true &&
        pair.before?.contentId !== pair.now.contentId &&
        judged.get(key)?.fact === null;
      return isOther ? [...passedOn(reasonsOf(key))] : [];
    },
  };
}

/**
 * Causes that would have made an action run without the others: its only one, and of several those whose own line alone
 * keeps the earlier key from coming out. What reached it through a dependency's output may have been cut off there.
 */
function sufficientOf(
  action: RunAction,
  verdict: Verdict,
  reasons: Reasons,
  prover: Prover,
  facts: ReadonlyMap<string, CauseFact>,
): readonly string[] {
  const all = allOf(reasons);
  if (all.size < 2) return [...all];
  if (verdict !== "key-changed" || reasons.own.size === 0) return [];
  // Only what is proven is said: a key that no rule regenerates may need another cause than those that are known.
  if (prover.proofOf(action.key).gap !== null) return [];
  return [...reasons.own].filter((id) => {
    const fact = facts.get(id);
    return fact !== undefined && prover.isNeeded(action.key, fact);
  });
}

/** Causes of which an action is a root, causes that came through dependencies, and those dependencies. */
interface Reasons {
  readonly own: ReadonlySet<string>;
  readonly inherited: ReadonlySet<string>;
  readonly via: readonly ViaLink[];
  /** Causes that its output has for the actions above it, and that it did not run for itself. */
  readonly passes?: readonly string[];
}

const noReasons: Reasons = { own: new Set(), inherited: new Set(), via: [] };

function rootOf(ids: readonly string[]): Reasons {
  return { own: new Set(ids), inherited: new Set(), via: [] };
}

function allOf(reasons: Reasons): ReadonlySet<string> {
  return reasons.inherited.size === 0 ? reasons.own : new Set([...reasons.own, ...reasons.inherited]);
}

/** What the actions above it inherit. */
function passedOn(reasons: Reasons): ReadonlySet<string> {
  return reasons.passes === undefined ? allOf(reasons) : new Set([...allOf(reasons), ...reasons.passes]);
}

interface ViaLink {
  readonly key: string;
  readonly causes: ReadonlySet<string>;
}

/** The package whose tests an action links, runs or makes a main for. */
function testedBy({ kind, package: name }: RunAction): string | null {
  if (kind === "test") return name;
  return name.endsWith(".test") ? name.slice(0, -".test".length) : null;
}

/** A test main is no package of its own to people: what is new is the package that it tests. */
function firstBuild(action: RunAction, { verb }: Run): CauseFact {
  const subject = (verb === "test" ? testedBy(action) : null) ?? action.package;
  return { code: "first-build", subject, before: null, now: null, origin: null };
}

/** `-vet=off` was taken away, or other checks were asked for where none were: vets are new, and nothing else. */
function vetSwitch({ before, now }: Comparison): CauseFact | null {
  const flagOf = ({ run }: RunWithBlocks) => run.settings.flags.find(({ name }) => name === "-vet") ?? null;
  const was = flagOf(before);
  const is = flagOf(now);
  if (was?.value !== "off" || is?.value === "off") return null;
  return {
    code: "flag-changed",
    subject: "-vet",
    before: was.value,
    now: is?.value ?? null,
    origin: (is ?? was).origin,
  };
}

function unstable(action: RunAction): CauseFact {
  return { code: "output-not-reproducible", subject: action.package, before: null, now: null, origin: null };
}

/** One key, two outputs: of a package alone, whose content ID is what the actions above it depend on. */
function gaveAnother(before: RunAction, now: RunAction): boolean {
  return now.kind === "build" && hasOutput(before) && hasOutput(now) && before.contentId !== now.contentId;
}

/** Under -n go has no output to name, and puts the action ID in its place (work/buildid.go useCache, Go 1.21–1.27). */
function hasOutput({ id, contentId }: RunAction): boolean {
  return contentId !== null && contentId !== id;
}

/** Steps to the nearest root, along dependencies that changed. */
function createDistance(reasonsOf: (key: string) => Reasons): (key: string) => number {
  const known = new Map<string, number>();
  const distance = (key: string): number => {
    const settled = known.get(key);
    if (settled !== undefined) return settled;
    known.set(key, Number.POSITIVE_INFINITY);
    const { own, via } = reasonsOf(key);
    let steps = Number.POSITIVE_INFINITY;
    for (const link of via) steps = Math.min(steps, 1 + distance(link.key));
    if (own.size > 0) steps = 0;
    known.set(key, steps);
    return steps;
  };
  return distance;
}

function nearest(links: readonly ViaLink[], distance: (key: string) => number): string | null {
  let best: string | null = null;
  for (const { key } of [...links].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    if (best === null || distance(key) < distance(best)) best = key;
  }
  return best;
}

/**
 * Who brought a package that the baseline did not build: the causes of the importers that were there and import it now, and
 * of what brought those of its importers that are new too. Each would have done alone, and each is named.
 */
function createNewcomers(
  comparison: Comparison,
  localOf: (key: string) => LocalCauses | null,
): (key: string) => readonly string[] {
  let importers: Map<string, string[]> | null = null;
  const known = new Map<string, readonly string[]>();

  function index(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const pair of comparison.pairs.values()) {
      const isNew = pair.before === null;
      if (!isNew && pair.sameId !== false) continue;
      const names = isNew
        ? (comparison.segments("now", pair.now) ?? []).flatMap(
            (segment) => /^import (\S+)$/.exec(segment.input)?.[1] ?? [],
          )
        : [...(localOf(pair.key)?.brought.keys() ?? [])];
      for (const name of names) found.set(name, [...(found.get(name) ?? []), pair.key]);
    }
    return found;
  }

  function newcomer(key: string): readonly string[] {
    const settled = known.get(key);
    if (settled !== undefined) return settled;
    known.set(key, []);
    importers ??= index();
    const action = comparison.pairs.get(key)?.now;
    const name = action?.package ?? "";
    const found = new Set<string>();
    for (const importer of action?.kind === "build" ? (importers.get(name) ?? []) : [`build ${name}`]) {
      if (importer === key) continue;
      const isNew = comparison.pairs.get(importer)?.before === null;
      const bringers = isNew ? newcomer(importer) : localOf(importer)?.brought.get(name);
      for (const id of bringers ?? []) found.add(id);
    }
    const result = [...found];
    known.set(key, result);
    return result;
  }
  return newcomer;
}

/** Actions that ran under a changed key and gave what they had given, so that a dependent was spared. */
function cutOffs(comparison: Comparison): number {
  const same = new Set<string>();
  for (const pair of comparison.pairs.values()) {
    const { now, before } = pair;
    if (now.outcome === "ran" && now.kind === "build" && pair.sameId === false && now.contentId !== null) {
      if (before?.contentId === now.contentId) same.add(now.package);
    }
  }
  if (same.size === 0) return 0;
  const spared = new Set<string>();
  for (const pair of comparison.pairs.values()) {
    if (pair.now.kind === "vet" || pair.now.kind === "test") continue;
    const isSpared = pair.now.outcome === "hit" || pair.sameId === true;
    if (!isSpared) continue;
    for (const segment of comparison.segments("now", pair.now) ?? []) {
      const name = /^(?:import|packagefile) (.*)$/s.exec(segment.input)?.[1];
      if (name !== undefined && same.has(name) && name !== pair.now.package) spared.add(name);
    }
  }
  return spared.size;
}
