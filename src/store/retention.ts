import type { Entry } from "./entry.ts";

/** How much the history keeps. */
export interface Limits {
  readonly runsPerFamily: number;
  /** Of all files and folders, as they occupy the disk. */
  readonly bytes: number;
}

/** The limits that the command line's contract names: 256 MiB in all, of which copies of source texts may take 16. */
export const defaultLimits: Limits = { runsPerFamily: 30, bytes: 240 * 1024 * 1024 };

/**
 * The runs to delete so that the rest keeps within the limits: the oldest go first, the baseline of each family
 * (its newest run that was not interrupted) last, the run with the id `keep` never.
 * @param entries newest first
 */
export function chooseEvictions(entries: readonly Entry[], limits: Limits, keep: string): Entry[] {
  const spared = new Set([keep, ...baselineIds(entries)]);
  const evicted = new Set<Entry>();
  const familySize = new Map<string, number>();
  for (const entry of entries) familySize.set(entry.family, (familySize.get(entry.family) ?? 0) + 1);
  const oldestFirst = entries.toReversed();

  for (const entry of oldestFirst) {
    const size = familySize.get(entry.family) ?? 0;
    if (size <= limits.runsPerFamily || spared.has(entry.id)) continue;
    evicted.add(entry);
    familySize.set(entry.family, size - 1);
  }

  const links = new Map<string, number>();
  let bytes = 0;
  for (const entry of entries) {
    if (evicted.has(entry)) continue;
    bytes += folderBytes + diskBytes(entry.bytes);
    for (const part of entry.parts) {
      const count = links.get(part.file) ?? 0;
      if (count === 0) bytes += diskBytes(part.bytes);
      links.set(part.file, count + 1);
    }
  }
  const candidates = [
    ...oldestFirst.filter((entry) => !spared.has(entry.id)),
    ...oldestFirst.filter((entry) => spared.has(entry.id) && entry.id !== keep),
  ];
  for (const entry of candidates) {
    if (bytes <= limits.bytes) break;
    if (evicted.has(entry)) continue;
    evicted.add(entry);
    bytes -= folderBytes + diskBytes(entry.bytes);
    for (const part of entry.parts) {
      const count = (links.get(part.file) ?? 1) - 1;
      links.set(part.file, count);
      if (count === 0) bytes -= diskBytes(part.bytes);
    }
  }
  return [...evicted];
}

const blockBytes = 4096;
const folderBytes = blockBytes;

/** What a file of so many bytes takes on most file systems. */
export function diskBytes(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

function baselineIds(entries: readonly Entry[]): string[] {
  const newest = new Map<string, Entry>();
  for (const entry of entries) {
    const known = newest.get(entry.family);
    if (known === undefined || (known.interrupted && !entry.interrupted)) newest.set(entry.family, entry);
  }
  return [...newest.values()].map((entry) => entry.id);
}
