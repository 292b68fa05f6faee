import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { ShortId } from "../model/ids.ts";
import { type Archive, fail, listEntries, openEntry } from "./archive.ts";
import { compress, decompress } from "./compress.ts";
import { makeFolders } from "./folders.ts";
import { frame, storeFolder, unframe } from "./frame.ts";
import { diskBytes } from "./retention.ts";
import { newRunId } from "./run-id.ts";

/** The copy of a source file that git would not give back, redacted. */
export interface KeptText {
  /** Short SHA-256 of the content as it was, before anything was hidden. */
  readonly hash: ShortId;
  readonly text: string;
  /** How many values were replaced in it. */
  readonly hidden: number;
}

/** How many copies a history keeps, and how many bytes of the disk they take, at the most. */
export interface TextLimits {
  readonly texts: number;
  readonly bytes: number;
}

/** The limits beside those of the runs: 2,048 copies take 8 MiB where none is above 4 KiB when it is compressed. */
export const defaultTextLimits: TextLimits = { texts: 2048, bytes: 16 * 1024 * 1024 };

/** Copies that no run needs any more are looked for at most this often, since all runs have to be read for it. */
const sweepMs = 24 * 3_600_000;

/**
 * Puts copies beside the runs, each a file of its own named after its digest, so that no run and no export has source text
 * in it. Once a day, and where the limits are passed, those go that no run names any more, then the oldest.
 * It never throws; what fails is noted in `failures`.
 */
export function keepTexts(archive: Archive, texts: readonly KeptText[], limits: TextLimits): void {
  const folder = folderOf(archive);
  try {
    if (texts.length === 0 && !existsSync(folder)) return;
    makeFolders(archive);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const isDue = isSweepDue(archive);
    if (texts.length === 0 && !isDue) return;
    const written = new Set<string>();
    let bytes = 0;
    for (const text of texts) {
      bytes += diskBytes(writeText(archive, text));
      written.add(nameOf(text.hash));
      if (written.size >= limits.texts || bytes >= limits.bytes) break;
    }
    prune(archive, limits, written, isDue);
  } catch (error) {
    fail(archive, "can't be written", error);
  }
}

/** Which of some contents have a copy. */
export function haveTexts(archive: Archive, hashes: Iterable<ShortId>): ReadonlySet<ShortId> {
  const names = new Set(listNames(archive));
  return new Set([...hashes].filter((hash) => names.has(nameOf(hash))));
}

/** The copy of a content; null where there is none that can be read, or it is damaged (noted in `skipped`). */
export function readText(archive: Archive, hash: ShortId): KeptText | null {
  const name = nameOf(hash);
  let file: Buffer;
  try {
    file = readFileSync(join(folderOf(archive), name));
  } catch {
    return null;
  }
  try {
    return decodeText(file, hash);
  } catch (error) {
    const isOurs = error instanceof Error && error.message.startsWith("it");
    archive.skipped.set(join("texts", name), isOurs ? error.message : "it is damaged");
    return null;
  }
}

/** A line with the digest and how many values are hidden, then the text. */
function encodeText({ hash, hidden, text }: KeptText): Buffer {
  return frame("text", compress(`${hash} ${hidden}\n${text}`));
}

function decodeText(file: Buffer, hash: ShortId): KeptText {
  const whole = decompress(unframe("text", file));
  const end = whole.indexOf("\n");
  const found = /^(\S{20}) (\d+)$/.exec(whole.slice(0, Math.max(end, 0)));
  if (found === null || found[1] !== hash) throw new Error("it is damaged");
  return { hash, hidden: Number(found[2]), text: whole.slice(end + 1) };
}

function folderOf(archive: Archive): string {
  return join(archive.directory, storeFolder, "texts");
}

/** Hex, since two digests may differ in their case alone, and file systems may not. */
function nameOf(hash: ShortId): string {
  return Buffer.from(hash, "base64url").toString("hex");
}

function listNames(archive: Archive): string[] {
  try {
    return readdirSync(folderOf(archive)).filter((name) => /^[0-9a-f]{30}$/.test(name));
  } catch {
    return [];
  }
}

/** @returns the copy's bytes */
function writeText(archive: Archive, text: KeptText): number {
  const draft = join(archive.scratchFolder, newRunId());
  const content = encodeText(text);
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: "wx" });
    renameSync(draft, join(folderOf(archive), nameOf(text.hash)));
    return content.length;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Deletes what no run names any more, then the oldest copies above the limits; those of this run go last. */
function prune(archive: Archive, limits: TextLimits, fresh: ReadonlySet<string>, isDue: boolean): void {
  const folder = folderOf(archive);
  let copies = listNames(archive).flatMap((name) => {
    const status = statSync(join(folder, name), { throwIfNoEntry: false });
    return status === undefined ? [] : [{ name, bytes: diskBytes(status.size), at: status.mtimeMs }];
  });
  const isAbove = (): boolean =>
    copies.length > limits.texts || copies.reduce((sum, { bytes }) => sum + bytes, 0) > limits.bytes;
  const drop = (gone: ReadonlySet<string>): void => {
    for (const name of gone) rmSync(join(folder, name), { force: true });
    copies = copies.filter(({ name }) => !gone.has(name));
  };
  if (isAbove() || isDue) {
    const named = namesInRuns(archive);
    drop(new Set(copies.flatMap(({ name }) => (named.has(name) || fresh.has(name) ? [] : name))));
  }
  if (!isAbove()) return;
  copies.sort((a, b) => Number(fresh.has(a.name)) - Number(fresh.has(b.name)) || a.at - b.at);
  let count = copies.length;
  let bytes = copies.reduce((sum, copy) => sum + copy.bytes, 0);
  const gone = new Set<string>();
  for (const copy of copies) {
    if (count <= limits.texts && bytes <= limits.bytes) break;
    gone.add(copy.name);
    count--;
    bytes -= copy.bytes;
  }
  drop(gone);
}

/** The time of an empty file says when the last sweep was; where one is due, it is now. */
function isSweepDue(archive: Archive): boolean {
  const mark = join(folderOf(archive), "swept");
  const at = statSync(mark, { throwIfNoEntry: false })?.mtimeMs;
  if (at === undefined) {
    writeFileSync(mark, "", { mode: 0o600 });
    return false;
  }
  // The clock may have been set back since.
  if (Math.abs(Date.now() - at) < sweepMs) return false;
  utimesSync(mark, new Date(), new Date());
  return true;
}

function namesInRuns(archive: Archive): ReadonlySet<string> {
  const names = new Set<string>();
  for (const entry of listEntries(archive)) {
    for (const { hash } of openEntry(archive, entry)?.run.files ?? []) names.add(nameOf(hash));
  }
  return names;
}
