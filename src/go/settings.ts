import { readFileSync } from "node:fs";
import type { GoFlagsSetting } from "../model/go-command.ts";
import type { Settings } from "../model/run.ts";
import { watchedVariables } from "../model/run.ts";
import { splitQuotedWords } from "../util/go-quote.ts";

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
  /** All of `go env -json` but GOGCCFLAGS, and those of `watchedVariables` that the environment sets. */
  readonly env: Readonly<Record<string, string>>;
  readonly envOrigin: Settings["envOrigin"];
  /** GOFLAGS in effect; null where empty. */
  readonly goflags: GoFlagsSetting | null;
}

export type SettingsResult = GoSettings | { readonly problem: string };

/**
 * What `go env` is asked for: all that it knows but the flags for C compilers and PKG_CONFIG. For these it tries out the C compiler,
 * and keeps the answers in GOCACHE (envcmd/env.go ExtraEnvVarsCostly, Go 1.21–1.27): where nothing with cgo was built
 * before, seven entries would be there that the user's command did not make. A name that a version lacks has no value.
 */
const askedNames = (
  "AR CC CGO_ENABLED CXX FC GCCGO GO111MODULE GO386 GOAMD64 GOARCH GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG GODEBUG GOENV GOEXE " +
  "GOEXPERIMENT GOFIPS140 GOFLAGS GOHOSTARCH GOHOSTOS GOINSECURE GOMIPS GOMIPS64 GOMOD GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH " +
  "GOPPC64 GOPRIVATE GOPROXY GORISCV64 GOROOT GOSUMDB GOTELEMETRY GOTELEMETRYDIR GOTMPDIR GOTOOLCHAIN GOTOOLDIR GOVCS GOVERSION " +
  "GOWASM GOWORK"
).split(" ");

/** The rest, with what Go takes where nobody sets them (work/exec.go CFlags, Go 1.21–1.27). */
const compilerVariables: Readonly<Record<string, string>> = {
  CGO_CFLAGS: "-O2 -g",
  CGO_CPPFLAGS: "",
  CGO_CXXFLAGS: "-O2 -g",
  CGO_FFLAGS: "-O2 -g",
  CGO_LDFLAGS: "-O2 -g",
  PKG_CONFIG: "pkg-config",
};

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
  const args = [...(chdir === null ? [] : ["-C", chdir]), "env", "-json", ...askedNames];
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

function interpret(answer: Record<string, string>, env: Readonly<Record<string, string>>): GoSettings {
  const inFile = answer.GOENV ? readEnvFile(answer.GOENV) : new Map<string, string>();
  const goEnv = { ...answer };
  for (const [name, value] of Object.entries(compilerVariables))
    goEnv[name] = joined(env[name] || inFile.get(name) || value);
  const all = { ...goEnv };
  const envOrigin: Record<string, "environment" | "go env file"> = {};
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

/** As `go env` prints words: split, and joined anew (cmd/internal/quoted Join). */
function joined(value: string): string {
  const words = splitQuotedWords(value) ?? [value];
  return words
    .map((word) =>
      word !== "" && !/[\s'"]/.test(word) ? word : word.includes("'") ? `"${word}"` : `'${word}'`,
    )
    .join(" ");
}

/** What `go env -w` has written: `NAME=value` lines, `#` comments (cfg/cfg.go readEnvFile). */
function readEnvFile(file: string): ReadonlyMap<string, string> {
  if (file === "off") return new Map();
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return new Map(
      lines.flatMap((line) => {
        const [, name, value] = /^\s*([A-Z_][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
        return name === undefined || value === undefined ? [] : [[name, value] as const];
      }),
    );
  } catch {
    return new Map();
  }
}
