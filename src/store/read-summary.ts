import { join } from "node:path";
import { type Archive, runFile, skip } from "./archive.ts";
import type { Entry } from "./entry.ts";
import { readHeadOf } from "./head.ts";
import type { RunSummary } from "./summary.ts";

/** The summary of an entry's run, from the head of its file; null where it is damaged (noted in `skipped`). */
export function readSummary(archive: Archive, entry: Entry): RunSummary | null {
  try {
    return readHeadOf(join(archive.runsFolder, entry.name, runFile)).summary;
  } catch (error) {
    skip(archive, entry, error);
    return null;
  }
}
