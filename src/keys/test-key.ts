import { type Digest, digestOf, subkeyOf } from "../model/ids.ts";
import type { TestCoverage } from "../model/test-inputs.ts";
import { bytesOfText } from "../util/byte-text.ts";
import { quoteList } from "../util/go-quote.ts";

/** What a test result is looked up under, before its inputs are known. */
export interface TestIdentity {
  /** Go version that salts every key: `go1.26.8`. */
  readonly salt: string;
  /** Short action ID of the link of the test binary, or else the content ID of the binary: 20 characters. */
  readonly binary: string;
  /** The cacheable arguments, in Go's order: `-test.timeout=10m0s`, … */
  readonly args: readonly string[];
  /** The words of -exec; `[]` without one. */
  readonly exec: readonly string[];
}

/** The key under which the log of a test is stored (test/test.go tryCacheWithID, Go 1.21–1.27). */
export function testIdOf({ salt, binary, args, exec }: TestIdentity): Digest {
  const list = (words: readonly string[]) => quoteList(words.map(bytesOfText));
  return digestOf(`${salt}test binary ${binary} args ${list(args)} execcmd ${list(exec)}`);
}

/** The key of the result itself, under the digest of what the test read (testAndInputKey, Go 1.21–1.27). */
export function testResultKey(testId: Digest, inputs: Digest): Digest {
  return subkeyOf(testId, `inputs:${inputs}`);
}

/**
 * The key of the coverage profile that is kept beside a result (coverProfileAndInputKey, Go 1.25–1.27). Under -coverpkg
 * without -coverprofile an empty entry is kept there, as a sign that the covered packages are the same (Go 1.26+).
 * @param coverMeta `coverMetaDigest` under -coverpkg from Go 1.26 on, else null
 */
export function coverProfileKey(testId: Digest, inputs: Digest, coverMeta: Digest | null): Digest {
  const result = testResultKey(testId, inputs);
  return subkeyOf(coverMeta === null ? result : subkeyOf(result, `coverdeps:${coverMeta}`), "coverprofile");
}

/** The key that has to be there for a result to be found: its own, or under coverage that of what is kept beside it. */
export function testLookupKey(testId: Digest, inputs: Digest, coverage: TestCoverage | undefined): Digest {
  return coverage === undefined
    ? testResultKey(testId, inputs)
    : coverProfileKey(testId, inputs, coverage.covers);
}

/**
 * What stands for the covered packages of -coverpkg (`covermeta`, Go 1.26+).
 * @param actionIds of the dependencies of the node `write coverage meta-data file`, in its order, those that have one
 */
export function coverMetaDigest(salt: string, actionIds: readonly string[]): Digest {
  return digestOf(salt + actionIds.map((id) => `dep ${id}\n`).join(""));
}
