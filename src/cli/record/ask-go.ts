import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GoChange } from "../../explore/assumption.ts";
import { replay } from "../../go/replay.ts";
import { type GoCommand, parseGoWords, replayWords } from "../../model/go-command.ts";
import { minorOf } from "../../model/go-release.ts";
import type { Block } from "../../model/run.ts";
import { cacheWord } from "../cache-word.ts";
import { createLogReader } from "./learn-inputs.ts";

/** A go command that is over, to be asked again as it would have been otherwise. */
export interface AskedCommand {
  readonly goPath: string;
  readonly command: GoCommand;
  readonly env: Readonly<Record<string, string>>;
  /** The Go that ran it. */
  readonly goVersion: string;
  readonly gocache: string;
  /** What was stored from this time on does not count; milliseconds since the epoch. */
  readonly beforeMs: number;
  /** For the files of an overlay, and for what go would store. */
  readonly scratch: string;
  /** What starts this tool: Node, its options, the script. */
  readonly self: readonly string[];
}

/** Programs as caches came with it: an older go can't be asked without writing into the cache (cache/default.go, Go 1.24). */
const firstWithPrograms = 24;

/** Whether go can be asked about the cache and leave it alone. */
export function canBeAsked(goVersion: string, { env = {} }: GoChange = {}): boolean {
  const other = env.GOTOOLCHAIN ?? null;
  return minorOf(goVersion) >= firstWithPrograms && (other === null || minorOf(other) >= firstWithPrograms);
}

/**
 * The keys that go makes of a command under a change, compiling, linking and running nothing (`go build -n`). It has the cache's
 * entries from this tool as its cache program, which stores nothing and refreshes nothing; what a dry run would leave behind
 * (module indexes, answers of C compilers) goes nowhere.
 * @returns empty where go fails, can't be asked so, or takes too long
 */
export async function askGo(
  asked: AskedCommand,
  change: GoChange,
  signal: AbortSignal,
): Promise<readonly Block[]> {
  const program = quotedWords([...asked.self, cacheWord, asked.gocache, String(asked.beforeMs)]);
  if (program === null || !canBeAsked(asked.goVersion, change)) return [];
  const overlay = overlayOf(change, asked.scratch);
  // Go makes its folders even where a program is its cache.
  const unused = join(asked.scratch, "cache");
  mkdirSync(unused, { recursive: true });
  const words = replayWords(parseGoWords(wordsOf(asked.command, change, overlay), null));
  const reader = createLogReader();
  await replay({
    path: asked.goPath,
    args: words,
    env: { ...environmentOf(asked.env, change), GOCACHE: unused, GOCACHEPROG: program, GOPROXY: "off" },
    onLog: (chunk) => reader.parser.push(chunk),
    signal,
  });
  return signal.aborted ? [] : [...reader.finish().blocks.values()];
}

/** As go splits it again: no quote ends within quotes of the other kind. Null where a word has both. */
function quotedWords(words: readonly string[]): string | null {
  const quoted = words.map((word) =>
    word.includes('"') ? (word.includes("'") ? null : `'${word}'`) : `"${word}"`,
  );
  return quoted.includes(null) ? null : quoted.join(" ");
}

/** The file of an overlay; null where none is needed. */
function overlayOf({ files }: GoChange, scratch: string): string | null {
  if (files === undefined || files.size === 0) return null;
  const replaced: Record<string, string> = {};
  let at = 0;
  for (const [path, text] of files) {
    if (text === null) replaced[path] = "";
    else {
      const copy = join(scratch, `then-${at++}`);
      writeFileSync(copy, text, "latin1");
      replaced[path] = copy;
    }
  }
  const path = join(scratch, "overlay.json");
  writeFileSync(path, JSON.stringify({ Replace: replaced }));
  return path;
}
function wordsOf(command: GoCommand, { flags = {} }: GoChange, overlay: string | null): readonly string[] {
  const dropped = new Set<number>();
  for (const { name, index, count } of command.flagWords) {
    if (!(`-${name}` in flags)) continue;
    for (let at = index; at < index + count; at++) dropped.add(at);
  }
  // GOFLAGS may set what is to be absent: a switch is turned off, a value emptied.
  const added = Object.entries(flags).flatMap(([name, value]) => {
    if (value !== null) return `${name}=${value}`;
    if (!command.fromGoFlags.includes(name.slice(1))) return [];
    return /^-(race|msan|asan|trimpath|cover)$/.test(name) ? `${name}=false` : `${name}=`;
  });
  const kept = command.words.map((word, at) => (dropped.has(at) ? null : word));
  return [
    ...kept.slice(0, command.insertAt),
    ...added,
    ...(overlay === null ? [] : [`-overlay=${overlay}`]),
    ...kept.slice(command.insertAt),
  ].flatMap((word) => word ?? []);
}

function environmentOf(
  env: Readonly<Record<string, string>>,
  change: GoChange,
): Readonly<Record<string, string>> {
  const changed: Record<string, string> = { ...env };
  for (const [name, value] of Object.entries(change.env ?? {})) {
    if (value === null) delete changed[name];
    else changed[name] = value;
  }
  return changed;
}
