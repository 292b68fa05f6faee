import type { Digest } from "../model/ids.ts";
import type { Assumption } from "./assumption.ts";
import { type Budget, createClimb, type Ground } from "./climb.ts";

/** An entry whose output is an archive, as far as families need it. */
export interface ArchiveEntry {
  readonly key: string;
  readonly size: number;
  readonly putAtMs: number;
  readonly goVersion: string;
  readonly goos: string;
  readonly goarch: string;
  /** What its header tells beside: `GOAMD64=v1`. */
  readonly level: string;
}

/** Archives that were made alike. */
export interface CacheFamily {
  readonly goVersion: string;
  readonly goos: string;
  readonly goarch: string;
  /** `GOAMD64=v1`, `-race`, … */
  readonly settings: readonly string[];
  readonly archives: number;
  readonly bytes: number;
  /** Put times, milliseconds since the epoch. */
  readonly oldestMs: number;
  readonly newestMs: number;
  /** `proven`: their keys were made again. `observed`: their headers say so, and no more. */
  readonly evidence: "proven" | "observed";
}

/** Settings that a header does not tell, and keys of this module's build under them. */
export interface ProvenSetting {
  readonly settings: readonly string[];
  readonly keys: ReadonlySet<Digest>;
}

/**
 * Which builds of this module the cache has: as it is now, and under settings that people switch.
 * @param assumptions sets of them, each the settings of one family
 */
export function provenSettings(
  ground: Ground,
  assumptions: readonly (readonly Assumption[])[],
  nowSettings: readonly string[],
  budget: Budget,
): readonly ProvenSetting[] {
  const builds = ground.now.actions.filter(({ kind }) => kind === "build");
  const hits = builds.flatMap(({ outcome, digest }) => (outcome === "hit" && digest !== null ? digest : []));
  const found: ProvenSetting[] = hits.length === 0 ? [] : [{ settings: nowSettings, keys: new Set(hits) }];
  for (const set of assumptions) {
    const climb = createClimb(ground, set, budget);
    const keys = new Set<Digest>();
    let asked = 0;
    for (const { key, digest } of builds) {
      const found = climb.resolve(key)?.action.digest ?? null;
      if (found !== null && found !== digest) keys.add(found);
      // What has none of the first ones has none at all: they are the lowest.
      if (++asked === mostAsked && keys.size === 0) break;
    }
    if (keys.size > 0) found.push({ settings: [...nowSettings, ...set.map(({ label }) => label)], keys });
  }
  return found;
}

const mostAsked = 40;

/** Every archive is in one family: the first proven one that has its key, else the one that its header tells. */
export function familiesOf(
  archives: readonly ArchiveEntry[],
  proven: readonly ProvenSetting[],
): readonly CacheFamily[] {
  const families = new Map<string, CacheFamily>();
  for (const { key, size, putAtMs, goVersion, goos, goarch, level } of archives) {
    const own = proven.find(({ keys }) => keys.has(key as Digest));
    const settings = [...(level === "" ? [] : [level]), ...(own?.settings ?? [])];
    const evidence = own === undefined ? "observed" : "proven";
    const name = JSON.stringify([goVersion, goos, goarch, settings, evidence]);
    const known = families.get(name);
    families.set(name, {
      goVersion,
      goos,
      goarch,
      settings,
      archives: (known?.archives ?? 0) + 1,
      bytes: (known?.bytes ?? 0) + size,
      oldestMs: Math.min(known?.oldestMs ?? putAtMs, putAtMs),
      newestMs: Math.max(known?.newestMs ?? putAtMs, putAtMs),
      evidence,
    });
  }
  return [...families.values()].sort(
    (a, b) =>
      b.archives - a.archives ||
      (a.goVersion < b.goVersion ? -1 : a.goVersion > b.goVersion ? 1 : 0) ||
      (a.settings.join(" ") < b.settings.join(" ") ? -1 : 1),
  );
}
