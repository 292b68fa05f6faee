import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { minorOf } from "../../model/go-release.ts";
import { cacheWord } from "../cache-word.ts";

/** A GOCACHE that a go command is to read, and to leave as it is. */
export interface ReadCache {
  /** Of the go command. */
  readonly goVersion: string;
  readonly gocache: string;
  /** What was stored from this time on does not count; milliseconds since the epoch. */
  readonly beforeMs: number;
  /** For the folders that go makes where its cache would be. */
  readonly scratch: string;
  /** What starts this tool: Node, its options, the script. */
  readonly self: readonly string[];
}

/** Programs as caches came with it: an older go would write into the cache (cache/default.go, Go 1.24). */
const firstWithPrograms = 24;

export function canReadOnly(goVersion: string): boolean {
  return minorOf(goVersion) >= firstWithPrograms;
}

/**
 * Variables under which go has a cache's entries from this tool as its cache program, which stores nothing and refreshes no last use:
 * what a dry run would leave behind (module indexes, answers of C compilers) goes nowhere. Null where that can't be had.
 */
export function readOnlyCache({
  goVersion,
  gocache,
  beforeMs,
  scratch,
  self,
}: ReadCache): Readonly<Record<"GOCACHE" | "GOCACHEPROG", string>> | null {
  const program = quotedWords([...self, cacheWord, gocache, String(beforeMs)]);
  if (program === null || !canReadOnly(goVersion)) return null;
  // Go makes its folders even where a program is its cache.
  const unused = join(scratch, "cache");
  mkdirSync(unused, { recursive: true });
  return { GOCACHE: unused, GOCACHEPROG: program };
}

/** As go splits it again: no quote ends within quotes of the other kind. Null where a word has both. */
export function quotedWords(words: readonly string[]): string | null {
  const quoted = words.map((word) =>
    word.includes('"') ? (word.includes("'") ? null : `'${word}'`) : `"${word}"`,
  );
  return quoted.includes(null) ? null : quoted.join(" ");
}
