import { digestOf, shortId } from "../../src/model/ids.ts";
import type { Block, Run, RunAction, RunWithBlocks } from "../../src/model/run.ts";

/** A small run of a family; actions are numbers: equal numbers, equal keys and blocks. */
export function makeRun(numbers: readonly number[], changes: Partial<Run> = {}): RunWithBlocks {
  const blocks = numbers.map((value) => makeBlock(value));
  const actions = blocks.map(
    (each, index): RunAction => ({
      key: each.name,
      kind: "build",
      package: `example.com/m/p${index}`,
      variant: null,
      id: shortId(each.digest),
      digest: each.digest,
      contentId: shortId(digestOf(`content ${each.name}`)),
      outcome: "hit",
      failed: false,
      seconds: 0.5,
      intervals: [],
      target: null,
      unverified: null,
    }),
  );
  const run: Run = {
    formatVersion: 1,
    id: "",
    startedAt: "2026-01-02T03:04:05Z",
    clockSeconds: 1.5,
    source: "recorded",
    command: ["go", "build", "./..."],
    verb: "build",
    patterns: ["./..."],
    exitCode: 0,
    interrupted: false,
    goVersion: "go1.26.8",
    goos: "linux",
    goarch: "amd64",
    directory: "/src/m",
    module: "example.com/m",
    moduleRoots: { "example.com/m": "/src/m" },
    goDirective: "1.24",
    head: null,
    gocache: "/cache",
    goroot: "/go",
    gomodcache: "/mod",
    settings: { env: {}, envOrigin: {}, flags: [] },
    cache: { trimmedAt: null, present: true, targets: {} },
    files: [],
    actions,
    hasGraph: true,
    problems: [],
    hiddenValues: 0,
    ...changes,
  };
  return { run, blocks: new Map(blocks.map((each) => [each.digest, each])) };
}

function makeBlock(value: number): Block {
  const lines = ["go1.26.8", "compile\n", `file a.go ${value}\n`, pseudoRandom(value)];
  return { digest: digestOf(lines.join("")), name: `build example.com/m/p${value}`, lines, hidden: false };
}

/** 200 characters that hardly compress, so that sizes of packs mean something. */
function pseudoRandom(seed: number): string {
  return `${[0, 1, 2].map((part) => digestOf(`${seed} ${part}`)).join("")}\n`;
}
