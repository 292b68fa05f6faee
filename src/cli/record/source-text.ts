import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { type Hide, hideInText } from "../../log/hide-secrets.ts";
import type { ShortId } from "../../model/ids.ts";
import { shortHashOf } from "./before-state.ts";

/** Larger files are not edited by hand, and no diff of one is read. */
export const mostBytes = 64 * 1024;

/** A file's content where it still is the one that a digest names, and is no larger than 64 KiB; else null. */
export function readContent(path: string, hash: ShortId): Buffer | null {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined || !status.isFile() || status.size > mostBytes) return null;
    const content = readFileSync(path);
    return content.length <= mostBytes && shortHashOf(content) === hash ? content : null;
  } catch {
    return null;
  }
}

/** Content as text with its secrets hidden; null where it is none: not UTF-8, or with a NUL byte. */
export async function redactedText(
  content: Uint8Array,
  hide: Hide,
): Promise<{ readonly text: string; readonly hidden: number } | null> {
  if (!isUtf8(content) || content.includes(0)) return null;
  const { value, hidden } = await hideInText(Buffer.from(content).toString(), hide);
  return { text: value, hidden };
}
