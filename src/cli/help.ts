/** What stands below the options in `--help`: what to know, examples, exit status. */
export function helpOf(command: string): string {
  return texts.get(command) ?? "";
}

const runs = `A RUN is an id (or its first four characters), @1 for the newest run of this
module, @2 for the one before, or a file with the raw log of
GODEBUG=gocachehash=1.`;

const status = `Exit status:
  0  done, whatever was found
  1  it could not be done: no such run, file or package
  2  bad usage`;

const texts: ReadonlyMap<string, string> = new Map([
  [
    "gocache-why",
    `
Options stand before go; all that follows go is go's own. The report follows
go's own output on stderr, or goes to the file of --output. What was recorded
lies in $XDG_STATE_HOME/gocache-why, else ~/.local/state/gocache-why.

Examples:
  gocache-why go build ./...            build, record, say what missed and why
  gocache-why -v go test ./...          with all causes and their inputs
  gocache-why --format json --output why.json go build -o bin/ ./...
  gocache-why why ./internal/io         why this package ran in the newest run
  gocache-why diff before.log now.log   two logs of GODEBUG=gocachehash=1
  gocache-why runs                      the recorded runs of this module
  gocache-why COMMAND --help            more about one command

Exit status:
  The wrapped command's own; 128+n where a signal ended it. 125 where
  gocache-why failed before go was started, 126 where go can't be run, 127
  where there is none. Of a subcommand: 0 done, 1 it could not be done, 2 bad
  usage.`,
  ],
  [
    "diff",
    `
Compares two runs that are over, action by action. With one RUN it is compared
with the newest; with none the newest run is compared with the one that it was
compared with when it ran.

${runs}

Examples:
  gocache-why diff                      the newest run's report again
  gocache-why diff -v                   all causes, and the inputs that changed
  gocache-why diff @3 @1                what became different since
  GODEBUG=gocachehash=1 go build -x ./... 2> ci.log
  gocache-why diff ci.log laptop.log    two logs that were made like this
  gocache-why diff --format markdown    to be pasted in an issue

${status}`,
  ],
  [
    "runs",
    `
Newest first. The number in front (@1, @2, …) and the id name a run on the
command line.

Examples:
  gocache-why runs
  gocache-why runs --all --format json  the runs of all modules, for scripts

${status}`,
  ],
  [
    "why",
    `
Shows each action of the package (build, vet, link, test, with its variants),
and the way along the dependencies to the action where a file, a flag or a
variable changed. A package that was cached is said to be.

${runs}

Examples:
  gocache-why why ./internal/io         in the newest run
  gocache-why why internal/io           the end of an import path is enough
  gocache-why why net @2                in the run before
  gocache-why why cmd/app --baseline @5 compared with an older run
  gocache-why why cmd/app --format json as in schema/why.schema.json

${status}`,
  ],
  [
    "inputs",
    `
A key is made of files, the outputs of imported packages, settings and flags;
this lists them as they were in RUN. With --against RUN2 only what differs is
shown: RUN2 is before, RUN is now. Values that were hidden when the run was
recorded stay hidden.

${runs}

Examples:
  gocache-why inputs ./cmd/app          all that went into its keys, newest run
  gocache-why inputs ./cmd/app --against @2
  gocache-why inputs net now.log --against before.log
  gocache-why inputs cmd/app --format json
                                        as in schema/inputs.schema.json

${status}`,
  ],
  [
    "report",
    `
Reads what --format json wrote, here or on another machine, and shows it as if
it had just been made.

Examples:
  gocache-why report why.json
  gocache-why report why.json --format markdown
                                        to be pasted in an issue
  curl -s https://ci.example.com/why.json | gocache-why report - -v

${status}`,
  ],
  [
    "completion",
    `
Examples:
  eval "$(gocache-why completion bash)"                            in ~/.bashrc
  gocache-why completion zsh > "\${fpath[1]}/_gocache-why"          once
  gocache-why completion fish > ~/.config/fish/completions/gocache-why.fish

${status}`,
  ],
]);
