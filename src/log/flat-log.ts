import type { Block } from "./block.ts";
import type { CollectedLog } from "./collect-blocks.ts";
import type { Digest } from "./ids.ts";

/** The go commands of a log in few large pieces, in which they go from one thread to another. */
export interface FlatLogs {
  /** All strings, one behind the other: names, digests and lines, each once. */
  readonly text: string;
  /** Where each string ends in `text`. */
  readonly ends: Uint32Array;
  /** For each block: digest, name, 1 where something is hidden, the number of its lines, these; strings by their number. */
  readonly words: Uint32Array;
  readonly commands: readonly FlatCommand[];
}

/** Its blocks by their number: commands of one log share most. */
type FlatCommand = Omit<CollectedLog, "blocks"> & { readonly blocks: Uint32Array };

/** Throws a RangeError where the strings together are longer than a string may be (512 MB in V8). */
export function flattenLogs(logs: readonly CollectedLog[]): FlatLogs {
  const blockNumbers = createNumbers<Block>();
  const commands = logs.map(({ blocks, ...rest }) => ({
    ...rest,
    blocks: Uint32Array.from(blocks.values(), blockNumbers.of),
  }));
  const strings = createNumbers<string>();
  const words: number[] = [];
  for (const { digest, name, lines, hidden } of blockNumbers.items()) {
    words.push(strings.of(digest), strings.of(name), hidden ? 1 : 0, lines.length);
    for (const line of lines) words.push(strings.of(line));
  }
  const texts = [...strings.items()];
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [at, each] of texts.entries()) {
    end += each.length;
    ends[at] = end;
  }
  return { text: texts.join(""), ends, words: Uint32Array.from(words), commands };
}

/** Gives each thing a number when it is first seen, from 0. */
function createNumbers<T>(): { of: (item: T) => number; items: () => Iterable<T> } {
  const numbers = new Map<T, number>();
  return {
    of(item) {
      const known = numbers.get(item);
      if (known !== undefined) return known;
      numbers.set(item, numbers.size);
      return numbers.size - 1;
    },
    items: () => numbers.keys(),
  };
}

/** What was flattened, equal strings being one again. */
export function restoreLogs({ text, ends, words, commands }: FlatLogs): readonly CollectedLog[] {
  const texts: string[] = [];
  let from = 0;
  for (const end of ends) {
    texts.push(text.slice(from, end));
    from = end;
  }
  const string = (at: number): string => texts[words[at] ?? 0] ?? "";
  const all: Block[] = [];
  for (let at = 0; at < words.length; ) {
    const digest = string(at) as Digest;
    const name = string(at + 1);
    const hidden = words[at + 2] === 1;
    const first = at + 4;
    at = first + (words[at + 3] ?? 0);
    const lines: string[] = [];
    for (let line = first; line < at; line++) lines.push(string(line));
    all.push({ digest, name, lines, hidden });
  }
  return commands.map((command) => {
    const blocks = new Map<Digest, Block>();
    for (const number of command.blocks) {
      const block = all[number];
      if (block !== undefined) blocks.set(block.digest, block);
    }
    return { ...command, blocks };
  });
}
