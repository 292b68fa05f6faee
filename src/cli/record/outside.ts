import { readdirSync, readFileSync, statSync } from "node:fs";
import type { Outside } from "../../causes/world.ts";
import { openCache } from "../../go/cache.ts";
import { createListed } from "../../model/cache-listing.ts";
import { shortId } from "../../model/ids.ts";
import { programOf, type Run } from "../../model/run.ts";

/** A file of Go or of a module is small; what is larger, or no file at all, is none that a run can mean. */
const mostBytes = 16 << 20;

/**
 * Answers from the files and the cache of this machine; about a run of another one from what came with it.
 * @param earlierText contents that files had in the run that it is compared with
 */
export function createOutside(now: Run, earlierText?: Outside["earlierText"]): Outside {
  if (now.source !== "recorded") return foreignOutside(now);
  const start = now.startedAt === null ? null : Date.parse(now.startedAt);
  // Where a program keeps what go stores, a folder tells nothing of what there was.
  const cache =
    now.gocache === null || start === null || programOf(now) !== null ? null : openCache(now.gocache);
  const texts = new Map<string, string | null>();
  return {
    readFile(path) {
      const known = texts.get(path);
      if (known !== undefined) return known;
      const text = readRegular(path);
      texts.set(path, text);
      return text;
    },
    modifiedAt: (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null,
    indexedBefore: (digest) => cache !== null && start !== null && cache.indexedBefore(digest, start),
    heldBefore(digest) {
      if (cache === null || start === null || !cache.held(digest, start)) return null;
      return cache.entry(digest)?.putAtMs ?? null;
    },
    contentOf: (digest) => cache?.contentId(digest) ?? null,
    listDirectory: namesIn,
    ...(earlierText === undefined ? {} : { earlierText }),
    outputOf(digest) {
      const entry = cache?.entry(digest) ?? null;
      return entry === null ? null : shortId(entry.outputId);
    },
  };
}

/**
 * Of a run that was recorded elsewhere: its cache is not the one of this machine, though it may have the same path. What its log or
 * snapshot names is read only where that is the same everywhere: the module cache, and a GOROOT of the same Go version.
 */
function foreignOutside(now: Run): Outside {
  const isListed = now.cache.listed === undefined ? null : createListed(now.cache.listed);
  const start = now.startedAt === null ? 0 : Date.parse(now.startedAt);
  const isSame = now.source === "imported" ? () => true : sameEverywhere(now);
  return {
    readFile: (path) => (isSame(path) ? readRegular(path) : null),
    modifiedAt: () => null,
    // When an entry was stored a listing does not tell: all are taken for equally old.
    heldBefore: (digest) => (isListed?.(digest) === true ? start : null),
    ...(isListed === null ? {} : { indexedBefore: isListed }),
    contentOf: () => null,
    listDirectory: (path) => (isSame(path) ? namesIn(path) : null),
  };
}

function sameEverywhere({ goroot, goVersion, gomodcache }: Run): (path: string) => boolean {
  const version = goroot === null ? null : readRegular(`${goroot}/VERSION`)?.split("\n", 1)[0];
  const roots = [...(version === goVersion ? [goroot] : []), gomodcache].flatMap((root) => root ?? []);
  return (path) => !path.includes("/../") && roots.some((root) => root !== "" && path.startsWith(`${root}/`));
}

function readRegular(path: string): string | null {
  try {
    const status = statSync(path);
    return status.isFile() && status.size <= mostBytes ? readFileSync(path, "latin1") : null;
  } catch {
    return null;
  }
}

function namesIn(path: string): readonly string[] | null {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [] : entry.name,
    );
  } catch {
    return null;
  }
}
