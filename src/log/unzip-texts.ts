import { createUnpacker } from "./unpack-stream.ts";

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  /** Where its local header begins. */
  readonly at: number;
}

/** Takes the texts of an archive, one after the other. */
export interface TextSink {
  /** A text begins. */
  begin(): void;
  take(piece: Buffer): void;
  end(): void;
}

/**
 * Hands over the texts of a zip archive: the `*.txt` and `*.log` files. GitHub's archive of a run has each job's log whole at
 * its top and once more by steps in a folder: where the top has any, the folders are passed over. Names are never used as paths.
 * @param limit of the bytes that all of them unpack to
 * @throws {Error} where the archive is damaged, encrypted, or unpacks to more (code ERR_BUFFER_TOO_LARGE)
 */
export async function unzipTexts(archive: Buffer, limit: number, sink: TextSink): Promise<void> {
  const texts = readDirectory(archive).filter(({ name }) => /\.(txt|log)$/i.test(name));
  const top = texts.filter(({ name }) => !name.includes("/"));
  let left = limit;
  for (const entry of top.length > 0 ? top : texts) {
    sink.begin();
    await unpack(archive, entry, left, (piece) => {
      left -= piece.length;
      sink.take(piece);
    });
    sink.end();
  }
}

/** Central directory (APPNOTE 6.3.10, 4.3.12): one header of 46 bytes, its name and its extra fields for each file. */
function readDirectory(archive: Buffer): Entry[] {
  // The end record has 22 bytes and a comment of at most 65,535.
  const end = archive.lastIndexOf(Buffer.from("PK\x05\x06"));
  if (end < 0 || end < archive.length - 22 - 0xffff) throw new Error("no end of the directory");
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const entries: Entry[] = [];
  for (let number = 0; number < count; number++) {
    if (archive.readUInt32LE(at) !== 0x02014b50) throw new Error("no entry of the directory");
    const nameLength = archive.readUInt16LE(at + 28);
    entries.push({
      name: archive.toString("utf8", at + 46, at + 46 + nameLength),
      method: (archive.readUInt16LE(at + 8) & 1) === 1 ? -1 : archive.readUInt16LE(at + 10),
      packed: archive.readUInt32LE(at + 20),
      at: archive.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

async function unpack(
  archive: Buffer,
  { method, packed, at }: Entry,
  limit: number,
  take: (piece: Buffer) => void,
): Promise<void> {
  if (archive.readUInt32LE(at) !== 0x04034b50) throw new Error("no file header");
  const from = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  const bytes = archive.subarray(from, from + packed);
  if (bytes.length !== packed) throw new Error("cut off");
  if (method !== 0 && method !== 8) throw new Error("another way of packing");
  if (method === 0) {
    for (let done = 0; done < packed; done += pieceSize) take(bytes.subarray(done, done + pieceSize));
    return;
  }
  const unpacker = createUnpacker("deflate", limit, take);
  await unpacker.write(bytes);
  await unpacker.end();
}

/** A parser makes a text of what it gets at once, which takes as much memory again. */
const pieceSize = 1 << 18;
