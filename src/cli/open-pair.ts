import type { RunWithBlocks } from "../model/run.ts";
import { UsageError } from "./failure.ts";
import type { Runs } from "./open-runs.ts";

/** Two runs as `diff [BEFORE] [NOW]` names them: without NOW the newest, without both the newest and its baseline. */
export async function openPair(
  runs: Runs,
  before: string | null | undefined,
  now: string | undefined,
  command: string,
): Promise<{ before: RunWithBlocks; now: RunWithBlocks }> {
  // In the order in which they stand on the command line: what was named is complained about first.
  const named = before == null ? null : await runs.open(before);
  const later = await runs.open(now ?? "@1");
  const earlier = named ?? runs.baselineOf(later);
  if (earlier !== null) return { before: earlier, now: later };
  throw new UsageError(
    `run ${later.run.id} has no earlier run to compare with; name one: gocache-why ${command} BEFORE NOW`,
    1,
  );
}
