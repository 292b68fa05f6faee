import { randomBytes } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { actionsFromLog } from "../model/actions.ts";
import type { Digest } from "../model/ids.ts";
import type { Block, Problem, Run } from "../model/run.ts";
import type { History } from "../store/history.ts";
import { unquoteInner } from "../util/go-quote.ts";
import { createLogReader } from "./record/learn-inputs.ts";
import { createHide, hideBlock } from "./record/redact-run.ts";

export type LoadedRun =
  | { readonly run: Run; readonly blocks: ReadonlyMap<Digest, Block> | null }
  | { readonly error: string };

/** The newest Go that this version was checked with: docs/how-it-works.md. */
const newestKnownMinor = 27;

/**
 * A RUN as people write it: an id, `@1`, or a file with a raw gocachehash log.
 * @param module the module that applies where the user stands
 */
export function loadRun(
  reference: string,
  history: History,
  module: string | null,
  process: NodeJS.Process,
): LoadedRun {
  const path = resolve(process.cwd(), reference);
  const isFile = !/^@\d+$/.test(reference) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  if (isFile) return readLogFile(reference, path);
  if (/[/\\.]/.test(reference) && !reference.startsWith("@"))
    return { error: `there is no file ${reference}` };
  const found = history.resolve(reference, module);
  return "error" in found ? found : { run: found, blocks: null };
}

/** One key for all logs of one process, so that hidden values of two of them can be compared. */
let processKey: Buffer | null = null;

function readLogFile(name: string, path: string): LoadedRun {
  const reader = createLogReader();
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    return { error: `${name} can't be read: ${(error as NodeJS.ErrnoException).code ?? error}` };
  }
  try {
    if (fstatSync(file).size === 0) return { error: `${name} is empty` };
    for (;;) {
      // A buffer of its own for each read: the parser may still hold a part of the last one.
      const buffer = Buffer.allocUnsafe(1 << 18);
      const count = readSync(file, buffer, 0, buffer.length, null);
      if (count === 0) break;
      reader.parser.push(buffer.subarray(0, count));
    }
  } catch (error) {
    return { error: `${name} can't be read: ${(error as NodeJS.ErrnoException).code ?? error}` };
  } finally {
    closeSync(file);
  }
  const log = reader.finish();
  if (log.blocks.size === 0) {
    return {
      error: `${name} has no verified inputs: it is no log of GODEBUG=gocachehash=1 go build …, or it was cut before the first package`,
    };
  }
  processKey ??= randomBytes(32);
  const hide = createHide(processKey);
  const blocks = new Map<Digest, Block>();
  let hidden = 0;
  for (const block of log.blocks.values()) {
    const redacted = hideBlock(block, hide);
    hidden += redacted.hidden;
    blocks.set(block.digest, redacted.block);
  }
  const actions = actionsFromLog({
    blocks: blocks.values(),
    firstSubkey: log.firstSubkey,
    commands: log.commands,
    hasCommands: log.hasCommands,
  });
  const facts = factsOfLog(blocks);
  const minor = Number(/^go1\.(\d+)/.exec(facts.goVersion ?? "")?.[1] ?? 0);
  const newer: Problem[] =
    minor > newestKnownMinor
      ? [
          {
            code: "newer-go",
            message: `${facts.goVersion} is newer than the Go versions that gocache-why knows`,
          },
        ]
      : [];
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
    problems: [...log.problems, ...newer],
    hiddenValues: hidden,
  };
  return { run, blocks };
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
