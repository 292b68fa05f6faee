import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { type FlatLogs, restoreLogs } from "../../log/flat-log.ts";
import type { LogCommands } from "../read-log-file.ts";

/** What the thread says: how far it is, and at last what stands in the log, or why it can't be read. */
export type ThreadMessage =
  | { readonly bytes: number }
  | { readonly flat: FlatLogs }
  | { readonly error: string };

/** A log that is being read in another thread. */
export interface LogBeside {
  readonly path: string;
  /**
   * @param onBytes is told how many bytes were read so far
   * @returns null where the thread came to nothing: the log has to be read here
   */
  take(onBytes: (bytes: number) => void): Promise<LogCommands | null>;
}

/** A thread takes 40 ms to start: smaller logs are read before it is there. */
const smallest = 4 << 20;

/**
 * Begins to read a log in another thread, while another log is read in this one.
 * @param path absolute
 * @returns null where that is not worth it
 */
export function readLogBeside(path: string): LogBeside | null {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < smallest) return null;
  let onBytes: (bytes: number) => void = () => {};
  // In a bundle all chunks lie in one folder, with the thread's own among them.
  const thread = new Worker(new URL("./log-thread.js", import.meta.url), { workerData: path });
  const result = new Promise<LogCommands | null>((fulfil) => {
    thread.on("message", (message: ThreadMessage) => {
      if ("bytes" in message) onBytes(message.bytes);
      else fulfil("error" in message ? message : { commands: restoreLogs(message.flat) });
    });
    thread.on("error", () => fulfil(null));
    thread.on("exit", () => fulfil(null));
  });
  // Where the other log can't be read, nobody waits for this one.
  thread.unref();
  return {
    path,
    take(listener) {
      onBytes = listener;
      thread.ref();
      return result;
    },
  };
}
