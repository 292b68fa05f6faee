import { join } from "node:path";
import type { GoChange } from "../../explore/assumption.ts";
import { replay } from "../../go/replay.ts";
import { type GoCommand, parseGoWords, replayWords } from "../../model/go-command.ts";
import type { Block } from "../../model/run.ts";
import { createLogReader } from "./learn-inputs.ts";
import { canReadOnly, type ReadCache, readOnlyCache } from "./read-only-cache.ts";

/** A go command that is over, to be asked again as it would have been otherwise. */
export interface AskedCommand extends ReadCache {
  readonly goPath: string;
  readonly command: GoCommand;
  readonly env: Readonly<Record<string, string>>;
}

/** Whether go can be asked under a change, and leave the cache alone. */
export function canBeAsked(goVersion: string, { toolchain }: GoChange = {}): boolean {
  return canReadOnly(toolchain?.goVersion ?? goVersion);
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
  const cache = readOnlyCache({ ...asked, goVersion: change.toolchain?.goVersion ?? asked.goVersion });
  if (cache === null) return [];
  const words = replayWords(parseGoWords(wordsOf(asked.command, change), null));
  const reader = createLogReader();
  await replay({
    path: change.toolchain === undefined ? asked.goPath : join(change.toolchain.goroot, "bin", "go"),
    args: words,
    env: { ...environmentOf(asked.env, change), ...cache, GOPROXY: "off" },
    onLog: (chunk) => reader.parser.push(chunk),
    signal,
  });
  return signal.aborted ? [] : [...reader.finish().blocks.values()];
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
  if (change.toolchain !== undefined) {
    changed.GOTOOLCHAIN = "local";
    delete changed.GOROOT;
  }
  for (const [name, value] of Object.entries(change.env ?? {})) {
    if (value === null) delete changed[name];
    else changed[name] = value;
  }
  return changed;
}
