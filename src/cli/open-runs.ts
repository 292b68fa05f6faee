import { homedir } from "node:os";
import { resolve } from "node:path";
import { userEnvironment } from "../go/environment.ts";
import type { RunWithBlocks } from "../model/run.ts";
import { findPackage } from "../report/find-package.ts";
import { type History, openHistory } from "../store/history.ts";
import { stateDirectory } from "../store/state-directory.ts";
import { UsageError } from "./failure.ts";
import { loadRun, logPathOf } from "./load-run.ts";
import { type LogBeside, readLogBeside } from "./log-beside/read-log-beside.ts";
import { type Ground, groundOf } from "./record/ground.ts";

/** The runs that a subcommand may speak of, from where the user stands. */
export interface Runs {
  readonly history: History;
  /** A RUN with its inputs. Throws a `UsageError` where there is none. */
  open(reference: string): Promise<RunWithBlocks>;
  /** Two of them, the first one first; of two large logs each is read in a thread of its own. */
  openBoth(first: string, second: string): Promise<[RunWithBlocks, RunWithBlocks]>;
  /** The newest recorded run of the module that has tests. Throws a `UsageError` where there is none. */
  openTested(): RunWithBlocks;
  /** The baseline that a recorded run had; null where there is none. */
  baselineOf(now: RunWithBlocks): RunWithBlocks | null;
  /** The import path of a package of a run. Throws a `UsageError` where there is none. */
  packageOf(reference: string, now: RunWithBlocks): string;
}

/**
 * @param shown is told the values behind the tokens of logs, for `--show-values`
 * @param quiet no live line while a big log is read
 */
export function openRuns(
  process: NodeJS.Process,
  shown: Map<string, string> | null = null,
  quiet = false,
): Runs {
  const env = userEnvironment(process.env);
  const history = openHistory(stateDirectory(env, homedir()));
  const ground = groundOf(process.cwd(), null, env);
  async function open(reference: string, beside: LogBeside | null = null): Promise<RunWithBlocks> {
    const found = await loadRun(reference, history, ground.module, process, shown, quiet, beside);
    if ("error" in found) throw new UsageError(found.error, 1);
    return { run: found.run, blocks: found.blocks ?? history.blocks(found.run) };
  }
  return {
    history,
    open: (reference) => open(reference),
    async openBoth(first, second) {
      const here = logPathOf(first, process.cwd());
      const there = logPathOf(second, process.cwd());
      const beside = here === null || there === null || here === there ? null : readLogBeside(there);
      return [await open(first), await open(second, beside)];
    },
    openTested() {
      for (const { id, verb } of history.list(ground.module)) {
        const run = verb === "test" ? history.load(id) : null;
        if (run?.actions.some((action) => action.kind === "test"))
          return { run, blocks: history.blocks(run) };
      }
      throw new UsageError(
        "no recorded run of this module has tests: gocache-why go test ./... records one",
        1,
      );
    },
    baselineOf(now) {
      const run = history.previous(now.run);
      return run === null ? null : { run, blocks: history.blocks(run) };
    },
    packageOf: (reference, now) => packageOf(reference, now, ground, process.cwd()),
  };
}

function packageOf(reference: string, now: RunWithBlocks, ground: Ground, cwd: string): string {
  const isPath = /^(\.{0,2}$|\.{1,2}[/\\]|\/)/.test(reference);
  const found = findPackage(reference, {
    packages: now.run.actions.map((action) => action.package),
    roots: [...Object.entries(ground.modules), ...Object.entries(now.run.moduleRoots)],
    directory: isPath ? resolve(cwd, reference) : null,
    run: `run ${now.run.id}`,
  });
  if (typeof found === "string") return found;
  throw new UsageError(found.error, 1);
}
