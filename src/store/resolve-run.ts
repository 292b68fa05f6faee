import type { Run } from "../model/run.ts";
import { type Archive, listEntries, openEntry } from "./archive.ts";
import { moduleHash } from "./entry.ts";

const shortestPrefix = 4;

/**
 * The run that a person means: `@1` the newest of a module, `@2` the one before, …; or an id of any module, or its beginning.
 * @param module the module that `@n` counts in; null: all runs count
 * @returns the run, or one line that says why there is none
 */
export function resolveRun(
  archive: Archive,
  reference: string,
  module: string | null,
): Run | { error: string } {
  const count = /^@([0-9]{1,9})$/.exec(reference)?.[1];
  return count === undefined ? resolveId(archive, reference) : resolvePlace(archive, Number(count), module);
}

function resolvePlace(archive: Archive, place: number, module: string | null): Run | { error: string } {
  if (place === 0) return { error: "runs are counted from @1, the newest" };
  const wanted = module === null ? null : moduleHash(module);
  let readable = 0;
  for (const entry of listEntries(archive)) {
    if (wanted !== null && entry.module !== wanted) continue;
    const run = openEntry(archive, entry)?.run;
    if (run === undefined) continue;
    readable++;
    if (readable === place) return run;
  }
  const owner = module === null ? "the history" : `the history of ${module}`;
  const runs = readable === 0 ? "no runs" : readable === 1 ? "only one run" : `only ${readable} runs`;
  return { error: `there is no run @${place}: ${owner} has ${runs}` };
}

function resolveId(archive: Archive, reference: string): Run | { error: string } {
  const prefix = reference.toLowerCase();
  const entries = listEntries(archive).filter(
    ({ id }) => id === prefix || (prefix.length >= shortestPrefix && id.startsWith(prefix)),
  );
  const [entry] = entries;
  if (entry === undefined) {
    return { error: `there is no run ${JSON.stringify(reference)} in the history` };
  }
  if (entries.length > 1) {
    const ids = entries.map(({ id }) => id).sort();
    return {
      error: `${JSON.stringify(reference)} is the beginning of ${entries.length} runs: ${ids.join(", ")}`,
    };
  }
  const opened = openEntry(archive, entry);
  if (opened === null) {
    return { error: `run ${entry.id} can't be read: ${archive.skipped.get(entry.name) ?? "it is gone"}` };
  }
  return opened.run;
}
