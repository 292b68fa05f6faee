import fc from "fast-check";
import { type Digest, digestOf, shortId } from "../../src/model/ids.ts";
import {
  actionKinds,
  type Block,
  type Run,
  type RunAction,
  type RunWithBlocks,
} from "../../src/model/run.ts";

/** Byte strings as in blocks: any of U+0000–U+00FF. */
const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("__proto__", "constructor", "toString"));
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const record = <T>(values: fc.Arbitrary<T>) =>
  fc.array(fc.tuple(text, values)).map((pairs) => Object.fromEntries(pairs) as Record<string, T>);
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((raw) => toDigest(raw));
const short = digest.map(shortId);

/** Equal digests, equal blocks: that is what sharing rests on. */
const block: fc.Arbitrary<Block> = fc
  .record({
    name: text,
    lines: fc.array(fc.oneof(bytes, fc.constantFrom("compile\n", "go1.26.8"))),
    hidden: fc.boolean(),
  })
  .map(({ name, lines, hidden }) => ({
    digest: digestOf(Buffer.from(JSON.stringify([name, lines, hidden])).toString("latin1")),
    name,
    lines,
    hidden,
  }));

const action = fc.record({
  key: text,
  kind: fc.constantFrom(...actionKinds),
  package: text,
  variant: orNull(text),
  id: orNull(short),
  digest: orNull(digest),
  contentId: orNull(short),
  outcome: fc.constantFrom("hit", "ran", "unknown"),
  failed: fc.boolean(),
  seconds: orNull(number),
  intervals: fc.array(fc.tuple(number, number), { maxLength: 3 }),
  target: orNull(text),
  unverified: orNull(text),
}) satisfies fc.Arbitrary<RunAction>;

const file = fc.record({ path: text, size: fc.nat(), mtimeMs: number, hash: short });

/** Any run whatever, with the blocks of some of its actions. Its id is none: saving gives it one. */
export const anyRun: fc.Arbitrary<RunWithBlocks> = fc
  .record({
    run: fc.record({
      formatVersion: fc.constant(1),
      id: fc.constant(""),
      startedAt: orNull(text),
      clockSeconds: orNull(number),
      source: fc.constantFrom("recorded", "imported", "snapshot"),
      command: fc.array(text),
      verb: orNull(text),
      patterns: fc.array(text),
      exitCode: orNull(fc.integer()),
      interrupted: fc.boolean(),
      goVersion: orNull(text),
      goos: orNull(text),
      goarch: orNull(text),
      directory: orNull(text),
      module: orNull(text),
      moduleRoots: record(text),
      goDirective: orNull(text),
      head: orNull(text),
      gocache: orNull(text),
      goroot: orNull(text),
      gomodcache: orNull(text),
      settings: fc.record({
        env: record(text),
        envOrigin: record(fc.constantFrom("environment", "go env file")),
        flags: fc.array(
          fc.record({
            name: text,
            value: text,
            origin: fc.constantFrom("command line", "GOFLAGS", "go env file"),
          }),
        ),
      }),
      cache: fc.record({ trimmedAt: orNull(number), present: fc.boolean(), targets: record(orNull(short)) }),
      files: fc.array(file),
      actions: fc.array(action),
      hasGraph: fc.boolean(),
      problems: fc.array(fc.record({ code: fc.constant("orphan-line"), message: text })),
      hiddenValues: fc.nat(),
    }) as fc.Arbitrary<unknown> as fc.Arbitrary<Run>,
    blocks: fc.array(block),
  })
  .map(({ run, blocks }) => {
    // The first actions get the blocks.
    const actions = run.actions.map((each, index): RunAction => {
      const own = blocks[index];
      return own === undefined ? each : { ...each, digest: own.digest, id: shortId(own.digest) };
    });
    const kept = blocks.slice(0, actions.length);
    return { run: { ...run, actions }, blocks: new Map(kept.map((each) => [each.digest, each])) };
  });

function toDigest(raw: Uint8Array): Digest {
  return Buffer.from(raw).toString("hex") as Digest;
}
