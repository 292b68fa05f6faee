import { closeSync, openSync, readSync } from "node:fs";
import type { ShortId } from "../model/ids.ts";

/**
 * The build ID that the linker wrote into an executable, `LINKACTION/MAINACTION/MAINCONTENT/BINCONTENT`.
 * Reads as cmd/internal/buildid does (Go 1.26): the Go note of an ELF file; the text `Go build ID: "…"` at the start of
 * the code in all others.
 * @returns null where the file can't be read, is no executable or carries no ID (`-ldflags=-buildid=`)
 */
export function readBuildId(file: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, "r");
  } catch {
    return null;
  }
  try {
    const head = readAt(descriptor, 0, headSize);
    if (head.length < 64) return null;
    const isElf = head.readUInt32BE(0) === 0x7f454c46;
    const id = isElf ? readElf(descriptor, head) : (readText(head) ?? readMachO(descriptor, head));
    return id === "" ? null : id;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** The link's action ID: the first part of an executable's build ID; null where that has another form. */
export function linkActionOf(buildId: string): ShortId | null {
  const first = buildId.split("/")[0] ?? "";
  return /^[\w-]{20}$/.test(first) ? (first as ShortId) : null;
}

const headSize = 32 * 1024;
const prefix = Buffer.from('\xff Go build ID: "', "latin1");
const suffix = Buffer.from('"\n \xff', "latin1");

function readAt(descriptor: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const read = readSync(descriptor, buffer, 0, length, position);
  return buffer.subarray(0, read);
}

function readText(bytes: Buffer): string | null {
  const start = bytes.indexOf(prefix);
  if (start < 0) return null;
  const end = bytes.indexOf(suffix, start + prefix.length);
  return end < 0 ? null : bytes.toString("latin1", start + prefix.length, end);
}

/** A program header of type PT_NOTE with a note named `Go\0\0` of type 4. */
function readElf(descriptor: number, head: Buffer): string | null {
  const is64 = head[4] === 2;
  const little = head[5] === 1;
  const u16 = (at: number) => (little ? head.readUInt16LE(at) : head.readUInt16BE(at));
  const u32 = (bytes: Buffer, at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const word = (at: number) =>
    is64 ? Number(little ? head.readBigUInt64LE(at) : head.readBigUInt64BE(at)) : u32(head, at);
  const headers = word(is64 ? 32 : 28);
  const entrySize = u16(is64 ? 54 : 42);
  const count = u16(is64 ? 56 : 44);
  for (let index = 0; index < count; index++) {
    const at = headers + index * entrySize;
    if (u32(head, at) !== 4) continue;
    const offset = word(at + (is64 ? 8 : 4));
    const size = word(at + (is64 ? 32 : 16));
    const align = Math.max(1, word(at + (is64 ? 48 : 28)));
    const notes = readAt(descriptor, offset, Math.min(size, headSize));
    let position = 0;
    while (position + 16 <= notes.length) {
      const nameSize = u32(notes, position);
      const valueSize = u32(notes, position + 4);
      const isGo = nameSize === 4 && notes.toString("latin1", position + 12, position + 16) === "Go\0\0";
      if (isGo && u32(notes, position + 8) === 4) {
        return notes.toString("latin1", position + 16, position + 16 + valueSize);
      }
      position += 12 + ((nameSize + 3) & ~3) + ((valueSize + 3) & ~3);
      position = Math.ceil((offset + position) / align) * align - offset;
    }
  }
  return null;
}

/** The `__text` section of a Mach-O file, where load commands push it beyond the first bytes. */
function readMachO(descriptor: number, head: Buffer): string | null {
  const magic = head.readUInt32LE(0);
  if (magic !== 0xfeedfacf && magic !== 0xfeedface) return null;
  const is64 = magic === 0xfeedfacf;
  const commands = head.readUInt32LE(16);
  let at = is64 ? 32 : 28;
  for (let index = 0; index < commands && at + 8 <= head.length; index++) {
    const isSegment = head.readUInt32LE(at) === (is64 ? 0x19 : 0x1);
    const sections = isSegment ? head.readUInt32LE(at + (is64 ? 64 : 48)) : 0;
    for (let section = 0; section < sections; section++) {
      const start = at + (is64 ? 72 + section * 80 : 56 + section * 68);
      if (start + 80 > head.length) return null;
      if (!head.toString("latin1", start, start + 16).startsWith("__text\0")) continue;
      return readText(readAt(descriptor, head.readUInt32LE(start + (is64 ? 48 : 40)), headSize));
    }
    at += head.readUInt32LE(at + 4);
  }
  return null;
}
