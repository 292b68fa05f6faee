import {
  type Completed,
  type CompletedOption,
  type CompletedValue,
  goDescription,
  quote,
} from "./completed.ts";

/** The completion script of zsh: a file of `fpath`, or text for `eval`. */
export function zshScript(completed: Completed): string {
  const listed = [["go", goDescription], ...completed.commands.map((each) => [each.name, each.description])];
  const arms = completed.commands.map(
    ({ name, options, operands }) =>
      `        ${name}) _arguments ${[...options.flatMap(zshOption), ...operands.map(zshOperand)].join(" ")} ;;`,
  );
  return `#compdef gocache-why
# zsh completion of gocache-why: gocache-why completion zsh > "\${fpath[1]}/_gocache-why"
_gocache-why() {
  local curcontext=$curcontext state line program=$words[1]
  _arguments -C -A '-*' ${completed.options.flatMap(zshOption).join(" ")} '1: :->command' '*::word:->words' && return
  case $state in
    command)
      local -a commands=(
${listed.map(([name = "", description = ""]) => `        ${quote(`${name}:${description}`)}`).join("\n")}
      )
      _describe command commands ;;
    words)
      case $words[1] in
${arms.join("\n")}
        # Go's own words are left to go's own completion, where the shell has one.
        go|go1.*|gotip|*/go) words[1]=go; _normal ;;
      esac ;;
  esac
}

# The ids of this module's runs, none where there is no history; or a file.
_gocache-why_runs() {
  local -a ids=(\${(f)"$(\${~program} runs --format json 2>/dev/null </dev/null | sed -n 's/^ *"id": "\\([^"]*\\)",*$/\\1/p')"})
  _alternative "runs:run:(\${ids[*]})" 'files:file:_files'
}

if [[ $funcstack[1] == _gocache-why ]]; then _gocache-why "$@"; else compdef _gocache-why gocache-why; fi
`;
}

function zshOption(option: CompletedOption): string[] {
  const value = option.value === "none" ? "" : `:value:${zshAction(option.value)}`;
  return option.names.map((name) => {
    // Its value may stand behind a = too.
    const isJoined = value !== "" && name.startsWith("--");
    return quote(`${name}${isJoined ? "=" : ""}[${plain(option.description)}]${value}`);
  });
}

function zshOperand(operand: CompletedValue, at: number): string {
  return quote(`${at + 1}:operand:${zshAction(operand)}`);
}

function zshAction(value: CompletedValue): string {
  switch (value) {
    case "none":
    case "other":
      return " ";
    case "file":
      return "_files";
    case "directory":
      return "_files -/";
    case "run":
      return "_gocache-why_runs";
    default:
      return `(${value.join(" ")})`;
  }
}

/** Characters that mean something to _arguments are left out. */
function plain(text: string): string {
  return text.replace(/[[\]:\\]/g, " ");
}
