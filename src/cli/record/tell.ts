import type { WrapInput } from "../commands/wrap.ts";
import { say } from "../say.ts";

/** Tells something about a wrapped run: one line on stderr, or for the report of `run` where the go command is below that. */
export async function tell({ process, below }: WrapInput, message: string): Promise<void> {
  if (below === undefined) await say(process, message);
  else below.tell(message);
}
