import { spawn } from "node:child_process";
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { createExchangeNotes, type ExchangeNotes } from "./note-exchanges.ts";
import { createReplyReader, createRequestReader } from "./read-messages.ts";

export interface RelayOptions {
  /** The user's cache program and its words. */
  readonly words: readonly string[];
  /** Its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the exchange is noted: made here, and only by the first of all who are given it. */
  readonly noteFile: string | null;
  /** Go's side: what it writes is read here, what the program answers is written there; the program's stderr is go's own. */
  readonly process: NodeJS.Process;
}

/** How long the program's end is waited for once it has closed its output; go waits no longer than for that. */
const patienceMs = 1000;

/**
 * Starts the user's cache program in go's place, passes on every byte in both directions as it comes, and notes what was asked
 * and answered. Its end is the program's: where that closes its output go sees the end of ours, where it closes its input go can't
 * write any more, and when go is gone the program's input ends. Nothing that goes wrong with the notes reaches either of them.
 *
 * Signals are the program's to answer: those of a terminal come to both, and the wrapper sends those that it gets to all.
 * @returns the program's exit status, 128 + n where signal n ended it, 1 where it could not be started
 */
export function relayCacheProgram({ words, env, noteFile, process }: RelayOptions): Promise<number> {
  const { stdin, stdout } = process;
  for (const signal of outlived) process.on(signal, () => {});
  const [program = "", ...rest] = words;
  const notes = openNotes(noteFile);
  const readRequests = createRequestReader((text) => notes?.request(text));
  const readReplies = createReplyReader((text) => notes?.reply(text));
  return new Promise((resolve) => {
    const child = spawn(program, rest, { env, stdio: ["pipe", "pipe", "inherit"], windowsHide: true });
    let exit: { readonly status: number | string | null; readonly code: number } | null = null;
    let goIsGone = false;
    let isOver = false;

    const end = () => {
      if (isOver) return;
      isOver = true;
      notes?.finish(exit?.status ?? null, goIsGone);
      // Go waits for the end of our output (cache/prog.go Close), not for our own.
      stdout.end();
      closeQuietly(1);
      if (exit !== null) return resolve(exit.code);
      child.unref();
      const late = setTimeout(() => resolve(0), patienceMs);
      child.once("exit", () => {
        clearTimeout(late);
        resolve(exit?.code ?? 0);
      });
    };

    child.on("error", (error) => {
      if (child.pid !== undefined) return;
      // It was there when go was started.
      writeQuietly(2, `gocache-why: the program of GOCACHEPROG can't be started: ${error.message}\n`);
      exit = { status: null, code: 1 };
      end();
    });
    child.on("exit", (code, signal) => {
      exit = {
        status: signal ?? code,
        code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
      };
    });

    stdin.on("data", (chunk: Buffer) => {
      if (!child.stdin.write(chunk)) stdin.pause();
      quietly(() => readRequests(chunk));
    });
    child.stdin.on("drain", () => stdin.resume());
    stdin.on("end", () => {
      goIsGone = true;
      child.stdin.end();
    });
    stdin.on("error", () => child.stdin.end());
    // It reads no more: go's next write is to fail as it would without us.
    child.stdin.on("error", () => stdin.destroy());

    child.stdout.on("data", (chunk: Buffer) => {
      if (!stdout.write(chunk)) child.stdout.pause();
      quietly(() => readReplies(chunk));
    });
    stdout.on("drain", () => child.stdout.resume());
    // Go is gone: the program's next write is to fail.
    stdout.on("error", () => child.stdout.destroy());
    child.stdout.on("close", () => {
      // A program that ended is named with its status; one that only closed its output is not waited for.
      if (exit !== null) return end();
      const soon = setTimeout(end, noticeMs);
      child.once("exit", () => {
        clearTimeout(soon);
        end();
      });
    });
  });
}

/** The end of a process is told a moment after that of its output. */
const noticeMs = 20;

const outlived: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"];

/** Notes are lost, one by one or all, before anything else is. */
function openNotes(path: string | null): ExchangeNotes | null {
  if (path === null) return null;
  let file: number;
  try {
    // A go command that a test starts has the same environment: the first is the one that is wanted.
    file = openSync(path, "wx", 0o600);
  } catch {
    return null;
  }
  let isLost = false;
  let kept = "";
  const flush = () => {
    if (isLost || kept === "") return;
    const text = kept;
    kept = "";
    try {
      writeSync(file, text);
    } catch {
      isLost = true;
    }
  };
  setInterval(flush, flushMs).unref();
  const notes = createExchangeNotes(
    (note) => {
      kept += `${JSON.stringify(note)}\n`;
      if (kept.length > mostKept) flush();
    },
    () => performance.timeOrigin + performance.now(),
    fileSize,
  );
  return {
    ...notes,
    finish(status, goIsGone) {
      quietly(() => notes.finish(status, goIsGone));
      flush();
    },
  };
}

const flushMs = 250;
const mostKept = 1 << 16;

function fileSize(path: string): number | null {
  try {
    const status = statSync(path);
    return status.isFile() ? status.size : null;
  } catch {
    return null;
  }
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // What passes is not ours to judge.
  }
}

function closeQuietly(file: number): void {
  quietly(() => closeSync(file));
}

function writeQuietly(file: number, text: string): void {
  quietly(() => {
    writeSync(file, text);
  });
}
