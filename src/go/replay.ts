import { spawn } from "node:child_process";
import { constants } from "node:os";

export interface ReplayOptions {
  readonly path: string;
  /** From `replayWords`. */
  readonly args: readonly string[];
  /** The user's environment; GODEBUG is set here. */
  readonly env: Readonly<Record<string, string>>;
  /** Every chunk of stderr: the log of gocachehash, and what else go says there. */
  readonly onLog: (chunk: Buffer) => void;
}

/**
 * Runs a go command that does no work, for the inputs that it logs under gocachehash. It reads and writes nothing of the
 * terminal; a signal of the terminal ends it like any child.
 * @returns go's status, 128 + n where a signal ended it; null where it could not be started
 */
export function replay(options: ReplayOptions): Promise<{ exitCode: number | null }> {
  return new Promise((resolve) => {
    const child = spawn(options.path, options.args, {
      env: { ...options.env, GODEBUG: hashingGodebug(options.env.GODEBUG) },
      stdio: ["ignore", "ignore", "pipe"],
      windowsHide: true,
    });
    child.stderr.on("data", options.onLog);
    child.once("error", () => {
      if (child.pid === undefined) resolve({ exitCode: null });
    });
    child.once("close", (code, signal) => {
      resolve({ exitCode: code ?? (signal === null ? null : 128 + constants.signals[signal]) });
    });
  });
}

/**
 * The user's GODEBUG with `gocachehash=1` in effect. Of a setting given twice the last counts (internal/godebug); his own
 * gocachehash and what would drown the log or force every lookup to miss are taken out.
 */
export function hashingGodebug(godebug: string | undefined): string {
  const own = (godebug ?? "")
    .split(",")
    .filter((setting) => setting !== "" && !/^(gocachehash|gocachetest|gocacheverify)=/.test(setting));
  return [...own, "gocachehash=1"].join(",");
}
