import type { Disk } from "../keys/outside-values.ts";
import { createRegenerator, type Depth } from "../keys/regenerate-key.ts";
import { importKeys } from "../keys/site.ts";
import type { Digest, ShortId } from "../model/ids.ts";
import { shortId } from "../model/ids.ts";
import type { Run, RunAction } from "../model/run.ts";
import type { Segment } from "../model/segments.ts";
import type { Assumption, Touches } from "./assumption.ts";

/** Questions to a cache, as it was before the run began. */
export interface CacheAnswers {
  /** Was there an index entry under this key? */
  has(digest: Digest): boolean;
  /** Content ID of the archive under this key; null where it is gone, or is no archive. */
  contentOf(digest: Digest): ShortId | null;
}

/** A run of which nothing earlier is known, and the cache that it found. */
export interface Ground {
  readonly now: Run;
  /** The inputs of an action; null where they are not known, or a value among them is hidden. */
  readonly inputsOf: (key: string) => readonly Segment[] | null;
  readonly disk: Disk;
  readonly cache: CacheAnswers;
}

/** An action under assumptions: its key is one that the cache has. */
export interface Found {
  /** With the ID, digest and output that it had. */
  readonly action: RunAction;
  readonly inputs: readonly Segment[];
}

export interface Climb {
  /** What the cache has of an action under the assumptions; null where its key is not there, or can't be made. */
  resolve(key: string): Found | null;
}

/** Counts what was hashed, and says when it is enough. */
export interface Budget {
  /** False where nothing more is to be spent. */
  spend(hashes: number): boolean;
}

/**
 * Makes keys under assumptions, from the dependencies upwards: the outputs of what was found stand in the lines of what imports
 * it. An action that the assumptions leave as it is, is what it is now.
 * @param base what is known under all but the last of the assumptions: it holds for what the last one can't reach
 * @param depth `lines` leaves sources alone: cheap, for a first look; see `Regenerator`
 */
export function createClimb(
  ground: Ground,
  assumptions: readonly Assumption[],
  budget: Budget,
  base: Climb | null = null,
  depth: Depth = "files",
): Climb {
  const { now, cache } = ground;
  const present = presentOf(now);
  const before = assumptions.reduce((run, each) => each.patch(run), now);
  const last = assumptions.at(-1);
  const known = new Map<string, Found | null>();
  const resolve = (key: string): Found | null => {
    const settled = known.get(key);
    if (settled !== undefined) return settled;
    const action = present.get(key);
    if (action === undefined) return null;
    if (base !== null && last !== undefined && !isReached(ground, last, action)) return base.resolve(key);
    known.set(key, null);
    const fresh = find(action);
    known.set(key, fresh);
    return fresh;
  };
  const regenerator = createRegenerator({
    before,
    now,
    disk: ground.disk,
    outputOf: () => null,
    inputsNow: ground.inputsOf,
    earlier: (key) => resolve(key)?.action ?? null,
    inputsBefore: (key) => resolve(key)?.inputs ?? null,
    earlierPackages: packagesOf(now),
  });

  function find(action: RunAction): Found | null {
    const inputs = ground.inputsOf(action.key);
    if (inputs === null) return null;
    // In a first look nothing is read that could show other imports: the first one that is not there decides.
    if (
      depth === "lines" &&
      !importsOf(inputs).every((name) => resolveImport(resolve, action, name) !== null)
    ) {
      return null;
    }
    const causes = assumptions.flatMap((each) => each.causesOf(action, before));
    // An edit may have brought imports, or taken them: these are guessed where the cause is a file.
    const isEdited = depth === "files" && causes.some(({ code }) => code.startsWith("file-"));
    const drafts = regenerator.candidates(action, causes, isEdited ? "edits" : depth);
    if (typeof drafts === "string") return null;
    for (const draft of drafts) {
      const segments = draft.segments();
      const isSame =
        segments.length === inputs.length && segments.every((each, at) => each.text === inputs[at]?.text);
      // What ran now was not there.
      if (isSame) {
        if (action.outcome === "hit") return { action, inputs };
        continue;
      }
      if (!budget.spend(1)) return null;
      const digest = draft.digest();
      if (!cache.has(digest)) continue;
      return {
        action: { ...action, id: shortId(digest), digest, contentId: cache.contentOf(digest) },
        inputs: segments,
      };
    }
    return null;
  }

  return { resolve };
}

/** Whether an action may be another under an assumption, by itself or by what it depends on. */
export function isReached(ground: Ground, assumption: Assumption, action: RunAction): boolean {
  const { onlyWith } = assumption;
  if (!assumption.reaches(action)) return false;
  return onlyWith === null || action.kind !== "build" || reachOf(ground, onlyWith)(action);
}

const reaches = new WeakMap<Run, Map<Touches, (action: RunAction) => boolean>>();

/** Which packages are touched, or import one that is. */
function reachOf(ground: Ground, touches: Touches): (action: RunAction) => boolean {
  const all = reaches.get(ground.now) ?? new Map<Touches, (action: RunAction) => boolean>();
  reaches.set(ground.now, all);
  const made = all.get(touches);
  if (made !== undefined) return made;
  const present = presentOf(ground.now);
  const known = new Map<string, boolean>();
  const isTouched = (action: RunAction): boolean => {
    const settled = known.get(action.key);
    if (settled !== undefined) return settled;
    known.set(action.key, false);
    const inputs = ground.inputsOf(action.key);
    const fresh =
      inputs === null ||
      touches(action, inputs) ||
      importsOf(inputs).some((name) => {
        const imported = importKeys(name, action).flatMap((each) => present.get(each) ?? [])[0];
        return imported === undefined || isTouched(imported);
      });
    known.set(action.key, fresh);
    return fresh;
  };
  all.set(touches, isTouched);
  return isTouched;
}

const imports = new WeakMap<readonly Segment[], readonly string[]>();

/** What a package imports, as its key names it; without unsafe, which is never built. */
export function importsOf(inputs: readonly Segment[]): readonly string[] {
  const known = imports.get(inputs);
  if (known !== undefined) return known;
  const fresh = inputs.flatMap(({ input }) => {
    const name = /^import (\S+)$/.exec(input)?.[1];
    return name === undefined || name === "unsafe" ? [] : name;
  });
  imports.set(inputs, fresh);
  return fresh;
}

/** What an action imports under this name. */
export function resolveImport(resolve: Climb["resolve"], action: RunAction, name: string): Found | null {
  for (const key of importKeys(name, action)) {
    const found = resolve(key);
    if (found !== null) return found;
  }
  return null;
}

const presents = new WeakMap<Run, ReadonlyMap<string, RunAction>>();

/** Many climbs are made for one run. */
function presentOf(run: Run): ReadonlyMap<string, RunAction> {
  const known = presents.get(run);
  if (known !== undefined) return known;
  const fresh = new Map(run.actions.map((action) => [action.key, action]));
  presents.set(run, fresh);
  return fresh;
}

const packages = new WeakMap<Run, ReadonlySet<string>>();

function packagesOf(run: Run): ReadonlySet<string> {
  const known = packages.get(run);
  if (known !== undefined) return known;
  const fresh = new Set(run.actions.flatMap((each) => (each.kind === "build" ? each.package : [])));
  packages.set(run, fresh);
  return fresh;
}
