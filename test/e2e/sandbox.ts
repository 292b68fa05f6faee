import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { plainEnvironment } from "./plain-environment.ts";
import { type Files, writeFiles } from "./write-files.ts";

/** A module with a home, a cache, a history and a TMPDIR of its own. */
export interface Sandbox {
  readonly root: string;
  readonly module: string;
  readonly cache: string;
  /** XDG_STATE_HOME; the tool's folder is below it. */
  readonly state: string;
  readonly tmp: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly status: number | null;
  /** Bytes as latin1, so that outputs can be compared byte for byte and still be read. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly input?: string;
}

/** Makes a sandbox that is deleted with all others after the tests. Its cache is a copy of the warm one, unless it is to be empty. */
export function makeSandbox(files: Files, options: { emptyCache?: boolean } = {}): Sandbox {
  const root = mkdtempSync(join(inject("sandboxes"), "s-"));
  const at = (name: string) => join(root, name);
  for (const name of ["home", "tmp", "m", "state"]) mkdirSync(at(name));
  writeFiles(at("m"), files);
  if (options.emptyCache !== true) copyTree(inject("warmCache"), at("gocache"));
  return {
    root,
    module: at("m"),
    cache: at("gocache"),
    state: at("state"),
    tmp: at("tmp"),
    env: {
      ...plainEnvironment(),
      HOME: at("home"),
      TMPDIR: at("tmp"),
      GOCACHE: at("gocache"),
      XDG_STATE_HOME: at("state"),
    },
  };
}

/** A tree as it is, times included: they decide what go takes for too new and what was in the cache before a run. */
export function copyTree(from: string, to: string): void {
  execFileSync("cp", ["-a", from, to]);
}

/** Puts a tree back to what a copy of it was. */
export function restoreTree(copy: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  copyTree(copy, to);
}

/** Runs `gocache-why` with these words. */
export function tool(sandbox: Sandbox, words: readonly string[], options: RunOptions = {}): Outcome {
  return run(sandbox, process.execPath, [inject("tool"), ...words], options);
}

/** Runs the plain go command. */
export function go(sandbox: Sandbox, words: readonly string[], options: RunOptions = {}): Outcome {
  return run(sandbox, "go", words, options);
}

export function run(
  sandbox: Sandbox,
  program: string,
  words: readonly string[],
  options: RunOptions = {},
): Outcome {
  const cwd = options.cwd ?? sandbox.module;
  const result: SpawnSyncReturns<string> = spawnSync(program, words, {
    cwd,
    env: environment(sandbox, cwd, options.env),
    input: options.input ?? "",
    encoding: "latin1",
    maxBuffer: 1 << 28,
  });
  if (result.error !== undefined) throw result.error;
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

export function environment(
  sandbox: Sandbox,
  cwd: string,
  more: RunOptions["env"] = {},
): Record<string, string> {
  const env: Record<string, string> = { ...sandbox.env, PWD: cwd };
  for (const [name, value] of Object.entries(more)) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

/** Runs a wrapped command with `--format json --output`, and gives its report; go's own streams are left as they are. */
export function report(
  sandbox: Sandbox,
  words: readonly string[],
  options: RunOptions & { own?: readonly string[] } = {},
): Outcome & { report: Report } {
  const file = join(sandbox.root, "report.json");
  rmSync(file, { force: true });
  const outcome = tool(
    sandbox,
    ["--format", "json", "--output", file, ...(options.own ?? []), ...words],
    options,
  );
  return { ...outcome, report: JSON.parse(readFileSync(file, "utf8")) as Report };
}

/** The recorded runs, newest first, as `runs --format json` gives them. */
export function recordedRuns(sandbox: Sandbox): readonly RecordedRun[] {
  const { stdout } = tool(sandbox, ["runs", "--format", "json", "--all"]);
  return (JSON.parse(stdout) as { runs: RecordedRun[] }).runs;
}

export interface RecordedRun {
  readonly id: string;
  readonly command: readonly string[];
  readonly actions: number;
  readonly missed: number | null;
  readonly exitCode: number | null;
}
