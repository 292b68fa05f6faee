import { homedir } from "node:os";
import { userEnvironment } from "../../go/environment.ts";
import { renderRuns, renderRunsJson } from "../../report/renderers/runs.ts";
import { openHistory } from "../../store/history.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { UsageError } from "../failure.ts";
import { groundOf } from "../record/before-state.ts";
import { viewFor } from "../view.ts";

export interface RunsInput {
  readonly format: string;
  /** The runs of all modules. */
  readonly all: boolean;
  readonly color: boolean | null;
  readonly process: NodeJS.Process;
}

/** Lists the history, newest first. */
export async function runs(input: RunsInput): Promise<number> {
  const { process, format } = input;
  if (format !== "terminal" && format !== "json") {
    throw new UsageError(`--format ${format}: the list of runs is terminal or json`);
  }
  const env = userEnvironment(process.env);
  const history = openHistory(stateDirectory(env, homedir()));
  const { module } = groundOf(process.cwd(), null, env);
  const list = { schemaVersion: 1 as const, runs: history.list(input.all ? null : module) };
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
    },
    process.env,
  );
  process.stdout.write(format === "json" ? renderRunsJson(list) : renderRuns(list, view));
  for (const warning of history.warnings.slice(0, 1)) process.stderr.write(`gocache-why: ${warning}\n`);
  return 0;
}
