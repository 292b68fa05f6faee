import { constants } from "node:os";

export interface ReplayOptions {
  readonly path: string;
  /** From `replayWords`. */
  readonly args: readonly string[];
  /** The user's environment; GODEBUG is set here. */
  readonly env: Readonly<Record<string, string>>;
  /** Every chunk of stderr: the log of gocachehash, and what else go says there. */
  readonly onLog: (chunk: Buffer) => void;
  /** Ends go when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a go command that does no work, for the inputs that it logs under gocachehash. It reads and writes nothing of the
 * terminal; a signal of the terminal ends it like any child.
 * @returns go's status, 128 + n where a signal ended it; null where it could not be started
 */
export async function replay(options: ReplayOptions): Promise<{ exitCode: number | null }> {
  // Loaded here, since a run with nothing to ask never comes to it (execa takes 20 ms and more to load).
  const { execa } = await import("execa");
  const child = execa(options.path, options.args, {
    env: { ...options.env, GODEBUG: hashingGodebug(options.env.GODEBUG) },
    extendEnv: false,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    buffer: false,
    reject: false,
    windowsHide: true,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  child.stderr.on("data", options.onLog);
  const { exitCode, signal } = await child;
  return { exitCode: exitCode ?? (signal === undefined ? null : 128 + constants.signals[signal]) };
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
