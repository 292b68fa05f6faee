import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHide } from "../../src/log/hide-secrets.ts";
import type { Run } from "../../src/model/run.ts";
import { groupTestFiles } from "../../src/report/group-test-files.ts";
import { renderTests, renderTestsJson } from "../../src/report/renderers/tests.ts";
import { buildTests, type Tests } from "../../src/report/tests.ts";
import { view } from "./build-report.ts";
import { type Read, stateOf, testFacts, testInputs, testOf, testRun } from "./made-tests.ts";
import { closedValidator } from "./schema.ts";

/** Runs from what each package's test read; oldest first, as they happened. */
function testsOf(...runs: readonly Readonly<Record<string, Read>>[]): Tests {
  const made = runs.map((packages, at) =>
    testRun(
      `run${at}`,
      Object.entries(packages).map(([name, read]) => testOf(name, testFacts(testInputs(read)))),
    ),
  );
  return buildTests(newestFirst(made.map(({ run }) => run)), "0.1.0");
}

function newestFirst(runs: readonly Run[]): [Run, ...Run[]] {
  const [first, ...others] = runs.toReversed();
  if (first === undefined) throw new Error("no run");
  return [first, ...others];
}

const big = "open /m/io/testdata/big.bin";

describe("the inputs of all tests", () => {
  const job = (number: number): Record<string, Read> => ({
    io: {
      "env GODEBUG": null,
      "env TMPDIR": `/tmp/job-${number}`,
      "env HOME": "/home/a",
      [big]: stateOf({ size: number < 3 ? 12 : 14 }),
    },
    net: { "env GODEBUG": null, "env TMPDIR": `/tmp/job-${number}` },
    pure: { "env GODEBUG": null },
  });
  const tests = testsOf(job(1), job(2), job(3), job(4));
  const row = (name: string) => tests.inputs.find((input) => input.name === name);

  test("tell which change on every run, which sometimes, which never", () => {
    expect(row("TMPDIR")).toMatchObject({
      packages: ["example.com/m/io", "example.com/m/net"],
      changed: 3,
      compared: 3,
      volatile: true,
      what: ["value"],
      last: { before: "/tmp/job-3", now: "/tmp/job-4" },
      seconds: 6,
    });
    expect(row("io/testdata/big.bin")).toMatchObject({
      changed: 1,
      compared: 3,
      volatile: false,
      what: ["size"],
      seconds: 1,
    });
    expect(row("HOME")).toMatchObject({ changed: 0, compared: 3, volatile: false, what: [], last: null });
    expect(tests.totals).toEqual({
      packages: 3,
      dependent: 2,
      notCacheable: 0,
      unrecorded: 0,
      inputs: 3,
      changed: 2,
      volatile: 1,
    });
  });

  test("leave out GODEBUG, which each test has, until it changes", () => {
    expect(row("GODEBUG")).toBeUndefined();
    const changed = testsOf({ pure: { "env GODEBUG": null } }, { pure: { "env GODEBUG": "x=1" } });
    expect(changed.inputs).toMatchObject([
      { name: "GODEBUG", changed: 1, last: { before: null, now: "x=1" } },
    ]);
    expect(changed.totals.dependent).toBe(0);
  });

  test("read as their golden files", async () => {
    await expect(renderTests(tests, view)).toMatchFileSnapshot("golden/tests/jobs.txt");
    await expect(renderTests(tests, { ...view, verbosity: 1 })).toMatchFileSnapshot(
      "golden/tests/jobs.verbose.txt",
    );
    await expect(renderTestsJson(tests)).toMatchFileSnapshot("golden/tests/jobs.json");
  });

  test("begin with the answer", () => {
    expect(renderTests(tests, view)).toMatch(
      /^gocache-why: 2 of 3 test packages depend on variables or files; 1 input\n {2}changes on every run\n/,
    );
    expect(renderTests(testsOf(job(1)), view)).toMatch(/there is no\s+earlier run to compare with/);
    expect(renderTests(testsOf(job(1), job(1)), view)).toMatch(
      /none of 3\s+inputs changed since the run before/,
    );
    expect(renderTests(testsOf({ pure: {} }), view)).toMatch(
      /^gocache-why: the one test package does not depend on/,
    );
  });

  test("end with what to do", () => {
    expect(tests.advice[0]).toMatchObject({ text: "Give jobs a fixed TMPDIR.", subjects: ["TMPDIR"] });
    expect(tests.advice.flatMap((each) => each.subjects)).not.toContain("HOME");
  });

  test("a path is one input whatever was done with it", () => {
    const file = stateOf();
    const { inputs } = testsOf({
      io: { [big]: file, "stat /m/io/testdata/big.bin": file, "chdir /m/io": stateOf({ folder: true }) },
    });
    expect(inputs.map((input) => [input.name, input.files])).toEqual([
      ["io", 1],
      ["io/testdata/big.bin", 1],
    ]);
  });

  test("a change of the zone is TZ, and no file's", () => {
    const at = (time: string, zone: string): Record<string, Read> => ({
      io: { [big]: stateOf({ time, zone }) },
    });
    const moved = testsOf(at("2026-11-21 07:45:11", "+0000 UTC"), at("2026-11-21 08:45:11", "+0100 CET"));
    expect(moved.inputs.map(({ name, changed }) => [name, changed])).toEqual([
      ["TZ", 1],
      ["io/testdata/big.bin", 0],
    ]);
    expect(moved.advice[0]?.text).toMatch(/TZ=UTC/);
    const touched = testsOf(at("2026-11-21 07:45:11", "+0000 UTC"), at("2026-11-21 07:45:12", "+0000 UTC"));
    expect(touched.inputs.map(({ name, what }) => [name, what])).toEqual([
      ["io/testdata/big.bin", ["mtime"]],
    ]);
    expect(touched.advice[0]?.text).toMatch(/blob ids/);
  });

  test("a random directory is one input over all runs", () => {
    const at = (number: string): Record<string, Read> => ({
      io: { [`chdir /tmp/TestX${number}/001`]: "err" },
    });
    expect(testsOf(at("1234567"), at("7654321")).inputs.map((input) => input.name)).toEqual([
      "/tmp/TestX*/001",
    ]);
  });

  test("what went with the code is no change", () => {
    const { inputs } = testsOf({ io: { "env OLD": "1" } }, { io: { "env NEW": "1" } });
    expect(inputs).toMatchObject([{ name: "NEW", changed: 0, compared: 0 }]);
  });

  test("what go looked for tells what changed, what it kept then is the next run's before", () => {
    const first = testRun("a", [testOf("io", testFacts(testInputs({ "env A": "1" })))]);
    const second = testRun("b", [
      testOf(
        "io",
        testFacts(testInputs({ "env A": "1", "env B": "1" }), { asked: testInputs({ "env A": "2" }) }),
      ),
    ]);
    const third = testRun("c", [testOf("io", testFacts(testInputs({ "env A": "1", "env B": "2" })))]);
    const { inputs } = buildTests([third.run, second.run, first.run], "0.1.0");
    expect(inputs.map(({ name, changed, compared }) => [name, changed, compared])).toEqual([
      ["A", 1, 2],
      ["B", 1, 1],
    ]);
  });

  test("hidden values are compared and never shown", () => {
    const hide = createHide(Buffer.alloc(32, 7));
    const hidden = testsOf({ io: { "env TOKEN": hide("first") } }, { io: { "env TOKEN": hide("second") } });
    expect(hidden.inputs).toMatchObject([{ name: "TOKEN", changed: 1, last: null }]);
    expect(renderTestsJson(hidden)).not.toContain("<hidden:");
    expect(renderTests(hidden, { ...view, verbosity: 1 })).not.toMatch(/hidden|first|second/);
  });

  test("a package without a record, one that failed, and those that are never cached are told apart", async () => {
    const made = testRun("a", [
      testOf("none", undefined),
      testOf("kept", testFacts(testInputs({ "env A": "1" }))),
      testOf("broken", testFacts(null), { failed: true }),
      testOf("counted", testFacts(null, { notCacheable: ["-count"] })),
      testOf("passed", testFacts(null)),
      testOf("young", testFacts(null, { tooNew: [{ path: "/m/young/out.txt", ageMs: 12 }] })),
    ]);
    const value = buildTests([made.run], "0.1.0");
    expect(value.totals).toMatchObject({ packages: 6, dependent: 1, notCacheable: 3, unrecorded: 5 });
    const text = renderTests(value, view);
    expect(text).toContain("with -count=1: 1 package, 1.0 s (counted)");
    expect(text).toContain("since young/out.txt was less than 2 s old: 1 package, 1.0 s (young)");
    expect(text).toMatch(/less than 2 s old \(inferred\):\s+1 package, 1\.0 s \(passed\)/);
    expect(text).toContain("failed, and failures are never kept: broken");
    expect(text).toContain("no record of what they depend on: none");
    await expect(text).toMatchFileSnapshot("golden/tests/never-cached.txt");
  });

  test("a run whose tests have no record says so", () => {
    const text = renderTests(
      buildTests([testRun("a", [testOf("io", undefined), testOf("net", undefined)]).run], "0.1.0"),
      view,
    );
    expect(text).toMatch(/^gocache-why: what the 2 test packages depend on was not recorded\n/);
  });

  test("a folder of many files is one row", () => {
    const read = (time: string): Read =>
      Object.fromEntries(
        Array.from({ length: 214 }, (_, at) => [
          `open /m/io/testdata/${at % 7}/f${at}`,
          stateOf(at === 5 ? { time } : {}),
        ]),
      );
    const value = testsOf({ io: read("2026-01-01 00:00:00") }, { io: read("2026-01-02 00:00:00") });
    expect(value.inputs).toMatchObject([
      { name: "io/testdata/", files: 214, changed: 1, what: ["mtime"], changedFiles: ["io/testdata/5/f5"] },
    ]);
    expect(renderTests(value, view)).toContain("io/testdata/ (214 files)");
  });
});

const word = fc.constantFrom("a", "b", "testdata", "x", "ü");
const path = fc.array(word, { minLength: 1, maxLength: 5 }).map((parts) => `/m/${parts.join("/")}`);
const reads = fc.dictionary(
  fc.oneof(
    fc.constantFrom("A", "B", "TMPDIR").map((name) => `env ${name}`),
    path.map((name) => `open ${name}`),
  ),
  fc.integer({ min: 1, max: 3 }),
);
const history = fc.array(fc.dictionary(fc.constantFrom("io", "net", "a/b"), reads, { minKeys: 1 }), {
  minLength: 1,
  maxLength: 5,
});

function made(runs: readonly Readonly<Record<string, Readonly<Record<string, number>>>>[]): Tests {
  return testsOf(
    ...runs.map((packages) =>
      Object.fromEntries(
        Object.entries(packages).map(([name, read]) => [
          name,
          Object.fromEntries(
            Object.entries(read).map(([input, value]) => [
              input,
              input.startsWith("env") ? `${value}` : stateOf({ size: value }),
            ]),
          ),
        ]),
      ),
    ),
  );
}

describe("whatever the runs", () => {
  test("the JSON is as its schema says, the counts agree, and each line fits", () => {
    const validate = closedValidator("tests");
    fc.assert(
      fc.property(
        history,
        fc.integer({ min: 40, max: 120 }),
        fc.constantFrom(0 as const, 1 as const),
        (runs, width, verbosity) => {
          const value = made(runs);
          expect(validate(JSON.parse(renderTestsJson(value))), JSON.stringify(validate.errors)).toBe(true);
          for (const input of value.inputs) {
            expect(input.changed).toBeLessThanOrEqual(input.compared);
            expect(input.compared).toBeLessThan(runs.length);
            expect(input.volatile).toBe(input.compared > 1 && input.changed === input.compared);
            expect(input.what.length > 0).toBe(input.changed > 0);
            expect(input.packages.length).toBeGreaterThan(0);
          }
          const text = renderTests(value, { ...view, width, verbosity });
          for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(width);
          expect(text).not.toMatch(/undefined|NaN|null/);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("the same run again changes nothing", () => {
    fc.assert(
      fc.property(history, (runs) => {
        const last = runs.slice(-1);
        const twice = made([...last, ...last]);
        expect(twice.totals.changed).toBe(0);
        expect(twice.inputs.every((input) => input.compared === 1)).toBe(true);
      }),
    );
  });

  test("each file is in exactly one group, below the path that it is named by", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(path, { maxLength: 60 }),
        fc.array(path, { maxLength: 3 }),
        (files, folders) => {
          const groups = groupTestFiles(new Map(files.map((file) => [file, file])), folders);
          expect(groups.flatMap((group) => [...group.items]).sort()).toEqual([...files].sort());
          for (const { path: place, items, isFolder } of groups) {
            if (!isFolder) expect(items).toEqual([place]);
            for (const item of items) expect(`${item}/`.startsWith(`${place}/`)).toBe(true);
          }
        },
      ),
    );
  });
});
