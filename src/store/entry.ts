import { hash } from "node:crypto";
import type { Run } from "../model/run.ts";

/** What makes two runs comparable: same main module, same verb, same package patterns. */
export type Family = Pick<Run, "module" | "verb" | "patterns">;

/** A file that a run shares with other runs: a hard link in the folder of each. */
export interface Part {
  /** File name: `p` (blocks), `r` (rows) or `s` (the run that this one repeats) and 8 random characters; the same wherever it is linked. */
  readonly file: string;
  readonly bytes: number;
}

/**
 * A run of the history as its folder's name tells it. The name has all that choosing a baseline, ordering and
 * retention need, so that none of them opens a file: with 30 runs in each of 20 families one `readdir` answers.
 */
export interface Entry {
  /** Name of its folder: 140 characters where it has all six parts, of 30 MB each (eCryptfs allows 143). */
  readonly name: string;
  /** Order of entry into the history, not unique: ties of runs that were saved at once are decided by `id`. */
  readonly sequence: number;
  readonly module: string;
  readonly family: string;
  readonly id: string;
  readonly interrupted: boolean;
  /** Size of the run's own file. */
  readonly bytes: number;
  readonly parts: readonly Part[];
}

const pattern =
  /^\d{8,12}-[0-9a-f]{10}-[0-9a-f]{10}-[a-z][a-z2-7]{7}(?:\.i)?-[0-9a-z]{1,6}(?:-[prs][a-z][a-z2-7]{7}\.[0-9a-z]{1,6}){0,6}$/;

/** The entry that a folder's name stands for; null for any other name. */
export function parseEntry(name: string): Entry | null {
  if (!pattern.test(name)) return null;
  const [sequence = "", module = "", family = "", id = "", bytes = "", ...parts] = name.split("-");
  return {
    name,
    sequence: Number(sequence),
    module,
    family,
    id: id.slice(0, 8),
    interrupted: id.length > 8,
    bytes: Number.parseInt(bytes, 36),
    parts: parts.map((part) => ({ file: part.slice(0, 9), bytes: Number.parseInt(part.slice(10), 36) })),
  };
}

/** The folder's name for a run: `parseEntry` backwards. */
export function entryName(entry: Omit<Entry, "name">): string {
  const parts = entry.parts.map((part) => `-${part.file}.${part.bytes.toString(36)}`).join("");
  const sequence = String(entry.sequence).padStart(8, "0");
  const id = `${entry.id}${entry.interrupted ? ".i" : ""}`;
  return `${sequence}-${entry.module}-${entry.family}-${id}-${entry.bytes.toString(36)}${parts}`;
}

/** Orders entries newest first: by entry into the history, then by id. */
export function newestFirst(left: Entry, right: Entry): number {
  if (left.sequence !== right.sequence) return right.sequence - left.sequence;
  return left.id < right.id ? 1 : left.id > right.id ? -1 : 0;
}

/** What stands for a module in names: 10 hex digits. */
export function moduleHash(module: string | null): string {
  return shortHash([module]);
}

/** What stands for a family in names: 10 hex digits. */
export function familyHash(family: Family): string {
  return shortHash([family.module, family.verb, family.patterns]);
}

function shortHash(value: unknown): string {
  return hash("sha256", JSON.stringify(value), "hex").slice(0, 10);
}
