import type { Block, Problem } from "./block.ts";
import {
  type BlockCollector,
  type CollectedLog,
  type CollectOptions,
  createBlockCollector,
} from "./collect-blocks.ts";
import type { Digest } from "./ids.ts";
import type { LogEvent } from "./log-event.ts";

/** A log with any number of go commands in it, taken apart. */
export interface CommandSplitter {
  take(event: LogEvent): void;
  /** A go command loads its packages: the parser's `onLoad`. */
  load(): void;
  /** A new part of the log begins, such as another file of an archive: what is open ends. */
  cut(): void;
  /** What each go command said, in the order of the log; commands that made no key are left out. One at the least, which may be empty. */
  finish(): readonly CollectedLog[];
}

/**
 * Deals a log out to its go commands. Each loads its packages before it makes its first key: a stretch of `moduleIndex` lines, or
 * `WORK=` under -x, after blocks of actions is the next command (Go 1.21–1.27). Where a log has neither any more, since somebody
 * filtered it, a key of the same package that is made again tells.
 *
 * Commands that ran side by side can't be parted: what was cut out of one lacks the packages that it imports, and is put back.
 */
export function createCommandSplitter(options: CollectOptions = {}): CommandSplitter {
  const shared = { interned: new Map<string, string>(), seen: new Map<Digest, Block>(), ...options };
  const parts: CollectedLog[] = [];
  let current = newPart();
  let hasMarks = false;

  function newPart(): Part {
    return {
      collector: createBlockCollector(shared),
      open: new Set(),
      sums: new Map(),
      early: [],
    };
  }

  function cut(): void {
    if (current.sums.size > 0 || current.open.size > 0) parts.push(current.collector.finish());
    else return;
    current = newPart();
  }

  function mark(): void {
    hasMarks = true;
    // In the middle of a block it is the mark of another command that runs at the same time.
    if (current.open.size === 0) cut();
  }

  function take(event: LogEvent): void {
    switch (event.type) {
      case "begin":
        if (isAction(event.name)) current.open.add(event.name);
        break;
      case "sum":
        if (isAction(event.name)) {
          current.open.delete(event.name);
          if (!hasMarks && isRepeated(event.name, event.digest)) {
            again(event);
            return;
          }
          current.sums.set(event.digest, event.name);
        }
        break;
      case "foreign":
        if (event.text.startsWith("WORK=")) mark();
        break;
      default:
        break;
    }
    if (!hasMarks) keepOpen(event);
    current.collector.take(event);
  }

  /** One command makes the key of a package's build once (the link's twice, where its output exists). */
  function isRepeated(name: string, digest: string): boolean {
    return name.startsWith("build ") && current.sums.get(digest as never) === name;
  }

  /** Lines of the blocks that are open, which belong to the next command where one of them turns out to be made again. */
  function keepOpen(event: LogEvent): void {
    if (event.type === "begin") current.early.push(event);
    else if (event.type === "write" && current.open.has(event.name)) current.early.push(event);
    else if (event.type === "sum")
      current.early = current.early.filter((each) => nameOf(each) !== event.name);
  }

  function again(sum: LogEvent): void {
    const early = current.early;
    const moved = new Set(early.map(nameOf));
    const part = current.collector.finish();
    const isMoved = ({ code, message }: Problem): boolean =>
      code === "unfinished-block" && moved.has(/^"(.*?)"/.exec(message)?.[1] ?? null);
    parts.push({ ...part, problems: part.problems.filter((problem) => !isMoved(problem)) });
    current = newPart();
    for (const event of [...early, sum]) {
      if (event.type === "begin") current.open.add(event.name);
      if (event.type === "sum") {
        current.open.delete(event.name);
        current.sums.set(event.digest, event.name);
      }
      keepOpen(event);
      current.collector.take(event);
    }
  }

  return {
    take,
    load: mark,
    cut,
    finish() {
      const last = current.collector.finish();
      if (parts.length === 0 || last.blocks.size > 0) parts.push(last);
      const whole = joinTorn(parts).filter((part) => part.blocks.size > 0);
      return whole.length === 0 ? parts.slice(-1) : whole;
    },
  };
}

interface Part {
  readonly collector: BlockCollector;
  /** Names of blocks of actions that have no sum yet. */
  readonly open: Set<string>;
  /** Digest → name of the block. */
  readonly sums: Map<string, string>;
  /** Lines of open blocks, while there is no other sign of where a command begins. */
  early: LogEvent[];
}

function nameOf(event: LogEvent): string | null {
  return event.type === "begin" || event.type === "write" ? event.name : null;
}

function isAction(name: string): boolean {
  return /^(?:build|link|vet) /.test(name);
}

/** Puts a part back to the one before it where that has what this one imports. */
function joinTorn(parts: readonly CollectedLog[]): readonly CollectedLog[] {
  const joined: CollectedLog[] = [];
  for (const part of parts) {
    const before = joined.at(-1);
    if (before !== undefined && goesOn(before, part)) joined[joined.length - 1] = join(before, part);
    else joined.push(part);
  }
  return joined;
}

/** Go makes the keys of all packages that an action imports before its own; a tenth may be lost lines. */
function goesOn(before: CollectedLog, part: CollectedLog): boolean {
  const built = builtIn(part);
  const imported = new Set<string>();
  for (const { lines } of part.blocks.values()) {
    for (const line of lines) {
      const name = line.startsWith("import ") ? /^import (\S+) \S/.exec(line)?.[1] : undefined;
      if (name !== undefined) imported.add(name);
    }
  }
  const missing = [...imported].filter((name) => !built.has(name));
  if (missing.length * 10 <= imported.size) return false;
  const there = builtIn(before);
  return missing.filter((name) => there.has(name)).length * 2 > missing.length;
}

function builtIn(part: CollectedLog): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name } of part.blocks.values()) if (name.startsWith("build ")) names.add(name.slice(6));
  return names;
}

function join(one: CollectedLog, other: CollectedLog): CollectedLog {
  return {
    blocks: new Map([...one.blocks, ...other.blocks]),
    // The first subkey of a key counts.
    firstSubkey: new Map([...other.firstSubkey, ...one.firstSubkey]),
    commands: new Map([...one.commands, ...other.commands]),
    hasCommands: one.hasCommands || other.hasCommands,
    problems: [...one.problems, ...other.problems],
    hiddenValues: one.hiddenValues + other.hiddenValues,
  };
}
