import fc from "fast-check";
import { expect, test } from "vitest";
import { type Entry, entryName, newestFirst, parseEntry } from "../../src/store/entry.ts";
import { chooseEvictions, diskBytes } from "../../src/store/retention.ts";
import { newRunId } from "../../src/store/run-id.ts";

const part = fc.record({
  file: fc.nat({ max: 15 }).map((number) => `paaaaaaa${String.fromCharCode(97 + number)}`),
  bytes: fc.constant(20_000),
});
const entry: fc.Arbitrary<Entry> = fc
  .record({
    sequence: fc.nat({ max: 1000 }),
    module: fc.constant("0123456789"),
    family: fc.constantFrom("aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"),
    id: fc.constant(null).map(newRunId),
    interrupted: fc.boolean(),
    bytes: fc.nat({ max: 30_000 }),
    parts: fc.uniqueArray(part, { maxLength: 5, selector: ({ file }) => file }),
  })
  .map((unnamed) => ({ ...unnamed, name: entryName(unnamed) }));

test("a folder's name tells the entry back, and is short enough for any file system", () => {
  fc.assert(
    fc.property(entry, (each) => {
      expect(parseEntry(each.name)).toEqual(each);
      expect(each.name.length).toBeLessThanOrEqual(143);
    }),
  );
  for (const name of ["", "run", ".", "..", "00000001", `${entryNameOfOne()}x!`, `../${entryNameOfOne()}`]) {
    expect(parseEntry(name)).toBeNull();
  }
});

test("what is kept is within the limits, and the oldest went first", () => {
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 60 }),
      fc.nat({ max: 600_000 }),
      (entries, bytes) => {
        entries.sort(newestFirst);
        const [saved] = entries;
        const limits = { runsPerFamily: 5, bytes };
        const evicted = new Set(chooseEvictions(entries, limits, saved?.id ?? ""));
        const kept = entries.filter((each) => !evicted.has(each));
        expect(kept[0]).toBe(saved);
        expect(kept.length === 1 || occupied(kept) <= bytes).toBe(true);
        for (const family of new Set(entries.map((each) => each.family))) {
          const members = entries.filter((each) => each.family === family);
          const left = members.filter((each) => !evicted.has(each));
          expect(left.length).toBeLessThanOrEqual(6);
          // Those that left before their time are older than all that stayed, but for the baseline.
          const baseline = members.find((each) => !each.interrupted) ?? members[0];
          const others = left.filter((each) => each !== baseline && each !== saved);
          const newestGone = members.find((each) => evicted.has(each) && each !== baseline);
          for (const each of others) {
            if (newestGone !== undefined) expect(newestFirst(each, newestGone)).toBeLessThan(0);
          }
        }
      },
    ),
  );
});

function occupied(entries: readonly Entry[]): number {
  const parts = new Map(
    entries.flatMap((each) => each.parts.map(({ file, bytes }) => [file, bytes] as const)),
  );
  const own = entries.reduce((sum, each) => sum + 4096 + diskBytes(each.bytes), 0);
  return [...parts.values()].reduce((sum, bytes) => sum + diskBytes(bytes), own);
}

function entryNameOfOne(): string {
  const unnamed = {
    sequence: 1,
    module: "0123456789",
    family: "aaaaaaaaaa",
    id: "abcdefgh",
    interrupted: true,
  };
  return entryName({ ...unnamed, bytes: 1, parts: [] });
}
