import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type CauseMatch, limitProblem, readCauseMatch } from "../report/check/limits.ts";
import type { Format } from "../report/renderers/index.ts";
import { allowShownValues } from "./allow-shown-values.ts";
import type { Completed, CompletedOption, CompletedValue } from "./completion/completed.ts";
import { UsageError } from "./failure.ts";
import { isGoWord } from "./go-word.ts";
import { helpOf } from "./help.ts";
import {
  addFaceOptions,
  addMarkdownOptions,
  addReportOptions,
  addShowValues,
  addSinkOptions,
  addTextOptions,
  addTraceOption,
  type RawReportOptions,
  type RawTextOptions,
  readReportOptions as readRawOptions,
} from "./options.ts";
import type { RawWhatIf } from "./read-hypotheses.ts";
import { withoutSecrets } from "./say.ts";

/** Wires the command line; each command is loaded when it is used. */
export async function runProgram(
  words: readonly string[],
  process: NodeJS.Process,
  version: string,
): Promise<number> {
  let status = 0;
  /** What the parser has to say: it repeats the user's own words. */
  const said: string[] = [];
  const readReportOptions = (raw: RawReportOptions | RawTextOptions<Format>) =>
    allowShownValues(readRawOptions(raw), process);
  const program = new Command("gocache-why")
    .description("Explains why Go's build cache missed.")
    .usage("[options] go <go's own words…>\n       gocache-why <command> [options]")
    .version(version, "-V, --version")
    .argument("[words...]", "a go command; all that follows `go` is go's own")
    .enablePositionalOptions()
    .passThroughOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => process.stdout.write(text),
      writeErr: (text) => said.push(text.replace(/^error: /, "gocache-why: ")),
    });
  addTraceOption(addSinkOptions(addReportOptions(program)))
    .option(
      "--in-band",
      "learn the inputs in the run itself: one pass, go's stderr is piped (build and install)",
    )
    .action(async (operands: string[], raw: RawReportOptions & { inBand?: true }) => {
      const [word, ...rest] = operands;
      if (word === undefined) {
        program.outputHelp({ error: true });
        status = 2;
        return;
      }
      if (!isGoWord(word)) throw unknownCommand(word);
      const { wrap } = await import("./commands/wrap.ts");
      status = await wrap({
        word,
        words: rest,
        options: readReportOptions(raw),
        inBand: raw.inBand === true,
        process,
        version,
      });
    });
  addTraceOption(
    addSinkOptions(
      addFaceOptions(
        program
          .command("run")
          .description("run any command; each go command below it is recorded, one report at the end")
          .argument("<command...>", "the command and its words, behind --")
          .passThroughOptions(),
      ),
    ),
  )
    .option("--quiet", "no report on the terminal")
    .action(async (command: string[], raw: RawReportOptions) => {
      const { run } = await import("./commands/run.ts");
      status = await run({ words: command, options: readReportOptions(raw), process, version });
    });
  addReportOptions(
    program
      .command("diff")
      .description("compare two runs: ids, @1 (the newest), @2, …, or files: snapshots, raw gocachehash logs")
      .argument("[before]", "the earlier run; the newest run's baseline where both are left out")
      .argument("[now]", "the later run; the newest where it is left out"),
  )
    .option("--show-innocent", "tell also what changed and cost no miss, and why")
    .action(
      async (
        before: string | undefined,
        now: string | undefined,
        raw: RawReportOptions & { showInnocent?: true },
      ) => {
        const { diff } = await import("./commands/diff.ts");
        const showInnocent = raw.showInnocent === true;
        status = await diff({ before, now, showInnocent, options: readReportOptions(raw), process, version });
      },
    );
  addReportOptions(
    program
      .command("cold")
      .description(
        "what the cache that is there was filled with, for a run that missed it and has no earlier one",
      )
      .argument("[log]", "a raw gocachehash log, or a run; the newest run where it is left out"),
  )
    .option("--deep", "look longer, and at more that may have been otherwise")
    .action(async (log: string | undefined, raw: RawReportOptions & { deep?: true }) => {
      const { cold } = await import("./commands/cold.ts");
      const options = readReportOptions(raw);
      status = await cold({ log, deep: raw.deep === true, options, process, version });
    });
  program
    .command("runs")
    .description("list the recorded runs of this module, newest first; or what is in a file")
    .argument("[file]", "a snapshot or a raw log; the history where it is left out")
    .addOption(
      new Option("--format <format>", "how it is written")
        .choices(["terminal", "json"])
        .argParser((word) => word)
        .default("terminal"),
    )
    .option("--all", "the runs of all modules")
    .option("--color", "colours, also in a pipe")
    .option("--no-color", "no colours")
    .action(async (file: string | undefined, raw: { format: string; all?: true; color?: boolean }) => {
      const { runs } = await import("./commands/runs.ts");
      const { format, all, color } = raw;
      status = await runs({ file: file ?? null, format, all: all === true, color: color ?? null, process });
    });
  addShowValues(
    addTextOptions(
      program
        .command("why")
        .description("tell why one package ran: its path to the root, and what changed there")
        .argument("<package>", "import path, ./rel/path, or the end of one that no other package has")
        .argument("[run]", "the run; the newest where it is left out"),
    ),
  )
    .option("--baseline <run>", "compare with this run (id, @2, a log file), or none")
    .option("--test", "of its test alone, and what go does not see of what the test depends on")
    .action(async (name: string, run: string | undefined, raw: RawTextOptions & { test?: true }) => {
      const { why } = await import("./commands/why.ts");
      const options = readReportOptions(raw);
      const test = raw.test === true;
      status = await why({ package: name, run, test, format: raw.format, options, process, version });
    });
  addTextOptions(
    program
      .command("tests")
      .description(
        "list what the tests depend on: variables and files, which of them change, what is never cached",
      )
      .argument("[run]", "the run; the newest that has tests where it is left out"),
  ).action(async (run: string | undefined, raw: RawTextOptions) => {
    const { tests } = await import("./commands/tests.ts");
    status = await tests({ run, format: raw.format, options: readReportOptions(raw), process, version });
  });
  addTextOptions(
    program
      .command("cache")
      .description("tell what the GOCACHE holds: its families, sizes, ages, what Go will delete next"),
  ).action(async (raw: RawTextOptions) => {
    const { cache } = await import("./commands/cache.ts");
    status = await cache({ format: raw.format, options: readReportOptions(raw), process });
  });
  addShowValues(
    addTextOptions(
      program
        .command("inputs")
        .description("list what went into a package's key; against another run, what differs")
        .argument("<package>", "import path, ./rel/path, or the end of one that no other package has")
        .argument("[run]", "the run; the newest where it is left out"),
    ),
  )
    .option("--against <run>", "show only what differs from this run (id, @2, a log file)")
    .action(async (name: string, run: string | undefined, raw: RawTextOptions & { against?: string }) => {
      const { inputs } = await import("./commands/inputs.ts");
      const options = readReportOptions(raw);
      const against = raw.against ?? null;
      status = await inputs({ package: name, run, against, format: raw.format, options, process, version });
    });
  addTextOptions(
    program
      .command("what-if")
      .description("tell what would have hit, had a flag, a variable or a directory been otherwise")
      .argument("[before]", "the earlier run; the newest run's baseline where both are left out")
      .argument("[now]", "the later run; the newest where it is left out")
      .option("--trimpath", "with -trimpath in both runs")
      .option("--without-flag <flag>", "without this flag of go in both runs", addWord, [])
      .option("--set <name=value>", "with this variable set so in both runs", addWord, [])
      .option("--same-dir", "with the later run in the earlier run's directory")
      .option("--same-mtimes", "with the times of files that tests read left as they were")
      .option("--no-vcs", "with -buildvcs=false in both runs")
      .option("--without-cause <code[:subject]>", "with this cause of the report undone", addWord, [])
      .option("--verify", "build it really, in copies of the checkout and the cache, and compare")
      .option("--over <n>", "over the last n runs of this module, each with its own baseline", readNumber),
  ).action(
    async (
      before: string | undefined,
      now: string | undefined,
      raw: RawTextOptions & RawWhatIf & { verify?: true; over?: number },
    ) => {
      const { whatIf } = await import("./commands/what-if.ts");
      status = await whatIf({ before, now, raw, options: readReportOptions(raw), process, version });
    },
  );
  addFaceOptions(
    program
      .command("report")
      .description("show a saved JSON report in another format")
      .argument("<file>", "a report of --format json, - for stdin; or a snapshot"),
  )
    .option("--baseline <run>", "compare a snapshot with this run (id, @2, a file)")
    .action(async (file: string, raw: RawReportOptions) => {
      const { report } = await import("./commands/report.ts");
      status = await report({ file, options: readReportOptions(raw), process, version });
    });
  addMarkdownOptions(
    program
      .command("explain")
      .description(
        "tell what a cause means, how it is known, what to do, and how to see it by hand; list all causes",
      )
      .argument("[codes...]", "codes as reports have them: file-edited, env-changed, …"),
  ).action(async (codes: string[], raw: RawTextOptions<"terminal" | "json" | "markdown">) => {
    const { explain } = await import("./commands/explain.ts");
    status = await explain({ codes, format: raw.format, options: readReportOptions(raw), process });
  });
  program
    .command("doctor")
    .description("look at CI files, Dockerfiles, scripts, tests and this machine for what costs misses")
    .addOption(
      new Option("--format <format>", "how it is written")
        .choices(["terminal", "json", "markdown"])
        .default("terminal"),
    )
    .option("--output <file>", "write it to a file")
    .addOption(
      new Option("--fail-on <severity>", "exit with 10 where a finding is at least as grave").choices([
        "error",
        "warning",
        "note",
      ]),
    )
    .addOption(
      new Option(
        "--experiment [minutes]",
        "really build in copies: again, elsewhere, as another user; at most 10 minutes",
      )
        .argParser(readMinutes)
        .preset("10"),
    )
    .option(
      "-v, --verbose",
      "what was seen, and when a fix is unsafe",
      (_word, count: number) => count + 1,
      0,
    )
    .option("--color", "colours, also in a pipe or a file")
    .option("--no-color", "no colours")
    .action(async (raw: RawDoctorOptions) => {
      const { doctor } = await import("./commands/doctor.ts");
      const options = { ...readReportOptions({ ...raw, format: "terminal" }) };
      const { format, failOn = null, experiment = null } = raw;
      status = await doctor({ format, failOn, experiment, options, process, version });
    });
  program
    .command("check")
    .description("hold a report or two runs against limits: 0 within them, 10 one exceeded")
    .argument("[before]", "a report of --format json, - for stdin; or the earlier run, as in diff")
    .argument("[now]", "the later run; the newest where it is left out")
    .option("--max-missed <number>", "at most this many actions that missed", readLimit("maxMissed"))
    .option("--max-seconds <number>", "at most this much work of those that missed", readLimit("maxSeconds"))
    .option(
      "--min-hit-rate <percent>",
      "at least this many hits among hits and misses",
      readLimit("minHitRate"),
    )
    .option("--fail-on <cause>", "no such cause: CODE or CODE:SUBJECT; may be repeated", readMatches)
    .option("--allow <cause>", "misses for this cause do not count; may be repeated", readMatches)
    .option("--package <pattern>", "the limits are of these packages: ./internal/..., cmd/app")
    .addOption(
      new Option("--format <format>", "how it is written").choices(["terminal", "json"]).default("terminal"),
    )
    .option("--output <file>", "write it to a file")
    .option("-v, --verbose", "the limits that are kept, too", (_word, count: number) => count + 1, 0)
    .action(async (before: string | undefined, now: string | undefined, raw: RawCheckOptions) => {
      const { check } = await import("./commands/check.ts");
      const { maxMissed = null, maxSeconds = null, minHitRate = null, failOn = [], allow = [] } = raw;
      status = await check({
        before,
        now,
        limits: { maxMissed, maxSeconds, minHitRate, failOn, allow },
        pattern: raw.package ?? null,
        format: raw.format,
        output: raw.output ?? null,
        verbosity: raw.verbose,
        process,
        version,
      });
    });
  program
    .command("ci")
    .description("write what this job's CI system shows: its summary, annotations, groups of its log")
    .argument("[file...]", "reports of --format json; the newest run of this module where they are left out")
    .option("--baseline <run>", "compare the newest run with this one; a file that is not there is none")
    .option("--output <file>", "write it as Markdown for a comment, too: 60,000 characters at the most")
    .option("--metrics <file>", "write OpenMetrics to a file; on GitLab gocache-why-metrics.txt")
    .option(
      "-v, --verbose",
      "all causes in the log, -vv every action that ran",
      (_word, count: number) => count + 1,
      0,
    )
    .action(async (files: readonly string[], raw: RawCiOptions) => {
      const { ci } = await import("./commands/ci.ts");
      status = await ci({
        files,
        baseline: raw.baseline ?? null,
        output: raw.output ?? null,
        metrics: raw.metrics ?? null,
        verbosity: raw.verbose >= 2 ? 2 : raw.verbose === 1 ? 1 : 0,
        process,
        version,
      });
    });
  program
    .command("export")
    .description("write a run and its inputs as one portable file, without secrets")
    .argument("[run]", "the run; the newest where it is left out")
    .requiredOption("-o, --output <file>", "the snapshot to write; - for stdout")
    .action(async (run: string | undefined, raw: { output: string }) => {
      const { exportRun } = await import("./commands/export.ts");
      status = await exportRun({ run, output: raw.output, process, version });
    });
  program
    .command("import")
    .description("make a raw gocachehash log, or a snapshot, a run of the history, and print its id")
    .argument("<log>", "a log as a CI system gives it, also packed; - for stdin")
    .addOption(
      new Option(
        "--command <number>",
        "only this one of the log's go commands; all of them without it",
      ).argParser(readNumber),
    )
    .option("--actiongraph <file>", "what go build -debug-actiongraph=FILE wrote in the same run: its times")
    .option("--cache-listing <file>", "names, sizes and times of the cache's files before the run")
    .addOption(
      new Option("--format <format>", "how the runs are named")
        .choices(["terminal", "json"])
        .default("terminal"),
    )
    .action(async (log: string, raw: RawImportOptions) => {
      const { importLog } = await import("./commands/import.ts");
      status = await importLog({
        log,
        command: raw.command ?? null,
        actionGraph: raw.actiongraph ?? null,
        cacheListing: raw.cacheListing ?? null,
        format: raw.format,
        process,
      });
    });
  program
    .command("scrub")
    .description("write a raw gocachehash log again without its secrets, so that it can be given away")
    .argument("<log>", "a log as a CI system gives it, also packed; - for stdin")
    .option("-o, --output <file>", "write it to a file")
    .action(async (log: string, raw: { output?: string }) => {
      const { scrub } = await import("./commands/scrub.ts");
      status = await scrub({ log, output: raw.output ?? null, process });
    });
  program
    .command("completion")
    .description("print the completion script of a shell")
    .argument("<shell>", "bash, zsh or fish")
    .action(async (shell: string) => {
      const { completion } = await import("./commands/completion.ts");
      const { causeCodes } = await import("../causes/catalogue.ts");
      status = completion(shell, completedOf(program, { codes: causeCodes }), process);
    });
  program.addHelpText("after", helpOf("gocache-why"));
  for (const command of program.commands) {
    command.exitOverride().copyInheritedSettings(program).addHelpText("after", helpOf(command.name()));
  }
  try {
    await program.parseAsync(optionsBehindCommand(program, words), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version were asked for; all else that commander refuses is bad usage, and it has said so.
    return error.exitCode === 0 ? 0 : 2;
  } finally {
    if (said.length > 0) process.stderr.write(await withoutSecrets(said.join("")));
  }
  return status;
}

/** `--format json diff` means `diff --format json`: what stands in front of a subcommand is the subcommand's, which knows whether it has it. */
function optionsBehindCommand(program: Command, words: readonly string[]): string[] {
  let at = 0;
  for (let word = words[at]; word?.startsWith("-") === true; word = words[at]) {
    const name = word.replace(/=.*/s, "").replace(/^(-\w).*/, "$1");
    const option = program.options.find((each) => each.short === name || each.long === name);
    if (option === undefined) break;
    at += option.required && name === word ? 2 : 1;
  }
  const isCommand = program.commands.some((command) => command.name() === words[at]);
  const [name = "", ...rest] = words.slice(at);
  return isCommand ? [name, ...words.slice(0, at), ...rest] : [...words];
}

interface RawDoctorOptions {
  readonly format: "terminal" | "json" | "markdown";
  readonly failOn?: "error" | "warning" | "note";
  readonly experiment?: number;
  readonly output?: string;
  readonly verbose: number;
  readonly color?: boolean;
}

function readMinutes(word: string): number {
  const minutes = Number(word);
  if (!(minutes > 0 && minutes <= 1440)) throw new InvalidArgumentError("It takes minutes: --experiment 30.");
  return minutes;
}

/** Of an option that may stand several times. */
function addWord(word: string, words: readonly string[]): readonly string[] {
  return [...words, word];
}

interface RawCiOptions {
  readonly baseline?: string;
  readonly output?: string;
  readonly metrics?: string;
  readonly verbose: number;
}

interface RawImportOptions {
  readonly command?: number;
  readonly actiongraph?: string;
  readonly cacheListing?: string;
  readonly format: "terminal" | "json";
}

interface RawCheckOptions {
  readonly maxMissed?: number;
  readonly maxSeconds?: number;
  readonly minHitRate?: number;
  readonly failOn?: readonly CauseMatch[];
  readonly allow?: readonly CauseMatch[];
  readonly package?: string;
  readonly format: "terminal" | "json";
  readonly output?: string;
  readonly verbose: number;
}

function readLimit(name: "maxMissed" | "maxSeconds" | "minHitRate"): (word: string) => number {
  return (word) => {
    const number =
      word.trim() === "" ? Number.NaN : Number(name === "minHitRate" ? word.replace(/%$/, "") : word);
    const problem = limitProblem(name, number);
    if (problem === null) return number;
    throw new InvalidArgumentError(`It ${problem}.`);
  };
}

function readMatches(word: string, earlier: readonly CauseMatch[] | undefined): readonly CauseMatch[] {
  const match = readCauseMatch(word);
  if ("error" in match) throw new InvalidArgumentError(match.error);
  return [...(earlier ?? []), match];
}

function readNumber(word: string): number {
  if (/^[1-9]\d{0,5}$/.test(word)) return Number(word);
  throw new InvalidArgumentError("It is a number: 1 for the first.");
}

function unknownCommand(word: string): UsageError {
  return new UsageError(
    `"${word}" is neither a go command nor one of gocache-why's; put a go command behind it: gocache-why go build ./...`,
  );
}

/** The command line as shells complete it; `words`: what an operand is one of, by its name. */
function completedOf(program: Command, words: Readonly<Record<string, readonly string[]>>): Completed {
  return {
    options: program.options.map(completedOption),
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      options: command.options.map(completedOption),
      operands: command.registeredArguments.flatMap((operand): CompletedValue[] => {
        const value = words[operand.name()] ?? valueKinds[operand.name()] ?? "other";
        return operand.variadic && value !== "other"
          ? Array<CompletedValue>(mostOperands).fill(value)
          : [value];
      }),
    })),
  };
}

/** So many operands are completed where a command takes any number. */
const mostOperands = 9;

/** What an operand or the value of an option is, by its name in the usage line. */
const valueKinds: Readonly<Record<string, CompletedValue>> = {
  before: "run",
  now: "run",
  run: "run",
  package: "directory",
  file: "file",
  log: "file",
  shell: ["bash", "zsh", "fish"],
};

function completedOption(option: Option): CompletedOption {
  const [, name = ""] = /[<[]([\w-]+)/.exec(option.flags) ?? [];
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    value: name === "" ? "none" : (option.argChoices ?? valueKinds[name] ?? "other"),
  };
}
