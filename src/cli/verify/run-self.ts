import { spawn } from "node:child_process";
import { endProcessTree } from "../../go/process-tree.ts";

export interface SelfExit {
  readonly exitCode: number;
  /** The last line that it wrote to stderr. */
  readonly lastLine: string;
}

/** Runs this very tool again, elsewhere and with another environment; what it prints is not shown. */
export function runSelf(
  process: NodeJS.Process,
  words: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
    readonly signal: AbortSignal;
  },
): Promise<SelfExit> {
  const [node = process.execPath, script = ""] = [process.execPath, process.argv[1]];
  return new Promise((resolve) => {
    const child = spawn(node, [...process.execArgv, script, ...words], {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "ignore", "pipe"],
      windowsHide: true,
    });
    let tail = "";
    child.stderr.on("data", (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-2000);
    });
    const stop = () => {
      if (child.pid !== undefined) endProcessTree(child.pid, "SIGKILL");
    };
    options.signal.addEventListener("abort", stop, { once: true });
    const finish = (exitCode: number) => {
      options.signal.removeEventListener("abort", stop);
      resolve({ exitCode, lastLine: tail.trimEnd().split("\n").at(-1) ?? "" });
    };
    child.once("error", () => finish(126));
    child.once("close", (code) => finish(code ?? 128));
  });
}
