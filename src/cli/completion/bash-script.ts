import { type Completed, type CompletedOption, type CompletedValue, valueOptions } from "./completed.ts";

/** The completion script of bash; it needs nothing that bash 3.2 (macOS) lacks. */
export function bashScript(completed: Completed): string {
  const names = completed.commands.map(({ name }) => name);
  const arms = completed.commands.map(
    ({ name, options, operands }) => `    ${name})
${bashOptions(options)}
      case $operands in
${operands.map((operand, at) => `        ${at}) ${bashValue(operand)} ;;`).join("\n")}
      esac ;;`,
  );
  return `# bash completion of gocache-why: eval "$(gocache-why completion bash)"
_gocache_why() {
  local IFS=$'\\n' cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' operands=0 at
  COMPREPLY=()
  # Bash takes --format=json for three words.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      ${valueOptions(completed).join("|")}) [[ \${COMP_WORDS[at+1]} == = ]] && ((at++)); ((at++)) ;;
      -*|=) ;;
      *)
        if [[ -n $command ]]; then
          ((operands++))
        else
          command=\${COMP_WORDS[at]}
          case $command in go|go1.*|gotip|*/go) _gocache_why_go "$at"; return ;; esac
        fi ;;
    esac
  done
  case $command in
    '')
${bashOptions(completed.options)}
      ${bashValue(["go", ...names])} ;;
${arms.join("\n")}
  esac
}

# Go's own words are left to go's own completion, where the shell has one.
_gocache_why_go() {
  local IFS=$' \\t\\n' helper spec at
  for helper in _comp_command_offset _command_offset; do
    if declare -F "$helper" >/dev/null; then "$helper" "$1"; return; fi
  done
  spec=$(complete -p go 2>/dev/null)
  for ((at = 0; at < $1; at++)); do
    COMP_LINE=\${COMP_LINE#*"\${COMP_WORDS[at]}"}
    COMP_POINT=$((COMP_POINT - \${#COMP_WORDS[at]} - 1))
  done
  COMP_LINE=\${COMP_LINE# }
  COMP_WORDS=("\${COMP_WORDS[@]:$1}")
  COMP_CWORD=$((COMP_CWORD - $1))
  set -- "\${COMP_WORDS[0]}" "\${COMP_WORDS[COMP_CWORD]}" "\${COMP_WORDS[COMP_CWORD-1]}"
  if [[ $spec =~ ' -F '([^ ]+) ]]; then
    "\${BASH_REMATCH[1]}" "$@"
  elif [[ $spec =~ ' -C '([^ ]+) ]]; then
    COMPREPLY=($(COMP_LINE=$COMP_LINE COMP_POINT=$COMP_POINT eval "\${BASH_REMATCH[1]}" '"$@"'))
  else
    compopt -o default 2>/dev/null
  fi
}

# The ids of this module's runs; none where there is no history.
_gocache_why_runs() {
  "\${COMP_WORDS[0]/#\\~/$HOME}" runs --format json 2>/dev/null </dev/null | sed -n 's/^ *"id": "\\([^"]*\\)",*$/\\1/p'
}

complete -F _gocache_why gocache-why
`;
}

/** What follows an option, and the options themselves. */
function bashOptions(options: readonly CompletedOption[]): string {
  const arms = options
    .filter(({ value }) => value !== "none")
    .map(({ names, value }) => `        ${names.join("|")}) ${bashValue(value)}; return ;;`);
  const values = arms.length === 0 ? "" : `      case $prev in\n${arms.join("\n")}\n      esac\n`;
  return `${values}      if [[ $cur == -* ]]; then
        ${bashValue(options.flatMap(({ names }) => names))}; return
      fi`;
}

function bashValue(value: CompletedValue): string {
  switch (value) {
    case "none":
    case "other":
      return ":";
    case "file":
      return `${asFiles}; COMPREPLY=($(compgen -f -- "$cur"))`;
    case "directory":
      return `${asFiles}; COMPREPLY=($(compgen -d -- "$cur"))`;
    case "run":
      return `${asFiles}; COMPREPLY=($(compgen -W "$(_gocache_why_runs)" -- "$cur") $(compgen -f -- "$cur"))`;
    default:
      return `COMPREPLY=($(compgen -W $'${value.join("\\n")}' -- "$cur"))`;
  }
}

/** Bash puts a slash behind a directory and a backslash before a space; from bash 4 on. */
const asFiles = "compopt -o filenames 2>/dev/null";
