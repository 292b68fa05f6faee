import { randomBytes } from "node:crypto";
import { createBlockCollector } from "../log/collect-blocks.ts";
import { createHide } from "../log/hide-secrets.ts";
import { createLogParser } from "../log/parse-log.ts";
import { runOfLog } from "./log-run.ts";
import type { RunWithBlocks } from "./run.ts";

/** Text or bytes of a log, cut anywhere: a stream of a file, an array of chunks. */
export type LogChunks = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

export interface ReadLogOptions {
  /** How the run is called in reports; `log` unless given. */
  readonly name?: string;
  /**
   * The key of the tokens that stand for secrets (values of `-X`, userinfo of URLs). Equal secrets have equal tokens under one key,
   * so two logs that are to be compared need the same; unless given it is one for the life of the process.
   */
  readonly key?: Uint8Array;
}

/**
 * Reads a log of `GODEBUG=gocachehash=1 go build -x …` (Go 1.21–1.27). Only inputs whose SHA-256 is the key that Go printed are in
 * the result; what did not add up stands in `run.problems`. Times are not in a log: all seconds are null.
 * @throws an Error with one line where the log has no inputs at all
 */
export async function readLog(chunks: LogChunks, options: ReadLogOptions = {}): Promise<RunWithBlocks> {
  const collector = createBlockCollector();
  const parser = createLogParser((event) => collector.take(event));
  for await (const chunk of chunks) parser.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  parser.end();
  const key = options.key ?? processKey();
  const found = runOfLog(collector.finish(), options.name ?? "log", createHide(key));
  if ("error" in found) throw new Error(found.error);
  return found;
}

let known: Buffer | null = null;

function processKey(): Uint8Array {
  known ??= randomBytes(32);
  return known;
}
