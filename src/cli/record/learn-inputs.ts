import { replay } from "../../go/replay.ts";
import { type CollectedLog, createBlockCollector } from "../../log/collect-blocks.ts";
import type { LogEvent } from "../../log/log-event.ts";
import { createLogParser, type LogParser } from "../../log/parse-log.ts";
import { type GoCommand, replayWords } from "../../model/go-command.ts";

/**
 * A log being read: bytes in, blocks out.
 * @param watch is told each event too, as it comes
 */
export function createLogReader(watch: ((event: LogEvent) => void) | null = null): {
  parser: LogParser;
  finish(): CollectedLog;
} {
  const collector = createBlockCollector();
  const parser = createLogParser((event) => {
    collector.take(event);
    watch?.(event);
  });
  return {
    parser,
    finish() {
      parser.end();
      return collector.finish();
    },
  };
}

/** Asks for the inputs of the actions of a run that is over: the same command, compiling, linking and running nothing. */
export async function learnInputs(
  goPath: string,
  command: GoCommand,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<{ log: CollectedLog; exitCode: number | null }> {
  const reader = createLogReader();
  const { exitCode } = await replay({
    path: goPath,
    args: replayWords(command),
    env,
    onLog: (chunk) => reader.parser.push(chunk),
    signal,
  });
  return { log: reader.finish(), exitCode };
}
