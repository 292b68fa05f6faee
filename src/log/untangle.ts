import type { TangledLine } from "./collect-blocks.ts";
import { type Digest, digestOf } from "./ids.ts";

/** More detours than this are not tried: real logs needed a few hundred at the most (`go test -p 32`, Go 1.26). */
const detourLimit = 50_000;

/**
 * What one block may have written so far. Equal writes are one object, so that blocks that can't be told apart yet
 * are one case and not many.
 */
interface Written {
  readonly id: number;
  readonly previous: Written | null;
  readonly line: string;
  readonly rank: number;
  readonly next: Map<string, Written>;
}

interface Solved {
  readonly digest: Digest;
  readonly writes: readonly string[];
  readonly previous: Solved | null;
  readonly count: number;
}

interface State {
  readonly at: number;
  /** Open blocks, the last one that wrote first. */
  readonly open: readonly Written[];
  readonly solved: Solved | null;
}

/**
 * Deals the lines of blocks with one name, open at the same time, out to the blocks: depth first, last writer
 * first, each line only where the order of lines in a block allows it, and each sum as judge. Where it can't be done
 * for all, the blocks that were found until then are given, since their digests prove them.
 */
export function orderedWrites(sequence: readonly TangledLine[]): {
  blocks: Map<Digest, readonly string[]>;
  unsolved: Digest[];
} {
  let ids = 0;
  const empty: Written = { id: ids++, previous: null, line: "", rank: -1, next: new Map() };
  const seen = new Set<string>();
  const stack: State[] = [{ at: 0, open: [], solved: null }];
  const found: { best: Solved | null } = { best: null };

  function append(written: Written, line: string, rank: number): Written {
    let next = written.next.get(line);
    if (next === undefined) {
      next = { id: ids++, previous: written, line, rank, next: new Map() };
      written.next.set(line, next);
    }
    return next;
  }

  function step({ at, open, solved }: State): State[] {
    const line = sequence[at];
    if (line === undefined) return [];
    if (line.type === "begin") return [{ at: at + 1, open: [empty, ...open], solved }];
    const tried = new Set<Written>();
    const steps: State[] = [];
    const rank = line.type === "write" ? rankOf(line.bytes) : null;
    for (const [index, writer] of open.entries()) {
      if (tried.has(writer)) continue;
      tried.add(writer);
      const others = open.filter((_each, other) => other !== index);
      if (line.type === "sum") {
        const writes = writesOf(writer);
        if (digestOf(writes.join("")) !== line.digest) continue;
        const count = (solved?.count ?? 0) + 1;
        const more: Solved = { digest: line.digest, writes, previous: solved, count };
        if (count > (found.best?.count ?? 0)) found.best = more;
        return [{ at: at + 1, open: others, solved: more }];
      }
      if (!mayFollow(writer, line.bytes, rank)) continue;
      const next = append(writer, line.bytes, rank ?? writer.rank);
      steps.push({ at: at + 1, open: [next, ...others], solved });
    }
    return steps;
  }

  for (let tries = 0; tries < sequence.length + detourLimit; tries++) {
    const state = stack.pop();
    if (state === undefined || state.at === sequence.length) break;
    for (const next of step(state).reverse()) {
      const name = `${next.at} ${next.open
        .map((written) => written.id)
        .sort((a, b) => a - b)
        .join(" ")}`;
      if (seen.has(name)) continue;
      seen.add(name);
      stack.push(next);
    }
  }
  const blocks = new Map<Digest, readonly string[]>();
  for (let each = found.best; each !== null; each = each.previous) blocks.set(each.digest, each.writes);
  return {
    blocks: new Map([...blocks].reverse()),
    unsolved: sequence.flatMap((line) =>
      line.type === "sum" && !blocks.has(line.digest) ? [line.digest] : [],
    ),
  };
}

function writesOf(written: Written): readonly string[] {
  const writes: string[] = [];
  for (let at = written; at.previous !== null; at = at.previous) writes.push(at.line);
  return writes.reverse();
}

/** A block begins with its salt, its lines keep Go's order, and none stands twice. */
function mayFollow(writer: Written, line: string, rank: number | null): boolean {
  if ((writer.previous === null) !== (rank === 0)) return false;
  if (rank === null) return true;
  if (rank < writer.rank || (rank === writer.rank && !isRepeated(rank))) return false;
  const subject = isRepeated(rank) ? subjectOf(line) : null;
  if (subject === null) return true;
  for (let at = writer; at.previous !== null && at.rank === rank; at = at.previous) {
    if (at.line.startsWith(subject)) return false;
  }
  return true;
}

/** `file a.go `, `import Q `, `packagefile Q=`: once in a block. */
function subjectOf(line: string): string | null {
  return /^(?:(?:file|import|vetout) .* |packagefile .*=)/s.exec(line)?.[0] ?? null;
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
  /^GO(?!ROOT=|EXPERIMENT=)[A-Z0-9]+=/,
  /^GOEXPERIMENT=/,
  /^GOROOT=/,
  /^GO_EXTLINK_ENABLED=/,
  /^magic /,
  /^file /,
  /^(import |packagefile |packagemain |packageshlib |vetout |pgofile )/,
];

/** Kinds of lines of which a block has several. */
function isRepeated(rank: number): boolean {
  return rank >= order.length - 3;
}

/** Null for a line of a kind that is not known: it may stand anywhere after the salt. */
function rankOf(bytes: string): number | null {
  const found = order.findIndex((form) => form.test(bytes));
  return found < 0 ? null : found;
}
