import { Command, CommanderError } from "commander";
import { UsageError } from "./failure.ts";
import { addReportOptions, type RawReportOptions, readReportOptions } from "./options.ts";

const goWord = /^(.*[/\\])?(go|go1(\.\d+)*((rc|beta)\d+)?|gotip)(\.exe)?$/;

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
      if (!goWord.test(word)) throw unknownCommand(word);
      const { wrap } = await import("./commands/wrap.ts");
      status = await wrap({
        word,
        words: rest,
        options: readReportOptions(raw, process),
        inBand: raw.inBand === true,
        process,
        version,
      });
    });
  program.addHelpText(
    "after",
    `
Examples:
  gocache-why go build ./...            build, record, and say what missed the cache and why
  gocache-why --format json --output why.json go build -o bin/ ./...
  gocache-why diff before.log now.log   two logs of GODEBUG=gocachehash=1
  gocache-why runs                      the recorded runs of this module

The exit status of a wrapped command is its own.`,
  );
  addReportOptions(
    program
      .command("diff")
      .description("compare two runs: ids, @1 (the newest), @2, …, or files with raw gocachehash logs")
      .argument("[before]", "the earlier run; the newest run's baseline where both are left out")
      .argument("[now]", "the later run; the newest where it is left out"),
  ).action(async (before: string | undefined, now: string | undefined, raw: RawReportOptions) => {
    const { diff } = await import("./commands/diff.ts");
    status = await diff({ before, now, options: readReportOptions(raw, process), process, version });
  });
  program
    .command("runs")
    .description("list the recorded runs of this module, newest first")
    .option("--format <format>", "terminal or json", "terminal")
    .option("--all", "the runs of all modules")
    .option("--color", "colours, also in a pipe")
    .option("--no-color", "no colours")
    .action(async (raw: { format: string; all?: true; color?: boolean }) => {
      const { runs } = await import("./commands/runs.ts");
      const color = raw.color === false ? false : process.argv.includes("--color") ? true : null;
      status = await runs({ format: raw.format, all: raw.all === true, color, process });
    });
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
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
