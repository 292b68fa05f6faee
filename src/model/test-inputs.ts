import { quoteList } from "../util/go-quote.ts";
import type { Digest, ShortId } from "./ids.ts";
import type { Segment } from "./segments.ts";

/** What a test did with an input: it read a variable, changed its directory, asked for a file's state, opened it. */
export type TestInputKind = "env" | "chdir" | "stat" | "open";

/** One thing outside the test binary that its result depends on. */
export interface TestInput {
  readonly kind: TestInputKind;
  /** Name of the variable, else an absolute path. */
  readonly name: string;
  /** A variable's value, as far as it may be shown, else a token; of a file its state as `evaluateTestLog` writes it. */
  readonly value: string;
}

/** What is kept beside a result where coverage asks for it, under a key of its own (test/test.go coverProfileAndInputKey). */
export interface TestCoverage {
  /** A profile was asked for by -coverprofile (Go 1.25+). */
  readonly profile: boolean;
  /** What stands for the covered packages of -coverpkg, as they are built (Go 1.26+); null without it. */
  readonly covers: Digest | null;
}

/** A package whose coverage tests wait for, and the key of its build. */
export interface CoveredPackage {
  readonly package: string;
  readonly id: ShortId;
}

/** All that the key of a test result is made of (test/test.go tryCacheWithID, computeTestInputsID; Go 1.21–1.27). */
export interface TestInputs {
  /** The key of the result; under `coverage` that of what is kept beside it. */
  readonly digest: Digest;
  /** Go version that salts every key. */
  readonly salt: string;
  /** Action ID of the link of the test binary, or the content ID of the binary. */
  readonly binary: string;
  /** Cacheable arguments, as the test binary gets them: `-test.timeout=10m0s`, … */
  readonly args: readonly string[];
  /** In the order in which the test came to them, each once. */
  readonly inputs: readonly TestInput[];
  /** For each line of the test's log its index in `inputs`; null where that would be long. */
  readonly order: readonly number[] | null;
  /** How many more there are than `inputs` holds. */
  readonly omitted: number;
  /** Absent where the result alone is looked for. */
  readonly coverage?: TestCoverage;
}

/** A file that was less than two seconds old when go asked for a result, or would have kept one. */
export interface TooNewFile {
  readonly path: string;
  readonly ageMs: number;
  /** Go left no log of the test: the file is known only by its time, and by lying in the package's folder. */
  readonly inferred?: true;
}

/** What a record has of a test run beside its key. */
export interface TestFacts {
  /** Why go keeps no result of it: subjects of `test-not-cacheable`. */
  readonly notCacheable: readonly string[];
  /** Files that were too new for go to keep a result. */
  readonly tooNew: readonly TooNewFile[];
  /** There was a result, from before the last `go clean -testcache`. */
  readonly expired: boolean;
  /** Under what go looked for a result, as far as the earlier run's record tells; null where that is `kept`, or not known. */
  readonly asked: TestInputs | null;
  /**
   * Inputs that changed since the earlier run and are not to blame, as `env FOO` or `open /x`: with only the others put back
   * go would have found a result.
   */
  readonly paid: readonly string[];
  /** Under what the result of this run is kept; null where none is. */
  readonly kept: TestInputs | null;
  /** Files that the test opened or asked for outside the package's root: Go does not look at them again. At most 50, sorted. */
  readonly unseen: readonly string[];
  /** The earlier run's key, where it came out again when what changed was given its earlier value. */
  readonly proven: Digest | null;
  /** True where a cache program keeps what Go stores and was not traced: whether there was a result, and is one now, is not known. */
  readonly untold?: true;
}

export const coverProfileInput = "coverage profile";

/** The input that a covered package is. */
export function coveredInput(name: string): string {
  return `covered ${Buffer.from(name).toString("latin1")}`;
}

/**
 * The parts of a test result's key as inputs of one action; texts are byte strings in a form of our own.
 * @param covered the packages behind `coverage.covers`
 */
export function segmentsOfTest(
  test: TestInputs,
  covered: readonly CoveredPackage[] = [],
): readonly Segment[] {
  const bytes = (text: string): string => Buffer.from(text).toString("latin1");
  return [
    { input: "salt", text: test.salt },
    { input: "test binary", text: `test binary ${test.binary}\n` },
    { input: "test arguments", text: `args ${quoteList(test.args.map(bytes))}\n` },
    ...(test.coverage?.profile === true ? [{ input: coverProfileInput, text: "profile\n" }] : []),
    ...(test.coverage?.covers == null
      ? []
      : covered.map(({ package: name, id }) => ({ input: coveredInput(name), text: `dep ${id}\n` }))),
    ...test.inputs.map(({ kind, name, value }) => ({
      input: bytes(`${kind} ${name}`),
      text: bytes(`${kind} ${name} ${value}\n`),
    })),
  ];
}
