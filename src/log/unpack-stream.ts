import { createGunzip, createInflateRaw } from "node:zlib";

/** Unpacks bytes as they come, so that neither they nor what they unpack to is ever whole in memory. */
export interface Unpacker {
  /**
   * Fulfilled when the bytes are unpacked, and what they gave was handed over. What stands behind the end of the packed data is ignored.
   * @throws {Error} where they are damaged, or unpack to more than the limit (code ERR_BUFFER_TOO_LARGE, as zlib's own)
   */
  write(chunk: Uint8Array): Promise<void>;
  /** @throws {Error} as `write` does, and where the data is cut off */
  end(): Promise<void>;
}

/**
 * @param limit of the bytes that all unpacks to
 * @param take gets what came out, in pieces that are its own
 */
export function createUnpacker(
  form: "gzip" | "deflate",
  limit: number,
  take: (piece: Buffer) => void,
): Unpacker {
  const stream = form === "gzip" ? createGunzip({ chunkSize }) : createInflateRaw({ chunkSize });
  let left = limit;
  let isOver = false;
  let failure: Error | null = null;
  const failed = new Promise<never>((_resolve, reject) => stream.once("error", reject));
  // Whoever writes or ends gets it.
  failed.catch(() => {});
  const ended = new Promise<void>((resolve) => stream.once("end", resolve));
  stream.once("end", () => {
    isOver = true;
  });
  stream.on("data", (piece: Buffer) => {
    left -= piece.length;
    try {
      if (left < 0) throw Object.assign(new Error("too large"), { code: "ERR_BUFFER_TOO_LARGE" });
      take(piece);
    } catch (error) {
      failure = error as Error;
      stream.destroy(failure);
    }
  });
  return {
    async write(chunk) {
      if (isOver) return;
      const written = new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
      await Promise.race([failed, ended, written]);
      // A stream that is destroyed while it writes says so only later.
      if (failure !== null) throw failure;
    },
    async end() {
      if (!isOver) stream.end();
      await Promise.race([failed, ended]);
    },
  };
}

const chunkSize = 1 << 17;
