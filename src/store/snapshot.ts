import { randomBytes } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from "node:zlib";
import { createRekey } from "../log/hide-secrets.ts";
import { type Digest, digestOf } from "../model/ids.ts";
import type { Block, Run, RunWithBlocks } from "../model/run.ts";
import { newRunId } from "./run-id.ts";
import { readSnapshotBody, type SnapshotBody } from "./snapshot-shape.ts";

/** Version of the format; a reader takes this one and no other. */
export const snapshotVersion = 1;

/** No real snapshot comes near: caddy's build of 1,018 actions takes 0.3 MB, and 1.2 MB unpacked; its inputs have 25,000 lines. */
export const snapshotLimits = { bytes: 32 << 20, unpackedBytes: 64 << 20, lines: 1 << 21 } as const;

/** The first bytes of every snapshot, of whatever format version. */
const magic = "gocache-why snapshot ";

/** True where the bytes of a file are those of a snapshot, perhaps of another version, perhaps cut off. */
export function isSnapshot(head: Uint8Array): boolean {
  return (
    Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, magic.length)).toString("latin1") ===
    magic
  );
}

/**
 * A run and its inputs as one file: a line of text (`gocache-why snapshot FORMAT TOOL-VERSION CRC-32`), then JSON under Brotli:
 * schema/snapshot.schema.json. Tokens for hidden values get others under a key of this snapshot's own, which nobody keeps:
 * inside it equal values stay equal, and nothing outside can be told by them.
 * @param toolVersion of this gocache-why
 */
export function encodeSnapshot({ run, blocks }: RunWithBlocks, toolVersion: string): Buffer {
  const places = new Map<string, number>();
  const packed: SnapshotBody["blocks"][number][] = [];
  for (const { digest, name, lines, hidden } of blocks.values()) {
    packed.push([digest, name, hidden ? 1 : 0, lines.map((line) => placeOf(line, places))]);
  }
  const body: SnapshotBody = {
    run: { ...run, hiddenUnder: `snapshot ${newRunId()}` },
    lines: [...places.keys()],
    blocks: packed,
  };
  const bytes = Buffer.from(createRekey(randomBytes(32))(JSON.stringify(body)));
  const payload = brotliCompressSync(bytes, {
    params: {
      // 7 of 11: a tenth larger than 11 in a thirtieth of the time (caddy, Node 20).
      [constants.BROTLI_PARAM_QUALITY]: 7,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  const sum = crc32(payload).toString(16).padStart(8, "0");
  return Buffer.concat([Buffer.from(`${magic}${snapshotVersion} ${toolVersion} ${sum}\n`), payload]);
}

function placeOf(line: string, places: Map<string, number>): number {
  const known = places.get(line);
  if (known !== undefined) return known;
  places.set(line, places.size);
  return places.size - 1;
}

/**
 * The run in the bytes of a snapshot, or one line that says what is wrong with them. The bytes may come from anybody: what they
 * unpack to is bounded, every field is checked, and each block has to hash to its digest. Nothing in them is run, opened or written to.
 */
export function decodeSnapshot(file: Buffer): RunWithBlocks | { error: string } {
  const end = file.subarray(0, 128).indexOf(10);
  const head = /^gocache-why snapshot (\d{1,9}) (\S{1,40}) ([0-9a-f]{8})$/.exec(
    file.toString("latin1", 0, Math.max(end, 0)),
  );
  if (head === null) return { error: "it is no snapshot of gocache-why, or its first line is damaged" };
  const [, version, tool = "", sum] = head;
  if (Number(version) !== snapshotVersion) {
    const what = `it is a snapshot of format ${version}, written by gocache-why ${printable(tool)}`;
    return { error: `${what}; this one reads format ${snapshotVersion}: use that version, or a newer one` };
  }
  if (file.length > snapshotLimits.bytes) return { error: "it is larger than any snapshot" };
  const payload = file.subarray(end + 1);
  if (crc32(payload).toString(16).padStart(8, "0") !== sum) {
    return { error: "it is damaged or cut off: copy it again, or export it again" };
  }
  try {
    const unpacked = brotliDecompressSync(payload, { maxOutputLength: snapshotLimits.unpackedBytes });
    return assemble(readSnapshotBody(JSON.parse(unpacked.toString())));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") return { error: "it unpacks to more than any snapshot does" };
    return { error: `it was not written by gocache-why as it is (${printable(message).slice(0, 160)})` };
  }
}

function assemble({ run, lines, blocks }: SnapshotBody): RunWithBlocks {
  const wanted = new Set(run.actions.map(({ digest }) => digest));
  const found = new Map<Digest, Block>();
  let total = 0;
  for (const [digest, name, hidden, places] of blocks) {
    if (!wanted.has(digest)) continue;
    total += places.length;
    if (total > snapshotLimits.lines) throw new Error("it has too many lines");
    const own = places.map((place) => lineAt(lines, place));
    if (hidden === 0 && digestOf(own.join("")) !== digest)
      throw new Error(`the lines of ${name} were changed`);
    found.set(digest, { digest, name, lines: own, hidden: hidden === 1 });
  }
  return { run: asSnapshot(run), blocks: found };
}

function asSnapshot(run: Run): Run {
  return { ...run, source: "snapshot" };
}

function lineAt(lines: readonly string[], place: number): string {
  const line = lines[place];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: lines are byte strings
  if (line === undefined || /[^\x00-\xff]/.test(line)) throw new Error("its lines are damaged");
  return line;
}

function printable(text: string): string {
  return text.replace(/[^ -~]/g, "?");
}
