import { Command, CommanderError, Option } from "commander";
import type { Completed, CompletedCommand, CompletedOption } from "./commands/completion.ts";
import { UsageError } from "./failure.ts";
import { isGoWord } from "./go-word.ts";
import { helpOf } from "./help.ts";
import {
  addFaceOptions,
  addReportOptions,
  addTextOptions,
  type RawReportOptions,
  type RawTextOptions,
  readReportOptions,
} from "./options.ts";

/** Wires the command line; each command is loaded when it is used. */
export async function runProgram(
  words: readonly string[],
  process: NodeJS.Process,
  version: string,
): Promise<number> {
  let status = 0;
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
      writeErr: (text) => process.stderr.write(text.replace(/^error: /, "gocache-why: ")),
    });
  addReportOptions(program)
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
  addReportOptions(
    program
      .command("diff")
      .description("compare two runs: ids, @1 (the newest), @2, …, or files with raw gocachehash logs")
      .argument("[before]", "the earlier run; the newest run's baseline where both are left out")
      .argument("[now]", "the later run; the newest where it is left out"),
  ).action(async (before: string | undefined, now: string | undefined, raw: RawReportOptions) => {
    const { diff } = await import("./commands/diff.ts");
    status = await diff({ before, now, options: readReportOptions(raw), process, version });
  });
  program
    .command("runs")
    .description("list the recorded runs of this module, newest first")
    .addOption(
      new Option("--format <format>", "how it is written")
        .choices(["terminal", "json"])
        .argParser((word) => word)
        .default("terminal"),
    )
    .option("--all", "the runs of all modules")
    .option("--color", "colours, also in a pipe")
    .option("--no-color", "no colours")
    .action(async (raw: { format: string; all?: true; color?: boolean }) => {
      const { runs } = await import("./commands/runs.ts");
      status = await runs({ format: raw.format, all: raw.all === true, color: raw.color ?? null, process });
    });
  addTextOptions(
    program
      .command("why")
      .description("tell why one package ran: its path to the root, and what changed there")
      .argument("<package>", "import path, ./rel/path, or the end of one that no other package has")
      .argument("[run]", "the run; the newest where it is left out"),
  )
    .option("--baseline <run>", "compare with this run (id, @2, a log file), or none")
    .action(async (name: string, run: string | undefined, raw: RawTextOptions) => {
      const { why } = await import("./commands/why.ts");
      const options = readReportOptions(raw);
      status = await why({ package: name, run, format: raw.format, options, process, version });
    });
  addTextOptions(
    program
      .command("inputs")
      .description("list what went into a package's key; against another run, what differs")
      .argument("<package>", "import path, ./rel/path, or the end of one that no other package has")
      .argument("[run]", "the run; the newest where it is left out"),
  )
    .option("--against <run>", "show only what differs from this run (id, @2, a log file)")
    .action(async (name: string, run: string | undefined, raw: RawTextOptions & { against?: string }) => {
      const { inputs } = await import("./commands/inputs.ts");
      const options = readReportOptions(raw);
      const against = raw.against ?? null;
      status = await inputs({ package: name, run, against, format: raw.format, options, process, version });
    });
  addFaceOptions(
    program
      .command("report")
      .description("show a saved JSON report in another format")
      .argument("<file>", "a report of --format json; - for stdin"),
  ).action(async (file: string, raw: RawReportOptions) => {
    const { report } = await import("./commands/report.ts");
    status = await report({ file, options: readReportOptions(raw), process });
  });
  program
    .command("completion")
    .description("print the completion script of a shell")
    .argument("<shell>", "bash, zsh or fish")
    .action(async (shell: string) => {
      const { completion } = await import("./commands/completion.ts");
      status = completion(shell, completedOf(program), process);
    });
  program.addHelpText("after", helpOf("gocache-why"));
  for (const command of program.commands) {
    command.exitOverride().copyInheritedSettings(program).addHelpText("after", helpOf(command.name()));
  }
  try {
    await program.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version were asked for; all else that commander refuses is bad usage, and it has said so.
    return error.exitCode === 0 ? 0 : 2;
  }
  return status;
}

function unknownCommand(word: string): UsageError {
  return new UsageError(
    `"${word}" is neither a go command nor one of gocache-why's; put a go command behind it: gocache-why go build ./...`,
  );
}

/** The command line as shells complete it. */
function completedOf(program: Command): Completed {
  return {
    options: program.options.map(completedOption),
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      options: command.options.map(completedOption),
      operands: operandsOf(command),
    })),
  };
}

function operandsOf(command: Command): CompletedCommand["operands"] {
  const [first] = command.registeredArguments;
  if (first === undefined) return "none";
  if (first.name() === "shell") return ["bash", "zsh", "fish"];
  return first.name() === "package" ? "packages" : "files";
}

function completedOption(option: Option): CompletedOption {
  const takesValue = option.required || option.optional;
  const isFile = /<file>/.test(option.flags);
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    value: takesValue ? (option.argChoices ?? (isFile ? "file" : "other")) : "none",
  };
}
