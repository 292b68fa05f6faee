import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "./tree.ts";

/** A checkout with a fault, and the same with what its fix says. */
export interface FaultCase {
  /** The file's name without its ending. */
  readonly id: string;
  readonly name: string;
  /** What is found, in the order of the report: `code file:line`. */
  readonly finds: readonly string[];
  /** Parts of the first finding's fix, word for word. */
  readonly says: readonly string[];
  readonly fault: Tree;
  readonly fixed: Tree;
}

const directory = join(import.meta.dirname, "../../testdata/doctor");

/**
 * The cases in testdata/doctor, a text each: a name; lines `finds CODE FILE:LINE`; lines `says TEXT`; then files, each behind
 * `-- NAME --`, and behind `-- fix NAME --` what the fix does to one: hunks with an empty line between, of lines that stay (`= `), go (`- `)
 * and come (`+ `). A file that only the fix makes has lines that come and no others.
 */
export function readFaultCases(): readonly FaultCase[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".txt"))
    .sort()
    .map((name) => readCase(name.slice(0, -4), readFileSync(join(directory, name), "utf8")));
}

function readCase(id: string, text: string): FaultCase {
  const [head = "", ...sections] = text.split(/^-- (?=.* --$)/m);
  const lines = head.trim().split("\n");
  const after = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const fault: Record<string, string> = {};
  const fixed: Record<string, string> = {};
  for (const section of sections) {
    const end = section.indexOf("\n");
    const name = section.slice(0, end).replace(/ --$/, "");
    const body = section.slice(end + 1);
    if (!name.startsWith("fix ")) {
      fault[name] = body;
      fixed[name] = body;
    } else {
      const file = name.slice(4);
      const result = applyHunks(fixed[file] ?? "", body, `${id}: ${file}`);
      if (result === "") delete fixed[file];
      else fixed[file] = result;
    }
  }
  return { id, name: lines[0] ?? "", finds: after("finds"), says: after("says"), fault, fixed };
}

function applyHunks(text: string, body: string, place: string): string {
  let result = text;
  for (const hunk of body.replace(/\n$/, "").split("\n\n")) {
    const lines = hunk.split("\n");
    const side = (marks: string) =>
      lines
        .filter((line) => marks.includes(line.charAt(0)))
        .map((line) => `${line.slice(2)}\n`)
        .join("");
    const [from, to] = [side("=-"), side("=+")];
    if (!result.includes(from)) throw new Error(`${place} has no\n${from}`);
    result = result.replace(from, () => to);
  }
  return result;
}
