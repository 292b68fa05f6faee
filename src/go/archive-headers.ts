import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { ShortId } from "../model/ids.ts";

/** What the compiler wrote at the head of an archive. */
export interface ArchiveHeader {
  readonly goVersion: string;
  readonly goos: string;
  readonly goarch: string;
  /** `GOAMD64=v1`; `""` on architectures without levels. */
  readonly level: string;
  /** Of GOEXPERIMENT, as the compiler names them: those that differ from its defaults, and those in effect. */
  readonly experiments: string;
}

/**
 * How much of an archive is read: its header, its build ID, and of most packages the first texts of its export data, names of source
 * files among them.
 */
const headSize = 16 * 1024;

/** In a package with many declarations the texts come later. */
export const longHeadSize = 128 * 1024;
const buffer = Buffer.alloc(longHeadSize);

/** The first bytes of an archive, good until the next one is read. */
export interface ArchiveHead {
  readonly header: ArchiveHeader;
  readonly includes: (text: string) => boolean;
  /** One character a byte. */
  readonly text: () => string;
}

/**
 * The first bytes of a stored output, one character each; null where it is no archive. The text is only good until the next call of
 * `includes`, which looks into the bytes.
 */
export function readArchiveHead(
  gocache: string,
  output: string,
  size: number = headSize,
): ArchiveHead | null {
  let descriptor: number;
  try {
    descriptor = openSync(join(gocache, output.slice(0, 2), `${output}-d`), "r");
  } catch {
    return null;
  }
  try {
    const length = readSync(descriptor, buffer, 0, Math.min(size, buffer.length), 0);
    const header = parseHeader(buffer.toString("latin1", 0, Math.min(length, 1024)));
    if (header === null) return null;
    const head = buffer.subarray(0, length);
    return {
      header,
      includes: (text) => head.includes(text, 0, "latin1"),
      text: () => head.toString("latin1"),
    };
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

/** `build id "ACTION/CONTENT"` stands in an archive's first lines (cmd/internal/buildid ReadFile, Go 1.21–1.27). */
export function contentIdIn(head: string): ShortId | null {
  const found = /\nbuild id "[^"\n]*\/([\w-]{20})"/.exec(head);
  return (found?.[1] as ShortId | undefined) ?? null;
}

/** `go object linux amd64 go1.26.8 GOAMD64=v1 X:…` (cmd/internal/objabi HeaderString, Go 1.21–1.27). */
function parseHeader(text: string): ArchiveHeader | null {
  if (!text.startsWith("!<arch>\n")) return null;
  const found = /\ngo object (\S+) (\S+) (\S+)([^\n]*)\n/.exec(text);
  if (found === null) return null;
  const [, goos = "", goarch = "", version = "", rest = ""] = found;
  const level = /(?:^| )((?:GO[A-Z0-9]+)=\S*)/.exec(rest)?.[1] ?? "";
  const experiments = /(?:^| )X:(\S*)/.exec(rest)?.[1] ?? "";
  return { goVersion: version.replace(/-?X:.*$/, ""), goos, goarch, level, experiments };
}
