import { cutEnd, squeeze, widthOf } from "../report/renderers/terminal/layout.ts";
import { visibleText } from "../report/wording/values.ts";

/** What a live line says; the name is what gives way where there are too few columns. */
export interface LiveText {
  readonly head: string;
  /** A package, a file: anybody's text. */
  readonly name?: string;
  readonly tail?: string;
}

export interface LiveLineOptions {
  readonly process: NodeJS.Process;
  /** --quiet, or a stream that has to stay another's byte for byte. */
  readonly quiet: boolean;
  /** What is shown comes only when the work has taken so long, in milliseconds. */
  readonly after: number;
  /** @param seconds on the clock since the work began */
  readonly text: (seconds: number) => LiveText;
}

export interface LiveLine {
  /** Writes bytes that are not ours: the line makes room, and comes back when they have ended a line. */
  write(chunk: Uint8Array): void;
  /** Takes the line away for good. */
  end(): void;
}

/**
 * Shows on stderr how far a long work has come, in one line that is gone when the work is over, when others write, and when a signal ends the
 * process. It needs timers: the work has to leave them room.
 * @returns null where none is shown: stderr is no terminal, or a dumb one; in CI; with --quiet
 */
export function startLiveLine(options: LiveLineOptions): LiveLine | null {
  const { process, text } = options;
  const { stderr } = process;
  if (options.quiet || !stderr.isTTY || isPlain(process.env)) return null;
  const began = performance.now();
  /** The cursor stands where a line begins, as far as we know. */
  let isFree = true;
  /** What stands on the terminal; null where nothing does. */
  let shown: string | null = null;
  let timer = setTimeout(begin, options.after);
  timer.unref();

  function begin(): void {
    process.once("exit", end);
    for (const signal of signals) process.once(signal, onSignal);
    turn();
  }
  function turn(): void {
    if (isFree) draw();
    timer = setTimeout(turn, turnMs);
    timer.unref();
  }
  function draw(): void {
    // The last column stays free: some terminals begin another line there.
    const width = (stderr.columns > 0 ? stderr.columns : 80) - 1;
    const line = layOut(text((performance.now() - began) / 1000), width);
    if (line !== shown) stderr.write(`\r${line}${clearToEnd}`);
    shown = line;
  }
  function erase(): void {
    if (shown !== null) stderr.write(`\r${clearToEnd}`);
    shown = null;
  }
  function end(): void {
    clearTimeout(timer);
    process.off("exit", end);
    for (const signal of signals) process.off(signal, onSignal);
    erase();
  }
  function onSignal(signal: NodeJS.Signals): void {
    end();
    // Nobody else waits for it: then it does what it would have done without us.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  }

  return {
    end,
    write(chunk) {
      erase();
      stderr.write(chunk);
      if (chunk.length > 0) isFree = chunk[chunk.length - 1] === lineFeed;
    },
  };
}

/** Does a work, with a live line for as long as it takes. */
export async function withLiveLine<T>(options: LiveLineOptions, work: () => Promise<T>): Promise<T> {
  const line = startLiveLine(options);
  try {
    return await work();
  } finally {
    line?.end();
  }
}

/** `0:42`, `12:03`, `1:02:03`. */
export function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const turnMs = 200;
const clearToEnd = "\x1b[K";
const lineFeed = 10;
const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** True where lines are kept that a terminal would have overwritten. */
function isPlain({ CI, TERM }: NodeJS.ProcessEnv): boolean {
  return TERM === "dumb" || (CI !== undefined && CI !== "" && CI !== "false");
}

function layOut({ head, name = "", tail = "" }: LiveText, width: number): string {
  const before = `gocache-why: ${head}`;
  const room = width - widthOf(before) - widthOf(tail);
  const shown = name === "" ? "" : squeeze(visibleText(name), Math.max(room, leastName));
  return cutEnd(`${before}${shown}${tail}`, width);
}

/** Columns in which a name still says something. */
const leastName = 8;
