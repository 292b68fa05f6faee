import type { Comparison } from "../compare/compare-runs.ts";
import type { RunAction } from "../model/run.ts";
import { textOf } from "../util/go-quote.ts";
import { type CauseFact, causeId } from "./cause.ts";
import { classify } from "./classify.ts";
import { siteOf } from "./site.ts";
import type { Worlds } from "./world.ts";

/** A dependency whose output (or, for a vet, whose inputs) changed, and the inputs that carry it. */
export interface ChangedDependency {
  readonly key: string;
  readonly inputs: ReadonlySet<string>;
}

/** What changed in one action's own inputs. */
export interface LocalCauses {
  /** Cause → the inputs that it changed here. */
  readonly own: ReadonlyMap<string, ReadonlySet<string>>;
  readonly dependencies: readonly ChangedDependency[];
  /** Inputs that came or went with what the dependencies import: packages that a link has now, or has no more. */
  readonly loose: readonly string[];
  /** Inputs that no rule knows. */
  readonly unknown: readonly string[];
  /** Packages that this action began to import, and the causes that brought them. */
  readonly brought: ReadonlyMap<string, readonly string[]>;
}

export interface FactBook {
  readonly facts: Map<string, CauseFact>;
  /** `action key\ncause`: the action's part in the cause is inferred. */
  readonly inferred: Set<string>;
  /** Causes that at least one input shows for certain. */
  readonly observed: Set<string>;
  note(fact: CauseFact): string;
}

export function createFactBook(): FactBook {
  const facts = new Map<string, CauseFact>();
  return {
    facts,
    inferred: new Set(),
    observed: new Set(),
    note(fact) {
      const id = causeId(fact);
      const known = facts.get(id);
      // The first record wins; a later one may know a value or an origin that it lacked.
      if (known === undefined) facts.set(id, fact);
      else if (known.before === null && known.now === null && (fact.before !== null || fact.now !== null)) {
        facts.set(id, fact);
      } else if (known.origin === null && fact.origin !== null)
        facts.set(id, { ...known, origin: fact.origin });
      return id;
    },
  };
}

/** Classifies each changed input of an action whose two blocks are known; null where they are not. */
export function localCausesOf(
  action: RunAction,
  comparison: Comparison,
  worlds: Worlds,
  book: FactBook,
): LocalCauses | null {
  const inputs = comparison.inputs(action.key);
  if (inputs === null) return null;
  const main = action.kind === "link" ? comparison.inputs(`build ${action.package}`) : null;
  const site = siteOf(action, inputs, main, worlds);
  const own = new Map<string, Set<string>>();
  const dependencies = new Map<string, Set<string>>();
  const unknown: string[] = [];
  const follows: string[] = [];
  const added: string[] = [];
  const paid = new Set(action.test?.paid);
  for (const delta of inputs.deltas) {
    if (paid.size > 0 && paid.has(textOf(delta.input))) continue;
    const found = classify(delta, site);
    switch (found.type) {
      case "causes":
        for (const fact of found.facts) {
          const id = book.note(fact);
          addTo(own, id, delta.input);
          if (found.inferred === true) book.inferred.add(`${action.key}\n${id}`);
          else book.observed.add(id);
        }
        break;
      case "dependency": {
        const key = dependencyKey(found.on, found.package, found.content, action, comparison, found.byKey);
        if (key === null) unknown.push(delta.input);
        else addTo(dependencies, key, delta.input);
        break;
      }
      case "follows":
        follows.push(delta.input);
        break;
      case "unknown":
        unknown.push(delta.input);
        break;
    }
    const name = /^(?:import|packagefile) (.*)$/s.exec(delta.input)?.[1];
    if (name !== undefined && delta.before === null) added.push(name);
  }
  const carriers = carriersOf([...own.keys()], book);
  const loose = carriers.length === 0 && dependencies.size > 0 ? follows : [];
  if (loose.length === 0 && carriers.length === 0) unknown.push(...follows);
  for (const input of follows) for (const id of carriers) addTo(own, id, input);
  const brought = new Map<string, readonly string[]>();
  for (const name of added) {
    const bringers = [...own].filter(([, changed]) => changed.has(`import ${name}`)).map(([id]) => id);
    brought.set(name, bringers.length > 0 ? bringers : carriers);
  }
  return {
    own,
    dependencies: [...dependencies].map(([key, changed]) => ({ key, inputs: changed })),
    loose,
    unknown,
    brought,
  };
}

/** What can bring an import or a `#cgo` line: an edited file, a moved module; else whatever changed here. */
function carriersOf(ids: readonly string[], book: FactBook): readonly string[] {
  const files = ids.filter((id) => /^(file-|module-)/.test(book.facts.get(id)?.code ?? ""));
  return files.length > 0 ? files : ids;
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}

/** The now-run's action whose output (or, by its key, whose inputs) an input names: of several variants the one with this content (or ID). */
export function dependencyKey(
  on: "build" | "vet" | "link",
  name: string,
  content: string | null,
  action: RunAction,
  comparison: Comparison,
  byKey = false,
): string | null {
  if (on !== "build") return comparison.pairs.has(`${on} ${name}`) ? `${on} ${name}` : null;
  const own = `build ${name}${action.variant === null ? "" : ` ${action.variant}`}`;
  const plain = `build ${name}`;
  const candidates = [own, plain, ...variantKeys(name, comparison)];
  const has = candidates.filter((key) => comparison.pairs.has(key));
  const exact = has.find((key) => {
    const now = comparison.pairs.get(key)?.now;
    return content !== null && (byKey ? now?.id : now?.contentId) === content;
  });
  return exact ?? has[0] ?? null;
}

const variantIndex = new WeakMap<Comparison, ReadonlyMap<string, readonly string[]>>();

function variantKeys(name: string, comparison: Comparison): readonly string[] {
  let index = variantIndex.get(comparison);
  if (index === undefined) {
    const fresh = new Map<string, string[]>();
    for (const { now } of comparison.pairs.values()) {
      if (now.kind !== "build" || now.variant === null) continue;
      fresh.set(now.package, [...(fresh.get(now.package) ?? []), now.key]);
    }
    variantIndex.set(comparison, fresh);
    index = fresh;
  }
  return index.get(name) ?? [];
}
