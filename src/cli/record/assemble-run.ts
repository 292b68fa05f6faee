import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { readHead } from "../../go/git-head.ts";
import type { GoExit } from "../../go/run-go.ts";
import type { GoSettings } from "../../go/settings.ts";
import type { CollectedLog } from "../../log/collect-blocks.ts";
import type { Hide } from "../../log/hide-secrets.ts";
import { actionsFromGraph, actionsFromLog, type KnownAction, vettedBuildOf } from "../../model/actions.ts";
import { assignExchanges } from "../../model/assign-exchanges.ts";
import type { CacheNotes } from "../../model/cache-trace.ts";
import type { GoCommand } from "../../model/go-command.ts";
import type { GraphNode } from "../../model/graph-node.ts";
import { type Digest, type ShortId, shortId } from "../../model/ids.ts";
import { redactRun } from "../../model/redact-run.ts";
import { regenerateBlocks } from "../../model/regenerate.ts";
import type {
  Block,
  CacheState,
  Problem,
  Run,
  RunAction,
  RunWithBlocks,
  SourceFile,
} from "../../model/run.ts";
import { noteFile } from "./before-state.ts";
import { findUnkeyedFiles, type UnkeyedQuestion } from "./find-unkeyed-files.ts";
import type { Ground } from "./ground.ts";
import type { TestOutcome } from "./learn-tests.ts";

export interface RecordedParts {
  readonly id: string;
  readonly word: string;
  readonly command: GoCommand;
  readonly exit: GoExit;
  readonly ground: Ground;
  readonly patterns: readonly string[];
  /** Null where `go env` failed. */
  readonly settings: GoSettings | null;
  readonly graph: readonly GraphNode[] | null;
  /** The log of the replay or of the run itself, not redacted; null where nothing was asked for. */
  readonly log: CollectedLog | null;
  readonly known: ReadonlyMap<ShortId, KnownAction>;
  readonly cache: CacheState;
  /** Known source files as they were before go was started. */
  readonly files: readonly SourceFile[];
  readonly problems: readonly Problem[];
  readonly hide: Hide;
  /** A run of the same history: what it holds has no secrets. */
  readonly earlier?: Run | null;
  /** Tested package → what became of its test. */
  readonly tests?: ReadonlyMap<string, TestOutcome>;
  /** Packages that tests cover beside their own: `Run.covered`. */
  readonly covered?: readonly string[];
  /** `p.test` → hash of its `_testmain.go`, which a replay's log lacks. */
  readonly testMains?: ReadonlyMap<string, ShortId>;
  /** What keys are proven with, where it was looked up. */
  readonly facts?: Pick<Run, "rawEnvironment" | "modules" | "vcs" | "compilers" | "tools" | "overlay">;
  /** Whether the cache has an entry of this action now that the run has ended; left out where that can't be told. */
  readonly isStored?: (digest: Digest) => boolean;
  /** What was asked of the cache program, where it was traced. */
  readonly cacheNotes?: CacheNotes | null;
  /** Where to look for files that packages are compiled with and that no key has; left out: nowhere. */
  readonly unkeyed?: Pick<UnkeyedQuestion, "env" | "readFile">;
}

/** One recorded run, redacted, with the blocks of its actions that the log has. */
export function assembleRun(parts: RecordedParts): RunWithBlocks {
  const { graph, settings, exit, ground, hide } = parts;
  const verified = graph === null ? blocksOfLog(parts.log) : blocksOfRun(parts, graph);
  const drafted =
    graph === null
      ? parts.log === null
        ? []
        : actionsFromLog({ ...parts.log, blocks: parts.log.blocks.values() })
      : actionsFromGraph({
          graph,
          startMs: exit.startedAtMs,
          blocks: verified,
          known: parts.known,
          isWorkPath: workPathTest(),
        });
  const actions = drafted
    .filter(
      (action) => action.kind !== "test" || parts.tests === undefined || parts.tests.has(action.package),
    )
    .map((action) =>
      action.kind === "test" ? finishedTest(action, parts) : finished(action, parts, ground),
    );
  const blocks = new Map<Digest, Block>();
  for (const action of actions) {
    const block = action.id === null ? undefined : verified.get(action.id);
    if (block !== undefined) blocks.set(block.digest, block);
  }
  const run: Run = {
    formatVersion: 1,
    id: parts.id,
    startedAt: exit.startedAt,
    clockSeconds: exit.clockSeconds,
    source: "recorded",
    command: [parts.word, ...parts.command.words],
    verb: parts.command.verb,
    patterns: parts.patterns,
    exitCode: exit.exitCode,
    interrupted: exit.interrupted,
    goVersion: settings?.goVersion ?? null,
    goos: settings?.goos ?? null,
    goarch: settings?.goarch ?? null,
    directory: ground.directory,
    module: ground.module,
    moduleRoots: ground.modules,
    goDirective: readGoDirective(ground.gowork ?? ground.gomod),
    head: readHead(ground.directory),
    gocache: settings?.gocache ?? null,
    goroot: settings?.goroot ?? null,
    gomodcache: settings?.gomodcache ?? null,
    settings: {
      env: settings?.env ?? {},
      envOrigin: settings?.envOrigin ?? {},
      flags: parts.command.flags,
    },
    cache: { ...parts.cache, ...unwrittenOf(actions, parts) },
    files: sourceFiles(parts, verified, ground),
    ...parts.facts,
    ...(parts.covered === undefined || parts.covered.length === 0 ? {} : { covered: parts.covered }),
    ...unkeyedOf(actions, verified, parts),
    ...(parts.cacheNotes == null ? {} : { cacheTrace: assignExchanges(parts.cacheNotes, actions) }),
    actions,
    hasGraph: graph !== null,
    problems: parts.problems,
    hiddenValues: 0,
  };
  return redactRun({ run, blocks }, hide, parts.earlier ?? null);
}

/** What ran, gave an output, and is not in the cache all the same (work/buildid.go updateBuildID says nothing of it). */
function unwrittenOf(
  actions: readonly RunAction[],
  { isStored }: RecordedParts,
): Pick<CacheState, "unwritten"> {
  if (isStored === undefined) return {};
  const unwritten = actions.flatMap(({ kind, outcome, failed, digest, id }) =>
    kind === "build" && outcome === "ran" && !failed && digest !== null && id !== null && !isStored(digest)
      ? id
      : [],
  );
  return unwritten.length === 0 ? {} : { unwritten };
}

function unkeyedOf(
  actions: readonly RunAction[],
  verified: ReadonlyMap<ShortId, Block>,
  { unkeyed, earlier }: RecordedParts,
): Pick<Run, "unkeyed"> {
  if (unkeyed === undefined) return {};
  const blockOf = ({ id }: RunAction): Block | undefined => (id === null ? undefined : verified.get(id));
  const files = findUnkeyedFiles({ ...unkeyed, actions, blockOf, baseline: earlier ?? null });
  return files.length === 0 ? {} : { unkeyed: files };
}

/** Where there is no graph, the log alone tells which actions there were. */
function blocksOfLog(log: CollectedLog | null): ReadonlyMap<ShortId, Block> {
  return new Map([...(log?.blocks.values() ?? [])].map((block) => [shortId(block.digest), block]));
}

/** The blocks with the run's own IDs: as replayed, or made again for what was there when go started. */
export function blocksOfRun(
  parts: Pick<RecordedParts, "log" | "known" | "files" | "testMains">,
  graph: readonly GraphNode[],
): ReadonlyMap<ShortId, Block> {
  const verified = new Map<ShortId, Block>();
  const ids = new Set(graph.flatMap((node) => node.actionId ?? []));
  for (const block of parts.log?.blocks.values() ?? []) {
    const id = shortId(block.digest);
    if (ids.has(id)) verified.set(id, block);
    const build = block.name.startsWith("vet ") ? vettedBuildOf(block) : null;
    if (build !== null && ids.has(build)) verified.set(id, block);
  }
  if (parts.log === null) return verified;
  const missing = new Set([...ids].filter((id) => !verified.has(id) && parts.known.get(id)?.digest == null));
  const byPath = new Map(parts.files.map((file) => [file.path, file.hash]));
  const regenerated = regenerateBlocks(missing, graph, [...parts.log.blocks.values()], {
    fileHash: (block, name) => {
      if (name === "_testmain.go") return parts.testMains?.get(block.name.slice("build ".length)) ?? null;
      const dir = block.lines.find((line) => line.startsWith("dir "))?.slice(4, -1);
      return dir === undefined
        ? null
        : (byPath.get(`${Buffer.from(dir, "latin1").toString()}/${name}`) ?? null);
    },
  });
  for (const [id, block] of regenerated) verified.set(id, block);
  return verified;
}

/** Outputs below go's own temporary directory are thrown away (`$GOTMPDIR/go-build123`). */
function workPathTest(): (path: string) => boolean {
  const base = tmpdir();
  return (path) =>
    /[/\\]go-build\d+[/\\]/.test(path) || path === "/dev/null" || path.startsWith(`${base}/go-build`);
}

/** A test has no ID in the graph: what its key is made of is known from what Go stored. */
function finishedTest(action: RunAction, { tests, graph, exit }: RecordedParts): RunAction {
  const test = tests?.get(action.package);
  if (test === undefined) return action;
  const { outcome, failed, facts } = test;
  const digest = (facts.asked ?? facts.kept)?.digest ?? null;
  const node = graph?.find((each) => each.mode === "test run" && each.package === action.package);
  const isTimed = outcome === "ran" && node?.timeStart != null && node.timeDone !== null;
  const from = isTimed ? Math.max(0, (node.timeStart - exit.startedAtMs) / 1000) : 0;
  const to = isTimed ? Math.max(from, (node.timeDone - exit.startedAtMs) / 1000) : 0;
  return {
    ...action,
    id: digest === null ? null : shortId(digest),
    digest,
    outcome,
    failed,
    seconds: isTimed ? to - from : 0,
    intervals: isTimed ? [[from, to]] : [],
    ...(outcome === "unknown" && facts.untold === true ? { unverified: untoldTest } : {}),
    test: facts,
  };
}

const untoldTest =
  "whether tests ran whose binary was linked is not known: the program of GOCACHEPROG has their results, and only with --trace-cache its answers are noted";

function finished(action: RunAction, parts: RecordedParts, ground: Ground): RunAction {
  const target =
    action.target === null || isAbsolute(action.target)
      ? action.target
      : resolve(ground.directory, action.target);
  const needed = action.outcome === "ran" && action.digest === null && action.id !== null;
  if (!needed || parts.log === null) return { ...action, target };
  const unverified = action.package.endsWith(".test")
    ? "the inputs of a test's main package can't be asked for after the run"
    : "its inputs were not the same any more when they were asked for";
  return { ...action, target, unverified };
}

/** Source files of the main modules, by the `file` lines of their packages; those saved during the run are left out. */
function sourceFiles(
  parts: RecordedParts,
  verified: ReadonlyMap<ShortId, Block>,
  ground: Ground,
): readonly SourceFile[] {
  const files = new Map(parts.files.map((file) => [file.path, file]));
  const roots = [...Object.values(ground.modules), ...replacedDirectories(parts.facts?.modules, ground)];
  for (const block of verified.values()) {
    if (!block.name.startsWith("build ")) continue;
    const dir = directoryOf(block, ground);
    if (!roots.some((root) => dir === root || dir.startsWith(`${root}/`))) continue;
    const profile = block.lines.some((each) => each.startsWith("pgofile ")) ? profileOf(block, dir) : null;
    if (profile !== null && !files.has(profile)) {
      const noted = noteFile({ path: profile });
      if (noted !== null) files.set(profile, noted);
    }
    for (const each of block.lines) {
      const found = /^file (.*) (\S{20})\n$/s.exec(each);
      if (found === null) continue;
      const path = `${dir}/${Buffer.from(found[1] ?? "", "latin1").toString()}`;
      const hash = found[2] as ShortId;
      if (files.get(path)?.hash === hash) continue;
      const noted = noteFile({ path });
      if (noted !== null && noted.hash === hash) files.set(path, noted);
      else files.delete(path);
    }
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Directory of a package; under -trimpath only that of a main module's package can be told. */
function directoryOf(block: Block, ground: Ground): string {
  const line = block.lines.find((each) => each.startsWith("dir "));
  if (line !== undefined) return Buffer.from(line.slice(4, -1), "latin1").toString();
  const module = /^module (.*)@\n$/.exec(block.lines.find((each) => each.startsWith("module ")) ?? "")?.[1];
  const root = module === undefined ? undefined : ground.modules[module];
  return root === undefined ? "" : root + block.name.slice("build ".length + (module ?? "").length);
}

/** Directories outside the main modules that `replace` lines name. */
function replacedDirectories(modules: Run["modules"], ground: Ground): readonly string[] {
  const [root] = Object.values(ground.modules);
  if (root === undefined) return [];
  return (modules?.list ?? []).flatMap(({ replace }) =>
    replace === null || replace.version !== "" ? [] : resolve(root, replace.path),
  );
}

/** The PGO profile of a main package: what its build info says, else its own default.pgo. */
function profileOf(block: Block, directory: string): string | null {
  const line = block.lines.find((each) => each.startsWith('modinfo "'));
  if (line === undefined) return null;
  const named = /\\nbuild\\t-pgo=([^"\\]+)\\n/.exec(line)?.[1];
  return named !== undefined && isAbsolute(named) ? named : `${directory}/default.pgo`;
}

function readGoDirective(file: string | null): string | null {
  if (file === null) return null;
  try {
    return /^\s*go\s+(\S+)/m.exec(readFileSync(file, "utf8"))?.[1] ?? null;
  } catch {
    return null;
  }
}
