import type { CollectedLog } from "../log/collect-blocks.ts";
import { type Hide, hideInBlock } from "../log/hide-secrets.ts";
import { unquoteInner } from "../util/go-quote.ts";
import { actionsFromLog } from "./actions.ts";
import type { Digest } from "./ids.ts";
import type { Block, Problem, Run, RunWithBlocks } from "./run.ts";

/** The newest Go that this version was checked with: docs/how-it-works.md. */
const newestKnownMinor = 27;

/**
 * The run that a raw log of `GODEBUG=gocachehash=1` tells of: its actions with their inputs, and what these say of the settings.
 * @param name of the log's file; its last part is what the run is called.
 * @param hide makes the tokens for secrets: what it is given is nowhere in the result.
 * @returns one line where the log has no inputs that add up to the key that Go printed
 */
export function runOfLog(log: CollectedLog, name: string, hide: Hide): RunWithBlocks | { error: string } {
  if (log.blocks.size === 0) {
    return {
      error: `${name} has no verified inputs: it is no log of GODEBUG=gocachehash=1 go build …, or it was cut before the first package`,
    };
  }
  const blocks = new Map<Digest, Block>();
  let hidden = log.hiddenValues;
  for (const block of log.blocks.values()) {
    const redacted = hideInBlock(block.name, block.lines, hide);
    hidden += redacted.hidden;
    const kept = redacted.hidden === 0 ? block : { ...block, lines: redacted.lines, hidden: true };
    blocks.set(block.digest, kept);
  }
  const actions = actionsFromLog({
    blocks: blocks.values(),
    firstSubkey: log.firstSubkey,
    commands: log.commands,
    hasCommands: log.hasCommands,
  });
  const facts = factsOfLog(blocks);
  const run: Run = {
    formatVersion: 1,
    id: name.replace(/^.*[/\\]/, ""),
    startedAt: null,
    clockSeconds: null,
    source: "imported",
    command: [],
    verb: null,
    patterns: [],
    exitCode: null,
    interrupted: false,
    goVersion: facts.goVersion,
    goos: facts.goos,
    goarch: facts.goarch,
    directory: null,
    module: facts.module,
    moduleRoots: {},
    goDirective: null,
    head: null,
    gocache: null,
    goroot: null,
    gomodcache: null,
    settings: { env: {}, envOrigin: {}, flags: [] },
    cache: { trimmedAt: null, present: true, targets: {} },
    files: [],
    actions,
    hasGraph: false,
    problems: [...log.problems, ...newerGo(facts.goVersion)],
    hiddenValues: hidden,
  };
  return { run, blocks };
}

function newerGo(goVersion: string | null): Problem[] {
  const minor = Number(/^go1\.(\d+)/.exec(goVersion ?? "")?.[1] ?? 0);
  if (minor <= newestKnownMinor) return [];
  return [{ code: "newer-go", message: `${goVersion} is newer than the Go versions that gocache-why knows` }];
}

interface LogFacts {
  goVersion: string | null;
  goos: string | null;
  goarch: string | null;
  module: string | null;
}

function factsOfLog(blocks: ReadonlyMap<Digest, Block>): LogFacts {
  const facts: LogFacts = { goVersion: null, goos: null, goarch: null, module: null };
  for (const block of blocks.values()) {
    facts.goVersion ??= block.lines[0] ?? null;
    for (const line of block.lines) {
      const target = facts.goos === null ? /^goos (\S*) goarch (\S*)\n$/.exec(line) : null;
      if (target !== null) {
        facts.goos = target[1] ?? null;
        facts.goarch = target[2] ?? null;
      }
      if (facts.module !== null || !line.startsWith('modinfo "')) continue;
      const text = unquoteInner(line.slice(9, -2)) ?? "";
      facts.module = /^mod\t([^\t]*)/m.exec(text)?.[1] ?? null;
    }
  }
  return facts;
}
