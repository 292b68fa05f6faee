import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import { keyWithInputsPutBack } from "../../src/keys/put-back.ts";
import { digestOf } from "../../src/model/ids.ts";
import type { Segment } from "../../src/model/segments.ts";
import { fixtureNames, readFixture, runOfFixture } from "../scenarios/fixture.ts";

const keyOf = (segments: readonly Segment[]): string => digestOf(segments.map(({ text }) => text).join(""));

const compared = fixtureNames().filter((name) => readFixture(name).before !== null);

describe.each(compared)("%s", (name) => {
  const fixture = readFixture(name);
  if (fixture.before === null) return;
  const before = runOfFixture(fixture.before, "before", null);
  const now = runOfFixture(fixture.now, "now", before);
  const comparison = compareRuns(before, now);

  it("all changed inputs put back give the earlier key, none the present one", () => {
    for (const pair of comparison.pairs.values()) {
      const inputs = comparison.inputs(pair.key);
      if (inputs === null || inputs.hidden || pair.before === null) continue;
      const all = new Set(inputs.deltas.map((delta) => delta.input));
      expect(all.size > 0, pair.key).toBe(pair.sameId === false);
      const put = (inputsBack: ReadonlySet<string>): string =>
        keyWithInputsPutBack(inputs.beforeOrder, inputs.nowOrder, inputsBack);
      expect(put(all), pair.key).toBe(pair.before.digest);
      expect(put(new Set()), pair.key).toBe(pair.now.digest);
      // Also where more is put back than changed.
      expect(put(new Set([...inputs.before.keys(), ...inputs.now.keys()])), pair.key).toBe(
        pair.before.digest,
      );
    }
  });
});

/** Inputs in one order, of which some are there, with one of two texts: as Go writes lines. */
const side = fc
  .array(fc.option(fc.constantFrom("x", "y")), { minLength: 12, maxLength: 12 })
  .map((texts) =>
    texts.flatMap((text, at): Segment[] =>
      text === null ? [] : [{ input: `file ${String.fromCharCode(97 + at)}`, text: `${at}${text}\n` }],
    ),
  );

describe("any two blocks in Go's order", () => {
  it("put back all give the earlier key, none the present one", () => {
    fc.assert(
      fc.property(side, side, (before, now) => {
        const all = new Set([...before, ...now].map(({ input }) => input));
        expect(keyWithInputsPutBack(before, now, all)).toBe(keyOf(before));
        expect(keyWithInputsPutBack(before, now, new Set())).toBe(keyOf(now));
      }),
      { numRuns: 500 },
    );
  });

  it("a changed or removed input put back alone stands where it stood", () => {
    const segments = (...texts: readonly string[]): Segment[] =>
      texts.map((text) => ({ input: text.slice(0, 1), text }));
    const before = segments("a", "b1", "c", "d1");
    const now = segments("a", "c2", "d2", "e");
    const put = (...inputs: readonly string[]): string => keyWithInputsPutBack(before, now, new Set(inputs));
    expect(put("b")).toBe(digestOf("ab1c2d2e"));
    expect(put("d")).toBe(digestOf("ac2d1e"));
    expect(put("e")).toBe(digestOf("ac2d2"));
    expect(put("b", "c")).toBe(digestOf("ab1cd2e"));
  });

  it("a list that was in another order is put back in its order", () => {
    const segments = (...texts: readonly string[]): Segment[] =>
      texts.map((text) => ({ input: `packagefile ${text.slice(0, 1)}`, text }));
    const before = [{ input: "salt", text: "s" }, ...segments("a", "b", "c", "d1")];
    const now = [{ input: "salt", text: "s" }, ...segments("c", "a", "b", "d2")];
    const put = (...inputs: readonly string[]): string => keyWithInputsPutBack(before, now, new Set(inputs));
    expect(put("packagefile d")).toBe(digestOf("sabcd1"));
    expect(put()).toBe(digestOf("scabd2"));
    // Another list's change says nothing of this one.
    const more = [...now, { input: "file x", text: "x" }];
    expect(keyWithInputsPutBack(before, more, new Set(["file x"]))).toBe(digestOf("scabd2"));
  });

  it("a text of its own takes the place of both", () => {
    const before = [{ input: "a", text: "1" }];
    const now = [{ input: "a", text: "2" }];
    expect(keyWithInputsPutBack(before, now, new Set(["a"]), new Map([["a", "3"]]))).toBe(digestOf("3"));
  });
});
