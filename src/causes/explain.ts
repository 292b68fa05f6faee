import type { Comparison } from "../compare/compare-runs.ts";
import { shortId } from "../model/ids.ts";
import type { RunAction, RunWithBlocks } from "../model/run.ts";
import { type Share, sharesToBlame } from "./blame.ts";
import { type CauseFact, causeId, type Evidence, type InputChange, type Verdict } from "./cause.ts";
import { changesOf } from "./changes.ts";
import { evidenceOf } from "./evidence.ts";
import { createFactBook, type LocalCauses, localCausesOf } from "./local-causes.ts";
import { forcedBy, type Judged, judge, missingEntriesFact } from "./verdict.ts";
import { type Outside, type Worlds, worldsOf } from "./world.ts";

/** What became of one action of the now-run, and through whom. */
export interface ExplainedAction {
  readonly action: RunAction;
  readonly idBefore: string | null;
  readonly verdict: Verdict;
  /** Causes of which it is a root. */
  readonly own: readonly string[];
  /** Causes that reached it through other actions. */
  readonly inherited: readonly string[];
  /** The dependency on the shortest way to a root; null for a root and for what hit. */
  readonly via: string | null;
}

export interface ExplainedCause {
  readonly fact: CauseFact;
  readonly evidence: Evidence;
  readonly changes: readonly InputChange[];
}

export interface Explanation {
  readonly comparison: Comparison | null;
  readonly actions: readonly ExplainedAction[];
  /** By `causeId`; only causes that an action names. */
  readonly causes: ReadonlyMap<string, ExplainedCause>;
  readonly unexplained: readonly string[];
  readonly cutOff: number;
  /** Inputs that no rule knows, of actions that other inputs explain: `build p` → inputs. */
  readonly openInputs: ReadonlyMap<string, readonly string[]>;
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
    return { action, idBefore: null, verdict, own: ran ? [id] : [], inherited: [], via: null };
  });
  const detail = forced === null ? "no earlier run to compare with" : "the flag is in the command";
  const causes = new Map<string, ExplainedCause>();
  if (actions.some(({ own }) => own.length > 0)) {
    causes.set(id, { fact: first, evidence: { kind: "observed", detail }, changes: [] });
  }
  return { comparison: null, actions, causes, unexplained: [], cutOff: 0, openInputs: new Map() };
}

/** Explains each action of the now-run against the before-run. Pure, but for the questions put to `outside`. */
export function explain(comparison: Comparison, outside: Outside): Explanation {
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
  const settled = new Map<string, { own: readonly string[]; inherited: readonly string[]; via: ViaLink[] }>();
  const open = new Set<string>();

  /** Causes of an action's change against the baseline: blamed ones where it ran, all where it hit. */
  function causesOf(key: string): { own: readonly string[]; inherited: readonly string[]; via: ViaLink[] } {
    const known = settled.get(key);
    if (known !== undefined) return known;
    const nothing = { own: [], inherited: [], via: [] };
    if (open.has(key)) return nothing;
    open.add(key);
    const result = settle(key) ?? nothing;
    open.delete(key);
    settled.set(key, result);
    return result;
  }

  function settle(
    key: string,
  ): { own: readonly string[]; inherited: readonly string[]; via: ViaLink[] } | null {
    const pair = pairs.get(key);
    if (pair === undefined) return null;
    const verdict = judged.get(key);
    if (verdict?.fact !== null && verdict?.fact !== undefined) return own([book.note(verdict.fact)]);
    if (pair.before === null)
      return own(newcomers(key).length > 0 ? newcomers(key) : [book.note(firstBuild(pair.now))]);
    if (verdict?.verdict === "entry-missing") return own([book.note(missingEntriesFact(comparison))]);
    if (pair.now.kind === "vet" && pair.now.id === null) return throughBuild(key);
    if (pair.sameId === true)
      return pair.before.contentId === pair.now.contentId ? null : own([book.note(unstable(pair.now))]);
    const local = localOf(key);
    const inputs = comparison.inputs(key);
    if (local === null || inputs === null) return null;
    const shares: (Share & { keys: readonly string[] })[] = [];
    for (const [id, changed] of local.own) shares.push({ inputs: changed, causes: new Set([id]), keys: [] });
    shares.push(...dependencyShares(local));
    const toBlame =
      pair.now.outcome === "ran"
        ? (sharesToBlame(inputs, shares, heldBy(pair.now)) as typeof shares)
        : shares;
    const roots = toBlame.filter((share) => share.keys.length === 0).flatMap((share) => [...share.causes]);
    const cascaded = toBlame.filter((share) => share.keys.length > 0);
    return {
      own: roots,
      inherited: [...new Set(cascaded.flatMap((share) => [...share.causes]))],
      via: cascaded.flatMap((share) => share.keys.map((dep) => ({ key: dep, causes: share.causes }))),
    };
  }

  function own(ids: readonly string[]): {
    own: readonly string[];
    inherited: readonly string[];
    via: ViaLink[];
  } {
    return { own: ids, inherited: [], via: [] };
  }

  function throughBuild(
    key: string,
  ): { own: readonly string[]; inherited: readonly string[]; via: ViaLink[] } | null {
    const build = key.replace(/^vet /, "build ");
    const found = causesOf(build);
    const all = new Set([...found.own, ...found.inherited]);
    return all.size === 0 ? null : { own: [], inherited: [...all], via: [{ key: build, causes: all }] };
  }

  function dependencyShares(local: LocalCauses): (Share & { keys: readonly string[] })[] {
    const byCauses = new Map<string, { inputs: Set<string>; causes: Set<string>; keys: string[] }>();
    for (const dependency of local.dependencies) {
      const found = causesOf(dependency.key);
      const causes = new Set([...found.own, ...found.inherited]);
      const signature = [...causes].sort().join("\n");
      const share = byCauses.get(signature) ?? { inputs: new Set<string>(), causes, keys: [] };
      for (const input of dependency.inputs) share.inputs.add(input);
      share.keys.push(dependency.key);
      byCauses.set(signature, share);
    }
    return [...byCauses.values()];
  }

  function heldBy(action: RunAction): (key: string) => number | null {
    if (action.kind !== "link") return outside.heldBefore;
    // A link is not stored: its output file, as it was before the run, is all that can have held it.
    const held = action.target === null ? null : (now.run.cache.targets[action.target] ?? null);
    return (key) => (held !== null && shortId(key as never) === held ? 0 : outside.heldBefore(key));
  }

  const actions: ExplainedAction[] = [];
  const unexplained: string[] = [];
  const openInputs = new Map<string, readonly string[]>();
  const named = new Set<string>();
  const distance = createDistance(causesOf);
  for (const pair of pairs.values()) {
    const { verdict } = judged.get(pair.key) as Judged;
    const ran = verdict !== "hit" && verdict !== "unknown";
    const found = ran ? causesOf(pair.key) : { own: [], inherited: [], via: [] };
    const inherited = found.inherited.filter((id) => !found.own.includes(id));
    if (ran && found.own.length + found.inherited.length === 0) unexplained.push(pair.key);
    else if (ran && verdict === "key-changed") {
      const rest = localOf(pair.key)?.unknown ?? [];
      if (rest.length > 0) openInputs.set(pair.key, rest);
    }
    for (const id of [...found.own, ...inherited]) named.add(id);
    actions.push({
      action: pair.now,
      idBefore: pair.before?.id ?? null,
      verdict,
      own: found.own,
      inherited: found.inherited,
      via: found.own.length > 0 ? null : nearest(found.via, distance),
    });
  }
  const causes = new Map<string, ExplainedCause>();
  for (const id of named) {
    const fact = book.facts.get(id);
    if (fact === undefined) continue;
    const roots = actions.filter((each) => each.own.includes(id));
    causes.set(id, {
      fact,
      evidence: evidenceOf(fact, roots, comparison),
      changes: changesOf(fact, roots, comparison, (key) => localOf(key)?.own.get(id) ?? new Set()),
    });
  }
  return { comparison, actions, causes, unexplained, cutOff: cutOffs(comparison), openInputs };
}

interface ViaLink {
  readonly key: string;
  readonly causes: ReadonlySet<string>;
}

function firstBuild(action: RunAction): CauseFact {
  return { code: "first-build", subject: action.package, before: null, now: null, origin: null };
}

function unstable(action: RunAction): CauseFact {
  return { code: "output-not-reproducible", subject: action.package, before: null, now: null, origin: null };
}

/** Steps to the nearest root, along dependencies that changed. */
function createDistance(
  causesOf: (key: string) => { own: readonly string[]; via: readonly ViaLink[] },
): (key: string) => number {
  const known = new Map<string, number>();
  const distance = (key: string): number => {
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, Number.POSITIVE_INFINITY);
    const { own, via } = causesOf(key);
    const steps =
      own.length > 0 ? 0 : 1 + Math.min(Number.POSITIVE_INFINITY, ...via.map((link) => distance(link.key)));
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

/** Who brought a package that the baseline did not build: the causes of the nearest importers that were there. */
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
    const byNew: string[] = [];
    for (const importer of action?.kind === "build" ? (importers.get(name) ?? []) : [`build ${name}`]) {
      if (importer === key) continue;
      if (comparison.pairs.get(importer)?.before === null) byNew.push(importer);
      else for (const id of localOf(importer)?.brought.get(name) ?? []) found.add(id);
    }
    if (found.size === 0) for (const importer of byNew) for (const id of newcomer(importer)) found.add(id);
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

export type { Worlds };
