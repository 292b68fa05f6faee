import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { endProcessTree } from "../../go/process-tree.ts";
import type { Report } from "../../report/report.ts";
import type { SupposedCommand } from "./supposed-command.ts";

interface SelfOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

interface SelfExit {
  readonly exitCode: number;
  /** The last line that it wrote to stderr. */
  readonly lastLine: string;
}

/** Wraps a go command by this very tool, elsewhere and with another environment. @returns null for a report that it did not write */
export async function reportOfSelf(
  process: NodeJS.Process,
  { word, words }: Pick<SupposedCommand, "word" | "words">,
  { scratch, ...options }: SelfOptions & { readonly scratch: string },
): Promise<{ exit: SelfExit; report: Report | null }> {
  const output = join(scratch, "report.json");
  rmSync(output, { force: true });
  const own = ["--quiet", "--all", "--format", "json", "--output", output];
  const exit = await runSelf(process, [...own, word, ...words], options);
  const report = existsSync(output) ? (JSON.parse(readFileSync(output, "utf8")) as Report) : null;
  return { exit, report };
}

/** Runs this very tool again, elsewhere and with another environment; what it prints is not shown. */
function runSelf(process: NodeJS.Process, words: readonly string[], options: SelfOptions): Promise<SelfExit> {
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
