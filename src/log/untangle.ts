import type { TangledLine } from "./collect-blocks.ts";
import { type Digest, digestOf } from "./ids.ts";

/** More states than this are not tried: real logs needed a few hundred at the most (`go test -p 32`, Go 1.26). */
const stateLimit = 50_000;

interface OpenWriter {
  readonly id: number;
  readonly writes: readonly string[];
  readonly rank: number;
}

/**
 * Deals the lines of blocks with one name, open at the same time, out to the blocks: depth first, last writer
 * first, each line only where the order of lines in a block allows it, and each sum as judge.
 */
export function orderedWrites(sequence: readonly TangledLine[]): {
  blocks: Map<Digest, readonly string[]>;
  unsolved: Digest[];
} {
  let states = 0;
  const solution: [Digest, readonly string[]][] = [];

  function search(at: number, writers: readonly OpenWriter[], nextId: number): boolean {
    if (++states > stateLimit) return false;
    const line = sequence[at];
    if (line === undefined) return true;
    if (line.type === "begin") {
      return search(at + 1, [{ id: nextId, writes: [], rank: -1 }, ...writers], nextId + 1);
    }
    if (line.type === "sum") {
      for (const writer of writers) {
        if (digestOf(writer.writes.join("")) !== line.digest) continue;
        solution.push([line.digest, writer.writes]);
        const rest = writers.filter((other) => other.id !== writer.id);
        if (search(at + 1, rest, nextId)) return true;
        solution.pop();
      }
      return false;
    }
    const rank = rankOf(line.bytes);
    for (const writer of writers) {
      const isSalt = rank === 0;
      if ((writer.writes.length === 0) !== isSalt || (rank !== null && rank < writer.rank)) continue;
      const next = { id: writer.id, writes: [...writer.writes, line.bytes], rank: rank ?? writer.rank };
      const rest = writers.filter((other) => other.id !== writer.id);
      if (search(at + 1, [next, ...rest], nextId)) return true;
    }
    return false;
  }

  if (search(0, [], 0)) return { blocks: new Map(solution), unsolved: [] };
  return {
    blocks: new Map(),
    unsolved: sequence.flatMap((line) => (line.type === "sum" ? [line.digest] : [])),
  };
}

/** The order in which Go writes the lines of a block (work/exec.go): a later line never has a smaller rank. */
const order: readonly RegExp[] = [
  /^(go\d|devel )/,
  /^(compile|link|vet) ?(".*")?\n$/,
  /^(module|dir|vetflags) /,
  /^go [\d.]/,
  /^(goos|buildmode|pkg) /,
  /^import "/,
  /^omitdebug /,
  /^defaultgodebug /,
  /^trimpath\n/,
  /^forcelibrary\n/,
  /^cgo "/,
  /^CC=/,
  /^CC ID/,
  /^CXX=/,
  /^CXX ID/,
  /^FC=/,
  /^FC ID/,
  /^cover "/,
  /^fuzz /,
  /^modinfo "/,
  /^(compile|link) .*\[/,
  /^(asm|linkflags) /,
  /^GO\w+=(?!")/,
  /^GOEXPERIMENT=/,
  /^magic /,
  /^file /,
  /^(import |packagefile |packagemain |packageshlib |vetout |pgofile )/,
];

/** Null for a line of a kind that is not known: it may stand anywhere after the salt. */
function rankOf(bytes: string): number | null {
  const found = order.findIndex((form) => form.test(bytes));
  return found < 0 ? null : found;
}
