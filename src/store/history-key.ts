import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Archive, errorCode, fail } from "./archive.ts";
import { makeFolders } from "./folders.ts";
import { newRunId } from "./run-id.ts";

const keyBytes = 32;

/**
 * 32 random bytes, made once for a history and kept in its file `key` (mode 0600).
 * Where that can't be read or written, others that hold for this process alone (noted in `failures`): it never throws.
 */
export function historyKey(archive: Archive): Buffer {
  const path = join(archive.directory, "key");
  const stored = readKey(path);
  if (stored?.length === keyBytes) return stored;
  const key = randomBytes(keyBytes);
  const draft = join(archive.scratchFolder, newRunId());
  try {
    makeFolders(archive);
    writeFileSync(draft, key, { mode: 0o600, flag: "wx" });
    if (stored === null) return publishKey(draft, path, key);
    archive.skipped.set("key", "it is damaged");
    renameSync(draft, path);
    return key;
  } catch (error) {
    fail(archive, "can't be written", error);
    return key;
  } finally {
    try {
      rmSync(draft, { force: true });
    } catch {
      // It could not even be made.
    }
  }
}

/** Puts the key in place unless another process was quicker: a link, other than a rename, never replaces. */
function publishKey(draft: string, path: string, key: Buffer): Buffer {
  try {
    linkSync(draft, path);
    return key;
  } catch (error) {
    if (errorCode(error) !== "EEXIST") writeKeyWithoutLinks(path, key);
    return readKey(path) ?? key;
  }
}

function writeKeyWithoutLinks(path: string, key: Buffer): void {
  try {
    writeFileSync(path, key, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if (errorCode(error) === "EEXIST") return;
    // A part of it may stand there: the disk is full.
    rmSync(path, { force: true });
    throw error;
  }
}

/** Null where there is no such file, or it can't be read. */
function readKey(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}
