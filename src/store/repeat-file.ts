import type { Run } from "../model/run.ts";
import { frame, unframe } from "./frame.ts";
import { encodeHead, type RunHead } from "./head.ts";

/** What a run that repeats another has of its own. */
export type RepeatedFields = Pick<Run, "id" | "startedAt" | "clockSeconds" | "cache">;

/** The bytes of the file of a run that repeats another, whose file lies beside it. */
export function encodeRepeat(head: RunHead, fields: RepeatedFields): Buffer {
  const body = Buffer.from(JSON.stringify(fields));
  return frame("repeat", Buffer.concat([encodeHead(head.summary, head.mark), body]));
}

/**
 * What such a run has of its own.
 * @throws {Error} where the file is none, of another version, or damaged
 */
export function decodeRepeat(file: Buffer): RepeatedFields {
  const payload = unframe("repeat", file);
  return JSON.parse(payload.toString("utf8", payload.indexOf(10) + 1)) as RepeatedFields;
}
