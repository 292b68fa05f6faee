import { describe, expect, it } from "vitest";
import type { GraphNode } from "../../src/model/graph-node.ts";
import { digestOf, type ShortId, shortId } from "../../src/model/ids.ts";
import { regenerateBlocks } from "../../src/model/regenerate.ts";
import type { Block } from "../../src/model/run.ts";

const short = (word: string): ShortId => shortId(digestOf(word));

function blockOf(name: string, lines: readonly string[]): Block {
  return { digest: digestOf(lines.join("")), name, lines, hidden: false };
}

function node(
  id: number,
  mode: string,
  name: string,
  actionId: ShortId | null,
  more: Partial<GraphNode> = {},
): GraphNode {
  return {
    id,
    mode,
    package: name,
    deps: [],
    objdir: "",
    target: "",
    built: "",
    actionId,
    buildId: null,
    timeStart: 0,
    timeDone: 1,
    commands: 1,
    commandNs: 1,
    ...more,
  };
}

const nothingNoted = { fileHash: () => null };

/** What go hashed, and what a replay right after it sees. */
function remade(
  name: string,
  run: readonly string[],
  replayed: readonly string[],
  options: { readonly deps?: readonly GraphNode[]; readonly noted?: (file: string) => ShortId | null } = {},
): Block | undefined {
  const [mode = "", path = ""] = name.split(" ");
  const wanted = blockOf(name, run);
  const id = shortId(wanted.digest);
  const deps = options.deps ?? [];
  const graph = [node(0, mode, path, id, { deps: deps.map((each) => each.id) }), ...deps];
  return regenerateBlocks(new Set([id]), graph, [blockOf(name, replayed)], {
    fileHash: (_block, file) => options.noted?.(file) ?? null,
  }).get(id);
}

const file = (name: string, word: string): string => `file ${name} ${short(word)}\n`;

describe("a block is made again for what was there when go started", () => {
  it("a file that was saved during the run has its noted content", () => {
    const run = ["go1.26.8", "compile\n", file("a.go", "then"), file("b.go", "same")];
    const replayed = ["go1.26.8", "compile\n", file("a.go", "later"), file("b.go", "same")];
    const noted = (name: string): ShortId | null => (name === "a.go" ? short("then") : null);
    expect(remade("build m", run, replayed, { noted })?.lines).toEqual(run);
  });

  it("outputs of dependencies are those of the run's graph", () => {
    const deps = [
      node(1, "build", "x/y", short("y"), { buildId: `${short("y")}/${short("y out")}`, deps: [2] }),
      node(2, "build", "z", short("z"), { buildId: `${short("z")}/${short("z out")}` }),
    ];
    const run = ["go1.26.8", `import x/y ${short("y out")}\n`, `import z ${short("z out")}\n`];
    const replayed = ["go1.26.8", `import x/y ${short("placeholder")}\n`, `import z ${short("z out")}\n`];
    expect(remade("build m", run, replayed, { deps })?.lines).toEqual(run);
  });

  it("a link names its main by both halves", () => {
    const buildId = `${short("m")}/${short("m out")}`;
    const deps = [node(1, "build", "m", short("m"), { buildId })];
    const run = ["go1.26.8", `packagefile m=${short("m out")}\n`, `packagemain ${buildId}\n`];
    const replayed = [
      "go1.26.8",
      `packagefile m=${short("old")}\n`,
      `packagemain ${short("o")}/${short("old")}\n`,
    ];
    expect(remade("link m", run, replayed, { deps })?.lines).toEqual(run);
  });

  it("a test of a main package links two, each named by both halves", () => {
    const ids = { "m.test": short("test main"), m: short("m") };
    const link = (outOfTest: string, outOfMain: string) => [
      `packagefile m.test=${short(outOfTest)}\n`,
      `packagemain ${ids["m.test"]}/${short(outOfTest)}\n`,
      `packagefile m=${short(outOfMain)}\n`,
      `packagemain ${ids.m}/${short(outOfMain)}\n`,
    ];
    const deps = [
      node(1, "build", "m.test", ids["m.test"], {
        buildId: `${ids["m.test"]}/${short("test out")}`,
        deps: [2],
      }),
      node(2, "build", "m", ids.m, { buildId: `${ids.m}/${short("m out")}` }),
    ];
    const run = link("test out", "m out");
    expect(remade("link m.test", run, link("placeholder", "m out"), { deps })?.lines).toEqual(run);
  });

  it("a checkout that the run's own output made dirty is taken as clean", () => {
    const info = (version: string, modified: string): string =>
      `modinfo "path\\tm\\nmod\\tm\\t${version}\\t\\nbuild\\tvcs=git\\nbuild\\tvcs.modified=${modified}\\n"\n`;
    const run = ["go1.26.8", info("v1.2.3", "false")];
    expect(remade("build m", run, ["go1.26.8", info("v1.2.3+dirty", "true")])?.lines).toEqual(run);
    const before = ["go1.23.1", info("(devel)", "false")];
    expect(remade("build m", before, ["go1.23.1", info("(devel)", "true")])?.lines).toEqual(before);
  });

  it("several at once", () => {
    const info = (modified: string): string => `modinfo "build\\tvcs.modified=${modified}\\n"\n`;
    const deps = [node(1, "build", "z", short("z"), { buildId: `${short("z")}/${short("z out")}` })];
    const run = ["go1.26.8", info("false"), file("a.go", "then"), `import z ${short("z out")}\n`];
    const replayed = ["go1.26.8", info("true"), file("a.go", "later"), `import z ${short("z")}\n`];
    expect(remade("build m", run, replayed, { deps, noted: () => short("then") })?.lines).toEqual(run);
  });
});

describe("what can't be made again is not made up", () => {
  it("an unknown earlier content", () => {
    const run = ["go1.26.8", file("a.go", "then")];
    expect(remade("build m", run, ["go1.26.8", file("a.go", "later")])).toBeUndefined();
    const wrong = (): ShortId => short("other");
    expect(remade("build m", run, ["go1.26.8", file("a.go", "later")], { noted: wrong })).toBeUndefined();
  });

  it("a replay of another action, or none", () => {
    const run = blockOf("build m", ["go1.26.8", "compile\n"]);
    const id = shortId(run.digest);
    const graph = [node(0, "build", "m", id)];
    expect(regenerateBlocks(new Set([id]), graph, [], nothingNoted).size).toBe(0);
    expect(regenerateBlocks(new Set([id]), graph, [{ ...run, name: "build n" }], nothingNoted).size).toBe(0);
    expect(regenerateBlocks(new Set(), graph, [run], nothingNoted).size).toBe(0);
  });

  it("what is made hashes to the ID that was asked for", () => {
    const run = ["go1.26.8", file("a.go", "then")];
    const block = remade("build m", run, ["go1.26.8", file("a.go", "later")], { noted: () => short("then") });
    expect(block?.digest).toBe(digestOf(run.join("")));
    expect(digestOf(block?.lines.join("") ?? "")).toBe(block?.digest);
  });
});
