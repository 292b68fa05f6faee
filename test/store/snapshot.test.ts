import { brotliCompressSync, brotliDecompressSync, constants, crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import { createHide } from "../../src/log/hide-secrets.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import { decodeSnapshot, encodeSnapshot, isSnapshot } from "../../src/store/snapshot.ts";
import { demoRun } from "../report/demo-runs.ts";
import { closedValidator } from "../report/schema.ts";
import { readFixture, runOfFixture } from "../scenarios/fixture.ts";

const demo = await demoRun("now");
const recorded = runOfFixture(readFixture("go1.26.8/two-causes").now, "now", null);
const file = encodeSnapshot(demo, "1.2.3");

/** The file of any body, with a right checksum. */
function fileOf(body: string | Buffer, version = "1", tool = "1.2.3"): Buffer {
  const payload = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  const sum = crc32(payload).toString(16).padStart(8, "0");
  return Buffer.concat([Buffer.from(`gocache-why snapshot ${version} ${tool} ${sum}\n`), payload]);
}

const bodyOf = (snapshot: Buffer): string =>
  brotliDecompressSync(snapshot.subarray(snapshot.indexOf(10) + 1)).toString();

/** What a reader is given is a run, or one printable line. */
function isHarmless(found: RunWithBlocks | { error: string }): boolean {
  return "error" in found ? /^[ -~…]{1,300}$/.test(found.error) : found.run.formatVersion === 1;
}

describe("a snapshot", () => {
  test.each([
    ["a log", demo],
    ["a recorded run", recorded],
  ])("of %s gives back the run and its inputs", (_what, { run, blocks }) => {
    const found = decodeSnapshot(encodeSnapshot({ run, blocks }, "1.2.3"));
    if ("error" in found) throw new Error(found.error);
    const { hiddenUnder, ...rest } = found.run;
    expect(rest).toEqual({ ...run, source: "snapshot" });
    expect(hiddenUnder).toMatch(/^snapshot [a-z2-7]{8}$/);
    expect(found.blocks).toEqual(
      new Map([...blocks].filter(([digest]) => run.actions.some((each) => each.digest === digest))),
    );
  });

  test.each([
    ["a log", demo],
    ["a recorded run", recorded],
  ])("of %s is as its schema says, and no field is missing there", (_what, side) => {
    const validate = closedValidator("snapshot");
    validate(JSON.parse(bodyOf(encodeSnapshot(side, "1.2.3"))));
    expect(validate.errors).toBeNull();
  });

  test("is known by its first bytes", () => {
    expect(isSnapshot(file)).toBe(true);
    expect(isSnapshot(file.subarray(0, 10))).toBe(false);
    expect(isSnapshot(Buffer.from("HASH[build runtime]\n"))).toBe(false);
  });

  test("has other tokens than the history, equal where those were equal", () => {
    const hide = createHide(Buffer.alloc(32, 7));
    const [one, other] = [hide("one secret"), hide("another")];
    const run = { ...demo.run, command: ["go", one, other, one] };
    const snapshot = encodeSnapshot({ ...demo, run }, "1.2.3");
    const found = decodeSnapshot(snapshot);
    if ("error" in found) throw new Error(found.error);
    const [, first = "", second, third] = found.run.command;
    expect(first).toMatch(/^<hidden:[0-9a-f]{12}>$/);
    expect(third).toBe(first);
    expect(second).not.toBe(first);
    expect(bodyOf(snapshot)).not.toContain(one);
    const again = decodeSnapshot(encodeSnapshot({ ...demo, run }, "1.2.3"));
    expect("error" in again ? "" : again.run.command[1]).not.toBe(first);
  });

  test("compares with its run as the same", () => {
    const found = decodeSnapshot(encodeSnapshot(recorded, "1.2.3"));
    if ("error" in found) throw new Error(found.error);
    const comparison = compareRuns(found, recorded);
    expect([...comparison.pairs.values()].every((pair) => pair.sameId !== false)).toBe(true);
    expect(comparison.uncertain).toEqual([]);
  });
});

describe("a file that is no good snapshot", () => {
  test("of a newer format is refused, and says what to do", () => {
    const found = decodeSnapshot(fileOf("{}", "2", "9.1.0"));
    expect(found).toEqual({
      error:
        "it is a snapshot of format 2, written by gocache-why 9.1.0; this one reads format 1: use that version, or a newer one",
    });
  });

  test("with any byte changed, cut anywhere, or spliced is refused, in one line", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: file.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.nat({ max: file.length - 1 }),
        (at, change, other) => {
          const flipped = Buffer.from(file);
          flipped.writeUInt8((flipped.readUInt8(at) ^ change) & 255, at);
          const spliced = Buffer.concat([file.subarray(0, at), file.subarray(other)]);
          for (const bad of [flipped, file.subarray(0, at), spliced]) {
            if (bad.equals(file)) continue;
            const found = decodeSnapshot(bad);
            // The version of the tool in the first line is under no checksum.
            const isAlike = bad.length === file.length && bad.indexOf(10) === file.indexOf(10);
            if (!("error" in found)) expect(isAlike && bodyOf(bad) === bodyOf(file)).toBe(true);
            expect(isHarmless(found)).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("with a right checksum over changed JSON is read as it is typed, or refused", () => {
    const body = bodyOf(encodeSnapshot(recorded, "1.2.3"));
    const tokens = [...body.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|[[\]{}]/g)];
    const values = [
      "null",
      "[]",
      "{}",
      '""',
      "-1",
      "1e999",
      "99999999999999999999",
      '"\\u0000\\ud800"',
      "[[0]]",
      "true",
    ];
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...values), (pick, value) => {
        const token = tokens[pick % tokens.length];
        if (token === undefined) return;
        const changed = body.slice(0, token.index) + value + body.slice(token.index + token[0].length);
        expect(isHarmless(decodeSnapshot(fileOf(changed)))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("whose inputs were changed is refused: they do not hash to their keys", () => {
    const body = JSON.parse(bodyOf(file)) as { lines: string[] };
    body.lines = body.lines.map((line) => line.replace("price.go", "other.go"));
    expect(decodeSnapshot(fileOf(JSON.stringify(body)))).toEqual({
      error: expect.stringContaining("the lines of build example.com/shop/price were changed"),
    });
  });

  const own = JSON.parse(bodyOf(file)) as {
    run: Record<string, unknown>;
    lines: string[];
    blocks: unknown[][];
  };
  const [ownAction] = own.run.actions as Record<string, unknown>[];
  const withRun = (more: Record<string, unknown>) => JSON.stringify({ ...own, run: { ...own.run, ...more } });
  test.each([
    ["no JSON", "{"],
    ["nothing", ""],
    ["a list", "[]"],
    ["a million levels", `${"[".repeat(1e6)}${"]".repeat(1e6)}`],
    [
      "a million levels in a field",
      withRun({ problems: 0 }).replace('"problems":0', `"problems":${"[".repeat(1e6)}${"]".repeat(1e6)}`),
    ],
    [
      "a prototype",
      withRun({ moduleRoots: 0 }).replace('"moduleRoots":0', '"moduleRoots":{"__proto__":"/x"}'),
    ],
    ["a constructor", withRun({ moduleRoots: { constructor: "/x" } })],
    ["a number for a text", withRun({ directory: 7 })],
    ["a text for a list", withRun({ actions: "all" })],
    ["a verb that is no text", withRun({ verb: {} })],
    ["an impossible time", withRun({ startedAt: "2026-99-99T00:00:00Z" })],
    ["seconds below zero", withRun({ clockSeconds: -1 })],
    ["a day without its time", withRun({ startedAt: "2026-01-02T" })],
    ["an exit status below zero", withRun({ exitCode: -1 })],
    ["a run without a name", withRun({ id: "" })],
    ["an action of no package", withRun({ actions: [{ ...ownAction, package: "" }] })],
    ["an action whose key is of another kind", withRun({ actions: [{ ...ownAction, key: "x" }] })],
    ["the same action twice", withRun({ actions: [ownAction, ownAction] })],
    [
      "a place beyond the lines",
      JSON.stringify({ ...own, blocks: [[own.blocks[0]?.[0], "build a", 0, [1e9]]] }),
    ],
    ["lines that are no bytes", JSON.stringify({ ...own, lines: own.lines.map((line) => `${line}\u20ac`) })],
    [
      "more lines than there can be",
      JSON.stringify({
        ...own,
        blocks: Array.from({ length: 250 }, () => [
          own.blocks[0]?.[0],
          "build a",
          1,
          Array.from({ length: 10_000 }, () => 0),
        ]),
      }),
    ],
  ])("with %s is refused", (_what, body) => {
    const found = decodeSnapshot(fileOf(body));
    expect(found).toEqual({ error: expect.stringMatching(/^it /) });
    expect(isHarmless(found)).toBe(true);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  test("that unpacks to too much is refused before it is unpacked", () => {
    const bomb = fileOf(Buffer.alloc(200 << 20));
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage.rss();
    expect(decodeSnapshot(bomb)).toEqual({ error: "it unpacks to more than any snapshot does" });
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 << 20);
  });

  test("leaves out what it does not know", () => {
    const found = decodeSnapshot(fileOf(withRun({ later: { field: 1 } })));
    expect("error" in found ? found.error : Object.keys(found.run)).not.toContain("later");
    expect("error" in found).toBe(false);
  });
});
