import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseNotes } from "../../go/cache-trace/note-exchanges.ts";
import { findGo } from "../../go/find-go.ts";
import { readSettings } from "../../go/settings.ts";
import type { CacheNotes } from "../../model/cache-trace.ts";
import type { GoCommand } from "../../model/go-command.ts";
import { splitQuotedWords } from "../../util/go-quote.ts";
import type { WrapInput } from "../commands/wrap.ts";
import { readConfig } from "../config/read-config.ts";
import { traceVariable, traceWord } from "../trace-word.ts";
import type { Ground } from "./ground.ts";
import { canReadOnly, quotedWords } from "./read-only-cache.ts";
import { tell } from "./tell.ts";

export interface TraceQuestion {
  readonly goPath: string;
  readonly env: Readonly<Record<string, string>>;
  /** Of the command's -C, as typed. */
  readonly chdir: string | null;
  /** Where the exchange is to be noted; nothing is there yet. */
  readonly noteFile: string;
  /** What starts this tool: Node, its options, the script. */
  readonly self: readonly string[];
}

/** What go is to have in its environment beside the user's; or why nothing can be traced, in one line. */
export type TraceAnswer =
  | { readonly variables: Readonly<Record<string, string>> }
  | { readonly reason: string };

/**
 * How go comes to start this tool as its cache program, which then starts the user's. Where go would not start that, we don't stand
 * in its way either: what go says about it is to be what it says without us.
 */
export async function traceVariables(question: TraceQuestion): Promise<TraceAnswer> {
  const { goPath, env, chdir, noteFile, self } = question;
  const settings = await readSettings(goPath, env, chdir);
  if ("problem" in settings) return { reason: `the cache program is not traced: ${settings.problem}` };
  const program = settings.env.GOCACHEPROG ?? "";
  if (!canReadOnly(settings.goVersion))
    return {
      reason: `--trace-cache has nothing to stand around: cache programs came with Go 1.24, and this is ${settings.goVersion}`,
    };
  if (program === "") return { reason: "--trace-cache has nothing to stand around: GOCACHEPROG is not set" };
  const [word] = splitQuotedWords(program) ?? [];
  if (word === undefined)
    return { reason: "the cache program is not traced: GOCACHEPROG can't be split into words" };
  const place = word.includes("/") ? resolve(chdir ?? ".", word) : word;
  if (!findGo(place, env).found) return { reason: `the cache program is not traced: go can't start ${word}` };
  const own = quotedWords(self);
  if (own === null)
    return { reason: "the cache program is not traced: the path of this tool has both quotes in it" };
  return { variables: { GOCACHEPROG: `${own} ${traceWord} ${program.trim()}`, [traceVariable]: noteFile } };
}

/** A go command whose cache program is traced. */
export interface TracedGo {
  /** What go has in its environment beside the user's. */
  readonly variables: Readonly<Record<string, string>>;
  readonly noteFile: string;
}

/** Sees to it that a run is traced, and tells in one line why it can't be; the build runs on all the same. */
export async function traceGo(run: {
  readonly input: WrapInput;
  readonly goPath: string;
  readonly typed: GoCommand;
  readonly env: Readonly<Record<string, string>>;
  readonly ground: Ground;
  readonly scratch: string | null;
}): Promise<TracedGo | null> {
  const { input, goPath, typed, env, ground, scratch } = run;
  const { options, process } = input;
  const isNamed = options.traceCache === true || (process.env.GOCACHE_WHY_TRACE_CACHE ?? "") !== "";
  if (!isNamed && !(await readConfig(ground.directory, process.cwd())).config.traceCache) return null;
  const script = process.argv[1];
  if (scratch === null || script === undefined) {
    await tell(input, "the cache program is not traced: there is no place for what would be noted");
    return null;
  }
  const noteFile = join(scratch, "cache-notes");
  const self = [process.execPath, ...process.execArgv, script];
  const answer = await traceVariables({ goPath, env, chdir: typed.chdir, noteFile, self });
  if ("variables" in answer) return { variables: answer.variables, noteFile };
  // Where the configuration asks for it, runs without a program are none that were meant.
  if (isNamed) await tell(input, answer.reason);
  return null;
}

/** Where go ends first, as on an answer that is none, what stands around its program needs a moment to see it and to note the end. */
const patienceMs = 2000;
const stepMs = 20;

/** What was noted until now, and at the most a moment later; null where go started no program. */
export async function readNotes(noteFile: string): Promise<CacheNotes | null> {
  for (let leftMs = patienceMs; ; leftMs -= stepMs) {
    const notes = notesIn(noteFile);
    if (notes === null || notes.end !== "unknown" || leftMs <= 0) return notes;
    await setTimeout(stepMs);
  }
}

function notesIn(noteFile: string): CacheNotes | null {
  try {
    return parseNotes(readFileSync(noteFile, "utf8"));
  } catch {
    return null;
  }
}
