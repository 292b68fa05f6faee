import { type Command, InvalidArgumentError, Option } from "commander";
import { type Format, formats, isFormat } from "../report/renderers/index.ts";
import { UsageError } from "./failure.ts";

/** Options of every command that gives a report, as commander hands them over. */
export interface RawReportOptions {
  readonly format: Format;
  readonly output?: string;
  readonly baseline?: string;
  readonly quiet?: true;
  readonly open?: true;
  readonly all?: true;
  readonly verbose: number;
  readonly color?: boolean;
  readonly showValues?: true;
  readonly prometheus?: string;
  readonly ndjson?: string;
  readonly traceCache?: true;
}

export interface ReportOptions {
  readonly format: Format;
  /** Absolute path, taken from where the tool was started; null for the stream. */
  readonly output: string | null;
  /** A RUN, `none`, or null for the newest of the family. */
  readonly baseline: string | null;
  readonly quiet: boolean;
  /** To be shown in a browser; the format is HTML then. Absent: no. */
  readonly open?: true;
  readonly all: boolean;
  readonly verbosity: 0 | 1 | 2;
  /** As asked for on the command line; null where nothing was. */
  readonly color: boolean | null;
  /** Token → value for `--show-values`, filled by what this process reads; null where values stay hidden. */
  readonly shown: Map<string, string> | null;
  /** Of a run: files that its numbers go to, as typed; absent where none was named. */
  readonly prometheus?: string;
  readonly ndjson?: string;
  /** Of a run: go's cache program is to be traced. Absent: unless the environment or the configuration says so. */
  readonly traceCache?: true;
}

export function addReportOptions(command: Command): Command {
  return addFaceOptions(command)
    .option("--baseline <run>", "compare with this run (id, @2, a log file), or none")
    .option("--quiet", "no report on the terminal")
    .option("--show-values", showValuesText);
}

/** Of what runs go commands: where each run's numbers go. */
export function addSinkOptions(command: Command): Command {
  return command
    .option("--prometheus <file>", "write the run's metrics to a file, in Prometheus' text format")
    .option("--ndjson <file>", "put the run's rows behind a file: a row a run, a cause, an action");
}

/** Of what runs go commands, and where the program of GOCACHEPROG matters. */
export function addTraceOption(command: Command): Command {
  return command.option(
    "--trace-cache",
    "note what go asks the program of GOCACHEPROG, and how long its answers take",
  );
}

/** Of a subcommand that reads runs and gives no report. */
export function addShowValues(command: Command): Command {
  return command.option("--show-values", showValuesText);
}

const showValuesText = "show values that may be secrets, as far as this run or these logs have them";

/** Options of how a report is shown. */
export function addFaceOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "how the report is written")
        .choices(formats)
        .argParser(readFormat)
        .default("terminal" as Format),
    )
    .option("--output <file>", "write the report to a file; stderr is go's alone then")
    .option("--open", "show the report in the browser: --format html, in a file")
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

/** Options of what is told as text or as JSON, and is no report. */
export function addTextOptions(command: Command): Command {
  return addTextFormats(command, ["terminal", "json"]);
}

/** Of what can be pasted into a document too. */
export function addMarkdownOptions(command: Command): Command {
  return addTextFormats(command, ["terminal", "json", "markdown"]);
}

function addTextFormats(command: Command, formats: readonly string[]): Command {
  return command
    .addOption(new Option("--format <format>", "how it is written").choices(formats).default("terminal"))
    .option("--output <file>", "write it to a file")
    .option("-v, --verbose", "leave nothing out", (_word, count: number) => count + 1, 0)
    .option("--color", "colours, also in a pipe or a file")
    .option("--no-color", "no colours");
}

export interface RawTextOptions<TextFormat extends Format = "terminal" | "json"> {
  readonly format: TextFormat;
  readonly output?: string;
  readonly baseline?: string;
  readonly verbose: number;
  readonly color?: boolean;
  readonly showValues?: true;
}

function readFormat(word: string): Format {
  if (isFormat(word)) return word;
  throw new InvalidArgumentError(`It is one of ${formats.join(", ")}.`);
}

export function readReportOptions(raw: RawReportOptions | RawTextOptions<Format>): ReportOptions {
  const open = "open" in raw && raw.open === true;
  if (open && raw.format !== "terminal" && raw.format !== "html")
    throw new UsageError(`--open shows the HTML report: it does not go with --format ${raw.format}`);
  return {
    format: open ? "html" : raw.format,
    output: raw.output ?? null,
    baseline: raw.baseline ?? null,
    quiet: "quiet" in raw && raw.quiet === true,
    ...(open ? { open } : {}),
    all: "all" in raw && raw.all === true,
    verbosity: raw.verbose >= 2 ? 2 : raw.verbose === 1 ? 1 : 0,
    color: raw.color ?? null,
    shown: raw.showValues === true ? new Map() : null,
    ...("prometheus" in raw && raw.prometheus !== undefined ? { prometheus: raw.prometheus } : {}),
    ...("ndjson" in raw && raw.ndjson !== undefined ? { ndjson: raw.ndjson } : {}),
    ...("traceCache" in raw && raw.traceCache === true ? { traceCache: raw.traceCache } : {}),
  };
}
