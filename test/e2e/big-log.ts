import { createHash } from "node:crypto";
import { unquoteInner } from "../../src/util/go-quote.ts";

export interface BigLogOptions {
  /** At least so many bytes. */
  readonly bytes: number;
  /** Another Go version in the place of the real one; null: the real one. */
  readonly salt: string | null;
}

interface LogBlock {
  readonly name: string;
  /** As logged, with quotes. */
  readonly writes: readonly string[];
}

/**
 * A log made of a real one by repeating it: blocks of actions for packages of other names, each with the digest that it
 * then has; all other lines, which are most of a log, as they are.
 */
export function bigLog(log: string, { bytes, salt }: BigLogOptions): string {
  const blocks = blocksOf(log);
  const rest = log.match(/^HASH(?!\[(build|link) ).*\n/gm)?.join("") ?? "";
  // One go command loads all its packages before it makes a key.
  const loading: string[] = [];
  const pieces: string[] = [];
  let size = 0;
  for (let copy = 0; size < bytes; copy++) {
    loading.push(rest);
    size += rest.length;
    for (const block of blocks) {
      const text = renamed(block, copy, salt);
      pieces.push(text);
      size += text.length;
    }
  }
  return [...loading, ...pieces].join("");
}

function blocksOf(log: string): LogBlock[] {
  const open = new Map<string, string[]>();
  const blocks: LogBlock[] = [];
  for (const line of log.split("\n")) {
    const found = /^HASH\[((?:build|link) .*?)\](?:: (.*))?$/.exec(line);
    if (found === null) continue;
    const [, name = "", rest] = found;
    if (rest === undefined) open.set(name, []);
    else if (rest.startsWith('"')) open.get(name)?.push(rest);
    else blocks.push({ name, writes: open.get(name) ?? [] });
  }
  return blocks;
}

function renamed({ name, writes }: LogBlock, copy: number, salt: string | null): string {
  // The first copy keeps the names, so that the log has something in common with the real one.
  const rename = (text: string) =>
    copy === 0
      ? text
      : text.replace(/(import|packagefile|build|link|compile) ([a-z]\S*)/, `$1 copy${copy}/$2`);
  const lines = writes.map((write, index) =>
    index === 0 && salt !== null ? JSON.stringify(salt) : rename(write),
  );
  const hash = createHash("sha256");
  for (const line of lines) hash.update(unquoteInner(line.slice(1, -1)) ?? "", "latin1");
  const head = `HASH[${rename(name)}]`;
  return `${[head, ...lines.map((line) => `${head}: ${line}`), `${head}: ${hash.digest("hex")}`].join("\n")}\n`;
}
