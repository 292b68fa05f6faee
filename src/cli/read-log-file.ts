import { closeSync, openSync, readSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { CollectedLog } from "../log/collect-blocks.ts";
import { createLogDecoder } from "../log/decode-log.ts";
import { createLogParser } from "../log/parse-log.ts";
import { createCommandSplitter } from "../log/split-commands.ts";

/** The go commands of a log, one at the least (which may have said nothing); or one line that says why it can't be read. */
export type LogCommands = { readonly commands: readonly CollectedLog[] } | { readonly error: string };

/**
 * Reads a log as people have it: plain or packed, with what a CI system put in front of its lines. The file is streamed.
 * @param path absolute; 0 for stdin
 * @param onBytes is told how many bytes were read so far
 */
export async function readLogFile(
  path: string | 0,
  onBytes: (bytes: number) => void = () => {},
): Promise<LogCommands> {
  const splitter = createCommandSplitter();
  const parser = createLogParser(
    (event) => splitter.take(event),
    () => splitter.load(),
  );
  const decoder = createLogDecoder({ push: (bytes) => parser.push(bytes), cut: () => splitter.cut() });
  let bytes = 0;
  try {
    await readChunks(path, async (chunk) => {
      bytes += chunk.length;
      await decoder.push(chunk);
      onBytes(bytes);
    });
  } catch (error) {
    return { error: `can't be read: ${(error as NodeJS.ErrnoException).code ?? error}` };
  }
  if (bytes === 0) return { error: "is empty" };
  const problem = await decoder.end();
  if (problem !== null) return { error: `can't be read: ${problem}` };
  parser.end();
  return { commands: splitter.finish() };
}

/**
 * Hands over a file piece by piece, all in one buffer: whoever takes a piece keeps nothing of it. Between two pieces timers and
 * signals have their turn: a live line, Ctrl-C.
 */
export async function readChunks(path: string | 0, take: (chunk: Buffer) => Promise<void>): Promise<void> {
  const file = path === 0 ? 0 : openSync(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(pieceSize);
    for (;;) {
      const count = readSome(file, buffer);
      if (count === 0) return;
      await take(buffer.subarray(0, count));
      await nextTurn();
    }
  } finally {
    if (path !== 0) closeSync(file);
  }
}

const pieceSize = 1 << 16;

/** A pipe that is not blocking says that there is nothing yet. */
function readSome(file: number, buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(file, buffer, 0, buffer.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}
