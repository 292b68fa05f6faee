import { randomBytes } from "node:crypto";
import { closeSync, openSync, statSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { createLogDecoder } from "../../log/decode-log.ts";
import { createHide } from "../../log/hide-secrets.ts";
import { createLogScrubber } from "../../log/scrub-log.ts";
import { countText } from "../../report/wording/numbers.ts";
import { UsageError } from "../failure.ts";
import { readChunks } from "../read-log-file.ts";
import { withReadingLine } from "../reading-line.ts";
import { say } from "../say.ts";

export interface ScrubInput {
  /** A file with a log; `-` for stdin. */
  readonly log: string;
  /** Null for stdout. */
  readonly output: string | null;
  readonly process: NodeJS.Process;
}

/** Writes a log without its secrets, under a key that nobody keeps. */
export async function scrub({ log: name, output, process }: ScrubInput): Promise<number> {
  const path = name === "-" ? 0 : resolve(process.cwd(), name);
  if (path !== 0) checkFiles(path, name, output === null ? null : resolve(process.cwd(), output));
  const sink = openSink(output, process);
  try {
    const scrubber = createLogScrubber(createHide(randomBytes(32)), sink.write);
    const decoder = createLogDecoder({ push: (bytes) => scrubber.push(bytes), cut: () => {} });
    const shown = { name: name === "-" ? "stdin" : name, path: path === 0 ? "" : path };
    await withReadingLine(shown, process, output === null && process.stdout.isTTY, (onBytes) => {
      let bytes = 0;
      return readChunks(path, async (chunk) => {
        await decoder.push(chunk);
        bytes += chunk.length;
        onBytes(bytes);
      });
    }).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`${shown.name} can't be read: ${error.code ?? error}`, 1);
    });
    const problem = await decoder.end();
    if (problem !== null) throw new UsageError(`${shown.name} can't be read: ${problem}`, 1);
    scrubber.end();
    sink.flush();
    const what =
      scrubber.hidden === 0 ? "no value was hidden" : `${countText(scrubber.hidden, "value")} hidden`;
    await say(process, `${shown.name}: ${what}; look it through before you give it away`);
    return 0;
  } finally {
    sink.close();
  }
}

function checkFiles(path: string, name: string, output: string | null): void {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) throw new UsageError(`there is no file ${name}`, 1);
  const other = output === null ? undefined : statSync(output, { throwIfNoEntry: false });
  if (other !== undefined && other.ino === status.ino && other.dev === status.dev) {
    throw new UsageError(`${name} can't be read and written at once: give -o another file`, 1);
  }
}

interface Sink {
  readonly write: (text: string) => void;
  readonly flush: () => void;
  readonly close: () => void;
}

function openSink(output: string | null, process: NodeJS.Process): Sink {
  const file = output === null ? null : open(resolve(process.cwd(), output), output);
  const pieces: string[] = [];
  let size = 0;
  const flush = (): void => {
    const bytes = Buffer.from(pieces.splice(0).join(""), "latin1");
    size = 0;
    if (file === null) process.stdout.write(bytes);
    else for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  };
  return {
    flush,
    write(text) {
      pieces.push(text);
      size += text.length;
      if (size > 1 << 18) flush();
    },
    close() {
      if (file !== null) closeSync(file);
    },
  };
}

function open(path: string, name: string): number {
  try {
    return openSync(path, "w", 0o600);
  } catch (error) {
    throw new UsageError(
      `${name} could not be written: ${(error as NodeJS.ErrnoException).code ?? error}`,
      1,
    );
  }
}
