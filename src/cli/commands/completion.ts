import { UsageError } from "../failure.ts";

/** What a shell can complete of one command, as the command line itself is wired. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** What its operands are. */
  readonly operands: "none" | "files" | "packages" | readonly string[];
}

export interface CompletedOption {
  /** `--format`, `-v`. */
  readonly names: readonly string[];
  readonly description: string;
  /** What follows it: nothing, a file, one of some words, or something else. */
  readonly value: "none" | "file" | "other" | readonly string[];
}

export interface Completed {
  /** Options before `go`. */
  readonly options: readonly CompletedOption[];
  readonly commands: readonly CompletedCommand[];
}

export const shells = ["bash", "zsh", "fish"] as const;

/** Prints the completion script of a shell. */
export function completion(shell: string, completed: Completed, process: NodeJS.Process): number {
  const write = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell as (typeof shells)[number]];
  if (!shells.some((name) => name === shell)) {
    throw new UsageError(`there is no completion for ${shell}: it is one of ${shells.join(", ")}`);
  }
  process.stdout.write(write(completed));
  return 0;
}

function bashScript(completed: Completed): string {
  const arms = [
    { name: "", options: completed.options, operands: ["go", ...names(completed)] },
    ...completed.commands,
  ].map(
    (command) => `    ${command.name === "" ? "''" : command.name})
${optionArms(command.options)}
      words=${quote(wordsOf(command).join(" "))}${isFiles(command.operands) ? "; files=1" : ""} ;;`,
  );
  return `# bash completion of gocache-why: eval "$(gocache-why completion bash)"
_gocache_why() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' files='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${COMP_WORDS[at]}" in
      go|go1.*|gotip|*/go) # All that follows is go's own.
        compopt -o default 2>/dev/null; return ;;
      ${names(completed).join("|")}) command=\${COMP_WORDS[at]}; break ;;
    esac
  done
  case "$command" in
${arms.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ -n $files && $cur != -* ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F _gocache_why gocache-why
`;
}

function optionArms(options: readonly CompletedOption[]): string {
  const arms = options
    .filter((option) => option.value !== "none")
    .map((option) => {
      const reply = Array.isArray(option.value)
        ? `COMPREPLY=($(compgen -W ${quote(option.value.join(" "))} -- "$cur")); return`
        : option.value === "file"
          ? 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return'
          : "return";
      return `        ${option.names.join("|")}) ${reply} ;;`;
    });
  return arms.length === 0 ? "" : `      case "$prev" in\n${arms.join("\n")}\n      esac`;
}

function zshScript(completed: Completed): string {
  const commands = completed.commands.map(
    (command) =>
      `      ${command.name}) _arguments ${[...command.options.flatMap(zshOption), ...zshOperands(command)].join(" ")} ;;`,
  );
  const listed = [
    ["go", "run a go command, record it and explain it"],
    ...completed.commands.map((each) => [each.name, each.description]),
  ];
  return `#compdef gocache-why
# zsh completion of gocache-why: gocache-why completion zsh > "\${fpath[1]}/_gocache-why"
_gocache-why() {
  local state
  _arguments -C ${completed.options.flatMap(zshOption).join(" ")} '1: :->command' '*::word:->words' && return
  case $state in
    command)
      local -a commands=(${listed.map(([name = "", description = ""]) => quote(`${name}:${description}`)).join(" ")})
      _describe command commands ;;
    words)
      case $words[1] in
${commands.join("\n")}
      go|go1.*|gotip) service=go _normal ;;
      esac ;;
  esac
}
if [[ $funcstack[1] == _gocache-why ]]; then _gocache-why "$@"; else compdef _gocache-why gocache-why; fi
`;
}

function zshOption(option: CompletedOption): string[] {
  const text = option.description.replace(/[[\]:\\]/g, " ");
  const value = Array.isArray(option.value)
    ? `:value:(${option.value.join(" ")})`
    : option.value === "file"
      ? ":file:_files"
      : option.value === "other"
        ? ":value: "
        : "";
  return option.names.map((name) => quote(`${name}[${text}]${value}`));
}

function zshOperands(command: CompletedCommand): string[] {
  if (Array.isArray(command.operands)) return [quote(`1:what:(${command.operands.join(" ")})`)];
  return isFiles(command.operands) ? [quote("*:file:_files")] : [];
}

function fishScript(completed: Completed): string {
  const all = names(completed).join(" ");
  const lines = [
    "# fish completion of gocache-why: gocache-why completion fish | source",
    "complete -c gocache-why -f",
    `complete -c gocache-why -n ${quote(`not __fish_seen_subcommand_from go ${all}`)} -a go -d ${quote("run a go command, record it and explain it")}`,
    "complete -c gocache-why -n '__fish_seen_subcommand_from go' -F",
    ...completed.options.map((option) => fishOption(option, `not __fish_seen_subcommand_from go ${all}`)),
  ];
  for (const command of completed.commands) {
    const inside = `__fish_seen_subcommand_from ${command.name}`;
    lines.push(
      `complete -c gocache-why -n ${quote(`not __fish_seen_subcommand_from go ${all}`)} -a ${command.name} -d ${quote(command.description)}`,
    );
    if (Array.isArray(command.operands)) {
      lines.push(`complete -c gocache-why -n ${quote(inside)} -a ${quote(command.operands.join(" "))}`);
    } else if (isFiles(command.operands)) lines.push(`complete -c gocache-why -n ${quote(inside)} -F`);
    lines.push(...command.options.map((option) => fishOption(option, inside)));
  }
  return `${lines.join("\n")}\n`;
}

function fishOption(option: CompletedOption, when: string): string {
  const names = option.names.map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const value = Array.isArray(option.value)
    ? ` -x -a ${quote(option.value.join(" "))}`
    : option.value === "file"
      ? " -r -F"
      : option.value === "other"
        ? " -x"
        : "";
  return `complete -c gocache-why -n ${quote(when)} ${names.join(" ")}${value} -d ${quote(option.description)}`;
}

function names(completed: Completed): string[] {
  return completed.commands.map((command) => command.name);
}

function wordsOf(command: Pick<CompletedCommand, "options" | "operands">): string[] {
  const operands = Array.isArray(command.operands) ? command.operands : [];
  return [...operands, ...command.options.flatMap((option) => option.names)];
}

function isFiles(operands: CompletedCommand["operands"]): boolean {
  return operands === "files" || operands === "packages";
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
