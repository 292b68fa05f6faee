import { type Command, InvalidArgumentError } from "commander";
import { type Format, formats, isFormat } from "../report/renderers/index.ts";

/** Options of every command that gives a report, as commander hands them over. */
export interface RawReportOptions {
  readonly format: Format;
  readonly output?: string;
  readonly baseline?: string;
  readonly quiet?: true;
  readonly all?: true;
  readonly verbose: number;
  readonly color?: boolean;
}

export interface ReportOptions {
  readonly format: Format;
  /** Absolute path, taken from where the tool was started; null for the stream. */
  readonly output: string | null;
  /** A RUN, `none`, or null for the newest of the family. */
  readonly baseline: string | null;
  readonly quiet: boolean;
  readonly all: boolean;
  readonly verbosity: 0 | 1 | 2;
  /** As asked for on the command line; null where nothing was. */
  readonly color: boolean | null;
}

export function addReportOptions(command: Command): Command {
  return command
    .option("--format <format>", `${formats.join(" or ")}`, readFormat, "terminal" as Format)
    .option("--output <file>", "write the report to a file; stderr is go's alone then")
    .option("--baseline <run>", "compare with this run (id, @2, a log file), or none")
    .option("--quiet", "no report on the terminal")
    .option("--all", "list every action, hits too")
    .option(
      "-v, --verbose",
      "-v all causes and roots, -vv every action that ran",
      (_word, count: number) => count + 1,
      0,
    )
    .option("--color", "colours, also in a pipe or a file")
    .option("--no-color", "no colours");
}

function readFormat(word: string): Format {
  if (isFormat(word)) return word;
  throw new InvalidArgumentError(`It is one of ${formats.join(", ")}.`);
}

export function readReportOptions(raw: RawReportOptions, process: NodeJS.Process): ReportOptions {
  const { argv } = process;
  return {
    format: raw.format,
    output: raw.output ?? null,
    baseline: raw.baseline ?? null,
    quiet: raw.quiet === true,
    all: raw.all === true,
    verbosity: raw.verbose >= 2 ? 2 : raw.verbose === 1 ? 1 : 0,
    // commander gives `true` where nothing was said, since --no-color has a default.
    color: raw.color === false ? false : argv.includes("--color") ? true : null,
  };
}
