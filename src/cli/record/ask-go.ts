import { mkdirSync } from "node:fs";
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
  /** For the folders that go makes where its cache would be. */
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
  // Go makes its folders even where a program is its cache.
  const unused = join(asked.scratch, "cache");
  mkdirSync(unused, { recursive: true });
  const words = replayWords(parseGoWords(wordsOf(asked.command, change), null));
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

function wordsOf(command: GoCommand, { flags = {} }: GoChange): readonly string[] {
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
  return [...kept.slice(0, command.insertAt), ...added, ...kept.slice(command.insertAt)].flatMap(
    (word) => word ?? [],
  );
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
