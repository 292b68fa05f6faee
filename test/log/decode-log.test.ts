import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLogDecoder } from "../../src/log/decode-log.ts";
import { createUnpacker } from "../../src/log/unpack-stream.ts";
import { zip } from "./ci-shapes.ts";

interface Decoded {
  /** What was handed on, a text for each part of the log. */
  readonly parts: readonly string[];
  readonly problem: string | null;
  /** Bytes of the largest piece. */
  readonly largest: number;
}

/** @param cuts sizes of the chunks, one after the other and again */
async function decode(file: Buffer, cuts: readonly number[]): Promise<Decoded> {
  const parts = [""];
  let largest = 0;
  const decoder = createLogDecoder({
    push(bytes) {
      largest = Math.max(largest, bytes.length);
      parts.push(`${parts.pop()}${Buffer.from(bytes).toString("latin1")}`);
    },
    cut: () => parts.push(""),
  });
  for (let at = 0, turn = 0; at < file.length; turn++) {
    const size = cuts[turn % cuts.length] ?? file.length;
    await decoder.push(file.subarray(at, at + size));
    at += size;
  }
  return { parts, problem: await decoder.end(), largest };
}

const cuts = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });
const log = Array.from({ length: 900 }, (_, at) => `HASH[build p${at}]: "${at * 7919}"\n`).join("");

describe("a log in gzip", () => {
  test("is what it was, however it is cut, in members and with something behind it", async () => {
    const half = log.length >> 1;
    const members = [gzipSync(log.slice(0, half)), gzipSync(log.slice(half))];
    const files = [gzipSync(log), Buffer.concat(members), Buffer.concat([gzipSync(log), Buffer.alloc(512)])];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), cuts, async (file, sizes) => {
        expect(await decode(file, sizes)).toMatchObject({ parts: [log], problem: null });
      }),
      { numRuns: 60 },
    );
  });

  test("that is damaged or cut off is told of, however it is cut", async () => {
    const file = gzipSync(log);
    const damaged = Buffer.from(file);
    damaged.fill(0xff, 200, 260);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(damaged, file.subarray(0, file.length - 1), file.subarray(0, 12)),
        cuts,
        async (bytes, sizes) => {
          expect((await decode(bytes, sizes)).problem).toMatch(/damaged or cut off/);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is handed on in pieces", async () => {
    const { parts, largest } = await decode(gzipSync(Buffer.alloc(3 << 20, "a line\n")), [1 << 18]);
    expect(parts[0]).toHaveLength(3 << 20);
    expect(largest).toBeLessThanOrEqual(1 << 18);
  });
});

describe("an archive", () => {
  test("gives each log on its own, in pieces", async () => {
    const long = randomBytes(1 << 20).toString("hex");
    const file = zip({
      "0_a.txt": Buffer.from(log),
      "1_b.txt": Buffer.from(long),
      "a/1_x.txt": Buffer.from("x"),
    });
    const { parts, problem, largest } = await decode(file, [70_001]);
    expect([parts, problem]).toEqual([["", `${log}\n`, `${long}\n`], null]);
    expect(largest).toBeLessThanOrEqual(1 << 18);
  });

  test("that is damaged or cut off is told of", async () => {
    const file = zip({ "0_a.txt": Buffer.from(log) });
    const damaged = Buffer.from(file);
    damaged.fill(0xff, 200, 260);
    for (const bytes of [damaged, file.subarray(0, file.length - 30)]) {
      expect((await decode(bytes, [500])).problem).toMatch(/damaged or cut off/);
    }
  });
});

describe("unpacking", () => {
  test("stops at the limit, and hands over no more than that", async () => {
    let bytes = 0;
    const limit = 5 << 20;
    const unpacker = createUnpacker("gzip", limit, (piece) => {
      bytes += piece.length;
    });
    const bomb = gzipSync(Buffer.alloc(64 << 20));
    await expect(unpacker.write(bomb)).rejects.toMatchObject({ code: "ERR_BUFFER_TOO_LARGE" });
    await expect(unpacker.end()).rejects.toMatchObject({ code: "ERR_BUFFER_TOO_LARGE" });
    expect(bytes).toBeLessThanOrEqual(limit);
  });

  test("a failure of who takes the pieces is one of writing", async () => {
    const unpacker = createUnpacker("gzip", 1 << 20, () => {
      throw new Error("no more");
    });
    await expect(unpacker.write(gzipSync(log)).then(() => unpacker.end())).rejects.toThrow("no more");
  });
});
