import { isXText, mayBeXText, opensHeredoc } from "./x-text.ts";

export interface StderrFilterOptions {
  /** Our own -x is in the command: its text is dropped. False where the user gave -x. */
  readonly dropX: boolean;
  /** The user gave -work: the line `WORK=…` is his. */
  readonly keepWork?: boolean;
  /** The value of -toolexec, which then stands before each tool in -x text. */
  readonly toolexec?: string | null;
  /** HASH lines with their newlines, and damaged ones (foreign output got into them), which are also written. */
  readonly onLog: (chunk: Buffer) => void;
  /** All else, byte for byte. */
  readonly write: (chunk: Buffer) => void;
}

export interface StderrFilter {
  push(chunk: Buffer): void;
  /** The stream has ended: what was held back is written. */
  end(): void;
}

/**
 * Takes the lines of GODEBUG=gocachehash=1, and those of our own -x, out of go's stderr.
 *
 * The result does not depend on how the stream is cut into chunks. What doesn't end in a newline yet passes at once, unless
 * its beginning may still be that of a HASH line (or, with `dropX`, of -x text). Chunks handed out are views of the
 * input, valid as long as the caller leaves that alone.
 */
export function createStderrFilter(options: StderrFilterOptions): StderrFilter {
  const { dropX, onLog, write } = options;
  /** An unfinished line that is held back, in pieces. */
  let held: Buffer[] = [];
  /** The rest of the current line passes. */
  let passing = false;
  let inHeredoc = false;
  let afterCd = false;
  /** -x text that another thread's HASH line cut in two: its end is still to come. */
  let torn: Buffer | null = null;

  const classify = (line: Buffer): Fate => {
    if (isHashLine(line)) return "log";
    if (line.subarray(0, 5).equals(hashBlock)) return "both";
    if (!dropX) return "pass";
    const whole = torn === null ? line : Buffer.concat([torn, line]);
    const cut = tornAt(whole, inHeredoc, options);
    if (cut > 0) {
      torn = whole.subarray(0, cut);
      onLog(Buffer.concat([whole.subarray(cut), newline]));
      return "drop";
    }
    torn = null;
    if (inHeredoc) {
      // Text that lacks its last newline has the mark right behind it (work/shell.go writeFile).
      if (whole.subarray(-3).equals(heredocEnd)) inHeredoc = false;
      return "drop";
    }
    if (!isXText(whole, afterCd, options)) {
      afterCd = false;
      return "pass";
    }
    afterCd = whole.subarray(0, 3).equals(cd);
    inHeredoc = opensHeredoc(whole);
    return "drop";
  };

  return {
    push(chunk) {
      if (held.length > 0 && !chunk.includes(10) && maybeOurs(held[0] ?? chunk, dropX, options)) {
        // Still within a long line that is held anyway: joined only once.
        if ((held[0]?.length ?? 0) >= decidedAfter) {
          held.push(chunk);
          return;
        }
      }
      const bytes = held.length > 0 ? Buffer.concat([...held, chunk]) : chunk;
      held = [];
      const runs = runWriter(bytes, write, onLog);
      let at = 0;
      while (at < bytes.length) {
        const end = bytes.indexOf(10, at);
        if (end < 0) {
          const rest = bytes.subarray(at);
          if (!passing && (inHeredoc || torn !== null || maybeOurs(rest, dropX, options))) held = [rest];
          else {
            passing = true;
            runs.add(at, bytes.length, "pass");
          }
          break;
        }
        runs.add(at, end + 1, passing ? "pass" : classify(bytes.subarray(at, end)));
        passing = false;
        at = end + 1;
      }
      runs.flush();
    },
    end() {
      const rest = Buffer.concat(held);
      held = [];
      if (rest.length === 0 || inHeredoc || torn !== null) return;
      if (isHashLine(rest)) return onLog(rest);
      if (rest.subarray(0, 5).equals(hashBlock)) onLog(rest);
      if (!dropX || !isXText(rest, afterCd, options)) write(rest);
    },
  };
}

type Fate = "pass" | "log" | "both" | "drop";

const newline = Buffer.from("\n");
const hashBlock = Buffer.from("HASH[");
const hashOther = Buffer.from("HASH ");
const heredocEnd = Buffer.from("EOF");
const cd = Buffer.from("cd ");

/** A held piece of this length is decided: no later byte makes it foreign before its newline. */
const decidedAfter = 4096;

/** Hands neighbouring lines of one fate over in one piece. */
function runWriter(bytes: Buffer, write: (chunk: Buffer) => void, onLog: (chunk: Buffer) => void) {
  let start = 0;
  let end = 0;
  let fate: Fate = "drop";
  const flush = () => {
    if (end > start) {
      const run = bytes.subarray(start, end);
      if (fate === "pass" || fate === "both") write(run);
      if (fate === "log" || fate === "both") onLog(run);
    }
    start = end;
  };
  return {
    flush,
    add(from: number, to: number, next: Fate) {
      if (next !== fate) {
        flush();
        start = from;
        fate = next;
      }
      end = to;
    },
  };
}

/** May the beginning of an unfinished line still become one that is taken out? */
function maybeOurs(line: Buffer, dropX: boolean, options: StderrFilterOptions): boolean {
  const length = Math.min(line.length, 5);
  const start = line.subarray(0, length);
  if (start.equals(hashBlock.subarray(0, length)) || start.equals(hashOther.subarray(0, length))) return true;
  return dropX && mayBeXText(line, options.toolexec ?? null);
}

/** Where a whole HASH line begins inside a line of -x text; -1 where none does. */
function tornAt(line: Buffer, inHeredoc: boolean, options: StderrFilterOptions): number {
  const at = line.indexOf("HASH");
  if (at <= 0 || !isHashLine(line.subarray(at))) return -1;
  return inHeredoc || mayBeXText(line.subarray(0, at), options.toolexec ?? null) ? at : -1;
}

/** The grammar of the log (cache/hash.go, Go 1.21–1.27), on a line without its newline. */
export function isHashLine(line: Buffer): boolean {
  if (line.length < 6 || line[0] !== 72) return false;
  const start = line.subarray(0, 5);
  if (start.equals(hashBlock)) {
    const last = line[line.length - 1];
    if (last === 34) return isWrite(line);
    return (
      last === 93 ||
      (endsInDigest(line) && line.toString("latin1", line.length - 67, line.length - 64) === "]: ")
    );
  }
  if (!start.equals(hashOther)) return false;
  if (!endsInDigest(line)) return line.includes(": open ") || line.includes(": read ");
  const before = line.toString("latin1", line.length - 67, line.length - 64);
  return before.endsWith(": ") || (before === " = " && line.toString("latin1", 5, 12) === "subkey ");
}

/** `HASH[name]: "…"`, with no quote inside the text that is not escaped. */
function isWrite(line: Buffer): boolean {
  const open = line.indexOf(']: "');
  const last = line.length - 1;
  if (open < 0 || open + 3 >= last) return false;
  for (let at = line.indexOf(34, open + 4); at >= 0; at = line.indexOf(34, at + 1)) {
    let escapes = 0;
    while (line[at - 1 - escapes] === 92) escapes++;
    if (escapes % 2 === 0) return at === last;
  }
  return false;
}

function endsInDigest(line: Buffer): boolean {
  if (line.length < 72) return false;
  for (let at = line.length - 64; at < line.length; at++) {
    const byte = line[at] ?? 0;
    if (!((byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102))) return false;
  }
  return true;
}
