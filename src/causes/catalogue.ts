import type { CauseClass, CauseCode } from "./cause.ts";

/** What is said about a code, whatever the run: the same for every face, for scripts and for the documentation. */
export interface CauseInfo {
  readonly class: CauseClass;
  /** A heading of a few words. */
  readonly title: string;
  /** What it means for somebody who knows Go and not its cache: one or two sentences. */
  readonly meaning: string;
  /** What `subject` holds. */
  readonly subject: string;
  /** True where it comes back on every run of the same command: shown in one line, apart from what missed. */
  readonly everyRun: boolean;
}

/** Every cause code; classes as in the contract. The Record's type holds it complete. */
export const causeCatalogue: Readonly<Record<CauseCode, CauseInfo>> = {
  "file-edited": {
    class: "file",
    title: "file edited",
    meaning:
      "The content of a file of the package changed: Go, cgo, C, header, assembly, .syso or embedded. Go compares contents and never times.",
    subject: "the file",
    everyRun: false,
  },
  "file-added": {
    class: "file",
    title: "file added",
    meaning: "A file became part of the package.",
    subject: "the file",
    everyRun: false,
  },
  "file-removed": {
    class: "file",
    title: "file removed",
    meaning: "A file is no longer part of the package.",
    subject: "the file",
    everyRun: false,
  },
  "pgo-profile-changed": {
    class: "file",
    title: "PGO profile changed",
    meaning:
      "A profile guides the compilation of all packages of its program, those of the standard library too.",
    subject: "the profile",
    everyRun: false,
  },
  "overlay-changed": {
    class: "file",
    title: "overlay changed",
    meaning: "-overlay gives a file another content than the one on disk. Only contents count.",
    subject: "the replaced file, or -overlay where only the overlay itself differs",
    everyRun: false,
  },
  "env-changed": {
    class: "env",
    title: "variable changed",
    meaning:
      "A variable that Go compiles or links by has another value, set in the environment or by go env -w, or its default followed another variable.",
    subject: "the variable's name",
    everyRun: false,
  },
  "flag-changed": {
    class: "flag",
    title: "flag changed",
    meaning:
      "A flag that changes how packages are compiled or linked, from the command line, GOFLAGS or go env -w.",
    subject: "the flag",
    everyRun: false,
  },
  "coverage-changed": {
    class: "flag",
    title: "coverage settings changed",
    meaning:
      "Coverage was on before and now, with other packages or another mode: covered packages are compiled differently.",
    subject: "-coverpkg or -covermode",
    everyRun: false,
  },
  "toolchain-changed": {
    class: "toolchain",
    title: "Go version changed",
    meaning: "Another Go version compiles everything anew: no result of one version serves another.",
    subject: "go",
    everyRun: false,
  },
  "tool-changed": {
    class: "toolchain",
    title: "tool changed",
    meaning:
      "One tool gives another version than before while Go is the same: a program of -toolexec or -vettool, or a tool that was built by hand.",
    subject: "the tool",
    everyRun: false,
  },
  "c-compiler-changed": {
    class: "toolchain",
    title: "C compiler changed",
    meaning:
      "The command is the same and another compiler, or another version of it, answers. Packages with cgo depend on it.",
    subject: "CC, CXX or FC",
    everyRun: false,
  },
  "goroot-moved": {
    class: "directory",
    title: "GOROOT moved",
    meaning:
      "The same Go version lies in another directory. Programs are linked again; compiled packages stay valid.",
    subject: "GOROOT",
    everyRun: false,
  },
  "directory-moved": {
    class: "directory",
    title: "checkout moved",
    meaning:
      "Without -trimpath the directory of a package is part of what is compiled: another place, another result.",
    subject: "the main module's path",
    everyRun: false,
  },
  "modcache-moved": {
    class: "directory",
    title: "module cache moved",
    meaning:
      "Without -trimpath dependencies hold the directory that they were compiled in, below GOMODCACHE.",
    subject: "GOMODCACHE",
    everyRun: false,
  },
  "module-version-changed": {
    class: "module",
    title: "module version changed",
    meaning: "go.mod or go.work selects another version of a dependency.",
    subject: "the dependency's module path",
    everyRun: false,
  },
  "module-replaced": {
    class: "module",
    title: "module replaced",
    meaning:
      "A module comes from another place: a replace line, a use line of go.work, or vendoring was switched.",
    subject: "the module path",
    everyRun: false,
  },
  "go-directive-changed": {
    class: "module",
    title: "go line changed",
    meaning:
      "The go line of a module's go.mod decides its language version: all its packages are compiled again.",
    subject: "the module",
    everyRun: false,
  },
  "godebug-default-changed": {
    class: "module",
    title: "default GODEBUG changed",
    meaning: "A godebug or //go:debug line changed a default that is built into programs and test binaries.",
    subject: "the GODEBUG key",
    everyRun: false,
  },
  "module-graph-changed": {
    class: "module",
    title: "module list changed",
    meaning:
      "Programs hold the list of their modules. The list differs and none of the compiled sources does.",
    subject: "the main module",
    everyRun: false,
  },
  "vcs-stamp-changed": {
    class: "vcs",
    title: "VCS stamp changed",
    meaning:
      "Programs hold the commit, its time, and whether the checkout had changes. Main packages are compiled and linked again; libraries stay cached.",
    subject: "vcs",
    everyRun: false,
  },
  "cache-dir-changed": {
    class: "cache",
    title: "GOCACHE moved",
    meaning:
      "The two runs used different cache directories; or a program kept what Go stores in the earlier run, and a directory does now.",
    subject: "GOCACHE; GOCACHEPROG where it was a program",
    everyRun: false,
  },
  "cache-cleaned": {
    class: "cache",
    title: "cache emptied",
    meaning:
      "Nothing is left of what the earlier run had: go clean -cache, a new machine, or a cache that was not restored.",
    subject: "GOCACHE",
    everyRun: false,
  },
  "cache-trimmed": {
    class: "cache",
    title: "cache trimmed",
    meaning: "Once a day Go deletes what was not used for five days.",
    subject: "GOCACHE",
    everyRun: false,
  },
  "cache-entry-missing": {
    class: "cache",
    title: "entries missing",
    meaning:
      "Nothing changed, and part of the earlier results is gone: partly restored, never saved, or deleted.",
    subject: "GOCACHE",
    everyRun: false,
  },
  "cache-entry-damaged": {
    class: "cache",
    title: "entries damaged",
    meaning: "The cache lists a result whose file is gone or has another size.",
    subject: "GOCACHE; GOCACHEPROG where its program said that it has it",
    everyRun: false,
  },
  "cache-not-written": {
    class: "cache",
    title: "cache not written",
    meaning:
      "GOCACHE is read-only or its disk is full. Go compiles and says nothing, but keeps nothing either.",
    subject: "GOCACHE",
    everyRun: false,
  },
  "cache-program-miss": {
    class: "cache",
    title: "cache program had nothing",
    meaning: "The program of GOCACHEPROG answered that it has no such result.",
    subject: "GOCACHEPROG",
    everyRun: false,
  },
  "forced-rebuild": {
    class: "forced",
    title: "rebuild forced",
    meaning: "-a, or gocacheverify=1 in GODEBUG, makes Go run everything without looking into the cache.",
    subject: "-a or gocacheverify",
    everyRun: true,
  },
  "link-not-cached": {
    class: "forced",
    title: "link not kept",
    meaning:
      "Go does not cache linked programs. Where no output file keeps the program (go build ./..., -o /dev/null, go run up to Go 1.23), it is linked every time.",
    subject: "the main package, or p.test for a test binary",
    everyRun: true,
  },
  "link-target-replaced": {
    class: "forced",
    title: "output file overwritten",
    meaning: "The output file would have been up to date; something else was written there since.",
    subject: "the output file",
    everyRun: false,
  },
  "vet-not-cached": {
    class: "forced",
    title: "vet not kept",
    meaning: "Up to Go 1.25 the vet of a package named on the command line runs every time.",
    subject: "the package",
    everyRun: true,
  },
  "build-failed-before": {
    class: "forced",
    title: "failed before",
    meaning: "What fails is never stored, so it runs again.",
    subject: "the package",
    everyRun: false,
  },
  "output-not-reproducible": {
    class: "other",
    title: "output not reproducible",
    meaning: "The same inputs gave another output than before, so what depends on it was built again.",
    subject: "the package",
    everyRun: false,
  },
  "first-build": {
    class: "other",
    title: "first build",
    meaning: "The earlier run did not have it.",
    subject: "the import path, or the module where there is no earlier run",
    everyRun: false,
  },
  "test-env-changed": {
    class: "test-input",
    title: "variable read by tests changed",
    meaning:
      "Go notes which variables a test reads. The cached result counts only while their values are the same.",
    subject: "the variable's name",
    everyRun: false,
  },
  "test-file-changed": {
    class: "test-input",
    title: "file read by tests changed",
    meaning:
      "Go notes which files and directories of the module a test opens, and compares their size, mode and time; it does not read them.",
    subject: "the file or directory",
    everyRun: false,
  },
  "test-file-too-new": {
    class: "test-input",
    title: "file read by tests too new",
    meaning: "A file that the test read had been written less than two seconds before, so Go kept no result.",
    subject: "the file",
    everyRun: false,
  },
  "test-flag-changed": {
    class: "flag",
    title: "test flag changed",
    meaning: "Each set of test flags has results of its own.",
    subject: "the flag",
    everyRun: false,
  },
  "test-not-cacheable": {
    class: "forced",
    title: "test result not kept",
    meaning: "Go keeps no result for this way of running tests.",
    subject: "the flag or reason",
    everyRun: true,
  },
  "test-expired": {
    class: "cache",
    title: "test results expired",
    meaning: "go clean -testcache was run: earlier test results no longer count.",
    subject: "GOCACHE",
    everyRun: false,
  },
};

/** All codes, in the order of the contract's table. */
export const causeCodes = Object.keys(causeCatalogue) as readonly CauseCode[];

/** The class of a code. */
export function classOf(code: CauseCode): CauseClass {
  return causeCatalogue[code].class;
}
