import fc from "fast-check";
import type { AnyTarget } from "./target.ts";

/** What a target was found to do wrong, with the smallest case that fast-check came to. */
export interface Finding {
  readonly target: string;
  readonly seed: number;
  readonly message: string;
  /** JSON; what `check` was given. */
  readonly input: unknown;
}

/** Tries so many cases of a target. @returns null where all of them hold */
export async function runTarget(target: AnyTarget, seed: number, count: number): Promise<Finding | null> {
  const { cases, check, name } = target;
  const property = fc.asyncProperty(cases, async (input) => {
    await check(input);
  });
  const found = await fc.check(property, { seed, numRuns: count });
  if (!found.failed) return null;
  const error = found.errorInstance;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { target: name, seed, message, input: found.counterexample?.[0] };
}
