import type { Severity } from "./finding.ts";

/** Codes of findings: scripts match on them, so they are never renamed, only added. */
export type FindingCode =
  | CiCode
  | DockerCode
  | ScriptCode
  | SourceCode
  | MachineCode
  | ExperimentCode
  | "config-problem"
  | "not-parsed";

type DockerCode =
  | "docker-buildvcs-without-git"
  | "docker-copy-before-download"
  | "docker-gocache-elsewhere"
  | "docker-mount-not-saved";

type ScriptCode =
  | "build-mains-without-output"
  | "go-build-forced"
  | "go-clean-cache"
  | "ldflags-time"
  | "same-target-two-flag-sets"
  | "test-count-one";

type SourceCode =
  | "cgo-header-outside-package"
  | "test-reads-git"
  | "test-walks-module"
  | "test-writes-module";

type CiCode =
  | "build-cache-not-saved"
  | "cache-flags-differ"
  | "cache-key-constant"
  | "cache-key-exact-only"
  | "cache-key-no-go-version"
  | "cache-key-no-modules"
  | "cache-key-no-platform"
  | "cache-path-outside-project"
  | "gocache-outside-ci-cache"
  | "setup-go-cache-frozen"
  | "setup-go-cache-shared";

/** What `--experiment` really built. */
type ExperimentCode =
  | "experiment-checkout-path"
  | "experiment-fresh-clone"
  | "experiment-home"
  | "experiment-not-repeatable"
  | "experiment-other-user";

type MachineCode =
  | "checkout-path-unusual"
  | "checkout-times-new"
  | "gocache-on-network"
  | "gocache-on-overlay"
  | "gocache-on-tmpfs"
  | "gocache-read-only"
  | "gocache-shared-by-users"
  | "gocache-trim-deletes-most"
  | "gocache-volume-full"
  | "gocacheprog-fails"
  | "goflags-disagree"
  | "test-variable-per-job"
  | "toolchain-switched"
  | "vcs-stamp-relinks";

/** What is said about a code, whatever the checkout. `{name}` stands for a value of the sighting. */
export interface FindingInfo {
  /** error: the cache does not work; warning: costs misses again and again; note: costs little, or may be meant. */
  readonly severity: Severity;
  /** A heading of a few words. */
  readonly title: string;
  readonly message: string;
  /** What Go, or the CI system, does: why it costs. */
  readonly why: string;
  readonly fix: string;
  /** When the fix is unsafe, or what it costs; null where it is neither. */
  readonly caution: string | null;
}

/** Every code. The Record's type holds it complete. */
export const findingCatalogue: Readonly<Record<FindingCode, FindingInfo>> = {
  "build-cache-not-saved": {
    severity: "warning",
    title: "only modules are cached",
    message:
      "This cache holds downloaded modules and no compiled packages: job {job} compiles all of them in every run",
    why: "Modules and compiled packages lie in two places, GOMODCACHE and GOCACHE. A cache of the first spares downloads, and no compilation.",
    fix: "Add Go's build cache to its paths: {example}",
    caution:
      "Compiled packages change more often than modules: the key needs Go's version, and a restore prefix so that a new key begins with the last cache.",
  },
  "cache-flags-differ": {
    severity: "warning",
    title: "one cache for builds with different settings",
    message: "Jobs {jobs} share this cache and build with different settings: {settings}",
    why: "Packages that were compiled with other flags are other entries. Where a key is written once, the cache holds those of the job that saved it first; where each job writes it, those of the last.",
    fix: "Give each its own key: {example}",
    caution: null,
  },
  "cache-key-constant": {
    severity: "warning",
    title: "a key that never changes",
    message: "The key {key} stays the same for every commit: what the first run saved is never replaced",
    why: "A saved cache is immutable here: when a run restores it under its own key, it saves nothing. Every later change of code or modules is compiled again in every run.",
    fix: "Save under a key that moves, and restore by its beginning: {example}",
    caution:
      "A cache for each commit uses up the storage that the CI system grants, and older ones are evicted earlier; a hash of go.sum in place of the commit saves less often.",
  },
  "cache-key-exact-only": {
    severity: "warning",
    title: "a key without a restore prefix",
    message: "When {key} becomes another, nothing is restored: the run begins with an empty cache",
    why: "A new key finds an old cache only by a prefix or a fallback key. Nearly all that it holds would still hit.",
    fix: "Name what to fall back to: {example}",
    caution:
      "Restored caches grow by what is added each time; Go deletes entries that were not used for five days.",
  },
  "cache-key-no-go-version": {
    severity: "warning",
    title: "a key without Go's version",
    message: "The key {key} stays the same when Go's version changes",
    why: "No result of one Go version serves another. The cache of the other version is restored, everything is compiled, and since the key is taken nothing is saved.",
    fix: "Put Go's version into the key: {example}",
    caution: null,
  },
  "cache-key-no-modules": {
    severity: "warning",
    title: "a key without the modules",
    message: "The key {key} stays the same when modules change",
    why: "A saved cache is immutable here. Packages of modules that were added or updated since are compiled in every run until the key changes.",
    fix: "Put a hash of go.sum into the key: {example}",
    caution: null,
  },
  "cache-key-no-platform": {
    severity: "warning",
    title: "one key for several platforms",
    message: "The key {key} is the same on {platforms}",
    why: "Compiled packages of one platform don't serve another. The one that ends first saves the cache; the others restore it and compile everything.",
    fix: "Put the platform into the key: {example}",
    caution: null,
  },
  "cache-path-outside-project": {
    severity: "error",
    title: "a GitLab cache path outside the project",
    message: "{path} lies outside the project's directory: GitLab does not cache it",
    why: "The runner archives paths below the project's directory alone; others are left out, with a warning in the job's log.",
    fix: "Move the cache into the project and cache it there: {example}",
    caution:
      "Add the folder to .gitignore: untracked files make the VCS stamp of programs say that the checkout is modified.",
  },
  "gocache-outside-ci-cache": {
    severity: "error",
    title: "GOCACHE lies outside what CI keeps",
    message: "GOCACHE is {gocache}, and no path of the cache covers it: compiled packages are not kept",
    why: "The cache of the CI system keeps the paths that it names. Go writes where GOCACHE says.",
    fix: "{example}",
    caution: null,
  },
  "not-parsed": {
    severity: "note",
    title: "not read",
    message: "This could not be read: {reason}",
    why: "What a parser does not understand is left out: nothing is guessed about it.",
    fix: "Check the file with its own tool; if that accepts it, please report it to gocache-why.",
    caution: null,
  },
  "setup-go-cache-frozen": {
    severity: "note",
    title: "setup-go's cache is saved once per go.mod",
    message:
      "setup-go saves its cache once for each Go version and {hashed}: packages changed since then are compiled in every run",
    why: "Its key is made of platform, Go version and a hash of {hashed}; it has no restore prefix, and on a hit nothing is saved.",
    fix: "Turn its cache off and use one with a moving key and a restore prefix: {example}",
    caution:
      "It pays where the module's own packages are many; where dependencies are most of the build, setup-go's cache serves well.",
  },
  "setup-go-cache-shared": {
    severity: "warning",
    title: "jobs share setup-go's one cache",
    message: "Jobs {jobs} have the same setup-go cache, and whichever ends first fills it: {settings}",
    why: "The key of setup-go's cache names neither the job nor its flags. It is saved once; a job that needs other packages, or the same with other flags, compiles them in every run.",
    fix: "Turn the cache off where little is built, and give jobs that build otherwise caches of their own: {example}",
    caution: null,
  },
  "build-mains-without-output": {
    severity: "note",
    title: "programs are linked and thrown away",
    message: "{command} links {count} in every run and keeps none",
    why: "Without -o the programs of several packages go to a work folder that is deleted. Compiled packages are cached; links are not.",
    fix: "{example}",
    caution: "With -o go build passes over packages that no program imports; go vet looks at them too.",
  },
  "cgo-header-outside-package": {
    severity: "warning",
    title: "a C header that no key has",
    message:
      "{header} lies outside the folder of package {package}: when it changes, Go takes the old result",
    why: "A package's key has the C files and headers of its own folder. What they include from elsewhere is not hashed: a stale hit, not a miss.",
    fix: "Move {header} into {package}, and include it from there; or touch a file of the package whenever the header changes",
    caution: "Until then, go build -a after a change of the header.",
  },
  "config-problem": {
    severity: "note",
    title: "the config file is not right",
    message: "{problem}",
    why: "What the config file does not say right is left out: a finding without a reason is told all the same.",
    fix: "Mend the line; an entry of doctor.ignore has a code and a reason, and may have a file.",
    caution: null,
  },
  "docker-buildvcs-without-git": {
    severity: "note",
    title: "a VCS stamp without a repository",
    message: "-buildvcs=true has no effect here: {reason}, and the program gets no stamp",
    why: "Go reads the stamp from .git. Where there is none it builds without one, and says nothing.",
    fix: "Take the flag out; where the stamp is wanted, mount the repository in this step: --mount=type=bind,source=.git,target=.git",
    caution: "With the stamp, each commit compiles the main package and links the program anew.",
  },
  "docker-copy-before-download": {
    severity: "warning",
    title: "sources are copied before modules are downloaded",
    message:
      "All files are copied before line {line} downloads the modules: any change downloads all of them again",
    why: "A layer is made again when one of its files changed, and all layers behind it too.",
    fix: "Copy the module files alone first, download, then copy the rest: {example}",
    caution: "Modules that a replace line takes from the checkout have to be copied first as well.",
  },
  "docker-gocache-elsewhere": {
    severity: "error",
    title: "GOCACHE is not where the cache mount is",
    message: "The cache mount is {mount}, but GOCACHE is {gocache}: nothing is kept",
    why: "A cache mount keeps what lies below its target. Go writes where GOCACHE says.",
    fix: "Mount the cache where Go writes: {example}",
    caution: null,
  },
  "docker-mount-not-saved": {
    severity: "warning",
    title: "a cache mount that nothing saves",
    message: "The cache mount {mount} is empty in every run of {place}",
    why: "Cache mounts live in the builder. On a machine that is new for each job they start empty, and cache-to exports layers, not mounts.",
    fix: "Carry the mount over, for instance by reproducible-containers/buildkit-cache-dance in front of {place}, or use a builder that stays",
    caution: "Saving and loading the cache takes time as well: measure whether it is less than compiling.",
  },
  "go-build-forced": {
    severity: "warning",
    title: "-a compiles everything",
    message: "{command} -a compiles all packages, those of the standard library too, in every run",
    why: "-a passes over the cache. Since Go 1.10 the cache knows by itself what has to be compiled again, with other flags too.",
    fix: "Take -a out",
    caution: "Where it stands because of headers or libraries that no key has, they stay unseen without it.",
  },
  "go-clean-cache": {
    severity: "warning",
    title: "the cache is deleted",
    message: "go clean {flag} deletes {what}, of all modules of this user",
    why: "Results are found by their inputs: what is out of date is never found. Go deletes what was not used for five days.",
    fix: "Take the line out, or put it in a target of its own that is named clean",
    caution: "Where tests depend on what Go does not see, -count=1 for those packages says so at less cost.",
  },
  "ldflags-time": {
    severity: "warning",
    title: "the time of the build goes into the program",
    message:
      "-ldflags holds the output of {call}: the program is linked, and its main package compiled, in every run",
    why: "-ldflags are part of the key of a program's link and, by its build information, of its main package's (not with -trimpath). Libraries are not touched.",
    fix: "Use the time of the commit: {example}",
    caution:
      "It is the commit's time then, not the build's. With an edited checkout both builds have the same.",
  },
  "same-target-two-flag-sets": {
    severity: "note",
    title: "two flag sets write one file",
    message: "{target} is built in two ways ({one}; {other}): each switch links it again",
    why: "Go leaves a program as it is when the file carries the right build ID. The other build has just replaced it.",
    fix: "Give each its own file: {example}",
    caution: null,
  },
  "test-count-one": {
    severity: "note",
    title: "-count=1 runs all tests",
    message: "-count=1 runs every test, also those of which nothing changed, and links their binaries",
    why: "It is the way to pass over stored results: right for tests of what Go does not see, such as a database, and dear for all others.",
    fix: "Take -count=1 out, and keep it for packages whose tests look at things outside",
    caution:
      "Go sees the variables and the files of the module that a test reads; not the network, the clock, other programs and files elsewhere.",
  },
  "test-reads-git": {
    severity: "warning",
    title: "a test reads .git",
    message: "This test reads {path}: it runs again after each commit, checkout or fetch",
    why: "Files of the module that a test opens are inputs of its result, with size and time.",
    fix: "Ask git for what is wanted (exec.Command), or make a small repository in t.TempDir()",
    caution: "What a started program reads, Go does not see: a cached result may then be out of date.",
  },
  "test-walks-module": {
    severity: "warning",
    title: "a test walks the whole module",
    message:
      "This test walks its module's root by {call}: it runs again whenever any file there is added, removed or touched",
    why: "Each folder that is listed and each file that is looked at is an input, with size and time; in a fresh clone all times are new.",
    fix: "Walk the folders that it is about, such as testdata; or move the check out of go test",
    caution: null,
  },
  "test-writes-module": {
    severity: "warning",
    title: "a test writes into its module",
    message: "This test writes {path} in its own package: its result is never kept",
    why: "A file of the module that is younger than 2 s when the test ends may still change, so Go does not store the result; writing counts as opening.",
    fix: "Write to {example}",
    caution: null,
  },
  "checkout-path-unusual": {
    severity: "warning",
    title: "another checkout path than usual",
    message: "This checkout lies in {path}; most recorded runs were made in {usual}",
    why: "Without -trimpath the directory of a package is part of what is compiled: another place, other keys.",
    fix: "Check out in {usual}, or set GOFLAGS=-trimpath in both",
    caution:
      "-trimpath changes the file names in stack traces and debuggers; cgo flags with SRCDIR keep the directory.",
  },
  "checkout-times-new": {
    severity: "warning",
    title: "tests ran for new times alone",
    message: "Tests ran again for {count} files whose time alone had changed; {all}",
    why: "Results of tests depend on size and time of the files that they read, not on their content. A clone gives all files the time of the clone.",
    fix: "Give files times that come from their content after each clone: docs/set-mtimes.sh of gocache-why does",
    caution: "Never one time for all: a file that changed and kept its size would be taken for the old one.",
  },
  "gocache-on-network": {
    severity: "warning",
    title: "GOCACHE on a network file system",
    message: "GOCACHE {path} lies on a network file system ({fileSystem})",
    why: "Each lookup waits for the network, and Go's cache relies on file locks that must not be shared by machines over such a file system.",
    fix: "Set GOCACHE to a local disk; to share results, use a cache program (GOCACHEPROG, Go 1.24 and later)",
    caution: null,
  },
  "gocache-on-overlay": {
    severity: "note",
    title: "GOCACHE in the container's own layer",
    message: "GOCACHE {path} lies in the container's own layer (overlayfs): it is gone with the container",
    why: "What a container writes outside of its volumes is deleted with it.",
    fix: "Set GOCACHE to a volume that stays, or let the CI system save and restore it",
    caution: null,
  },
  "gocache-on-tmpfs": {
    severity: "warning",
    title: "GOCACHE in memory",
    message: "GOCACHE {path} lies in memory (tmpfs): it is empty after each restart",
    why: "A tmpfs keeps files in memory alone.",
    fix: "Set GOCACHE to a disk",
    caution: null,
  },
  "gocache-read-only": {
    severity: "error",
    title: "GOCACHE can't be written",
    message: "GOCACHE {path} can't be written: what is compiled is not kept, and go does not say so",
    why: "Go ignores errors when it stores compiled packages.",
    fix: "Give this user the right to write there, or set GOCACHE to a folder of its own",
    caution: null,
  },
  "gocache-shared-by-users": {
    severity: "warning",
    title: "several users write one GOCACHE",
    message: "{users} users have entries in GOCACHE {path}",
    why: "Files belong to whoever stored them: another user may not be able to refresh, replace or trim them.",
    fix: "Set GOCACHE to a folder of each user's own",
    caution: null,
  },
  "gocache-trim-deletes-most": {
    severity: "warning",
    title: "the next trim deletes nearly all",
    message:
      "{old} of {entries} cached files count as unused for five days: {when} deletes those that it does not use",
    why: "Go trims once a day at the end of a build, by the files' times. A cache that was restored with old times is taken for unused.",
    fix: "After restoring it, give its files the present time: find $(go env GOCACHE) -type f -exec touch {} +",
    caution: "Then nothing of it is trimmed for five days: a cache that is saved again each time grows.",
  },
  "gocache-volume-full": {
    severity: "warning",
    title: "little room for GOCACHE",
    message: "The volume of GOCACHE {path} has {free} left",
    why: "On a full volume nothing is stored, and go does not say so.",
    fix: "Make room, or set GOCACHE to another volume",
    caution: null,
  },
  "gocacheprog-fails": {
    severity: "error",
    title: "the cache program does not answer",
    message: "GOCACHEPROG is {command}, and {problem}",
    why: "go starts the program first and waits for the line that names its commands; without it no build begins, or each lookup misses.",
    fix: "Mend the command, or unset GOCACHEPROG",
    caution: null,
  },
  "goflags-disagree": {
    severity: "warning",
    title: "GOFLAGS is set in two places",
    message: "GOFLAGS is {text} from {one}; {lost} from {other} has no effect",
    why: "One place counts, and replaces the others whole. Where the first is not set, such as in another shell or in an editor, builds have other flags and other keys.",
    fix: "Set it in one place: go env -u GOFLAGS, or unset GOFLAGS",
    caution: null,
  },
  "test-variable-per-job": {
    severity: "warning",
    title: "tests read a variable that changes",
    message: "Tests read {name}, which was another one in {runs} runs",
    why: "The value of each variable that a test reads is an input of its result.",
    fix: "Give {name} one value in all jobs, or set it in the test: t.Setenv",
    caution: "t.Setenv helps only where it comes before the variable is read.",
  },
  "toolchain-switched": {
    severity: "note",
    title: "go.mod starts another Go",
    message: "go is {own}, and {line} makes it start {used}",
    why: "Each Go version has compiled packages of its own. Where GOTOOLCHAIN differs, in another shell or in CI, the versions do too.",
    fix: "Install {used}, or lower the toolchain line",
    caution: null,
  },
  "experiment-checkout-path": {
    severity: "warning",
    title: "another checkout path misses",
    message: "In another checkout path {missed} missed{work}: {causes}",
    why: "Without -trimpath the directory of a package is part of its key, and tests depend on the absolute paths that they read.",
    fix: "Check out into the same path everywhere, or build with -trimpath. {advice}",
    caution: "With -trimpath stack traces and debuggers see module paths, not directories.",
  },
  "experiment-fresh-clone": {
    severity: "note",
    title: "a fresh clone misses",
    message: "With the times of a fresh clone {missed} missed{work}: {causes}",
    why: "Results of tests depend on the times of the files that they read, and a clone gives all files new ones.",
    fix: "Set times of test data from git's object ids (docs/set-mtimes.sh). {advice}",
    caution: "Never give all files one fixed time: Go would take an edited file for the one before.",
  },
  "experiment-home": {
    severity: "note",
    title: "another HOME or TMPDIR misses",
    message: "With another HOME and TMPDIR {missed} missed{work}: {causes}",
    why: "Results of tests depend on the variables that they read, and CI systems like to give each job folders of its own.",
    fix: "Give jobs the same HOME and TMPDIR. {advice}",
    caution: null,
  },
  "experiment-not-repeatable": {
    severity: "error",
    title: "the same command misses again",
    message: "The same command in the same place: {missed} missed again{work}: {causes}",
    why: "Something is other in each build: an output that differs though its inputs do not, or a file that a test writes into its module.",
    fix: "{advice}",
    caution: null,
  },
  "experiment-other-user": {
    severity: "note",
    title: "another user misses",
    message: "For another user (HOME, umask) {missed} missed{work}: {causes}",
    why: "Modules lie below HOME, and without -trimpath their directory is part of their keys; results of tests depend on the permissions of files that they read.",
    fix: "Share GOMODCACHE as well as GOCACHE, under the same path, and use the same umask; or build with -trimpath. {advice}",
    caution: null,
  },
  "vcs-stamp-relinks": {
    severity: "note",
    title: "the VCS stamp links programs again",
    message: "The VCS stamp made programs run through compile and link again in {runs} recorded runs",
    why: "A commit, a tag or an edit changes the stamp, which is part of a program's build information.",
    fix: "Where the stamp is not needed, as in checks, build with -buildvcs=false",
    caution: "Programs that are given away lose their commit and version.",
  },
};

/** A sentence of the catalogue with its values. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
