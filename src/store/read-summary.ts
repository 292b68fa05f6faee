import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type Archive, runFile, skip } from "./archive.ts";
import type { Entry } from "./entry.ts";
import { decodeSummary } from "./run-file.ts";
import type { RunSummary } from "./summary.ts";

const firstRead = 4096;

/** The summary of an entry's run, from the first bytes of its file; null where it is damaged (noted in `skipped`). */
export function readSummary(archive: Archive, entry: Entry): RunSummary | null {
  try {
    return readHead(join(archive.runsFolder, entry.name, runFile));
  } catch (error) {
    skip(archive, entry, error);
    return null;
  }
}

function readHead(path: string): RunSummary {
  const file = openSync(path, "r");
  try {
    for (let size = firstRead; ; size *= 8) {
      const head = Buffer.alloc(size);
      const length = readSync(file, head, 0, size, 0);
      const summary = decodeSummary(head.subarray(0, length));
      if (summary !== null) return summary;
      if (length < size) throw new Error("it is damaged");
    }
  } finally {
    closeSync(file);
  }
}
