import {
  type Completed,
  type CompletedOption,
  type CompletedValue,
  goDescription,
  quote,
  valueOptions,
} from "./completed.ts";

/** The completion script of fish. */
export function fishScript(completed: Completed): string {
  const first = "test -z (__gocache_why_command)";
  const lines = [
    ...completed.options.map((option) => fishOption(option, first)),
    ...[{ name: "go", description: goDescription }, ...completed.commands].map(
      ({ name, description }) => `${complete(first)} -a ${name} -d ${quote(description)}`,
    ),
    `${complete("test (__gocache_why_command) = go")} -a '(__gocache_why_go)'`,
  ];
  for (const { name, options, operands } of completed.commands) {
    for (const [at, operand] of operands.entries()) {
      const value = fishValue(operand);
      if (value !== "") lines.push(`${complete(`test (__gocache_why_command) = ${name}${at}`)}${value}`);
    }
    const inside = `string match -qr '^${name}\\d' -- (__gocache_why_command)`;
    lines.push(...options.map((option) => fishOption(option, inside)));
  }
  return `# fish completion of gocache-why: gocache-why completion fish > ~/.config/fish/completions/gocache-why.fish

# The command and the number of operands behind it (diff1), go, or an empty line where neither has been written.
function __gocache_why_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l command ''
    set -l operands 0
    set -l skip 0
    for word in $words
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case ${valueOptions(completed).join(" ")}
                set skip 1
            case '-*'
            case '*'
                if test -n "$command"
                    set operands (math $operands + 1)
                else
                    set command $word
                    switch $word
                        case go gotip 'go1.*' '*/go'
                            echo go
                            return
                    end
                end
        end
    end
    if test -n "$command"
        echo $command$operands
    else
        echo ''
    end
end

# Go's own words are left to go's own completion.
function __gocache_why_go
    set -l words (commandline -opc)
    for at in (seq (count $words))
        switch $words[$at]
            case go gotip 'go1.*' '*/go'
                set -l line (string escape -- go $words[$at..-1][2..-1])
                complete -C "$line "(commandline -ct)
                return
        end
    end
end

# The ids of this module's runs; none where there is no history.
function __gocache_why_runs
    set -l words (commandline -opc)
    eval $words[1] runs --format json 2>/dev/null </dev/null | string replace -rf '^ *"id": "([^"]*)",?$' '$1'
end

complete -c gocache-why -f
${lines.join("\n")}
`;
}

function fishOption({ names, description, value }: CompletedOption, when: string): string {
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const argument = value === "none" ? "" : ` -r${fishValue(value) || " -f"}`;
  return `${complete(when)} ${flags.join(" ")}${argument} -d ${quote(description)}`;
}

function complete(when: string): string {
  return `complete -c gocache-why -n ${quote(when)}`;
}

function fishValue(value: CompletedValue): string {
  switch (value) {
    case "none":
    case "other":
      return "";
    case "file":
      return " -F";
    case "directory":
      return " -f -a '(__fish_complete_directories (commandline -ct))'";
    case "run":
      return " -F -a '(__gocache_why_runs)'";
    default:
      return ` -f -a ${quote(value.join(" "))}`;
  }
}
