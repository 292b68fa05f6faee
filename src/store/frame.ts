import { crc32 } from "node:zlib";

/**
 * Version of every file in the history; a reader refuses any other. It is raised too where redaction becomes stricter: blocks of
 * older runs are shared by their digests, and what they hold would live on.
 */
export const storeVersion = 2;

/** The folder of this version's files; those of older versions are deleted. */
export const storeFolder = `v${storeVersion}`;

const firstLineLimit = 64;

/** What a file of the history is: a run, one that repeats another, the rows or blocks that runs share, or the copy of a source text. */
export type FrameKind = "run" | "repeat" | "rows" | "blocks" | "text";

/** A file of the history: one line with its kind, format version and CRC-32 of the rest, then the payload. */
export function frame(kind: FrameKind, payload: Uint8Array): Buffer {
  const sum = crc32(payload).toString(16).padStart(8, "0");
  return Buffer.concat([Buffer.from(`gocache-why ${kind} ${storeVersion} ${sum}\n`), payload]);
}

/**
 * The payload of a file made by `frame`.
 * @throws {Error} where it is of another kind or version, or its sum is wrong; the message says which
 */
export function unframe(kind: FrameKind, file: Buffer): Buffer {
  return unframeOneOf([kind], file);
}

/**
 * As `unframe`, of a file of one of some kinds.
 * @throws {Error} as `unframe`
 */
export function unframeOneOf(kinds: readonly FrameKind[], file: Buffer): Buffer {
  const { kind, payloadStart, sum } = readFirstLine(file);
  if (!kinds.includes(kind as FrameKind)) throw new Error("it was not written by gocache-why");
  const payload = file.subarray(payloadStart);
  if (crc32(payload).toString(16).padStart(8, "0") !== sum) throw new Error("it is damaged");
  return payload;
}

/**
 * The kind of a file made by `frame`, where its payload begins, and the sum that it should have.
 * @throws {Error} where it is none, or of another version
 */
export function readFirstLine(file: Buffer): { kind: string; payloadStart: number; sum: string } {
  const end = file.subarray(0, firstLineLimit).indexOf(10);
  const match = /^gocache-why (\w+) (\d+) ([0-9a-f]{8})$/.exec(file.toString("latin1", 0, Math.max(end, 0)));
  if (match === null) throw new Error("it was not written by gocache-why");
  if (Number(match[2]) !== storeVersion) throw new Error(`its format version is ${match[2]}`);
  return { kind: match[1] ?? "", payloadStart: end + 1, sum: match[3] ?? "" };
}
