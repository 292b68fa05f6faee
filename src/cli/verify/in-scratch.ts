import { clockText, withLiveLine } from "../live-line.ts";
import { makeScratch, removeScratch } from "../record/scratch.ts";
import { untilSignal } from "../record/until-signal.ts";

export interface ScratchWork<T> {
  readonly process: NodeJS.Process;
  /** Where a private folder can be made. */
  readonly stateFolder: string;
  readonly quiet: boolean;
  /** What the live line begins with: `verifying`. */
  readonly name: string;
  /** @param tell what is being done, for the live line */
  readonly work: (scratch: string, signal: AbortSignal, tell: (doing: string) => void) => Promise<T>;
}

/**
 * Works in a private folder that goes when the work ends, also by a signal, with a live line on a terminal.
 * @returns what the work gives, or why it could not be done
 */
export async function inScratch<T>({
  process,
  stateFolder,
  quiet,
  name,
  work,
}: ScratchWork<T>): Promise<T | { readonly problem: string }> {
  const scratch = makeScratch(stateFolder);
  if (scratch === null) return { problem: "there is no room for copies" };
  const remove = () => removeScratch(scratch);
  process.once("exit", remove);
  const endAtOnce = () => {
    remove();
    process.exit(130);
  };
  let doing = "copying the checkout";
  const text = (seconds: number) => ({ head: `${name}: ${doing}, ${clockText(seconds)}` });
  try {
    return await untilSignal(process, endAtOnce, (signal) =>
      withLiveLine({ process, quiet, after: 300, text }, () =>
        work(scratch, signal, (now) => {
          doing = now;
        }),
      ),
    );
  } catch (error) {
    return { problem: `${(error as NodeJS.ErrnoException).code ?? error}` };
  } finally {
    process.off("exit", remove);
    remove();
  }
}
