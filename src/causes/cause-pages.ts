import type { CauseCode } from "./cause.ts";

/** What `gocache-why explain CODE` and docs/causes.md say beyond the catalogue. Apart from it, since no run needs these texts. */
export interface CausePage {
  /** How the cause is known, and what it takes for the word `proven`. */
  readonly proof: string;
  /** What to do about it. */
  readonly fix: string;
  /** When the fix does harm; null where there is none to be feared. */
  readonly unsafe: string | null;
  /** How to see it with go's own tools: shell commands, and what to look for in what they print. */
  readonly byHand: { readonly commands: readonly string[]; readonly see: string };
  /** A document of this repository that tells more. */
  readonly more?: { readonly file: string; readonly about: string };
}

/** The lines of a package's key: nothing is compiled, and what Go hashes is printed. */
function keyLines(name: string, lines: string, flags = ""): string {
  return `GODEBUG=gocachehash=1 go build -n ${flags}-o /dev/null "${name}" 2>&1 | grep -F "HASH[build ${name}]: \\"${lines}"`;
}

/** The same of a program's link. */
function linkLines(lines: string): string {
  return `GODEBUG=gocachehash=1 go build -n -o /dev/null "$MAIN" 2>&1 | grep -F "HASH[link $MAIN]: \\"${lines}"`;
}

/** The index entry of a package's key in the cache: its name needs the whole key, which only the log has. */
const findEntry = [
  `key=$(GODEBUG=gocachehash=1 go build -n -o /dev/null "$PKG" 2>&1 | grep -F "HASH[build $PKG]: " | grep -oE '[0-9a-f]{64}$')`,
  `entry="$(go env GOCACHE)/$(echo "$key" | cut -c1-2)/$key-a"`,
];

/** What a test looks at: its own log of it, without go's. */
const testLog = [
  `work=$(mktemp -d) && go test -c -o "$work/p.test" "$PKG"`,
  `(cd "$(go list -f '{{.Dir}}' "$PKG")" && "$work/p.test" -test.testlogfile="$work/log" > /dev/null)`,
];

const trimpathHarm =
  "-trimpath shortens the file names in stack traces, and debuggers need a path mapping (delve: substitute-path).";

/** One page a code; the Record's type holds it complete. */
export const causePages: Readonly<Record<CauseCode, CausePage>> = {
  "file-edited": {
    proof:
      "The record has the digest of each file of a package. With the earlier digest in its line, and the earlier outputs of what the package imports, the earlier key must come out. Lines that the edit moved (imports, #cgo, embed patterns) are had from the earlier text: git's, or a kept copy with that digest.",
    fix: "None where the edit was meant. For generated files: leave out times and paths, and write the file only if its content changes. An embed pattern should not take in files that change with every build.",
    unsafe: null,
    byHand: {
      commands: [
        keyLines("$PKG", "file "),
        `sha256sum "$FILE" | cut -c1-30 | tr a-f A-F | basenc --base16 -d | basenc --base64url`,
      ],
      see: "The second command makes the word behind the file's name in the first: the beginning of its SHA-256. Run it on the earlier file (git show HEAD~1:./FILE > old) and compare.",
    },
  },
  "file-added": {
    proof:
      "The file's line is left out, or stands where the earlier record has none, and the earlier key comes out. If a build constraint, a tag or GOOS brought it in, that is the cause and not the file.",
    fix: "None where it was meant. Files of editors and generators next to the sources (also _cgo files, .syso, embedded ones) belong elsewhere.",
    unsafe: null,
    byHand: {
      commands: [
        `go list -f '{{.GoFiles}} {{.CgoFiles}} {{.EmbedFiles}} left out: {{.IgnoredGoFiles}}' "$PKG"`,
        `git status --short -- "$(go list -f '{{.Dir}}' "$PKG")"`,
      ],
      see: "The first command lists the files that are compiled, and those that a constraint leaves out; the second those that git does not know.",
    },
  },
  "file-removed": {
    proof:
      "The file's line, with its earlier digest, is put in where Go would have written it, and the earlier key comes out.",
    fix: "None where it was meant. Where a constraint leaves it out now, look at its //go:build line and the suffix of its name (_linux, _arm64, _test).",
    unsafe: null,
    byHand: {
      commands: [
        `go list -f '{{.GoFiles}} {{.CgoFiles}} {{.EmbedFiles}} left out: {{.IgnoredGoFiles}}' "$PKG"`,
        `git log --oneline -3 --diff-filter=D -- "$(go list -f '{{.Dir}}' "$PKG")"`,
      ],
      see: "The file is in neither list, or among those left out; the second command shows the last commits that deleted files there.",
    },
  },
  "pgo-profile-changed": {
    proof:
      "Each package of the program has a line with the profile's hash (from Go 1.23 on that of the preprocessed profile). With the earlier hash in it, the earlier keys come out.",
    fix: "Renew the profile rarely, together with a release. While developing, -pgo=off shares the cache with all programs that have no profile.",
    unsafe: "With -pgo=off the program is slower: not for what is shipped.",
    byHand: {
      commands: [
        `go list -f '{{.Dir}}' "$MAIN" | xargs -I{} find {} -maxdepth 1 -name default.pgo`,
        `GODEBUG=gocachehash=1 go build -n -o /dev/null "$MAIN" 2>&1 | grep -o '"pgofile .*"' | sort | uniq -c`,
      ],
      see: "A default.pgo beside the main package is used without any flag. The second command counts the packages whose key has the profile.",
    },
  },
  "overlay-changed": {
    proof:
      "Of a replaced file only the content is in the key: with the digest of the earlier content, the earlier key comes out.",
    fix: "Give editors and CI the same overlay, or none. A tool that writes overlays should write equal contents for equal sources.",
    unsafe: null,
    byHand: {
      commands: [keyLines("$PKG", "file "), keyLines("$PKG", "file ", '-overlay="$OVERLAY" ')],
      see: "The line of the replaced file differs between the two commands.",
    },
  },
  "env-changed": {
    proof:
      "The earlier value is put where Go writes it: CGO_CFLAGS into the CC= line of packages with cgo and, without -trimpath, into the build info of programs; GOAMD64 and its like into each package; GOOS, GOARCH and CGO_ENABLED choose other files too. A hidden value can't be put back: then the cause is observed.",
    fix: "Set it in one place for shells and CI jobs: go env -w, the job's environment, or a .envrc that all use. Spelling counts: CC=gcc and CC=/usr/bin/gcc are two compilers to Go, and one more space in CGO_CFLAGS changes the build info of programs.",
    unsafe:
      "go env -w holds for all modules of that user, and an environment variable of the same name overrides it silently.",
    byHand: {
      commands: ["go env -changed", `cat "$(go env GOENV)" 2> /dev/null || echo "no settings of go env -w"`],
      see: "Variables that are not at their default (Go 1.23 and later), and those that go env -w set. On two machines: go env | sort > env.txt on each, then diff.",
    },
  },
  "flag-changed": {
    proof:
      "The effect of the earlier flags is put where Go writes it: -race, -msan, -asan and -buildmode into the compile, asm and link lines, -gcflags into those of the packages that it matches, -trimpath in place of the directory, -ldflags into the link and, without -trimpath, the build info, -tags into the build info and the choice of files.",
    fix: "Use one set of flags for the commands that should share results: in GOFLAGS, a Makefile, the editor's settings. Builds with another set are kept beside them, so both stay warm once built.",
    unsafe: "-ldflags without the real version, or -buildvcs=false, is not for releases.",
    byHand: {
      commands: [
        "go env GOFLAGS",
        keyLines("$PKG", "compile compile"),
        keyLines("$PKG", "compile compile", "-gcflags=-N "),
      ],
      see: "The lists in brackets are what the build mode forces on the compiler, and -gcflags. The two commands differ there; -race stands in the first list.",
    },
  },
  "coverage-changed": {
    proof:
      "Covered packages have a cover line with the mode, and others none: with the earlier mode, or the line taken away, the earlier key comes out.",
    fix: "Use the same -coverpkg and -covermode in all jobs. With -race the default mode is atomic, else set.",
    unsafe: null,
    byHand: {
      commands: [
        keyLines("$PKG", "cover ", "-cover -covermode=set "),
        keyLines("$PKG", "cover ", "-cover -covermode=atomic "),
      ],
      see: "The mode in the line. A package that is not covered has no such line.",
    },
  },
  "toolchain-changed": {
    proof:
      "The earlier version is put in all places where Go writes it: the first line of each key and the IDs of compiler, assembler, cgo and linker. Where the standard library's own sources differ too, the earlier Go is asked for its file lists if it is still there; else the cause is observed.",
    fix: "Pin one version: a toolchain line in go.mod, GOTOOLCHAIN, or the image's tag. Put the version into the CI cache's key, so that a job does not restore what it can't use.",
    unsafe:
      "A pinned Go gets no security fixes until somebody renews it; GOTOOLCHAIN=local makes older installations fail rather than download.",
    byHand: {
      commands: [
        "go env GOVERSION GOROOT GOTOOLCHAIN",
        "grep -E '^(go|toolchain) ' go.mod",
        `GODEBUG=gocachehash=1 go build -n -o /dev/null "$PKG" 2>&1 | grep -F "HASH[build $PKG]: \\"go1" | head -1`,
      ],
      see: "The first line of each key is the version. A toolchain line, or a go line above the installed version, makes go switch to another one.",
    },
  },
  "tool-changed": {
    proof:
      "The tool's earlier -V=full line is put into the keys that it is part of, and the earlier keys come out.",
    fix: "A -toolexec or -vettool program should answer -V=full alike until what it does changes, and differently when it does.",
    unsafe: "A program that changes what it writes and not its answer makes Go serve stale results.",
    byHand: {
      commands: [
        `"$(go env GOROOT)/pkg/tool/$(go env GOHOSTOS)_$(go env GOHOSTARCH)/compile" -V=full`,
        keyLines("$PKG", "compile compile"),
      ],
      see: "The answer stands in the key. With -toolexec go asks PROGRAM …/compile -V=full instead: run that.",
    },
  },
  "c-compiler-changed": {
    proof:
      "Packages with cgo have a CC ID line, the version that the compiler tells of itself. With the earlier text in it, the earlier keys come out.",
    fix: "Pin the image or the package that brings the C compiler. With CGO_ENABLED=0 no package depends on it.",
    unsafe:
      "CGO_ENABLED=0 leaves out packages that need C, and resolves names and users in Go's own way (net, os/user).",
    byHand: {
      commands: [
        `LC_ALL=C $(go env CC) --version | head -1`,
        `GODEBUG=gocachehash=1 go build -n -o /dev/null runtime/cgo 2>&1 | grep -F 'HASH[build runtime/cgo]: "CC'`,
      ],
      see: "CC= is the command with its flags, CC ID= what answered to it.",
    },
  },
  "goroot-moved": {
    proof: "The link's key has GOROOT's path; with the earlier path in it, the earlier key comes out.",
    fix: "Install Go in the same directory on all machines. A toolchain that go downloaded lies in the module cache, an installed one elsewhere: use either. With -trimpath the path is left out.",
    unsafe: trimpathHarm,
    byHand: {
      commands: ["go env GOROOT", linkLines("GOROOT=")],
      see: "The path in the link's key; compiled packages have none.",
    },
  },
  "directory-moved": {
    proof:
      "With the earlier directory in the dir line of each package of the module, the earlier keys come out.",
    fix: "Check out to one fixed path in all jobs, or build with -trimpath everywhere. A checkout that is reached through a symbolic link has the path that PWD tells.",
    unsafe: `${trimpathHarm} \${SRCDIR} in #cgo lines and -I with an absolute path stay in the key even so.`,
    byHand: {
      commands: [keyLines("$PKG", "dir "), keyLines("$PKG", "module ", "-trimpath ")],
      see: "The directory is in the key; with -trimpath the module's path and version stand in its place.",
    },
  },
  "modcache-moved": {
    proof: "With the earlier GOMODCACHE in the dir lines of the dependencies, the earlier keys come out.",
    fix: "Keep GOMODCACHE at one path, also in containers: without HOME or GOPATH it moves with the user. Or build with -trimpath everywhere.",
    unsafe: trimpathHarm,
    byHand: {
      commands: ["go env GOMODCACHE GOPATH", "go list -m -f '{{.Path}} {{.Version}} {{.Dir}}' all"],
      see: "Dependencies lie below GOMODCACHE, and Go hashes these directories unless -trimpath is given.",
    },
  },
  "module-version-changed": {
    proof:
      "The module's earlier version gives the earlier directory, or module line, of its packages, and the earlier list of modules in programs. Files come from the module cache if the earlier version is still there.",
    fix: "None where it was meant: only the module's packages, and what depends on them, are built. One pull request with several bumps costs less than several.",
    unsafe: null,
    byHand: {
      commands: [
        "go list -m all",
        `go list -deps -f '{{with .Module}}{{.Path}} {{.Version}}{{end}}' "$MAIN" | sort -u`,
      ],
      see: "All modules that are selected, and those that this program is made of: the others cost nothing. git diff -- go.mod go.work tells what was edited; a bump of one may raise others.",
    },
  },
  "module-replaced": {
    proof:
      "The earlier place of the module gives the earlier directory and files of its packages, and the earlier line in the list of modules.",
    fix: "Keep replace lines for a while out of go.mod in a go.work of your own (GOWORK=off builds without). Vendor in all jobs or in none: -mod=vendor and -mod=mod give other directories.",
    unsafe: "With GOWORK=off the build uses the published module, not the local one.",
    byHand: {
      commands: [
        "go env GOWORK GOFLAGS",
        "go list -m -f '{{if .Replace}}{{.Path}} => {{.Replace.Path}} {{.Replace.Dir}}{{end}}' all",
        `go list -f '{{.Dir}}' "$PKG"`,
      ],
      see: "Modules that come from another place. A vendor folder beside go.mod is used by itself from go 1.14 on.",
    },
  },
  "go-directive-changed": {
    proof:
      "Each package has its module's go line. With the earlier one, and the earlier default GODEBUG of programs, the earlier keys come out.",
    fix: "None: the line decides the language version, so the packages really are others. Renew it together with the toolchain, when everything is compiled anyway.",
    unsafe: null,
    byHand: {
      commands: [
        `go list -f '{{with .Module}}{{.Path}} go {{.GoVersion}}{{end}}' "$PKG"`,
        keyLines("$PKG", "go 1."),
      ],
      see: "The go line of the module is a line of the key, and counts for this module's packages alone.",
    },
  },
  "godebug-default-changed": {
    proof:
      "Programs hold their default GODEBUG; with the earlier text in build info and link, the earlier keys come out.",
    fix: "None where it was meant: only programs and test binaries are built again. The default follows the go line, godebug lines of go.mod and //go:debug lines of the main package.",
    unsafe: null,
    byHand: {
      commands: [
        `go list -f '{{.DefaultGODEBUG}}' "$MAIN"`,
        `grep -rn '^//go:debug' --include='*.go' "$(go list -f '{{.Dir}}' "$MAIN")"`,
      ],
      see: "The settings that differ from those of the Go version, and where the main package sets some.",
    },
  },
  "module-graph-changed": {
    proof:
      "Only the list of modules in the programs' build info differs. With the earlier list in it, the earlier keys come out.",
    fix: "None: go mod tidy once and for all keeps it still. Libraries stay cached.",
    unsafe: null,
    byHand: {
      commands: [
        `go build -o "$BINARY" "$MAIN"`,
        `go version -m "$BINARY" | grep -wE 'path|mod|dep|=>' || true`,
      ],
      see: "The list of modules that the program holds, with the sums of go.sum.",
    },
  },
  "vcs-stamp-changed": {
    proof:
      "The earlier commit, its time and whether the checkout was dirty are put into the programs' build info (from Go 1.24 on the module's version too), and the earlier keys come out.",
    fix: "-buildvcs=false in development and for checks in CI. Where only dirty and clean alternate: ignore, or write elsewhere, what builds and tests leave in the checkout. Fetch tags alike in all clones.",
    unsafe:
      "Not for releases: without the stamp nobody can tell from the program which commit it is, and its version is (devel).",
    byHand: {
      commands: [
        "git status --short",
        `go build -buildvcs=true -o "$BINARY" "$MAIN"`,
        `go version -m "$BINARY" | grep -E 'vcs|\\smod\\s'`,
      ],
      see: "What makes the checkout dirty (untracked files count), and the stamp. Only main packages have it: libraries and tests stay cached.",
    },
  },
  "cache-dir-changed": {
    proof:
      "The keys are the earlier ones, and the two runs recorded different GOCACHE directories: observed.",
    fix: "Give both the same GOCACHE. In CI, save and restore the directory that go env GOCACHE tells in the job itself: another user, HOME or container has another one.",
    unsafe:
      "Machines must not share it over a network file system: Go's locks and renames are not made for that.",
    byHand: {
      commands: ["go env GOCACHE", `echo "GOCACHE=$GOCACHE XDG_CACHE_HOME=$XDG_CACHE_HOME HOME=$HOME"`],
      see: "The directory, and the variables that it comes from: GOCACHE, else go-build below the user's cache directory.",
    },
  },
  "cache-cleaned": {
    proof:
      "The keys are the earlier ones, and of what the earlier run had, nothing that was asked for was found: observed.",
    fix: "Keep GOCACHE between runs. In CI, look whether a cache was restored at all, to where go env GOCACHE points, and under a key that the saving job used. go clean -cache is hardly ever needed.",
    unsafe: null,
    byHand: {
      commands: [`find "$(go env GOCACHE)" -name '*-a' | wc -l`, `du -sh "$(go env GOCACHE)"`],
      see: "The number of entries and the size, best before the build: a new cache has none.",
    },
  },
  "cache-trimmed": {
    proof:
      "The keys are the earlier ones, the runs lie more than five days apart, and Go's own trim ran in between: observed.",
    fix: "Build at least every five days. In CI, touch the files of a restored cache before the build: archives keep old times, and Go deletes by them at the end of the first command.",
    unsafe:
      "A cache that is touched and saved again each time grows without end: start it afresh now and then.",
    byHand: {
      commands: [
        `cat "$(go env GOCACHE)/trim.txt"`,
        `find "$(go env GOCACHE)" -name '*-a' -mtime +5 | wc -l`,
      ],
      see: "The time of the last trim in seconds (date -d @SECONDS), and how many entries the next one would delete.",
    },
  },
  "cache-entry-missing": {
    proof:
      "The key is the earlier one, other entries of the earlier run were found, and this one was not: observed. Why it is gone is not in the cache.",
    fix: "In CI, save the cache after the build, also of jobs that fail, and restore it whole. Two jobs that save under one key lose the results of one of them.",
    unsafe: null,
    byHand: {
      commands: [...findEntry, `ls -l "$entry"`],
      see: "The entry of the package's key. No such file: it is missing, and the package will be compiled.",
    },
  },
  "cache-entry-damaged": {
    proof:
      "The key is the earlier one, and its index entry names an output that is not there, or has another size: observed.",
    fix: "Check the disk and how the cache is restored (a partial unpacking, a sync that skips large files). go clean -cache starts afresh.",
    unsafe: "The build after go clean -cache is a full one.",
    byHand: {
      commands: [
        ...findEntry,
        `read -r _ _ output size _ < "$entry"`,
        `ls -l "$(go env GOCACHE)/$(echo "$output" | cut -c1-2)/$output-d" && echo "recorded size: $size"`,
      ],
      see: "The entry names its output and the size: both must agree with the file.",
    },
  },
  "cache-not-written": {
    proof:
      "The key is the earlier one, and nothing that the earlier run compiled was stored; the directory can't be written, or its disk is full: observed.",
    fix: "Make GOCACHE writable for the user that builds (containers often mount it as another one) and free some space, or point GOCACHE elsewhere.",
    unsafe: null,
    byHand: {
      commands: [
        `probe="$(go env GOCACHE)/probe" && touch "$probe" && rm "$probe" && echo writable`,
        `df -h "$(go env GOCACHE)"`,
      ],
      see: "Whether this user can write there, and how much room is left. Go itself says nothing when it can't store an archive.",
    },
  },
  "cache-program-miss": {
    proof:
      "The key is the earlier one and GOCACHEPROG is set. What its program answered is in no log of go's: inferred from these; with --trace-cache, which notes the answers: observed.",
    fix: "Look into that program's log: was the entry stored, is its server reachable, did it expire there?",
    unsafe: null,
    byHand: {
      commands: [
        "go env GOCACHEPROG GOCACHE",
        `GOCACHEPROG= go build -n "$PKG" 2>&1 | grep -c '/compile ' || true`,
      ],
      see: "The program, and how many packages go would compile with the cache directory alone.",
    },
  },
  "forced-rebuild": {
    proof: "-a or gocacheverify=1 was in effect: observed. The keys need not have changed.",
    fix: "Leave -a out: Go finds by itself what has to be built. gocacheverify is for testing Go itself.",
    unsafe:
      "-a hides what Go can't see: headers outside the package, pkg-config's answer, system libraries. Where these changed, one build with -a is right.",
    byHand: {
      commands: [
        `echo "GOFLAGS=$(go env GOFLAGS) GODEBUG=$GODEBUG"`,
        `go build -n -a "$PKG" 2>&1 | grep -c '/compile '`,
      ],
      see: "Where the flag or the setting comes from, if not from the command line; and how many packages -a compiles.",
    },
  },
  "link-not-cached": {
    proof:
      "The link's key is the earlier one, and nothing keeps its output: the command and the Go version decide that, so it is observed.",
    fix: "Give the program a place: -o bin/ or go install. To check only that all compiles, go vet ./... or go build of the libraries link nothing.",
    unsafe: "-o bin/ builds programs and what they import, and skips packages that no program imports.",
    byHand: {
      commands: [
        `go build ./... && go build -x ./... 2>&1 | grep -c -e '/link ' -e 'link -o'`,
        `go build -o "$BINARY" "$MAIN" && go build -x -o "$BINARY" "$MAIN" 2>&1 | grep -c -e '/link ' -e 'link -o' || true`,
      ],
      see: "How many programs are linked though nothing changed: one each for go build ./..., none with -o.",
    },
  },
  "link-target-replaced": {
    proof:
      "The link's key is the earlier one, and before the run the output file held another build ID: observed.",
    fix: "Give each set of flags, and each branch, an output file of its own with -o.",
    unsafe: null,
    byHand: {
      commands: [`go build -o "$BINARY" "$MAIN"`, `go tool buildid "$BINARY"`],
      see: "The first of the four parts is the key that the file was linked under. If it is the present one, go leaves the file alone.",
    },
  },
  "vet-not-cached": {
    proof: "Up to Go 1.25 go looks up no result for the vet of a package that is named: observed.",
    fix: "Go 1.26 keeps vet results. Until then, go test -vet=off with one go vet ./... elsewhere saves the double work.",
    unsafe: "-vet=off leaves the check out where nothing else makes it.",
    byHand: {
      commands: [`go vet "$PKG"`, `go vet -x "$PKG" 2>&1 | grep -c 'vet.cfg' || true`],
      see: "0 where the second vet ran nothing (Go 1.26), more where it ran again.",
    },
  },
  "build-failed-before": {
    proof: "The key is the earlier one and the earlier run failed on it: observed.",
    fix: "Mend the package. Nothing that fails is stored: neither its output nor its messages.",
    unsafe: null,
    byHand: {
      commands: [`go build "$BROKEN" || echo "status $?"`, `go build "$BROKEN" || echo "status $?"`],
      see: "The same message twice: it was compiled twice.",
    },
  },
  "output-not-reproducible": {
    proof:
      "The key is the earlier one and the output has another content ID; both IDs are in the records: observed. What made the difference is not in the key.",
    fix: "Look for times, random names and temporary paths: __DATE__ and __TIME__ in C, generators, a -toolexec program, a compiler without -ffile-prefix-map. Until it is mended, keep its entry in the cache: it is compiled only when the entry is gone.",
    unsafe: null,
    byHand: {
      commands: [
        `one=$(mktemp -d) && GOCACHE="$one" go list -export -f '{{.BuildID}}' "$PKG"`,
        `two=$(mktemp -d) && sleep 1 && GOCACHE="$two" go list -export -f '{{.BuildID}}' "$PKG"`,
      ],
      see: "Two builds in empty caches. Before the slash stands the key, behind it the output: if only the second part differs, the output is not reproducible.",
    },
  },
  "first-build": {
    proof: "The earlier run has no such action: observed.",
    fix: "None. In CI, a job that builds all packages on the main branch and saves its cache gives branches a warm start.",
    unsafe: null,
    byHand: {
      commands: [
        `go list -f '{{$p := .ImportPath}}{{range .Imports}}{{.}} is imported by {{$p}}{{"\\n"}}{{end}}' ./... | grep -F "$PKG "`,
      ],
      see: "Who imports it: a new import, or a pattern that matches more than before, made it part of the build.",
    },
  },
  "test-env-changed": {
    proof:
      "Go keeps with each result a log of what the test asked for. With the earlier value of the variable the key under which the earlier result was stored comes out. A hidden value can't be put back: then it is observed.",
    fix: "Give shells and CI jobs the same value: TMPDIR and PATH fixed, TZ=UTC, tests started from the same directory (PWD). t.Setenv reads the variable too, to put it back.",
    unsafe: null,
    byHand: {
      commands: [...testLog, `grep '^getenv' "$work/log" | sort | uniq -c`],
      see: "The variables that the test binary asked for. go test looks up what they are now.",
    },
    more: { file: "docs/tests.md", about: "the traps: PWD, PATH, TZ, TMPDIR, t.Setenv" },
  },
  "test-file-changed": {
    proof:
      "Go keeps with each result a log of what the test opened. With the file's earlier size, mode and time the key under which the earlier result was stored comes out.",
    fix: "An edited file has to be tested again. Where only the time differs (a fresh clone), set times that come from git's object ids, those of folders too: docs/set-mtimes.sh does that, without history and in seconds. Files that tests write belong in t.TempDir().",
    unsafe:
      "Never one fixed time for all files: a file of equal size and time is equal to Go, so that it serves stale results and builds with old imports. Commit dates fail in shallow clones, where all files have the same.",
    byHand: {
      commands: [
        ...testLog,
        `grep -E '^(open|stat|chdir)' "$work/log" | sort | uniq -c`,
        `stat -c '%n: %s bytes, mode %a, %y' "$FILE"`,
      ],
      see: "The files that the test looked at (relative ones below its package's folder), and what Go compares of one. Its content is not read.",
    },
    more: { file: "docs/tests.md", about: "times in a fresh clone, and three ways to set them" },
  },
  "test-file-too-new": {
    proof:
      "A file of the test's log was younger than two seconds when the test ended, so Go stored nothing. Where the log is gone with the result, the file is inferred from its time.",
    fix: "If the test writes it, let it use t.TempDir(). If a generator or the checkout does, let it run two seconds before the tests.",
    unsafe: null,
    byHand: {
      commands: [`GODEBUG=gocachetest=1 go test "$PKG" 2>&1 | grep 'testcache'`],
      see: '"file used as input is too new": the result is not stored. (On Go 1.23 and later this setting has results of its own.)',
    },
    more: { file: "docs/tests.md", about: "what Go keeps no result of" },
  },
  "test-flag-changed": {
    proof:
      "The arguments of the test binary are part of the result's key. With the earlier ones, the earlier key comes out.",
    fix: "Use the same flags in shells, editors and CI: -v, -json, -short, -run and -timeout each have results of their own.",
    unsafe: null,
    byHand: {
      commands: [
        `GODEBUG=gocachehash=1 go test "$PKG" 2>&1 | grep -F 'HASH[testResult]: "test binary' | sort -u`,
        `GODEBUG=gocachehash=1 go test -short "$PKG" 2>&1 | grep -F 'HASH[testResult]: "test binary' | sort -u`,
      ],
      see: "The arguments in brackets: another list is another result.",
    },
  },
  "test-not-cacheable": {
    proof: "go's own rule: the flag, or the way of calling go test, keeps no result: observed.",
    fix: "Leave the flag out where cached results will do; go test . instead of go test. Keep -count=1 for packages that test what Go can't see.",
    unsafe:
      "Tests of the network, the clock, of files outside the module or of programs they start stay (cached) though these changed.",
    byHand: {
      commands: [`GODEBUG=gocachetest=1 go test -count=1 "$PKG" 2>&1 | grep 'testcache'`],
      see: "Go's reason, in its own words.",
    },
    more: { file: "docs/tests.md", about: "what Go keeps no result of, and what it does not see" },
  },
  "test-expired": {
    proof: "The result is there under its key, and older than the time in testexpire.txt: observed.",
    fix: "Leave go clean -testcache out of scripts; -count=1 runs the tests of one command without expiring those of all others.",
    unsafe: null,
    byHand: {
      commands: [`go clean -testcache && cat "$(go env GOCACHE)/testexpire.txt"`],
      see: "Nanoseconds since 1970: results that were stored before do not count. (The first command expires all results.)",
    },
  },
};
