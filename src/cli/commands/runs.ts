import { homedir } from "node:os";
import { userEnvironment } from "../../go/environment.ts";
import { renderRuns, renderRunsJson } from "../../report/renderers/runs.ts";
import { openHistory } from "../../store/history.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { type RunSummary, summarize } from "../../store/summary.ts";
import { UsageError } from "../failure.ts";
import { findFile, readRunsOfFile } from "../load-run.ts";
import { groundOf } from "../record/ground.ts";
import { say } from "../say.ts";
import { viewFor } from "../view.ts";

export interface RunsInput {
  /** A snapshot or a log, whose runs are listed; null for the history. */
  readonly file: string | null;
  readonly format: string;
  /** The runs of all modules. */
  readonly all: boolean;
  readonly color: boolean | null;
  readonly process: NodeJS.Process;
}

/** Lists the history, newest first; or the runs of a file, in its order. */
export async function runs(input: RunsInput): Promise<number> {
  const { process, format } = input;
  if (format !== "terminal" && format !== "json") {
    throw new UsageError(`--format ${format}: the list of runs is terminal or json`);
  }
  const env = userEnvironment(process.env);
  const history = openHistory(stateDirectory(env, homedir()));
  const { module } = groundOf(process.cwd(), null, env);
  const list = {
    schemaVersion: 1 as const,
    runs: input.file === null ? history.list(input.all ? null : module) : await listFile(input.file, process),
  };
  const view = viewFor(
    process.stdout,
    {
      format: "terminal",
      output: null,
      baseline: null,
      quiet: false,
      all: input.all,
      verbosity: 0,
      color: input.color,
      shown: null,
    },
    process.env,
  );
  process.stdout.write(format === "json" ? renderRunsJson(list) : renderRuns(list, view));
  for (const warning of history.warnings.slice(0, 1)) await say(process, warning);
  return 0;
}

async function listFile(name: string, process: NodeJS.Process): Promise<readonly RunSummary[]> {
  const file = findFile(name, process.cwd());
  if (file === null) throw new UsageError(`there is no file ${name}`, 1);
  const found = await readRunsOfFile(file, process);
  if ("error" in found) throw new UsageError(found.error, 1);
  return found.runs.map(({ run }) => summarize(run, null));
}
