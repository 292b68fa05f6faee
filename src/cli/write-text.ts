import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { say } from "./say.ts";

export interface TextPlace {
  /** A file, taken from where the tool was started; null for stdout. */
  readonly output: string | null;
  /** Of the history: the first is told, on stderr. */
  readonly warnings: readonly string[];
  readonly process: NodeJS.Process;
}

/** Puts what a subcommand has to say where it was asked for. @returns the exit status */
export async function writeText(text: string, { output, warnings, process }: TextPlace): Promise<number> {
  for (const warning of warnings.slice(0, 1)) await say(process, warning);
  if (output === null) {
    process.stdout.write(text);
    return 0;
  }
  try {
    writeFileSync(resolve(process.cwd(), output), text);
    return 0;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? error;
    await say(process, `${output} could not be written: ${reason}`);
    return 1;
  }
}
