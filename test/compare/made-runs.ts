import { digestOf, type ShortId, shortId } from "../../src/model/ids.ts";
import type { Block, Run, RunAction, RunWithBlocks } from "../../src/model/run.ts";

export type MadeAction = RunAction & { readonly block: Block };

/** An action with the key that its lines really hash to. */
export function actionOf(
  key: string,
  lines: readonly string[],
  more: Partial<RunAction> & { readonly content?: string } = {},
): MadeAction {
  const [kind = "", name = ""] = key.split(" ");
  const digest = digestOf(lines.join(""));
  const { content, ...rest } = more;
  return {
    key,
    kind: kind as RunAction["kind"],
    package: name,
    variant: null,
    id: shortId(digest),
    digest,
    contentId: contentOf(content ?? key),
    outcome: "ran",
    failed: false,
    seconds: 1,
    intervals: [[0, 1]],
    target: null,
    unverified: null,
    ...rest,
    block: { digest, name: key, lines, hidden: false },
  };
}

/** A short content ID for a word. */
export function contentOf(word: string): ShortId {
  return shortId(digestOf(`content of ${word}`));
}

export function runOf(actions: readonly MadeAction[], changes: Partial<Run> = {}): RunWithBlocks {
  const run: Run = {
    formatVersion: 1,
    id: "made",
    startedAt: "2026-01-02T03:04:05Z",
    clockSeconds: 1,
    source: "recorded",
    command: ["go", "build", "./..."],
    verb: "build",
    patterns: ["./..."],
    exitCode: 0,
    interrupted: false,
    goVersion: "go1.26.8",
    goos: "linux",
    goarch: "amd64",
    directory: "/m",
    module: "example.com/m",
    moduleRoots: { "example.com/m": "/m" },
    goDirective: "1.24",
    head: null,
    gocache: "/cache",
    goroot: "/go",
    gomodcache: "/mod",
    settings: { env: { CGO_ENABLED: "0" }, envOrigin: {}, flags: [] },
    cache: { trimmedAt: null, present: true, targets: {} },
    files: [],
    actions: actions.map(({ block: _block, ...action }) => action),
    hasGraph: true,
    problems: [],
    hiddenValues: 0,
    ...changes,
  };
  return { run, blocks: new Map(actions.map(({ block }) => [block.digest, block])) };
}
