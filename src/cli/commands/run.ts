import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { userEnvironment } from "../../go/environment.ts";
import { findGo } from "../../go/find-go.ts";
import { type GoExit, runGo } from "../../go/run-go.ts";
import { hideInWords } from "../../log/hide-secrets.ts";
import { mergeReports } from "../../report/merge-reports.ts";
import { parseReport } from "../../report/parse-report.ts";
import type { Report } from "../../report/report.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { UsageError } from "../failure.ts";
import type { ReportOptions } from "../options.ts";
import { deliver } from "../record/deliver.ts";
import { makeScratch, removeScratch } from "../record/scratch.ts";
import { writeSinks } from "../record/write-sinks.ts";
import { type BelowRun, traceMark } from "../run/shimmed.ts";
import { makeShims } from "../run/shims.ts";
import { say } from "../say.ts";

export interface RunInput {
  /** The command and its words. */
  readonly words: readonly string[];
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** Runs any command, records each go command below it, and reports on all of them together. */
export async function run(input: RunInput): Promise<number> {
  const { process, words } = input;
  const [word = "", ...args] = words;
  if (word === "") throw new UsageError("run needs a command: gocache-why run -- make build");
  const env = userEnvironment(process.env);
  const found = findGo(word, env);
  if (!found.found) throw new UsageError(found.message, found.status);
  const place = process.platform === "win32" ? null : prepare(env, process, input.options);
  if (place === null) {
    await say(
      process,
      "no go command can be recorded: there is no place for programs that stand before go on PATH",
    );
  }
  const path = place === null ? {} : { PATH: `${place.shims}:${env.PATH ?? defaultPath}` };
  // A program that is itself a go command goes by its shim.
  const isShimmed = place !== null && !word.includes("/") && findGo(word, { PATH: place.shims }).found;
  const exit = await runGo({
    path: isShimmed ? join(place.shims, word) : found.path,
    args,
    env: { ...env, ...path },
    stderr: "inherit",
  });
  if (exit.startError !== null) await say(process, exit.startError);
  try {
    if (place !== null) await report(input, exit, collect(place.scratch));
  } catch (error) {
    // The command is over and its status stands, whatever became of the report.
    const reason = error instanceof Error ? error.message : String(error);
    await say(process, `what ran could not be reported: ${reason}`);
  } finally {
    removeScratch(place?.scratch ?? null);
  }
  return exit.exitCode;
}

/** What execvp takes where there is no PATH. */
const defaultPath = "/bin:/usr/bin";

function prepare(
  env: Readonly<Record<string, string>>,
  process: NodeJS.Process,
  { traceCache }: ReportOptions,
): { scratch: string; shims: string } | null {
  const script = process.argv[1];
  const scratch = script === undefined ? null : makeScratch(stateDirectory(env, homedir()));
  if (script === undefined || scratch === null) return null;
  try {
    const shims = makeShims(scratch, env.PATH ?? defaultPath, [process.execPath, script]);
    if (traceCache === true) writeFileSync(join(scratch, traceMark), "");
    if (shims !== null) return { scratch, shims: shims.directory };
  } catch {
    // As where they can't be run.
  }
  removeScratch(scratch);
  return null;
}

/** What the go commands below left, by their start. */
function collect(scratch: string): { reports: readonly Report[]; messages: readonly string[] } {
  const reports: Report[] = [];
  const messages = new Set<string>();
  for (const name of readdirSync(scratch)) {
    if (!/^run\..*\.json$/.test(name)) continue;
    const below = JSON.parse(readFileSync(join(scratch, name), "utf8")) as BelowRun;
    for (const message of below.messages) messages.add(message);
    const found = below.report === null ? null : parseReport(JSON.stringify(below.report));
    if (found !== null && !("error" in found)) reports.push(found);
  }
  const startOf = ({ now }: Report): string => now.startedAt ?? "";
  reports.sort((a, b) => (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0));
  return { reports, messages: [...messages] };
}

async function report(
  { words, options, process, version }: RunInput,
  exit: GoExit,
  { reports, messages }: ReturnType<typeof collect>,
): Promise<void> {
  for (const message of messages.slice(0, mostMessages)) await say(process, message);
  if (exit.interrupted && options.output === null) return;
  const merged = mergeReports(reports, {
    version,
    command: hideInWords(words, () => "<hidden>").value,
    exitCode: exit.exitCode,
    directory: process.cwd(),
    startedAt: exit.startedAt,
    warnings: reports.length > 0 ? [] : [nothingSeen],
  });
  if (options.output !== null || !options.quiet) {
    const problem = await deliver(merged, options, process.stderr, process);
    if (problem !== null) await say(process, problem);
  }
  for (const line of await writeSinks(merged, options, process.cwd(), process)) await say(process, line);
}

/** Many go commands say the same. */
const mostMessages = 3;

const nothingSeen = {
  code: "no-go-command",
  message:
    "go is seen where it is looked up on PATH: not by a path of its own (/usr/local/go/bin/go), and not where PATH is set anew",
};
