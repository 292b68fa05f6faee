/** What stands below the options in `--help`: what to know, examples, exit status. */
export function helpOf(command: string): string {
  return texts.get(command) ?? "";
}

const runs = `A RUN is an id (or its first four characters), @1 for the newest run of this
module, @2 for the one before, or a file: a snapshot (gocache-why export), or
the raw log of GODEBUG=gocachehash=1, as a CI system gives it. Where a log has
several go commands, FILE#2 is its second.`;

const status = `Exit status:
  0  done, whatever was found
  1  it could not be done: no such run, file or package
  2  bad usage`;

const texts: ReadonlyMap<string, string> = new Map([
  [
    "gocache-why",
    `
Options stand before go; all that follows go is go's own. The report follows
go's own output on stderr, or goes to the file of --output; stdout stays go's.

Examples:
  gocache-why go build ./...            build, record, say what missed and why
  gocache-why -v go test ./...          with all causes and their inputs
  gocache-why --format json --output why.json go build -o bin/ ./...
  gocache-why --format html --output why.html go build -o bin/ ./...
  gocache-why why ./internal/io         why this package ran in the newest run
  gocache-why diff before.log now.log   two logs of GODEBUG=gocachehash=1
  gocache-why tests                     what the tests depend on
  gocache-why doctor                    what will cost misses, in CI files too
  gocache-why explain env-changed       what a cause means, and what to do
  gocache-why runs                      the recorded runs of this module
  gocache-why diff --help               more about one command

Environment:
  XDG_STATE_HOME   where the history is kept, in a folder gocache-why
  NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR
                   whether there are colours, the first one that is set counts;
                   --color and --no-color stand above them
  COLUMNS          how wide the report is where it goes to no terminal
  CI               where it is set no live line is shown
  GOCACHE_WHY_PROMETHEUS, GOCACHE_WHY_NDJSON
                   files as of --prometheus and --ndjson, for every run
  GOCACHE_WHY_TRACE_CACHE
                   1: as --trace-cache, for every run; 0: not even where the
                   configuration says so
  GOFLAGS, GODEBUG, GOCACHE, ...
                   as go knows them; they are handed on as they are

Files:
  $XDG_STATE_HOME/gocache-why, else ~/.local/state/gocache-why
                   the history: what was recorded, 30 runs a command at the most

Exit status:
  The wrapped command's own; 128+n where a signal ended it. 125 where
  gocache-why failed before go was started, 126 where go can't be run, 127
  where there is none. Of a subcommand: 0 done, 1 it could not be done, 2 bad
  usage.`,
  ],
  [
    "run",
    `
While the command runs, a folder stands first on PATH whose go records what it
builds and tests; other go commands pass straight through, and what go itself
starts sees PATH as it is without that. The report follows at the end, on stderr:
causes over all go commands, and what each of them did. Not seen is a go command
that is started by a path of its own, or by a program of go run, go tool or go
generate, for which go puts its own folder first.

Examples:
  gocache-why run -- make build
  gocache-why run -- ./scripts/ci.sh --fast
  gocache-why run --format json --output why.json -- make test
  gocache-why run -v -- gotestsum ./...  with all causes and their inputs
  gocache-why run --trace-cache -- make build  what GOCACHEPROG was asked

Exit status:
  The command's own; 128+n where a signal ended it, 126 where it can't be run,
  127 where there is none.`,
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
  gocache-why diff --show-innocent      also what changed and cost no miss
  GODEBUG=gocachehash=1 go build -x ./... 2> ci.log
  gocache-why diff ci.log laptop.log    two logs that were made like this
  gocache-why diff --format markdown    to be pasted in an issue

${status}`,
  ],
  [
    "cold",
    `
Where a run missed much and nothing earlier is known (a CI job that restored a
cache): its keys are made again under other settings, Go versions, flags and
places, until one is in the cache that is there. What is found is proven by the
key; where nothing fits it says so. A LOG is looked into from the checkout that
it is of, with the GOCACHE that the job had.

${runs}

Examples:
  gocache-why cold                      the newest run of this module
  gocache-why cold now.log              a log of GODEBUG=gocachehash=1
  GOCACHE=/tmp/restored gocache-why cold now.log
  gocache-why cold --deep now.log       look longer: up to a minute

${status}`,
  ],
  [
    "cache",
    `
Families of archives by Go version, platform and level, as the compiler wrote
them into each; -race, -trimpath, -cover and -gcflags by keys of this module's
build that were made again (proven). Nothing is built, and no entry counts as
used.

Examples:
  gocache-why cache
  gocache-why cache --format json
  GOCACHE=/tmp/restored gocache-why cache

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
  gocache-why runs ci.log               the go commands of a log

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
  gocache-why why fmt @2                in the run before
  gocache-why why cmd/app --baseline @5
                                        compared with an older run
  gocache-why why cmd/app --format json
                                        as in schema/why.schema.json
  gocache-why why ./internal/io --test  its test alone, and what go does not see

${status}`,
  ],
  [
    "tests",
    `
Tests are cached under the variables and files of the module that they read.
This lists them for all packages, in how many of the last runs of the same
command (21 at most) each was not what it had been, and which packages go keeps
no result of. Values that were hidden when the run was recorded stay hidden.

${runs}

Examples:
  gocache-why tests                     the newest run that has tests
  gocache-why tests -v                  all inputs, with the packages' names
  gocache-why tests @3                  an older run, and those before it
  gocache-why tests --format json       as in schema/tests.schema.json

${status}`,
  ],
  [
    "what-if",
    `
Answers what a fix would have saved: the inputs of both runs are written anew by
Go's rules, and where the keys come out the same there would have been a hit.
Each answer says how sure it is: proven, predicted, or at-most, which early
cut-off may do better than. The suppositions can be combined.

${runs}

Examples:
  gocache-why what-if --trimpath        of the newest run and its baseline
  gocache-why what-if --without-flag -race
  gocache-why what-if --set CGO_CFLAGS='-O2 -g' --same-dir
  gocache-why what-if --without-cause file-edited:internal/errors/errors.go
  gocache-why what-if ci.snapshot @1 --trimpath --no-vcs
  gocache-why what-if --set TMPDIR=/tmp --same-mtimes
                                        which tests would have been (cached)
  gocache-why what-if --trimpath --verify
                                        really built, in copies
  gocache-why what-if --trimpath --over 20
                                        over the last 20 runs
  gocache-why what-if --trimpath --format json
                                        as in schema/what-if.schema.json

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
  gocache-why inputs fmt now.log --against before.log
  gocache-why inputs cmd/app --format json
                                        as in schema/inputs.schema.json

${status}`,
  ],
  [
    "report",
    `
Reads what --format json wrote, here or on another machine, and shows it as if
it had just been made. Of a snapshot it shows the run, compared with what
--baseline names.

Examples:
  gocache-why report why.json
  gocache-why report why.json --format markdown
                                        to be pasted in an issue
  gocache-why report why.json --open    as a page: the causes, the timeline,
                                        the packages, the runs before it
  gocache-why report why.json --format trace --output why.trace.json
                                        for ui.perfetto.dev
  curl -s https://ci.example.com/why.json | gocache-why report - -v

${status}`,
  ],
  [
    "doctor",
    `
Looks at the checkout that you stand in: CI files, Dockerfiles, scripts,
Makefiles and tests; at the recorded runs of its module; and at this machine.
Each finding has its place, what was seen, and what to do. Nothing is changed.

With --experiment the newest recorded tests or build of the module are really run
(else go test ./...), in copies of the checkout with a cache of their own: twice
in the same place, in another checkout path, with another HOME and TMPDIR, with
the times of a fresh clone, and as another user. What misses is a finding.

The config file .gocache-why.json can silence a finding, with a reason:
  { "doctor": { "ignore": [{ "code": "test-count-one", "reason": "…" }] } }

Examples:
  gocache-why doctor
  gocache-why doctor -v                 with what was seen, and cautions
  gocache-why doctor --fail-on warning  a check in CI: exit 10
  gocache-why doctor --experiment 30    really built, in copies; 30 minutes at most
  gocache-why doctor --format json      as in schema/doctor.schema.json

${status}
  10 a finding is at least as grave as --fail-on says`,
  ],
  [
    "check",
    `
Counts what missed the cache: actions that ran although Go could have kept them.
What always runs (a link whose output nothing keeps, -count=1) is no miss. The
hit rate is hits among hits and misses, in percent. An action that ran only for
causes of --allow does not count.

Limits also come from "check" in .gocache-why.json, the nearest one upwards to
the repository's root; an option stands above what the file has of its name.

${runs}

Examples:
  gocache-why check why.json --max-missed 0
                                        a report that --format json wrote
  gocache-why check why.json --min-hit-rate 95 --allow file-edited
  gocache-why check --max-seconds 30 --fail-on directory-moved
                                        the newest run and its baseline
  gocache-why check @3 @1 --max-missed 0 --package ./internal/...
  gocache-why check why.json --fail-on env-changed:CGO_CFLAGS --format json
                                        as in schema/check.schema.json

Exit status:
  0   within all limits
  1   it could not be told: no such file or run, the report lacks what is asked
  2   bad usage
  10  a limit is exceeded; each is a line`,
  ],
  [
    "ci",
    `
GitHub Actions: the step's summary, at most 10 annotations, a group of the log.
GitLab: sections of the log, and a metrics report. Buildkite: an annotation, and
a group of the log. Elsewhere Markdown on stdout. Several reports become one.

Without a report the newest run of this module is compared with --baseline, else
with its own baseline; where there is none, what the cache that is there tells.

${runs}

Examples:
  gocache-why ci                        the newest run of this module
  gocache-why ci why.json               a report that --format json wrote
  gocache-why ci build.json test.json   both of them together
  gocache-why ci --baseline main.snapshot
                                        what differs from the main branch's run
  gocache-why ci why.json --output why.md
                                        as Markdown for a comment, too

${status}`,
  ],
  [
    "explain",
    `
Without a code all causes are listed. Codes are what stands in JSON as "code".

Examples:
  gocache-why explain                   all causes, one a line
  gocache-why explain test-file-changed
  gocache-why explain env-changed --format markdown
                                        to be pasted in an issue
  gocache-why explain --format json     all of them, for scripts

${status}`,
  ],
  [
    "export",
    `
The file holds the run and all inputs of its keys, under 1 MB for most
programs; no secrets (values are tokens that compare in this file alone), and
no source text. It holds paths, so that two checkouts can be compared. Every
command takes it as a RUN.

${runs}

Examples:
  gocache-why export -o ci.snapshot     the newest run
  gocache-why export @3 -o before.snapshot
  gocache-why --baseline ci.snapshot go build ./...
                                        what differs from CI
  gocache-why export -o - | ssh host 'cat > ci.snapshot'

${status}`,
  ],
  [
    "import",
    `
Reads a log of GODEBUG=gocachehash=1 as people have it: with the time stamps,
colours and step names of CI systems and containers, in JSON of go test or of
docker, packed by gzip or in GitHub's zip archive. Each go command in it
becomes a run of the module that you stand in; the ids are printed, one a line,
and on stderr what the runs lack. Secrets are hidden before anything is kept.

A job without Node can record with plain go: docs/record-without-node.md.

Examples:
  gocache-why import ci.log
  gocache-why import --command 2 ci.log
                                        only the log's second go command
  gh run view 1234 --log | gocache-why import -
  gocache-why import --actiongraph go-graph.json go-keys.log
                                        with the times of the run
  gocache-why diff $(gocache-why import ci.log) @2

${status}`,
  ],
  [
    "scrub",
    `
Writes the log line by line, with tokens in the place of values that may be
secrets. It can still be compared and imported: what holds a token counts as
hidden. What no rule can know for a secret stays: look it through.

Examples:
  gocache-why scrub ci.log > clean.log
  gocache-why scrub ci.log.gz -o clean.log

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
