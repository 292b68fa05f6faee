import type { Block, Problem } from "./block.ts";
import type { Digest } from "./ids.ts";
import { digestOf } from "./ids.ts";
import type { LogEvent } from "./log-event.ts";
import { orderedWrites } from "./untangle.ts";

/** What a log says, block by block. Only blocks whose writes hash to the printed digest are in it. */
export interface CollectedLog {
  /** Verified blocks in the order of their sums; an equal block that was logged again stands once. */
  readonly blocks: Map<Digest, Block>;
  /** For a key, the description of its first subkey: `stdout` for a hit, `srcfiles` for a miss (measured on Go 1.21–1.27). */
  readonly firstSubkey: Map<Digest, string>;
  /** Short action IDs in `-buildid` words of compile and link commands that `-x` printed: these actions ran. */
  readonly commands: Map<string, "compile" | "link">;
  /** True where the log has `-x` text. */
  readonly hasCommands: boolean;
  readonly problems: Problem[];
  /** Values that were replaced by tokens. */
  readonly hiddenValues: number;
}

export interface CollectOptions {
  /** Which blocks are wanted, by name; others are passed over. Default: build, link and vet. */
  readonly wanted?: (name: string) => boolean;
  /** Takes the secrets out of a verified block's lines. Without it nothing is hidden. */
  readonly hide?: (name: string, lines: readonly string[]) => { lines: readonly string[]; hidden: number };
}

export interface BlockCollector {
  take(event: LogEvent): void;
  finish(): CollectedLog;
}

interface OpenBlock {
  writes: string[];
  closed: boolean;
}

/** The blocks of one name while more than one of them is open: who wrote which line is found out when all are closed. */
interface Tangle {
  readonly sequence: TangledLine[];
  open: number;
}

export type TangledLine =
  | { readonly type: "begin" }
  | { readonly type: "write"; readonly bytes: string }
  | { readonly type: "sum"; readonly digest: Digest };

const problemsKept = 200;

/** What the parser gives is a slice of a chunk of the log; a copy lets the chunk go. */
function copyOf<T extends string>(text: T): T {
  return text.length < 13 ? text : (Buffer.from(text, "latin1").toString("latin1") as T);
}

/**
 * Puts the lines of a log together to blocks and verifies each by its own digest. Blocks of different names may
 * interleave freely; blocks of one name that are open at once are dealt out by search, with the digest as judge.
 */
export function createBlockCollector(options: CollectOptions = {}): BlockCollector {
  const wanted = options.wanted ?? ((name: string) => /^(build|link|vet) /.test(name));
  const open = new Map<string, OpenBlock>();
  const tangles = new Map<string, Tangle>();
  const interned = new Map<string, string>();
  const blocks = new Map<Digest, Block>();
  const firstSubkey = new Map<Digest, string>();
  const commands = new Map<string, "compile" | "link">();
  const problems: Problem[] = [];
  let problemCount = 0;
  let hiddenValues = 0;
  let hasCommands = false;

  function problem(code: Problem["code"], message: string): void {
    if (++problemCount <= problemsKept) problems.push({ code, message });
  }

  function intern(line: string): string {
    const known = interned.get(line);
    if (known !== undefined) return known;
    const copy = copyOf(line);
    interned.set(copy, copy);
    return copy;
  }

  function accept(name: string, digest: Digest, writes: readonly string[]): void {
    if (blocks.has(digest)) return;
    let lines = writes;
    let hidden = 0;
    if (options.hide !== undefined) ({ lines, hidden } = options.hide(name, writes));
    hiddenValues += hidden;
    const key = copyOf(digest);
    blocks.set(key, { digest: key, name: intern(name), lines: lines.map(intern), hidden: hidden > 0 });
  }

  function begin(name: string): void {
    const tangle = tangles.get(name);
    if (tangle !== undefined) {
      tangle.sequence.push({ type: "begin" });
      tangle.open++;
      return;
    }
    const block = open.get(name);
    if (block !== undefined && !block.closed) {
      const sequence: TangledLine[] = [{ type: "begin" }];
      for (const bytes of block.writes) sequence.push({ type: "write", bytes });
      sequence.push({ type: "begin" });
      tangles.set(name, { sequence, open: 2 });
      open.delete(name);
      return;
    }
    open.set(name, { writes: [], closed: false });
  }

  function write(name: string, bytes: string): void {
    const tangle = tangles.get(name);
    if (tangle !== undefined) {
      tangle.sequence.push({ type: "write", bytes });
      return;
    }
    const block = open.get(name);
    if (block === undefined)
      problem("orphan-line", `a line of "${name}" stands before the block's first line`);
    else block.writes.push(bytes);
  }

  function sum(name: string, digest: Digest): void {
    const tangle = tangles.get(name);
    if (tangle !== undefined) {
      tangle.sequence.push({ type: "sum", digest });
      if (--tangle.open === 0) {
        tangles.delete(name);
        untangle(name, tangle);
      }
      return;
    }
    const block = open.get(name);
    if (block === undefined) {
      problem("orphan-line", `the digest of "${name}" stands without its block`);
      return;
    }
    // Only gccCompilerID goes on after its sum: a second one covers all writes since the begin line.
    if (name === "gccCompilerID") block.closed = true;
    else open.delete(name);
    if (digestOf(block.writes.join("")) === digest) accept(name, digest, block.writes);
    else problem("unproven-block", `the lines of "${name}" do not hash to ${digest.slice(0, 16)}…`);
  }

  function untangle(name: string, tangle: Tangle): void {
    const solved = orderedWrites(tangle.sequence);
    for (const [digest, writes] of solved.blocks) accept(name, digest, writes);
    for (const digest of solved.unsolved) {
      problem(
        "unproven-block",
        `lines of "${name}" are mixed so that ${digest.slice(0, 16)}… could not be told apart`,
      );
    }
  }

  function foreign(text: string): void {
    if (text.startsWith("WORK=")) hasCommands = true;
    if (!text.includes("-buildid")) return;
    const compile = / -buildid ([\w-]{20})\/[\w-]{20} /.exec(text);
    if (compile?.[1] !== undefined && /compile"? -o /.test(text)) commands.set(copyOf(compile[1]), "compile");
    const link = / -buildid=([\w-]{20})\//.exec(text);
    if (link?.[1] !== undefined && /link"? -o /.test(text)) commands.set(copyOf(link[1]), "link");
  }

  function take(event: LogEvent): void {
    switch (event.type) {
      case "begin":
        if (wanted(event.name)) begin(event.name);
        return;
      case "write":
        if (wanted(event.name)) write(event.name, event.bytes);
        return;
      case "sum":
        if (wanted(event.name)) sum(event.name, event.digest);
        return;
      case "subkey":
        if (!firstSubkey.has(event.parent)) firstSubkey.set(copyOf(event.parent), intern(event.description));
        return;
      case "foreign":
        foreign(event.text);
        return;
      case "damaged":
        problem("damaged-line", `a torn line: ${event.text.slice(0, 60).replace(/"[^"]*$/, '"…')}`);
        return;
      case "file":
        return;
    }
  }

  function finish(): CollectedLog {
    const unfinished = [...open].flatMap(([name, block]) => (block.closed ? [] : [name]));
    for (const [name, tangle] of tangles) {
      untangle(name, tangle);
      unfinished.push(...Array.from({ length: tangle.open }, () => name));
    }
    for (const name of unfinished) {
      problem("unfinished-block", `"${name}" has no digest: the log ends in it, or it was cut`);
    }
    if (problemCount > problemsKept) {
      problems.push({ code: "damaged-line", message: `and ${problemCount - problemsKept} more problems` });
    }
    return { blocks, firstSubkey, commands, hasCommands, problems, hiddenValues };
  }

  return { take, finish };
}
