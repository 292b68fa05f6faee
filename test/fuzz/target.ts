import type fc from "fast-check";

/**
 * One part of the tool under fuzzing. Cases are plain JSON (bytes are strings of U+0000–U+00FF), so that a finding can be kept in a
 * file and tried again.
 */
export interface Target<Input> {
  readonly name: string;
  /** Its share of all cases, in percent: what is quick gets many. */
  readonly share: number;
  readonly cases: fc.Arbitrary<Input>;
  /** Throws where a property does not hold. */
  check(input: Input): void | Promise<void>;
}

/** A target of whatever cases: each gets its own alone. */
export type AnyTarget = Target<unknown>;

export function anyTarget<Input>(target: Target<Input>): AnyTarget {
  return target as unknown as AnyTarget;
}

/** Two values that JSON writes the same way: quick, where a deep comparison of thousands of lines is not. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** @throws {Error} with what did not hold */
export function hold(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}
