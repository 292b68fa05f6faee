import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ShortId } from "../model/ids.ts";
import type { OverlayFacts } from "../model/run.ts";

/**
 * Which files -overlay replaces, and with what content: the digest of each replacement, as Go hashes it
 * (fsys.Actual in work/buildid.go fileHash, Go 1.21–1.27).
 * @param directory where go ran: paths in the overlay are relative to it
 * @returns `{}` where the overlay can't be read: then go stopped before any action
 */
export function readOverlay(file: string, directory: string): OverlayFacts {
  const found: Record<string, ShortId | null> = {};
  try {
    const { Replace: replace } = JSON.parse(readFileSync(resolve(directory, file), "utf8"));
    for (const [path, other] of Object.entries<unknown>(replace ?? {})) {
      if (typeof other !== "string") continue;
      found[resolve(directory, path)] = other === "" ? null : shortHash(resolve(directory, other));
    }
  } catch {
    return {};
  }
  return found;
}

function shortHash(path: string): ShortId | null {
  try {
    return hash("sha256", readFileSync(path), "buffer").subarray(0, 15).toString("base64url") as ShortId;
  } catch {
    return null;
  }
}
