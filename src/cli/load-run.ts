import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { createHide } from "../log/hide-secrets.ts";
import type { Digest } from "../model/ids.ts";
import { runOfLog } from "../model/log-run.ts";
import type { Block, Run } from "../model/run.ts";
import type { History } from "../store/history.ts";
import { createLogReader } from "./record/learn-inputs.ts";

export type LoadedRun =
  | { readonly run: Run; readonly blocks: ReadonlyMap<Digest, Block> | null }
  | { readonly error: string };

/**
 * A RUN as people write it: an id, `@1`, or a file with a raw gocachehash log.
 * @param module the module that applies where the user stands
 */
export function loadRun(
  reference: string,
  history: History,
  module: string | null,
  process: NodeJS.Process,
): LoadedRun {
  const path = resolve(process.cwd(), reference);
  const isFile = !/^@\d+$/.test(reference) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  if (isFile) return readLogFile(reference, path);
  if (/[/\\.]/.test(reference) && !reference.startsWith("@"))
    return { error: `there is no file ${reference}` };
  const found = history.resolve(reference, module);
  return "error" in found ? found : { run: found, blocks: null };
}

/** One key for all logs of one process, so that hidden values of two of them can be compared. */
let processKey: Buffer | null = null;

function readLogFile(name: string, path: string): LoadedRun {
  const reader = createLogReader();
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    return { error: `${name} can't be read: ${(error as NodeJS.ErrnoException).code ?? error}` };
  }
  try {
    if (fstatSync(file).size === 0) return { error: `${name} is empty` };
    for (;;) {
      // A buffer of its own for each read: the parser may still hold a part of the last one.
      const buffer = Buffer.allocUnsafe(1 << 18);
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) break;
      reader.parser.push(buffer.subarray(0, count));
    }
  } catch (error) {
    return { error: `${name} can't be read: ${(error as NodeJS.ErrnoException).code ?? error}` };
  } finally {
    closeSync(file);
  }
  const log = reader.finish();
  processKey ??= randomBytes(32);
  return runOfLog(log, name, createHide(processKey));
}
