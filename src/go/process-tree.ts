import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * Sends a signal to a process and to all its descendants. The process is stopped meanwhile, so that it starts no child
 * that would be missed. Processes that are gone already are passed over.
 */
export function endProcessTree(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === "win32") {
    sendSignal(pid, signal);
    return;
  }
  sendSignal(pid, "SIGSTOP");
  const tree = [pid, ...descendants(pid)];
  for (const member of tree) sendSignal(member, signal);
  sendSignal(pid, "SIGCONT");
}

/** Process ids of all descendants, parents before their children; empty where the system doesn't tell. */
export function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of processTable()) {
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [child]);
    else siblings.push(child);
  }
  const found: number[] = [];
  const queue = [...(children.get(pid) ?? [])];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    found.push(next);
    queue.push(...(children.get(next) ?? []));
  }
  return found;
}

/** Pairs of process and parent. */
function processTable(): [number, number][] {
  try {
    if (process.platform === "linux") return readdirSync("/proc").flatMap(linuxProcess);
    const text = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
    return text.split("\n").flatMap((line): [number, number][] => {
      const [child, parent] = line.trim().split(/\s+/).map(Number);
      return child && parent ? [[child, parent]] : [];
    });
  } catch {
    return [];
  }
}

function linuxProcess(name: string): [number, number][] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "latin1");
    // `pid (name) state ppid …`: the name may hold blanks and parentheses.
    return [[Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
  } catch {
    return [];
  }
}

/** Sends a signal; a process that ended in the meantime is passed over. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in the meantime.
  }
}
