import { join } from "node:path";
import { main } from "../../src/cli/main.ts";

export interface MainOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line with a process of its own, in a folder; nothing is started. */
export async function runMain(
  folder: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<MainOutcome> {
  const streams = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof streams) => ({
    write: (text: string) => {
      streams[name] += text;
      return true;
    },
    on: () => {},
    isTTY: false,
    columns: 80,
  });
  const process = {
    argv: ["node", "gocache-why", ...words],
    env: { XDG_STATE_HOME: join(folder, "state"), PATH: "", ...env },
    cwd: () => folder,
    stdout: stream("stdout"),
    stderr: stream("stderr"),
  } as unknown as NodeJS.Process;
  const status = await main(process);
  return { status, ...streams };
}
