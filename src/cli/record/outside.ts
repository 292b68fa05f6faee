import { readdirSync, readFileSync, statSync } from "node:fs";
import type { Outside } from "../../causes/world.ts";
import { openCache } from "../../go/cache.ts";
import { shortId } from "../../model/ids.ts";
import type { Run } from "../../model/run.ts";

/** Answers from the files and the cache of this machine. */
export function createOutside(now: Run): Outside {
  const start = now.startedAt === null ? null : Date.parse(now.startedAt);
  const cache = now.gocache === null || start === null ? null : openCache(now.gocache);
  const texts = new Map<string, string | null>();
  return {
    readFile(path) {
      const known = texts.get(path);
      if (known !== undefined) return known;
      let text: string | null = null;
      try {
        text = readFileSync(path, "latin1");
      } catch {
        text = null;
      }
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
    listDirectory(path) {
      try {
        const entries = readdirSync(path, { withFileTypes: true });
        return entries.flatMap((entry) => (entry.isDirectory() ? [] : entry.name));
      } catch {
        return null;
      }
    },
    outputOf(digest) {
      const entry = cache?.entry(digest) ?? null;
      return entry === null ? null : shortId(entry.outputId);
    },
  };
}
