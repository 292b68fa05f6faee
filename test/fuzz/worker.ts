import { writeFileSync } from "node:fs";
import { main } from "../../src/cli/main.ts";
import { runTarget } from "./run-target.ts";
import type { AnyTarget } from "./target.ts";
import { allTargets } from "./targets.ts";

/** What the script asks of a worker: so many cases of a target, or one case. */
type Task =
  | {
      readonly target: string;
      readonly seed: number;
      readonly count: number /** Gets each case before it is tried. */;
      readonly trace: string | null;
    }
  | { readonly target: string; readonly input: unknown };

const targets = allTargets(main);

process.on("message", async (task: Task) => {
  const target = targets.find(({ name }) => name === task.target);
  if (target === undefined) throw new Error(`there is no target ${task.target}`);
  process.send?.({
    finding: "input" in task ? await tryOne(target, task.input) : await tryMany(target, task),
    bytes: heap(),
  });
});
// Ctrl-C comes to all of a terminal's group; the script ends its workers when they are done.
process.on("SIGINT", () => {});
process.send?.({ targets: targets.map(({ name, share }) => ({ name, share })) });

async function tryMany(
  target: AnyTarget,
  { seed, count, trace }: Extract<Task, { seed: number }>,
): Promise<unknown> {
  if (trace === null) return runTarget(target, seed, count);
  const check = (input: unknown) => {
    writeFileSync(trace, JSON.stringify(input));
    return target.check(input);
  };
  return runTarget({ ...target, check }, seed, count);
}

async function tryOne(target: AnyTarget, input: unknown): Promise<unknown> {
  try {
    await target.check(input);
    return null;
  } catch (error) {
    return { target: target.name, message: error instanceof Error ? error.stack : String(error), input };
  }
}

/** Bytes that are in use, garbage not counted. */
function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
