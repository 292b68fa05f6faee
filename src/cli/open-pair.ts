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
  const later = now ?? "@1";
  if (before != null) {
    const [named, other] = await runs.openBoth(before, later);
    return { before: named, now: other };
  }
  const newest = await runs.open(later);
  const earlier = runs.baselineOf(newest);
  if (earlier !== null) return { before: earlier, now: newest };
  throw new UsageError(
    `run ${newest.run.id} has no earlier run to compare with; name one: gocache-why ${command} BEFORE NOW`,
    1,
  );
}
