/** What Go saw of a file that a test read, from the text of its state. */
export interface FileState {
  /** Null where it was not there, or could not be asked. */
  readonly found: {
    readonly size: number;
    /** Go's FileMode. */
    readonly mode: number;
    /** As printed, without the zone: `2026-11-21 07:45:11.859`. */
    readonly clock: string;
    /** `+0100 CET`. */
    readonly zone: string;
    /** Nanoseconds since the epoch. */
    readonly instant: bigint;
    readonly isDirectory: boolean;
  } | null;
  /** The rest of the text: the link's own state, the entries of a directory, an error. */
  readonly rest: string;
}

const stat =
  /^stat (\d+) ([0-9a-f]+) (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d{4} \S+) (true|false)\s*/;

/** Reads the state of a file as test/test.go hashWriteStat prints it (Go 1.21–1.27), with what follows it. */
export function readFileState(text: string): FileState {
  const found = stat.exec(text);
  if (found === null) return { found: null, rest: text };
  const [all, size, mode = "", clock = "", zone = "", isDirectory] = found;
  return {
    found: {
      size: Number(size),
      mode: Number.parseInt(mode, 16),
      clock,
      zone,
      instant: instantOf(clock, zone),
      isDirectory: isDirectory === "true",
    },
    rest: text.slice(all.length),
  };
}

/** Name → state of each entry of a directory that a test opened; null where that is only known as a whole, and of a file. */
export function entriesOf({ found, rest }: FileState): ReadonlyMap<string, FileState> | null {
  if (found?.isDirectory !== true) return null;
  const entries = new Map<string, FileState>();
  for (const line of rest.split("\n")) {
    if (line === "") continue;
    const [, name, state] = /^file (.*?) (stat \d+ [0-9a-f]+ \d{4}-\d\d-\d\d .*)$/.exec(line) ?? [];
    if (name === undefined || state === undefined) return null;
    entries.set(name, readFileState(state));
  }
  return entries;
}

function instantOf(clock: string, zone: string): bigint {
  const [seconds = "", fraction = ""] = clock.split(".");
  const sign = zone.startsWith("-") ? -1n : 1n;
  const offset = sign * BigInt(Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(3, 5)) * 60);
  const local = BigInt(Date.parse(`${seconds.replace(" ", "T")}Z`)) / 1000n;
  return (local - offset) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0") || "0");
}

/** What of a file is not what it was. */
export type FileChange = "exists" | "size" | "mode" | "mtime" | "zone" | "listing" | "other";

/** The differences of two states of one file, as a person would name them. */
export function fileChanges(before: FileState, now: FileState): readonly FileChange[] {
  const was = before.found;
  const is = now.found;
  if ((was === null) !== (is === null)) return ["exists"];
  if (was === null || is === null) return ["other"];
  const changes: FileChange[] = [];
  if (was.isDirectory !== is.isDirectory) changes.push("other");
  // A directory's size tells of its file system, and changes with its entries.
  if (was.size !== is.size && !is.isDirectory) changes.push("size");
  if (was.mode !== is.mode) changes.push("mode");
  if (was.instant !== is.instant) changes.push("mtime");
  else if (was.zone !== is.zone) changes.push("zone");
  if (before.rest !== now.rest) {
    if (is.isDirectory) {
      const names = (rest: string): string => rest.replace(/stat \d+ [^\n]*/g, "");
      if (names(before.rest) !== names(now.rest)) changes.push("listing");
      else if (!changes.includes("mtime") && !changes.includes("zone")) changes.push("other");
    } else if (changes.length === 0) changes.push("other");
  }
  return changes;
}
