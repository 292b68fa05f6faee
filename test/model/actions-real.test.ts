import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { parseActionGraph } from "../../src/go/action-graph.ts";
import { type CollectedLog, createBlockCollector } from "../../src/log/collect-blocks.ts";
import { createLogParser } from "../../src/log/parse-log.ts";
import { actionsFromGraph, actionsFromLog } from "../../src/model/actions.ts";
import { shortId } from "../../src/model/ids.ts";
import type { RunAction } from "../../src/model/run.ts";
import { goEnvironment, temporaryDirectory, writeFiles } from "../go/temporary.ts";

interface Recorded {
  readonly log: CollectedLog;
  readonly fromGraph: readonly RunAction[];
  readonly fromLog: readonly RunAction[];
}

const directory = temporaryDirectory();
const env = goEnvironment(directory, { CGO_ENABLED: "0" });

/** A real go command with log and action graph in one. */
function record(words: readonly string[]): Recorded {
  const graphFile = join(directory, "graph.json");
  const [verb = "", ...rest] = words;
  const startMs = Date.now();
  const { stderr } = spawnSync("go", [verb, `-debug-actiongraph=${graphFile}`, ...rest], {
    cwd: directory,
    env: { ...env, PWD: directory, GODEBUG: "gocachehash=1" },
    maxBuffer: 1 << 28,
  });
  const collector = createBlockCollector();
  const parser = createLogParser((event) => collector.take(event));
  parser.push(stderr);
  parser.end();
  const log = collector.finish();
  const blocks = new Map([...log.blocks.values()].map((block) => [shortId(block.digest), block]));
  const graph = parseActionGraph(readFileSync(graphFile, "utf8"));
  return {
    log,
    fromGraph: actionsFromGraph({ graph, startMs, blocks, known: new Map(), isWorkPath: () => false }),
    fromLog: actionsFromLog({ ...log, blocks: log.blocks.values() }),
  };
}

const outcomes = (actions: readonly RunAction[], kinds: readonly string[]): Map<string, string> =>
  new Map(
    actions
      .filter(({ kind }) => kinds.includes(kind))
      .map((action) => [`${action.kind} ${action.id}`, action.outcome]),
  );

/** Where both tell, log and graph tell the same. */
function expectSame({ fromGraph, fromLog, log }: Recorded, kinds: readonly string[]): void {
  expect(log.problems).toEqual([]);
  const graph = outcomes(fromGraph, kinds);
  let compared = 0;
  for (const [id, outcome] of outcomes(fromLog, kinds)) {
    const other = graph.get(id);
    if (outcome === "unknown" || other === undefined) continue;
    expect(`${id} ${outcome}`).toBe(`${id} ${other}`);
    compared++;
  }
  expect(compared).toBeGreaterThan(5);
}

beforeAll(() => {
  writeFiles(directory, {
    "go.mod": "module example.com/m\n\ngo 1.21\n",
    "a/a.go": "package a\n\nfunc A() int { return b() }\n\nfunc b() int { return 1 }\n",
    "a/a_test.go":
      'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) {\n\tif b() != 1 {\n\t\tt.Fatal()\n\t}\n}\n\nfunc Exported() int { return b() }\n',
    // The external test imports c, which imports a: c is compiled again against a with its test files.
    "a/x_test.go":
      'package a_test\n\nimport (\n\t"testing"\n\n\t"example.com/m/a"\n\t"example.com/m/c"\n)\n\nfunc TestX(t *testing.T) {\n\tif a.Exported() != c.C() {\n\t\tt.Fatal()\n\t}\n}\n',
    "c/c.go": 'package c\n\nimport "example.com/m/a"\n\nfunc C() int { return a.A() }\n',
    "main.go": 'package main\n\nimport "example.com/m/c"\n\nfunc main() { println(c.C()) }\n',
  });
});

describe("go build", () => {
  it("log and graph agree: cold, warm and after an edit", () => {
    const cold = record(["build", "-x", "-o", "out", "."]);
    expectSame(cold, ["build", "link"]);
    expect(cold.fromGraph.every(({ outcome }) => outcome === "ran")).toBe(true);

    const warm = record(["build", "-x", "-o", "out", "."]);
    expectSame(warm, ["build"]);
    expect(warm.fromGraph.filter(({ outcome }) => outcome !== "hit")).toEqual([]);

    const text = readFileSync(join(directory, "c/c.go"), "utf8");
    writeFileSync(join(directory, "c/c.go"), text.replace("a.A()", "a.A() + 1 - 1"));
    const edited = record(["build", "-x", "-o", "out", "."]);
    expectSame(edited, ["build", "link"]);
    const ran = (actions: readonly RunAction[]): readonly string[] =>
      actions
        .filter(({ outcome }) => outcome === "ran")
        .map(({ key }) => key)
        .sort();
    expect(ran(edited.fromGraph)).toEqual([
      "build example.com/m",
      "build example.com/m/c",
      "link example.com/m",
    ]);
    expect(ran(edited.fromLog)).toEqual(ran(edited.fromGraph));
  });

  it("without -x the log still tells builds", () => {
    writeFileSync(
      join(directory, "main.go"),
      'package main\n\nimport "example.com/m/c"\n\nfunc main() { print(c.C()) }\n',
    );
    const edited = record(["build", "-o", "out", "."]);
    expectSame(edited, ["build"]);
    const main = edited.fromLog.find(({ key }) => key === "build example.com/m");
    expect(main?.outcome).toBe("ran");
    expect(edited.fromLog.find(({ key }) => key === "link example.com/m")?.outcome).not.toBe("hit");
  });

  it("a package that does not compile has failed", () => {
    writeFiles(directory, { "broken/broken.go": "package broken\n\nfunc B() int { return nothing }\n" });
    const broken = record(["build", "./broken"]);
    expect(broken.fromGraph.find(({ key }) => key === "build example.com/m/broken")).toMatchObject({
      outcome: "ran",
      failed: true,
      contentId: null,
    });
  });
});

describe("go test", () => {
  it("variants are told apart: recompiled for the test, external test, test main", () => {
    const tested = record(["test", "-vet=off", "./a"]);
    expect(tested.log.problems).toEqual([]);
    const own = (actions: readonly RunAction[]): readonly string[] =>
      actions
        .filter((action) => action.package.startsWith("example.com/m"))
        .map(({ key }) => key)
        .sort();
    expect(own(tested.fromGraph)).toEqual([
      "build example.com/m/a [example.com/m/a.test]",
      "build example.com/m/a.test",
      "build example.com/m/a_test",
      "build example.com/m/c [example.com/m/a.test]",
      "link example.com/m/a.test",
      "test example.com/m/a",
    ]);
    expect(own(tested.fromLog)).toEqual(own(tested.fromGraph).filter((key) => !key.startsWith("test ")));
    for (const action of tested.fromGraph) {
      if (action.kind === "test") continue;
      expect(action.digest, action.key).not.toBeNull();
      expect(action.variant === null || action.key.endsWith(action.variant)).toBe(true);
    }
    expectSame(tested, ["build"]);
  });

  it("plain packages and their variants stand side by side, with keys of their own", () => {
    const tested = record(["test", "-vet=off", "./..."]);
    const keys = tested.fromGraph.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of [
      "build example.com/m/a",
      "build example.com/m/a [example.com/m/a.test]",
      "build example.com/m/c",
      "build example.com/m/c [example.com/m/a.test]",
    ]) {
      expect(keys).toContain(key);
    }
    expectSame(tested, ["build"]);
  });
});
