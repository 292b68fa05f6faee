import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** What goes wrong with the file system at one of the steps that change something on the disk. */
export interface Fault {
  /**
   * `killed`: the process ends there, nothing is done any more; `full`: from there on no room is left, what is written is cut off;
   * `read-only`: from there on nothing can be changed; `failing`: that step alone fails.
   */
  readonly kind: "killed" | "full" | "read-only" | "failing";
  /** The step, from 0. */
  readonly at: number;
  /** Whether the step at which the process is killed was done. */
  readonly isDone: boolean;
}

type Changing =
  | "mkdirSync"
  | "writeFileSync"
  | "renameSync"
  | "linkSync"
  | "copyFileSync"
  | "rmSync"
  | "utimesSync"
  | "chmodSync";

const changing: readonly Changing[] = [
  "mkdirSync",
  "writeFileSync",
  "renameSync",
  "linkSync",
  "copyFileSync",
  "rmSync",
  "utimesSync",
  "chmodSync",
];

/** Steps that take room. */
const taking: readonly Changing[] = ["mkdirSync", "writeFileSync", "linkSync", "copyFileSync"];

/**
 * Does synchronous work with a fault in the file system, as the work itself sees it.
 * @returns how many steps there were, of which the fault may have struck one
 */
export function withFault(fault: Fault | null, work: () => void): number {
  const own = Object.fromEntries(changing.map((name) => [name, fs[name]])) as unknown as Record<
    Changing,
    (...words: unknown[]) => unknown
  >;
  const patched = fs as unknown as Record<Changing, (...words: unknown[]) => unknown>;
  let steps = 0;
  for (const name of changing) {
    patched[name] = (...words) => {
      const step = steps++;
      const code = fault === null ? null : codeOf(fault, step, name);
      if (code === null) return own[name](...words);
      if (code === "KILLED" && step === fault?.at && fault.isDone) own[name](...words);
      else if (name === "writeFileSync" && (code === "ENOSPC" || (code === "KILLED" && step === fault?.at))) {
        own[name](words[0], halfOf(words[1]), words[2]);
      }
      throw Object.assign(new Error(`${code}: ${name} ${String(words[0])}`), { code });
    };
  }
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    Object.assign(patched, own);
    syncBuiltinESMExports();
  }
  return steps;
}

/** How a step fails; null where it does not. */
function codeOf({ kind, at }: Fault, step: number, name: Changing): string | null {
  if (step < at) return null;
  switch (kind) {
    case "killed":
      return "KILLED";
    case "full":
      return taking.includes(name) ? "ENOSPC" : null;
    case "read-only":
      return "EROFS";
    case "failing":
      return step === at ? "EIO" : null;
  }
}

function halfOf(content: unknown): Buffer {
  const bytes = Buffer.from(content as string | Buffer);
  return bytes.subarray(0, bytes.length >> 1);
}
