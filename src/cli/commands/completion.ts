import { bashScript } from "../completion/bash-script.ts";
import type { Completed } from "../completion/completed.ts";
import { fishScript } from "../completion/fish-script.ts";
import { zshScript } from "../completion/zsh-script.ts";
import { UsageError } from "../failure.ts";

const scripts: ReadonlyMap<string, (completed: Completed) => string> = new Map([
  ["bash", bashScript],
  ["zsh", zshScript],
  ["fish", fishScript],
]);

/** Prints the completion script of a shell. */
export function completion(shell: string, completed: Completed, process: NodeJS.Process): number {
  const script = scripts.get(shell);
  if (script === undefined) {
    throw new UsageError(
      `there is no completion for ${shell}: it is one of ${[...scripts.keys()].join(", ")}`,
    );
  }
  process.stdout.write(script(completed));
  return 0;
}
