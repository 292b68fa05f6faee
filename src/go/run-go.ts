import { spawn } from "node:child_process";
import { constants } from "node:os";
import { descendants, endProcessTree, sendSignal } from "./process-tree.ts";

export interface RunGoOptions {
  /** From `findGo`. */
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `inherit`: go writes to our own stderr. Else every chunk is handed over as it comes. */
  readonly stderr: "inherit" | ((chunk: Buffer) => void);
}

export interface GoExit {
  /** Go's status; 128 + n where signal n ended it; 126 or 127 where it could not be started. */
  readonly exitCode: number;
  /** The signal that ended go itself. */
  readonly signal: NodeJS.Signals | null;
  /** True where SIGINT, SIGTERM or SIGHUP came to us or ended go. */
  readonly interrupted: boolean;
  /** RFC 3339, UTC: just before go was started. */
  readonly startedAt: string;
  /** The same in milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Seconds on the clock until go had ended. */
  readonly clockSeconds: number;
  /** Why go could not be started, in one line; null where it was. */
  readonly startError: string | null;
}

/**
 * Runs go in our own directory, with our own stdin, stdout and terminal, and waits for its end.
 *
 * Until then we outlive SIGINT, SIGQUIT, SIGTERM and SIGHUP, to record what was done. The first two go to all of a
 * terminal's group anyway; go test and go run ignore them while their program runs, go build ends at once
 * (base/signal.go, Go 1.26). They are passed to go alone, since a program may take a second SIGINT for "at once"; where
 * go then ended of it, its compilers are sent it too. SIGTERM and SIGHUP are passed to go and all its descendants.
 *
 * Nothing may have touched `process.stdin` before: Node would make a pipe non-blocking that go's children share.
 */
export function runGo(options: RunGoOptions): Promise<GoExit> {
  const { path, args, env, stderr } = options;
  const startedAtMs = Date.now();
  const startedAt = new Date(startedAtMs).toISOString();
  const clock = process.hrtime.bigint();
  const clockSeconds = () => Number(process.hrtime.bigint() - clock) / 1e9;

  return new Promise((resolve) => {
    let interrupted = false;
    let family: readonly number[] = [];
    const child = spawn(path, args, {
      env,
      stdio: ["inherit", "inherit", stderr === "inherit" ? "inherit" : "pipe"],
      windowsHide: true,
    });
    const onSignal = (signal: NodeJS.Signals) => {
      interrupted ||= signal !== "SIGQUIT";
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      if (signal === "SIGTERM" || signal === "SIGHUP") return endProcessTree(child.pid, signal);
      family = descendants(child.pid);
      child.kill(signal);
    };
    for (const signal of outlived) process.on(signal, onSignal);
    const finish = (end: Pick<GoExit, "exitCode" | "signal" | "startError"> & { seconds: number }) => {
      for (const signal of outlived) process.off(signal, onSignal);
      const { seconds, ...rest } = end;
      resolve({ ...rest, interrupted, startedAt, startedAtMs, clockSeconds: seconds });
    };

    child.once("error", (error: NodeJS.ErrnoException) => {
      // Also emitted where a signal could not be sent.
      if (child.pid !== undefined) return;
      const exitCode = error.code === "ENOENT" ? 127 : 126;
      finish({ exitCode, signal: null, startError: `${path}: ${error.message}`, seconds: clockSeconds() });
    });
    if (stderr !== "inherit") child.stderr?.on("data", stderr);
    child.once("exit", (code, signal) => {
      const seconds = clockSeconds();
      if (signal === "SIGINT" || signal === "SIGQUIT") for (const pid of family) sendSignal(pid, signal);
      interrupted ||= signal === "SIGINT" || signal === "SIGTERM" || signal === "SIGHUP";
      const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
      const done = () => finish({ exitCode, signal, startError: null, seconds });
      if (stderr === "inherit" || child.stderr === null || child.stderr.closed) return done();
      // A process that go left in the background may hold its stderr open: what it writes later still passes.
      const late = setTimeout(done, 1000);
      child.stderr.once("close", () => {
        clearTimeout(late);
        done();
      });
      (child.stderr as unknown as { unref?: () => void }).unref?.();
    });
  });
}

const outlived: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"];
