import type { Digest } from "./ids.ts";
import { isDigest } from "./ids.ts";

/** Which index entries a cache had: what `import --cache-listing` reads. */
export interface CacheListing {
  /** Keys of the entries, the one last used first. */
  readonly digests: readonly Digest[];
  /** Lines that name no index entry (`…-a`) of the size that one has. */
  readonly others: number;
}

/** An index entry has 175 bytes (cache/cache.go entrySize, Go 1.10–1.27). */
const entrySize = 175;

/**
 * Reads a listing of a GOCACHE: lines with the name of a file (with or without its directory), its size in bytes and its time of
 * change in Unix seconds, as `find -printf '%f %s %T@\n'` and `stat -c '%n %s %Y'` print them. Size and time may be lacking.
 */
export function parseCacheListing(text: string): CacheListing {
  const times = new Map<Digest, number>();
  let others = 0;
  for (const line of text.split("\n")) {
    const found = /(?:^|[\s/\\])([0-9a-f]{64})-a(?:\s+(\d+)(?:\s+(\d+(?:\.\d+)?))?)?\s*$/.exec(line);
    const digest = found?.[1] ?? "";
    if (!isDigest(digest) || (found?.[2] !== undefined && Number(found[2]) !== entrySize)) {
      if (line.trim() !== "") others++;
      continue;
    }
    times.set(digest, Number(found?.[3] ?? 0));
  }
  const digests = [...times].sort((a, b) => b[1] - a[1]).map(([digest]) => digest);
  return { digests, others };
}

/** So many entries of a listing are kept with a run, 300 KB of them: the ones last used. */
export const mostListed = 50_000;

/** Digits of a digest that stand for it: with 50,000 entries one question in 10^9 finds a wrong one. */
const hexDigits = 12;

/** A listing as it is kept with a run: 8 characters an entry. */
export function packListing(digests: readonly Digest[]): string {
  const heads = digests.slice(0, mostListed).map((digest) => digest.slice(0, hexDigits));
  return Buffer.from(heads.sort().join(""), "hex").toString("base64url");
}

/** Answers whether an entry is in a packed listing. */
export function createListed(packed: string): (digest: Digest) => boolean {
  const hex = Buffer.from(packed, "base64url").toString("hex");
  const heads = new Set<string>();
  for (let at = 0; at < hex.length; at += hexDigits) heads.add(hex.slice(at, at + hexDigits));
  return (digest) => heads.has(digest.slice(0, hexDigits));
}
