import { describe, expect, test } from "vitest";
import { explain, explainFirst } from "../../src/causes/explain.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import { createHide } from "../../src/log/hide-secrets.ts";
import type { RunWithBlocks } from "../../src/model/run.ts";
import type { TestFacts } from "../../src/model/test-inputs.ts";
import { buildReport } from "../../src/report/build-report.ts";
import { renderWhy, renderWhyJson } from "../../src/report/renderers/why.ts";
import { buildWhy, type Why } from "../../src/report/why.ts";
import { buildWhyTest } from "../../src/report/why-test.ts";
import { actionOf } from "../compare/made-runs.ts";
import { view } from "./build-report.ts";
import { type Read, stateOf, testFacts, testInputs, testOf, testRun } from "./made-tests.ts";
import { closedValidator } from "./schema.ts";

const outside = {
  readFile: () => null,
  modifiedAt: () => null,
  heldBefore: () => null,
  contentOf: () => null,
};

/** A run of the test of `io`, which needs `fetch`; imports are those of each one's build. */
function runOf(
  id: string,
  facts: TestFacts | undefined,
  imports: { io?: readonly string[]; test?: readonly string[]; fetch?: readonly string[] } = {},
): RunWithBlocks {
  const build = (key: string, names: readonly string[], variant: string | null = null) => {
    const lines = names.map((name) => `import ${name} aaaaaaaaaaaaaaaaaaaa\n`);
    return actionOf(key, ["go1.26.8", "compile\n", ...lines, `file ${key}.go aaaaaaaaaaaaaaaaaaaa\n`], {
      outcome: "hit",
      variant,
    });
  };
  return testRun(id, [
    build("build example.com/m/io", ["example.com/m/fetch", ...(imports.io ?? [])]),
    build(
      "build example.com/m/io_test [example.com/m/io.test]",
      imports.test ?? [],
      "[example.com/m/io.test]",
    ),
    build("build example.com/m/fetch", imports.fetch ?? []),
    testOf("io", facts),
  ]);
}

function whyOf(before: RunWithBlocks | null, now: RunWithBlocks): Why {
  const explanation = before === null ? explainFirst(now) : explain(compareRuns(before, now), outside);
  const report = buildReport(explanation, now.run, {
    version: "0.1.0",
    command: now.run.command,
    exitCode: null,
    baseline: { status: before === null ? "none" : "compared", note: null },
    all: true,
    warnings: [],
  });
  const name = "example.com/m/io";
  return buildWhy(
    explanation,
    outside,
    report,
    name,
    buildWhyTest(now, explanation.comparison, name) ?? undefined,
  );
}

function factsOf(read: Read, unseen: readonly string[] = []): TestFacts {
  return testFacts(testInputs(read), { unseen });
}

const big = "open /m/io/testdata/big.bin";
const before = runOf(
  "before",
  factsOf({ "env TMPDIR": "/tmp/a", "env PATH": "/usr/bin:/opt/tools", [big]: stateOf() }),
);
const now = runOf(
  "now",
  factsOf({ "env TMPDIR": "/tmp/b", "env PATH": "/usr/bin:/opt/tools", [big]: stateOf({ size: 14 }) }, [
    "/dev/null",
    "/etc/hosts",
    "/go/src/fmt",
    "/opt/tools/protoc",
    "/tmp/TestX123456789/001",
    "/usr/bin/git",
  ]),
  { test: ["os/exec", "time"], fetch: ["net/http"] },
);

describe("why --test", () => {
  test("reads as its golden file", async () => {
    const why = whyOf(before, now);
    await expect(renderWhy(why, view)).toMatchFileSnapshot("golden/why/test.txt");
    await expect(renderWhyJson(why)).toMatchFileSnapshot("golden/why/test.json");
  });

  test("is about the test alone", () => {
    const why = whyOf(before, now);
    expect(why.actions.map((each) => each.action.key)).toEqual(["test example.com/m/io"]);
    expect(renderWhy(why, view)).toMatch(/^gocache-why: the test of io ran/);
  });

  test("names what changed, before and now", () => {
    expect(whyOf(before, now).test?.changed).toEqual([
      { kind: "env", name: "TMPDIR", what: ["value"], before: "/tmp/a", now: "/tmp/b" },
      { kind: "file", name: "io/testdata/big.bin", what: ["size"], before: "12 bytes", now: "14 bytes" },
    ]);
  });

  test("names what go does not see, each as inferred and with its sign", () => {
    expect(whyOf(before, now).test?.unseen).toEqual([
      {
        kind: "file",
        names: ["/etc/hosts"],
        evidence: { kind: "inferred", detail: expect.stringContaining("outside the module") },
      },
      {
        kind: "program",
        names: ["git", "protoc"],
        evidence: { kind: "inferred", detail: "it reads PATH; it imports os/exec" },
      },
      {
        kind: "network",
        names: ["net/http"],
        evidence: { kind: "inferred", detail: "fetch, which it needs, imports net/http" },
      },
    ]);
    const text = renderWhy(whyOf(before, now), { ...view, width: 100 });
    expect(text).toContain("the network (inferred: fetch, which it needs, imports net/http)");
    expect(text).toContain("go test -count=1 ./io runs it whatever is cached.");
  });

  test("another zone is one change of TZ, whatever files it reads", () => {
    const at = (time: string, zone: string): RunWithBlocks =>
      runOf(
        zone,
        factsOf({
          [big]: stateOf({ time, zone }),
          "stat /m/io/a": stateOf({ time, zone, size: zone.length }),
        }),
      );
    const why = whyOf(at("2026-11-21 07:45:11", "+0000 UTC"), at("2026-11-21 08:45:11", "+0100 CET"));
    expect(why.test?.changed).toEqual([
      { kind: "env", name: "TZ", what: ["value"], before: "+0000 UTC", now: "+0100 CET" },
    ]);
  });

  test("a result that an earlier run left is said to have been there", () => {
    const first = runOf("a", factsOf({ "env A": "1" }));
    const second = runOf("b", factsOf({ "env A": "2" }));
    const hit = {
      ...second,
      run: {
        ...second.run,
        actions: second.run.actions.map((each) => ({ ...each, outcome: "hit" as const })),
      },
    };
    expect(renderWhy(whyOf(first, hit), view)).toMatch(
      /was cached\n[\s\S]*it reads 1 variable; a result was there already for what changed:\n {6}A: 1 → 2\n/,
    );
  });

  test("the clock is named only where nothing else is", () => {
    const unseen = (imports: Parameters<typeof runOf>[2]) =>
      whyOf(null, runOf("now", factsOf({}), imports)).test?.unseen.map((each) => each.kind);
    expect(unseen({ test: ["time"] })).toEqual(["clock"]);
    expect(unseen({ test: ["time", "net"] })).toEqual(["network"]);
    expect(unseen({ fetch: ["time"] })).toEqual([]);
    expect(unseen({ fetch: ["os/exec"] })).toEqual(["program"]);
  });

  test("a test that was cached, and depends on nothing, has little to tell", () => {
    const same = runOf("same", factsOf({}));
    const hit: RunWithBlocks = {
      ...same,
      run: { ...same.run, actions: same.run.actions.map((action) => ({ ...action, outcome: "hit" })) },
    };
    const text = renderWhy(whyOf(same, hit), view);
    expect(text).toMatch(/^gocache-why: the test of io was cached\n/);
    expect(text).toContain("it reads no variable, and no file of the module");
    expect(text).not.toContain("go does not see");
  });

  test("what was not recorded is said to be so", () => {
    const bare = runOf("bare", undefined);
    const text = renderWhy(whyOf(null, { ...bare, blocks: new Map() }), view);
    expect(text).toContain("which variables and files it reads was not recorded");
    expect(text).toMatch(/what it imports was not recorded/);
  });

  test("hidden values stay hidden", () => {
    const hide = createHide(Buffer.alloc(32, 7));
    const why = whyOf(
      runOf("a", factsOf({ "env TOKEN": hide("1st") })),
      runOf("b", factsOf({ "env TOKEN": hide("2nd") })),
    );
    const text = renderWhy(why, view);
    expect(text).toContain("TOKEN (its value is hidden)");
    expect(text + renderWhyJson(why)).not.toMatch(/1st|2nd/);
  });

  test("a package without a test has none", () => {
    expect(buildWhyTest(now, null, "example.com/m/fetch")).toBeNull();
  });

  test.each([40, 60, 120])("is valid JSON, and fits %i columns", (width) => {
    const validate = closedValidator("why");
    for (const why of [whyOf(before, now), whyOf(null, now), whyOf(now, now)]) {
      expect(validate(JSON.parse(renderWhyJson(why))), JSON.stringify(validate.errors)).toBe(true);
      for (const line of renderWhy(why, { ...view, width }).split("\n"))
        expect(line.length, line).toBeLessThanOrEqual(width);
    }
  });
});
