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
  /** How often the names of its files or imports were not in alphabetical order. */
  readonly falls: number;
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
  /** How often another block than the last one went on. */
  readonly changes: number;
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
  const sums = sequence.flatMap((line) => (line.type === "sum" ? [line.digest] : []));
  let blocks = new Map<Digest, readonly string[]>();
  for (const way of ways) {
    const found = search(sequence, way);
    if (found.size > blocks.size) blocks = found;
    if (sums.every((digest) => blocks.has(digest))) break;
  }
  return { blocks, unsolved: sums.filter((digest) => !blocks.has(digest)) };
}

interface Way {
  /** Files and imports stand as Go mostly sorts them: that leaves few choices. */
  readonly sorted: boolean;
  /** What needs the fewest changes from one writer to another is tried first; else the last writer goes on as long as it can. */
  readonly calm: boolean;
}

const ways: readonly Way[] = [
  { sorted: true, calm: true },
  { sorted: true, calm: false },
  { sorted: false, calm: true },
];

function search(sequence: readonly TangledLine[], { sorted, calm }: Way): Map<Digest, readonly string[]> {
  let ids = 0;
  const empty: Written = { id: ids++, previous: null, line: "", rank: -1, falls: 0, next: new Map() };
  const seen = new Set<string>();
  const stacks: State[][] = [[{ at: 0, open: [], solved: null, changes: 0 }]];
  const found: { best: Solved | null } = { best: null };

  function append(written: Written, line: string, rank: number): Written {
    let next = written.next.get(line);
    if (next === undefined) {
      const falls = rank === written.rank ? written.falls + fallOf(written.line, line) : 0;
      next = { id: ids++, previous: written, line, rank, falls, next: new Map() };
      written.next.set(line, next);
    }
    return next;
  }

  function step({ at, open, solved, changes }: State): State[] {
    const line = sequence[at];
    if (line === undefined) return [];
    if (line.type === "begin") return [{ at: at + 1, open: [empty, ...open], solved, changes }];
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
        return [{ at: at + 1, open: others, solved: more, changes }];
      }
      if (!mayFollow(writer, line.bytes, rank)) continue;
      const next = append(writer, line.bytes, rank ?? writer.rank);
      if (sorted && next.falls > fallsAllowed) continue;
      steps.push({ at: at + 1, open: [next, ...others], solved, changes: changes + (index > 0 ? 1 : 0) });
    }
    return steps;
  }

  for (let tries = 0; tries < sequence.length + detourLimit; tries++) {
    const state = stacks.find((each) => each.length > 0)?.pop();
    if (state === undefined || state.at === sequence.length) break;
    for (const next of step(state).reverse()) {
      const [last, ...others] = next.open.map((written) => written.id);
      const name = `${next.at} ${calm ? last : ""} ${(calm ? others : [last, ...others]).sort().join(" ")}`;
      if (seen.has(name)) continue;
      seen.add(name);
      const turn = calm ? next.changes : 0;
      while (stacks.length <= turn) stacks.push([]);
      stacks[turn]?.push(next);
    }
  }
  const blocks = new Map<Digest, readonly string[]>();
  for (let each = found.best; each !== null; each = each.previous) blocks.set(each.digest, each.writes);
  return new Map([...blocks].reverse());
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
  if (skipsOne(writer.rank, rank, line)) return false;
  const subject = isRepeated(rank) ? subjectOf(line) : null;
  if (subject === null) return true;
  for (let at = writer; at.previous !== null && at.rank === rank; at = at.previous) {
    if (at.line.startsWith(subject)) return false;
  }
  return true;
}

/** Whether a kind of line that every block has would be lacking. */
function skipsOne(last: number, rank: number, line: string): boolean {
  const needed = line.startsWith("vetout ") ? neededInVet : neededInBuild;
  return needed.some((each) => last < each && each < rank);
}

/** `file a.go `, `import Q `, `packagefile Q=`: once in a block. */
function subjectOf(line: string): string | null {
  return /^(?:(?:file|import|vetout) .* |packagefile .*=)/s.exec(line)?.[0] ?? null;
}

/** Files of a cgo package and imports of a test variant are two sorted lists, of the test variant of a main three. */
const fallsAllowed = 2;

/** 1 where the second of two files or two imports belongs before the first. */
function fallOf(line: string, next: string): number {
  const name = /^import (\S+)/.exec(line)?.[1] ?? fileOrder(line);
  const other = /^import (\S+)/.exec(next)?.[1] ?? fileOrder(next);
  return name !== null && other !== null && other < name ? 1 : 0;
}

const fileKinds: readonly RegExp[] = [
  /(?<!_test)\.go$/,
  /\.go$/,
  /\.c$/,
  /\.(cc|cpp|cxx)$/,
  /\.(f|F|for|f90)$/,
  /\.m$/,
  /\.(h|hh|hpp|hxx)$/,
  /\.(s|S|sx)$/,
  /\.syso$/,
];

/** Go files first, then C files, …, embedded files last; by name in each kind (work/exec.go buildActionID). */
function fileOrder(line: string): string | null {
  const name = /^file (.*) \S*\n$/s.exec(line)?.[1];
  if (name === undefined) return null;
  const kind = fileKinds.findIndex((form) => form.test(name));
  return `${kind < 0 ? fileKinds.length : kind} ${name}`;
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

/** Ranks of `compile`, `goos`, `import "P"`, `omitdebug` and `compile TOOL [..]`; of a link the same. */
const neededInBuild: readonly number[] = [1, 4, 5, 6, 20];
const neededInVet: readonly number[] = [1, 2, 4];

/** Kinds of lines of which a block has several. */
function isRepeated(rank: number): boolean {
  return rank >= order.length - 3;
}

/** Null for a line of a kind that is not known: it may stand anywhere after the salt. */
function rankOf(bytes: string): number | null {
  const found = order.findIndex((form) => form.test(bytes));
  return found < 0 ? null : found;
}
