import { readFileSync } from "node:fs";
import type { GoFlagsSetting } from "../model/go-command.ts";
import type { Settings } from "../model/run.ts";
import { watchedVariables } from "../model/run.ts";

/** What `go env` knows where the command runs. Not redacted. */
export interface GoSettings {
  /** `go1.26.8`; of the toolchain that is really chosen (go.mod, GOTOOLCHAIN). */
  readonly goVersion: string;
  readonly goos: string;
  readonly goarch: string;
  readonly goroot: string;
  readonly gomodcache: string;
  readonly gocache: string;
  /** Absolute path of go.mod; null outside a module (also with GO111MODULE=off). */
  readonly gomod: string | null;
  /** Absolute path of go.work; null where none applies. */
  readonly gowork: string | null;
  /** All of `go env -json`, and those of `watchedVariables` that the environment sets. */
  readonly env: Readonly<Record<string, string>>;
  readonly envOrigin: Settings["envOrigin"];
  /** GOFLAGS in effect; null where empty. */
  readonly goflags: GoFlagsSetting | null;
}

export type SettingsResult = GoSettings | { readonly problem: string };

/**
 * Asks `go env -json` (some 10 ms), with the stderr of go kept apart.
 * @param env the user's environment
 * @param chdir the directory of the command's -C, as typed
 * @returns a problem in one line where go fails: no toolchain, a broken go.work, no such directory
 */
export async function readSettings(
  path: string,
  env: Readonly<Record<string, string>>,
  chdir: string | null,
): Promise<SettingsResult> {
  const { execFile } = await import("node:child_process");
  const args = chdir === null ? ["env", "-json"] : ["-C", chdir, "env", "-json"];
  return new Promise((resolve) => {
    execFile(path, args, { env, maxBuffer: 1 << 24, windowsHide: true }, (error, stdout, stderr) => {
      if (error !== null) {
        const said = stderr.trim().split("\n").at(-1);
        resolve({ problem: `go env failed: ${said || error.message.split("\n")[0]}` });
        return;
      }
      try {
        resolve(interpret(JSON.parse(stdout), env));
      } catch {
        resolve({ problem: "go env gave no JSON" });
      }
    });
  });
}

function interpret(goEnv: Record<string, string>, env: Readonly<Record<string, string>>): GoSettings {
  const all = { ...goEnv };
  const envOrigin: Record<string, "environment" | "go env file"> = {};
  const inFile = goEnv.GOENV ? namesInEnvFile(goEnv.GOENV) : new Set<string>();
  for (const name of Object.keys(goEnv)) {
    // Go takes an empty variable for an unset one and looks into its file (cfg.Getenv, Go 1.26).
    if (env[name]) envOrigin[name] = "environment";
    else if (inFile.has(name)) envOrigin[name] = "go env file";
  }
  for (const name of watchedVariables) {
    const value = env[name];
    if (value === undefined) continue;
    all[name] = value;
    envOrigin[name] = "environment";
  }
  const goflags = goEnv.GOFLAGS ?? "";
  const path = (value: string | undefined) =>
    value === undefined || value === "" || value === "off" || /^(\/dev\/null|NUL)$/i.test(value)
      ? null
      : value;
  return {
    goVersion: goEnv.GOVERSION ?? "",
    goos: goEnv.GOOS ?? "",
    goarch: goEnv.GOARCH ?? "",
    goroot: goEnv.GOROOT ?? "",
    gomodcache: goEnv.GOMODCACHE ?? "",
    gocache: goEnv.GOCACHE ?? "",
    gomod: path(goEnv.GOMOD),
    gowork: path(goEnv.GOWORK),
    env: all,
    envOrigin,
    goflags:
      goflags === ""
        ? null
        : { text: goflags, origin: envOrigin.GOFLAGS === "go env file" ? "go env file" : "GOFLAGS" },
  };
}

/** Names that `go env -w` has written: `NAME=value` lines, `#` comments (cfg/cfg.go readEnvFile). */
function namesInEnvFile(file: string): Set<string> {
  if (file === "off") return new Set();
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return new Set(lines.flatMap((line) => /^\s*([A-Z_][A-Z0-9_]*)=/.exec(line)?.[1] ?? []));
  } catch {
    return new Set();
  }
}
