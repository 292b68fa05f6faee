import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findGo } from "../../go/find-go.ts";
import type { Report } from "../../report/report.ts";
import { wrap } from "../commands/wrap.ts";
import { UsageError } from "../failure.ts";
import type { ReportOptions } from "../options.ts";
import { withoutShims } from "./shims.ts";

/** What one go command below `run` leaves for the report at the end. */
export interface BelowRun {
  readonly report: Report | null;
  /** What would have been told on stderr, were it not for its many brothers. */
  readonly messages: readonly string[];
}

/** A file of this name beside the shims: cache programs are to be traced. */
export const traceMark = "trace-cache";

/** Runs one go command of a shim: recorded, without a report of its own. */
export async function shimmed(
  [scratch = "", word = "", ...words]: readonly string[],
  options: ReportOptions,
  process: NodeJS.Process,
  version: string,
): Promise<number> {
  const given = givenEnvironment(join(scratch, `environment.${process.pid}`), process);
  const path = given.PATH ?? "";
  const env = {
    ...given,
    ...(given.PATH === undefined ? {} : { PATH: withoutShims(path, join(scratch, "bin")) }),
  };
  const found = findGo(word, env);
  if (!found.found) throw new UsageError(found.message, found.status);
  const messages: string[] = [];
  const left: { report: Report | null } = { report: null };
  const status = await wrap({
    word,
    words,
    options: {
      ...options,
      quiet: true,
      ...(existsSync(join(scratch, traceMark)) ? { traceCache: true as const } : {}),
    },
    inBand: false,
    process,
    version,
    below: {
      goPath: found.path,
      env,
      collect: (report) => {
        left.report = report;
      },
      tell: (message) => messages.push(message),
    },
  });
  leave(scratch, process.pid, { report: left.report, messages });
  return status;
}

/** The environment that the shim was given, where the system could tell: the shell in between changed some of it. */
function givenEnvironment(file: string, process: NodeJS.Process): Record<string, string> {
  try {
    const env: Record<string, string> = {};
    for (const entry of readFileSync(file, "utf8").split("\0")) {
      const equals = entry.indexOf("=");
      // The first of two counts, as for getenv.
      if (equals > 0) env[entry.slice(0, equals)] ??= entry.slice(equals + 1);
    }
    rmSync(file);
    if (Object.keys(env).length > 0) return env;
  } catch {
    // No /proc, or the command is over and its scratch folder gone.
  }
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Nothing is lost but the report where the command is over already: a process that it left behind. */
function leave(scratch: string, pid: number, below: BelowRun): void {
  if (below.report === null && below.messages.length === 0) return;
  const file = join(scratch, `run.${Date.now()}.${pid}`);
  try {
    writeFileSync(`${file}.part`, JSON.stringify(below));
    renameSync(`${file}.part`, `${file}.json`);
  } catch {}
}
