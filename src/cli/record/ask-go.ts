import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GoChange } from "../../explore/assumption.ts";
import { replay } from "../../go/replay.ts";
import { type GoCommand, parseGoWords, replayWords } from "../../model/go-command.ts";
import type { Block } from "../../model/run.ts";
import { createLogReader } from "./learn-inputs.ts";

/** A go command that is over, to be asked again as it would have been otherwise. */
export interface AskedCommand {
  readonly goPath: string;
  readonly command: GoCommand;
  readonly env: Readonly<Record<string, string>>;
  /** For the files of an overlay; null where there is no place for them. */
  readonly scratch: string | null;
}

/** The keys that go makes of a command under a change, compiling, linking and running nothing. Empty where go fails. */
export async function askGo(
  { goPath, command, env, scratch }: AskedCommand,
  change: GoChange,
): Promise<readonly Block[]> {
  const overlay = overlayOf(change, scratch);
  if (overlay === undefined) return [];
  const words = replayWords(parseGoWords(wordsOf(command, change, overlay), null));
  const reader = createLogReader();
  await replay({
    path: goPath,
    args: words,
    env: environmentOf(env, change),
    onLog: (chunk) => reader.parser.push(chunk),
  });
  return [...reader.finish().blocks.values()];
}

/** The file of an overlay; null where none is needed, undefined where it can't be written. */
function overlayOf({ files }: GoChange, scratch: string | null): string | null | undefined {
  if (files === undefined || files.size === 0) return null;
  if (scratch === null) return undefined;
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
