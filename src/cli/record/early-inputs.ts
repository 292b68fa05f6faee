import type { GoSettings, SettingsResult } from "../../go/settings.ts";
import type { CollectedLog } from "../../log/collect-blocks.ts";
import type { GoCommand } from "../../model/go-command.ts";
import { programOf } from "../../model/run.ts";
import { learnInputs } from "./learn-inputs.ts";

/** Inputs that are asked for while go is still at work: a link leaves a processor idle, and whoever waits for the report waits less. */
export interface EarlyInputs {
  /** What go answered, once it has; null where it was not asked, or failed. */
  answer(): Promise<CollectedLog | null>;
  /** Ends the asking. */
  stop(): void;
}

export interface EarlyQuestion {
  readonly goPath: string;
  readonly env: Readonly<Record<string, string>>;
  readonly settings: Promise<SettingsResult>;
  /** Of the run, by its settings. */
  readonly commandUnder: (settings: GoSettings) => GoCommand;
  /** Until then go is likely to end by itself, since there is nothing to do. */
  readonly delayMs: number;
}

/**
 * Asks when some time has passed. What go has not built by then has placeholders in its dependents' inputs; these are made again from the
 * graph, and count only where their digest is the run's (`regenerateBlocks`).
 */
export function askEarly(question: EarlyQuestion): EarlyInputs {
  const controller = new AbortController();
  let asking: Promise<CollectedLog | null> | null = null;
  const timer = setTimeout(() => {
    asking = ask(question, controller.signal).catch(() => null);
  }, question.delayMs);
  return {
    async answer() {
      clearTimeout(timer);
      return asking;
    },
    stop() {
      clearTimeout(timer);
      controller.abort();
    },
  };
}

async function ask(
  { goPath, env, settings, commandUnder }: EarlyQuestion,
  signal: AbortSignal,
): Promise<CollectedLog | null> {
  const found = await settings;
  // A cache program is the user's own: two at a time may be more than it can bear.
  if ("problem" in found || programOf({ settings: found }) !== null || signal.aborted) return null;
  const { log, exitCode } = await learnInputs(goPath, commandUnder(found), env, signal);
  return exitCode === 0 ? log : null;
}
