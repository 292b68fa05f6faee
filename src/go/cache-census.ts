import { type ArchiveHead, type ArchiveHeader, readArchiveHead } from "./archive-headers.ts";

/** What the archives of a cache say of themselves. */
export interface Census {
  /** Versions of Go → how many archives each made, the most first. */
  readonly versions: ReadonlyMap<string, number>;
  /** First bytes of some archives of a module's own packages, with the version of Go that made them. */
  readonly own: readonly { readonly header: ArchiveHeader; readonly head: string }[];
  /** First bytes of some archives of packages in a module cache. */
  readonly cached: readonly string[];
  /** Every archive was looked into. */
  readonly isWhole: boolean;
}

/** Of each kind so many are kept: they say the same. */
const mostHeads = 60;

/** Takes heads of archives one by one. @param modules import paths of main modules */
export function createCensus(modules: readonly string[]): {
  take(head: ArchiveHead): void;
  finish(isWhole: boolean): Census;
} {
  const versions = new Map<string, number>();
  const own: { header: ArchiveHeader; head: string }[] = [];
  const cached: string[] = [];
  return {
    take(head) {
      const { goVersion } = head.header;
      versions.set(goVersion, (versions.get(goVersion) ?? 0) + 1);
      if (own.length < mostHeads && modules.some((module) => head.includes(module))) {
        own.push({ header: head.header, head: head.text() });
      }
      if (cached.length < mostHeads && head.includes("@v")) cached.push(head.text());
    },
    finish: (isWhole) => ({
      versions: new Map([...versions].sort((a, b) => b[1] - a[1])),
      own,
      cached,
      isWhole,
    }),
  };
}

/**
 * Looks into the head of each archive.
 * @param outputs names of outputs: hashes, so that any part of them is a fair sample
 * @param modules import paths of main modules
 * @param goesOn asked now and then; false ends it
 * @param headSize bytes of each archive that are looked at; those that are enough for most unless given
 */
export function* takeCensus(
  gocache: string,
  outputs: readonly string[],
  modules: readonly string[],
  goesOn: () => boolean,
  headSize?: number,
): Generator<void, Census> {
  const census = createCensus(modules);
  for (const [at, output] of outputs.entries()) {
    if (at % 32 === 0) {
      if (!goesOn()) return census.finish(false);
      yield;
    }
    const head = readArchiveHead(gocache, output, headSize);
    if (head !== null) census.take(head);
  }
  return census.finish(true);
}
