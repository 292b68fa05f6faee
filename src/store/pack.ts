import type { Digest } from "../model/ids.ts";
import type { Block } from "../model/run.ts";
import { compress, decompress } from "./compress.ts";
import { frame, unframe } from "./frame.ts";

/** `[digest, name, hidden, lines]`: a line is 0 for the next of the table, else 1 + its place there. */
type PackedBlock = readonly [string, string, 0 | 1, readonly number[]];

interface PackBody {
  /** Every line once, in the order of its first use. */
  readonly lines: readonly string[];
  readonly blocks: readonly PackedBlock[];
}

/** The bytes of a pack: a file with blocks, each different line in it written once. */
export function encodePack(blocks: Iterable<Block>): Buffer {
  const places = new Map<string, number>();
  const packed: PackedBlock[] = [];
  for (const block of blocks) {
    const lines = block.lines.map((line) => {
      const place = places.get(line);
      if (place !== undefined) return place + 1;
      places.set(line, places.size);
      return 0;
    });
    packed.push([block.digest, block.name, block.hidden ? 1 : 0, lines]);
  }
  const body: PackBody = { lines: [...places.keys()], blocks: packed };
  return frame("blocks", compress(JSON.stringify(body)));
}

/**
 * All blocks of a pack, by digest.
 * @throws {Error} where the file is no pack, of another version, or damaged
 */
export function decodePack(file: Buffer): Map<Digest, Block> {
  const body = JSON.parse(decompress(unframe("blocks", file))) as PackBody;
  const blocks = new Map<Digest, Block>();
  let next = 0;
  for (const [digest, name, hidden, places] of body.blocks) {
    const lines = places.map((place) => lineAt(body, place === 0 ? next++ : place - 1));
    blocks.set(digest as Digest, { digest: digest as Digest, name, lines, hidden: hidden === 1 });
  }
  return blocks;
}

function lineAt(body: PackBody, place: number): string {
  const line = body.lines[place];
  if (line === undefined) throw new Error("it is damaged");
  return line;
}
