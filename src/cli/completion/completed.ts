/** What may stand in one place of a command line: nothing, one of some words, or something of a kind that the shell looks up. */
export type CompletedValue = "none" | "file" | "directory" | "run" | "other" | readonly string[];

/** What a shell can complete of one command, as the command line itself is wired. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its operands are, one after the other. */
  readonly operands: readonly CompletedValue[];
}

export interface CompletedOption {
  /** `--format`, `-v`. */
  readonly names: readonly string[];
  readonly description: string;
  /** What follows it. */
  readonly value: CompletedValue;
}

export interface Completed {
  /** Options before `go`. */
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

/** What the word `go` is told to do where shells show a description. */
export const goDescription = "run a go command, record it and explain it";

/** The names of all options that a value follows: that value is no command. */
export function valueOptions(completed: Completed): string[] {
  const all = [completed, ...completed.commands].flatMap(({ options }) => options);
  return [...new Set(all.flatMap(({ names, value }) => (value === "none" ? [] : names)))].sort();
}

/** A text as one word of a POSIX shell; zsh and fish read it alike where it has no backslash. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
