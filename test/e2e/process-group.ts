import { readdirSync, readFileSync } from "node:fs";

/** The living processes of a group, by their command lines: what one process has started, whoever has inherited it since. Linux only. */
export function groupMembers(group: number): readonly string[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      // `pid (name) state ppid pgrp …`: the name may hold blanks and parentheses.
      const [state, , of] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (Number(of) !== group || state === "Z") return [];
      return [readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ").trim()];
    } catch {
      return [];
    }
  });
}

/** Waits until none of a group lives any more; none of them is ended. @throws {Error} with those that go on for a minute */
export async function untilGroupEnds(group: number): Promise<void> {
  const limit = Date.now() + 60_000;
  for (;;) {
    const members = groupMembers(group);
    if (members.length === 0) return;
    if (Date.now() > limit) throw new Error(`left behind: ${members.join("; ")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
