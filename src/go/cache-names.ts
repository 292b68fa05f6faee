import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The names of a cache's index entries and outputs at one moment. */
export interface CacheNames {
  /** Keys with an index entry (`…-a`), in hex. */
  readonly keys: ReadonlySet<string>;
  /** Names of outputs (`…-d`), in hex. */
  readonly outputs: readonly string[];
}

/**
 * Lists a GOCACHE by its 256 folders, without looking into any file: 20,000 entries take some 20 ms.
 * @param gocache absolute directory; it need not exist
 */
export function readCacheNames(gocache: string): CacheNames {
  const keys = new Set<string>();
  const outputs: string[] = [];
  for (let first = 0; first < 256; first++) {
    let names: readonly string[];
    try {
      names = readdirSync(join(gocache, first.toString(16).padStart(2, "0")));
    } catch {
      continue;
    }
    for (const name of names) {
      if (name.length !== nameLength) continue;
      if (name.endsWith("-a")) keys.add(name.slice(0, -2));
      else if (name.endsWith("-d")) outputs.push(name.slice(0, -2));
    }
  }
  return { keys, outputs };
}

const nameLength = 66;
