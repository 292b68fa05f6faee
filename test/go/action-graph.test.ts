import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseActionGraph, readActionGraph } from "../../src/go/action-graph.ts";
import { go, goEnvironment, temporaryDirectory, writeFiles } from "./temporary.ts";

const root = temporaryDirectory();

describe("parseActionGraph", () => {
  const node = (more: object) => JSON.stringify([{ ID: 0, Mode: "build", Cmd: null, ...more }]);
  const start = (text: string) => parseActionGraph(node({ TimeStart: text }))[0]?.timeStart;

  test("times are exact to the microsecond, in any zone", () => {
    const base = Date.UTC(2026, 10, 21, 10, 40, 54);
    expect(start("2026-11-21T10:40:54Z")).toBe(base);
    expect(start("2026-11-21T10:40:54.586965889Z")).toBe((base * 1000 + 586965) / 1000);
    expect(start("2026-11-21T10:40:54.5Z")).toBe(base + 500);
    expect(start("2026-11-21T16:10:54.5+05:30")).toBe(base + 500);
    expect(start("0001-01-01T00:00:00Z")).toBeNull();
    expect(start("soon")).toBeNull();
  });

  test("what go leaves out is null or empty", () => {
    expect(parseActionGraph(node({}))).toEqual([
      {
        id: 0,
        mode: "build",
        package: "",
        deps: [],
        objdir: "",
        target: "",
        built: "",
        actionId: null,
        buildId: null,
        timeStart: null,
        timeDone: null,
        commands: 0,
        commandNs: 0,
      },
    ]);
  });

  test("what is no graph is refused", () => {
    for (const text of ["{}", "[1]", "[{}]", "[{", '[{"ID":"0"}]'])
      expect(() => parseActionGraph(text)).toThrow();
  });
});

describe("readActionGraph", () => {
  test("absent, empty, broken", () => {
    writeFiles(root, { empty: "", cut: "[{" });
    expect(readActionGraph(join(root, "none"))).toMatchObject({ problem: "missing" });
    expect(readActionGraph(join(root, "empty"))).toMatchObject({ problem: "missing" });
    expect(readActionGraph(join(root, "cut"))).toMatchObject({ problem: "unreadable" });
    expect(readActionGraph(root)).toMatchObject({ problem: "unreadable" });
  });

  test.each(["local", "go1.22.12"])("of a real build (%s)", { timeout: 120_000 }, (toolchain) => {
    const directory = join(root, toolchain);
    mkdirSync(directory);
    writeFiles(directory, {
      "go.mod": "module example.com/m\n\ngo 1.22\n",
      "a/a.go": "package a\n",
      "b/b.go": 'package b\n\nimport _ "example.com/m/a"\n\nvar x int = ""\n',
      "c/c.go": 'package c\n\nimport _ "example.com/m/b"\n',
    });
    const env = goEnvironment(directory, { GOTOOLCHAIN: toolchain });
    const file = join(directory, "graph.json");
    expect(() => go(["build", `-debug-actiongraph=${file}`, "./..."], directory, env)).toThrow();
    const graph = readActionGraph(file);
    if (!("nodes" in graph)) throw new Error(graph.message);
    const build = (name: string) =>
      graph.nodes.find((node) => node.mode === "build" && node.package === `example.com/m/${name}`);
    const a = build("a");
    expect(a).toMatchObject({ actionId: expect.stringMatching(/^[\w-]{20}$/), commands: expect.any(Number) });
    expect(a?.buildId?.startsWith(`${a.actionId}/`)).toBe(true);
    expect(a?.commandNs).toBeGreaterThan(1e6);
    expect((a?.timeDone ?? 0) - (a?.timeStart ?? 0)).toBeGreaterThan(1);
    expect(Math.abs((a?.timeDone ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(build("b")).toMatchObject({
      buildId: null,
      actionId: expect.any(String),
      timeDone: expect.any(Number),
    });
    expect(build("c")).toMatchObject({ buildId: null, actionId: null, commands: 0 });
    expect(graph.nodes[0]?.id).toBe(0);
  });
});
