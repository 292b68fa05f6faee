import { randomBytes } from "node:crypto";
import type { Block, Problem } from "./block.ts";
import { createHide, type Hide, hideDigest, tokensIn } from "./hide/token.ts";
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
  /** Takes the secrets out of a verified block's lines. Without it only what tests read of the environment is hidden. */
  readonly hide?: (name: string, lines: readonly string[]) => { lines: readonly string[]; hidden: number };
  /** Makes the tokens for values of variables that tests read, and for Go's digests of them; random where none is given. */
  readonly hideValue?: Hide;
  /** What is shown of a variable that a test reads (`showVariable`), null for a token. Without it all are tokens. */
  readonly showVariable?: (name: string, value: string) => string | null;
  /** Lines that were seen before, each by itself: several collectors of one log may share them. */
  readonly interned?: Map<string, string>;
  /** Blocks that were verified before and hold no secret: a log's later commands have most of them again. Shared as `interned` is. */
  readonly seen?: Map<Digest, Block>;
}

/** A verified block in which the environment stands: a variable's value, or Go's digest of it. It is kept until all names are known. */
interface EnvironmentBlock {
  readonly name: "getenv" | "testInputs";
  readonly digest: Digest;
  readonly lines: readonly string[];
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
  const interned = options.interned ?? new Map<string, string>();
  const blocks = new Map<Digest, Block>();
  const firstSubkey = new Map<Digest, string>();
  const commands = new Map<string, "compile" | "link">();
  const environment = new Map<Digest, EnvironmentBlock>();
  const hideToken = options.hideValue ?? createHide(randomBytes(32));
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

  function accept(name: string, digest: Digest, writes: readonly string[], isScrubbed = false): void {
    if (name === "getenv" || name === "testInputs") {
      environment.set(copyOf(digest), { name, digest: copyOf(digest), lines: writes.map(copyOf) });
      return;
    }
    if (blocks.has(digest)) return;
    const earlier = options.seen?.get(digest);
    if (earlier !== undefined && earlier.name === name) {
      blocks.set(earlier.digest, earlier);
      return;
    }
    let lines = writes;
    let hidden = 0;
    if (options.hide !== undefined) ({ lines, hidden } = options.hide(name, writes));
    hiddenValues += hidden;
    const key = copyOf(digest);
    const block = {
      digest: key,
      name: intern(name),
      lines: lines.map(intern),
      hidden: isScrubbed || hidden > 0,
    };
    blocks.set(key, block);
    if (!block.hidden) options.seen?.set(key, block);
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
    // Of a log that went through `scrub`: the digest is that of what stood there before.
    else if (block.writes.some((each) => tokensIn(each).length > 0)) accept(name, digest, block.writes, true);
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

  /** Most lines have the name of the one before. */
  let lastName = "";
  let isLastWanted = false;
  function isWanted(name: string): boolean {
    if (name === lastName) return isLastWanted;
    isLastWanted = wanted(name);
    lastName = name;
    return isLastWanted;
  }

  function take(event: LogEvent): void {
    switch (event.type) {
      case "begin":
        if (isWanted(event.name)) begin(event.name);
        return;
      case "write":
        if (isWanted(event.name)) write(event.name, event.bytes);
        return;
      case "sum":
        if (isWanted(event.name)) sum(event.name, event.digest);
        return;
      case "subkey":
        if (!firstSubkey.has(event.parent)) {
          firstSubkey.set(copyOf(event.parent), intern(withoutInputs(event.description, hideToken)));
        }
        return;
      case "foreign":
        foreign(event.text);
        return;
      case "damaged":
        // What got into it may be anybody's text.
        problem("damaged-line", `a torn line: ${/HASH\[[^\]"]{0,60}/.exec(event.text)?.[0] ?? "HASH"}…`);
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
    for (const block of hideEnvironment([...environment.values()], hideToken, options.showVariable)) {
      blocks.set(block.digest, block);
      hiddenValues++;
    }
    return { blocks, firstSubkey, commands, hasCommands, problems, hiddenValues };
  }

  return { take, finish };
}

/**
 * What tests read of the environment, with tokens for values that may be secrets. Go's digests of values are replaced too, the
 * blocks' own among them: they are SHA-256 of a known beginning and the value, from which a short value can be guessed.
 * The digests that stand for them are the same wherever Go's were the same, under one key.
 */
function hideEnvironment(
  found: readonly EnvironmentBlock[],
  hide: Hide,
  show: (name: string, value: string) => string | null = () => null,
): readonly Block[] {
  const names = new Map<string, Set<string>>();
  for (const { name, lines } of found) {
    if (name !== "testInputs") continue;
    for (const line of lines) {
      const [, variable, digest] = variableLine.exec(line) ?? [];
      if (variable === undefined || digest === undefined) continue;
      names.set(digest, (names.get(digest) ?? new Set()).add(variable));
    }
  }
  return found.map(({ name, digest, lines }): Block => {
    const shown = lines.map((line, index) => {
      if (name === "testInputs") {
        return line.replace(
          variableLine,
          (_whole, variable: string, sum: string) => `env ${variable} ${hideDigest(sum, hide)}\n`,
        );
      }
      // The salt; whether the variable was set (1) or not (0), as one byte, and its value.
      if (index < 2) return line;
      // A value that several variables have is shown where each of them may be.
      const shown = [...(names.get(digest) ?? [])].map((reader) => show(reader, line));
      return shown.includes(null) ? hide(line) : (shown[0] ?? hide(line));
    });
    return { digest: hideDigest(digest, hide) as Digest, name, lines: shown, hidden: true };
  });
}

/** A line of `testInputs` (test/test.go computeTestInputsID, Go 1.21–1.27). */
const variableLine = /^env (.*) ([0-9a-f]{64})\n$/s;

/** `inputs:` and a digest over those of all variables, from which a single unknown one could be guessed. */
function withoutInputs(description: string, hide: Hide): string {
  return description.replace(
    /^inputs:([0-9a-f]{64})$/,
    (_whole, sum: string) => `inputs:${hideDigest(sum, hide)}`,
  );
}
