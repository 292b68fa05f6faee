import type { ActionKind, Run, RunAction } from "../model/run.ts";
import type { Disk, OutsideValues } from "./outside-values.ts";
import { prefixesOf } from "./place-of-package.ts";

/** What a rule may look at: both runs' outside values and what stands around the action. Never an earlier block. */
export interface ProofSite {
  readonly kind: ActionKind;
  readonly package: string;
  /** `[q.test]`, or null. */
  readonly variant: string | null;
  readonly before: OutsideValues;
  readonly now: OutsideValues;
  readonly disk: Disk;
  /** An action of the earlier run: its IDs and its output. */
  readonly earlier: (key: string) => RunAction | null;
  /** Import path of a main module or of a module that go.mod names → the longest that a package belongs to. */
  readonly module: string | null;
  /** Names of packages that the earlier run built. */
  readonly earlierPackages: ReadonlySet<string>;
  /** Short output ID that the cache has for a key; null where it has none. */
  readonly outputOf: (digest: string) => string | null;
}

/** A cause, by name only: what it is told to have been is no argument in a proof. */
export interface NamedCause {
  readonly code: string;
  readonly subject: string;
}

/** The longest module path of a run that a package lies in; null for the standard library. */
export function moduleOf(name: string, values: readonly OutsideValues[]): string | null {
  const known = values.map(modulePaths);
  return prefixesOf(name).find((prefix) => known.some((paths) => paths.has(prefix))) ?? null;
}

const paths = new WeakMap<OutsideValues, ReadonlySet<string>>();

/** Looked up for each root: a program may have a thousand, and as many modules. */
function modulePaths(values: OutsideValues): ReadonlySet<string> {
  const known = paths.get(values);
  if (known !== undefined) return known;
  const list = values.modules?.list ?? [];
  const fresh = new Set([...Object.keys(values.moduleRoots), ...list.map((module) => module.path)]);
  paths.set(values, fresh);
  return fresh;
}

/**
 * Keys of what an action may mean by an import, the likeliest first: the same variant; of tests and their mains that for their test. What
 * is only built for its own test has no other.
 */
export function importKeys(name: string, { package: own, variant }: ImportingAction): readonly string[] {
  const tested = /^(.*?)(?:\.test|_test)$/.exec(own)?.[1];
  const plain = `build ${name}`;
  if (variant !== null) return [`${plain} ${variant}`, plain];
  return tested === undefined ? [plain, `${plain} [${own}.test]`] : [`${plain} [${tested}.test]`, plain];
}

export interface ImportingAction {
  readonly package: string;
  readonly variant: string | null;
}

/** The earlier action that made what an input names. */
export function earlierBuild(
  site: Pick<ProofSite, "earlier" | "variant" | "package">,
  name: string,
): RunAction | null {
  for (const key of importKeys(name, site)) {
    const found = site.earlier(key);
    if (found !== null) return found;
  }
  return null;
}

export function actionsByKey(run: Run): ReadonlyMap<string, RunAction> {
  return new Map(run.actions.map((action) => [action.key, action]));
}
