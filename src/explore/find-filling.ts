import type { RunAction } from "../model/run.ts";
import { type Assumption, isOwn } from "./assumption.ts";
import {
  type Budget,
  type Climb,
  createClimb,
  type Ground,
  importsOf,
  isReached,
  resolveImport,
} from "./climb.ts";

/** What a cache was filled with, as far as keys tell. */
export interface Filling {
  /** All that was otherwise then, the one with the largest share first. */
  readonly assumptions: readonly Assumption[];
  readonly climb: Climb;
  /** Keys of actions that ran now and that the cache has under the assumptions. */
  readonly found: ReadonlySet<string>;
  /** Among them some of a main module's own packages. */
  readonly isOwn: boolean;
  /** Keys of actions that are not there under the assumptions, as go itself says; none where it was not asked. */
  readonly absent?: ReadonlySet<string>;
}

/** So many of the lowest actions are asked about in a first look at an assumption. */
const mostProbes = 12;
/** Of those where sources have to be read. */
const mostDear = 5;
/** So many assumptions are looked at more closely: those whose first look found most. */
const mostCloser = 12;
/** So many things may have been otherwise at once. */
const mostRounds = 4;

/** A work that can be interrupted: it yields now and then, and returns what it has found. */
export type Search<T> = Generator<void, T>;

/** Does a search in one go. */
export function finish<T>(search: Search<T>): T {
  for (;;) {
    const step = search.next();
    if (step.done === true) return step.value;
  }
}

interface Options {
  /** Two at once are tried where nothing is found alone. */
  readonly withPairs?: boolean;
  /** It ends where something was found, and nothing of a main module. */
  readonly untilOthers?: boolean;
  /** What was tried already, one by one, under what is given, and is not to be tried so again. */
  readonly alone?: ReadonlySet<Assumption>;
}

/**
 * Looks for the assumptions under which the cache has what ran: one by one; then again for what is left, under the best; pairs
 * only where nothing was found alone.
 * @param given what is assumed already
 */
export function* findFilling(
  ground: Ground,
  assumptions: readonly Assumption[],
  budget: Budget,
  given: Filling | null = null,
  { withPairs = false, alone = new Set(), untilOthers = false }: Options = {},
): Search<Filling | null> {
  let best = given;
  for (let round = 0; round < mostRounds; round++) {
    const next = yield* nextRound(ground, assumptions, budget, best, {
      withPairs,
      alone: best === given ? alone : new Set<Assumption>(),
    });
    if (next === null) break;
    best = next;
    if (untilOthers && !best.isOwn) break;
    if (missedBuilds(ground).every(({ key }) => next.found.has(key))) break;
  }
  return best;
}

function* nextRound(
  ground: Ground,
  assumptions: readonly Assumption[],
  budget: Budget,
  base: Filling | null,
  { withPairs, alone }: Required<Pick<Options, "withPairs" | "alone">>,
): Search<Filling | null> {
  const start = base?.climb ?? createClimb(ground, [], budget);
  const assumed = base?.assumptions ?? [];
  const taken = new Set(assumed.map((each) => each.group));
  // What stands in every key stood in those that were found: then it was as is assumed.
  const isSettled = assumed.some(({ standsIn }) => standsIn === "every key");
  const open = assumptions.filter(
    ({ group, standsIn }) => !taken.has(group) && !(isSettled && standsIn === "every key"),
  );
  const probes = probesOf(ground, start, base?.found ?? new Set());
  if (probes.length === 0) return null;
  const untried = open.filter((each) => !alone.has(each));
  const alike = (sign: boolean) =>
    untried.filter(({ isLikely }) => isLikely === sign).map((each): readonly Assumption[] => [each]);
  let ranked = yield* rank(ground, alike(true), assumed, probes, start, budget);
  // What the cache has a sign of, and everything that was asked about: no guess does better.
  if (!ranked.some(({ hits, of }) => hits === of)) {
    ranked = [...ranked, ...(yield* rank(ground, alike(false), assumed, probes, start, budget))].sort(byHits);
  }
  if (ranked.length === 0 && base === null && withPairs) {
    const pairs = pairsOf(open);
    ranked = yield* rank(ground, pairs, assumed, probes.slice(0, 3), start, budget);
  }
  const closer: Filling[] = [];
  for (const { added } of ranked.slice(0, mostCloser)) {
    const all = [...assumed, ...added];
    // A pair has no base that holds for all that its last one can't reach.
    const climb = createClimb(ground, all, budget, added.length === 1 ? start : null);
    closer.push(fillingOf(ground, all, climb));
    yield;
  }
  const found = closer
    .filter((each) => each.found.size > (base?.found.size ?? 0))
    .sort(
      (a, b) =>
        Number(b.isOwn) - Number(a.isOwn) ||
        b.found.size - a.found.size ||
        a.assumptions.length - b.assumptions.length,
    );
  return found[0] ?? null;
}

export function fillingOf(ground: Ground, assumptions: readonly Assumption[], climb: Climb): Filling {
  const found = new Set<string>();
  let own = false;
  for (const action of missedBuilds(ground)) {
    if (climb.resolve(action.key) === null) continue;
    found.add(action.key);
    own ||= isOwn(action, ground.now);
  }
  return { assumptions, climb, found, isOwn: own };
}

/** What ran and is looked up in the cache. */
export function missedBuilds({ now }: Pick<Ground, "now">): readonly RunAction[] {
  return now.actions.filter(({ kind, outcome, failed }) => kind === "build" && outcome === "ran" && !failed);
}

/**
 * What ran though all that it depends on is known: nothing but its own lines keeps it from being found. Half of them of a main
 * module, where it has such.
 */
function probesOf(ground: Ground, climb: Climb, found: ReadonlySet<string>): readonly RunAction[] {
  const low = missedBuilds(ground).filter((action) => {
    if (found.has(action.key)) return false;
    const inputs = ground.inputsOf(action.key);
    if (inputs === null) return false;
    return importsOf(inputs).every((name) => resolveImport(climb.resolve, action, name) !== null);
  });
  const own = low.filter((action) => isOwn(action, ground.now));
  const others = low.filter((action) => !isOwn(action, ground.now));
  const usesC = others.filter(
    ({ key }) => ground.inputsOf(key)?.some(({ input }) => input === "CC") === true,
  );
  const half = mostProbes / 2;
  return [
    ...new Set([
      ...own.slice(0, Math.max(half, mostProbes - others.length)),
      ...usesC.slice(0, 2),
      ...others,
    ]),
  ].slice(0, mostProbes);
}

interface Ranked {
  readonly added: readonly Assumption[];
  readonly hits: number;
  /** So many were asked about. */
  readonly of: number;
}

function byHits(one: Ranked, other: Ranked): number {
  return other.hits - one.hits;
}

function* rank(
  ground: Ground,
  hypotheses: Iterable<readonly Assumption[]>,
  assumed: readonly Assumption[],
  probes: readonly RunAction[],
  start: Climb,
  budget: Budget,
): Search<readonly Ranked[]> {
  const ranked: Ranked[] = [];
  for (const added of hypotheses) {
    const [last] = added.slice(-1);
    if (last === undefined || !budget.spend(0)) break;
    const isDear = added.some((each) => each.showsInFiles);
    const reached = probes
      .filter((probe) => added.some((each) => isReached(ground, each, probe)))
      .slice(0, isDear ? mostDear : mostProbes);
    if (reached.length === 0) continue;
    const depth = isDear ? "files" : "lines";
    const climb = createClimb(
      ground,
      [...assumed, ...added],
      budget,
      added.length === 1 ? start : null,
      depth,
    );
    const hits = reached.filter((probe) => climb.resolve(probe.key) !== null).length;
    if (hits > 0) ranked.push({ added, hits, of: reached.length });
    yield;
  }
  return ranked.sort(byHits);
}

/**
 * Two that stand in the same keys: what stands in others is found in a round of its own. First those that the cache has a sign
 * of; in a main module's own keys only these, since there are many guesses.
 */
function* pairsOf(assumptions: readonly Assumption[]): Generator<readonly Assumption[]> {
  const likely = assumptions.filter(({ isLikely }) => isLikely);
  for (const one of likely) {
    for (const other of assumptions) {
      if (other.standsIn === one.standsIn && other.group !== one.group) yield [one, other];
    }
  }
  const rest = assumptions.filter(({ standsIn, isLikely }) => standsIn === "every key" && !isLikely);
  for (const [at, one] of rest.entries()) {
    for (const other of rest.slice(at + 1)) if (one.group !== other.group) yield [one, other];
  }
}
