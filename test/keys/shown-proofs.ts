/** A proof that the documents write out. */
export interface ShownProof {
  /** Rules of src/keys/rules.ts that it needs. */
  readonly rules: readonly string[];
  readonly title: string;
  readonly fixture: string;
  readonly key: string;
  /** What the user changed. */
  readonly changed: string;
  /** Where the earlier value is taken from. */
  readonly source: string;
  /** Commands that give it, run in the module's folder as it was before the earlier run. */
  readonly byHand?: string;
  /** What they print: parts of the earlier inputs (where left out), a key of the cache, or what shows that there is nothing. */
  readonly prints?: "key" | "other";
  /** Commands that give it where the earlier run took place; they need its git, its compilers or its Go. */
  readonly there?: string;
  /** Values of the fixture that `byHand` names as `$NAME`. */
  readonly needs?: "git";
}

const m = "example.com/m";

/** A file's digest as Go writes it: the first 15 bytes of its SHA-256 in base64url. */
function digestOf(file: string): string {
  return `sha256sum ${file} | cut -c1-30 | tr a-f A-F | basenc --base16 -d | basenc --base64url`;
}

/** One for each rule, the shortest keys that show it. */
export const shownProofs: readonly ShownProof[] = [
  {
    rules: ["file-edited"],
    title: "A file was edited",
    fixture: "file-edited",
    key: `build ${m}/internal/errors`,
    changed: "A string in errors.go.",
    source: "the file as it was (from git, or the digest that the earlier run recorded)",
    byHand: digestOf("internal/errors/errors.go"),
  },
  {
    rules: ["cgo-flags"],
    title: "CGO_CFLAGS changed",
    fixture: "env-cgo-cflags",
    key: `build ${m}/internal/native`,
    changed: "`CGO_CFLAGS='-O1 -g'` was set.",
    source:
      "`go env CGO_CFLAGS` of the earlier run, where nobody had set it: Go's default, split into words. They stand before the package's own, of which `#cgo` lines give none here",
    byHand: "env -u CGO_CFLAGS GOENV=off GOTOOLCHAIN=local go env CGO_CFLAGS",
  },
  {
    rules: ["sanitizers"],
    title: "-race was added",
    fixture: "flag-race",
    key: `build ${m}/internal/set`,
    changed: "`-race` on the command line.",
    source: "the earlier command, which has none: nothing is forced on the compiler",
  },
  {
    rules: ["file-added"],
    title: "A file joined a package",
    fixture: "file-added",
    key: `build ${m}/internal/core`,
    changed: "extra.go is new.",
    source: "the folder as it was, which has no such file: no line for it",
    byHand: "ls internal/core",
    prints: "other",
  },
  {
    rules: ["file-removed"],
    title: "A file left a package",
    fixture: "file-removed",
    key: `build ${m}/internal/core`,
    changed: "size.go was deleted.",
    source: "the file as it was; its line stands among those of the other Go files, by name",
    byHand: digestOf("internal/core/size.go"),
  },
  {
    rules: ["overlay"],
    title: "An overlay gave a file another content",
    fixture: "overlay-added",
    key: `build ${m}/internal/set`,
    changed: "`-overlay=overlay.json`, which puts other/set.go in the place of set.go.",
    source: "the file on disk, since the earlier command has no overlay (with one: the other file's digest)",
    byHand: digestOf("internal/set/set.go"),
  },
  {
    rules: ["directory"],
    title: "The checkout moved",
    fixture: "directory-moved",
    key: `build ${m}/internal/set`,
    changed: "The module's folder was moved.",
    source: "the earlier folder of the main module",
  },
  {
    rules: ["trimpath"],
    title: "-trimpath was added",
    fixture: "flag-trimpath",
    key: `build ${m}/internal/set`,
    changed: "`-trimpath` on the command line.",
    source:
      "the earlier command, which has none: the package's folder in the place of its module, and no line `trimpath`",
  },
  {
    rules: ["module-cache"],
    title: "Another module cache",
    fixture: "modcache-moved",
    key: "build github.com/pkg/errors",
    changed: "GOMODCACHE.",
    source: "`go env GOMODCACHE` of the earlier run, with the module's path and version behind it",
    byHand: "awk '/pkg\\/errors/ {print $1 \"@\" $2}' go.mod",
  },
  {
    rules: ["goroot"],
    title: "The same Go elsewhere",
    fixture: "tiny-goroot",
    key: `link ${m}/cmd/tiny`,
    changed: "GOROOT was moved; only links without -trimpath have it.",
    source: "`go env GOROOT` of the earlier run",
  },
  {
    rules: ["toolchain"],
    title: "Another Go",
    fixture: "toolchain-changed",
    key: "build cmp",
    changed: "GOTOOLCHAIN=go1.24.11 is no longer set.",
    source:
      "`go version` of the earlier run: it begins every key and stands in the IDs of the tools; the file's digest is that of the earlier GOROOT",
    there: `go version\n${digestOf('"$(go env GOROOT)/src/cmp/cmp.go"')}`,
  },
  {
    rules: ["tool-program"],
    title: "-toolexec was added",
    fixture: "flag-toolexec",
    key: "build cmp",
    changed: "`-toolexec` with a program that adds its own version to the compiler's.",
    source: "what the compiler says of itself without the program",
    there: "go tool compile -V=full",
  },
  {
    rules: ["tool-program"],
    title: "The program of -toolexec changed",
    fixture: "tool-changed",
    key: "build cmp",
    changed: "The program has another version.",
    source: "what the earlier program said, which was recorded beside the earlier run",
    there: '"$TOOLEXEC" "$(go env GOTOOLDIR)/compile" -V=full',
  },
  {
    rules: ["target"],
    title: "Another architecture",
    fixture: "env-goarch",
    key: `build ${m}/internal/sum`,
    changed: "`GOARCH=arm64` was set.",
    source:
      "`go env GOARCH GOAMD64` of the earlier run; which files are built then follows from their names and `//go:build` lines",
    byHand: [
      "env -u GOAMD64 GOENV=off GOTOOLCHAIN=local GOARCH=amd64 go env GOAMD64",
      ...["add_amd64.go", "add_amd64.s"].map((name) => digestOf(`internal/sum/${name}`)),
    ].join("\n"),
  },
  {
    rules: ["arch-level"],
    title: "Another architecture level",
    fixture: "env-goamd64",
    key: "build cmp",
    changed: "`GOAMD64=v2` was set.",
    source: "`go env GOAMD64` of the earlier run, Go's default",
    byHand: "env -u GOAMD64 GOENV=off GOTOOLCHAIN=local GOARCH=amd64 go env GOAMD64",
  },
  {
    rules: ["cgo-enabled"],
    title: "cgo was switched off",
    fixture: "env-cgo-enabled",
    key: `build ${m}/internal/native`,
    changed: "`CGO_ENABLED=0` was set.",
    source:
      "`go env CGO_ENABLED` of the earlier run, 1: then the package has its files with `//go:build cgo`, C files and headers, the compiler's lines, and the imports that cgo brings",
    byHand: ["native.go", "native.c", "native.h"]
      .map((name) => digestOf(`internal/native/${name}`))
      .join("\n"),
    there: "go env CC CGO_CFLAGS CGO_LDFLAGS\ngcc -### -x c -c - 2>&1 | grep '^gcc version'",
  },
  {
    rules: ["experiment"],
    title: "GOEXPERIMENT was set",
    fixture: "env-goexperiment",
    key: "build cmp",
    changed: "`GOEXPERIMENT=fieldtrack` was set.",
    source:
      "`go env GOEXPERIMENT` of the earlier run, which is empty: no line, and nothing behind the tool's version",
    byHand: "env -u GOEXPERIMENT GOENV=off GOTOOLCHAIN=local go env GOEXPERIMENT",
  },
  {
    rules: ["buildmode"],
    title: "-buildmode=pie was added",
    fixture: "flag-buildmode",
    key: "build cmp",
    changed: "`-buildmode=pie` on the command line.",
    source:
      "the earlier command, which has none: linux/amd64 programs are `exe`, and nothing is forced on the compiler",
  },
  {
    rules: ["linkshared"],
    title: "-linkshared was added",
    fixture: "flag-linkshared",
    key: "build cmp",
    changed: "`-linkshared` on the command line.",
    source: "the earlier command, which has none",
  },
  {
    rules: ["compile-flags"],
    title: "-gcflags was added",
    fixture: "flag-gcflags-all",
    key: "build cmp",
    changed: "`-gcflags='all=-N -l'` on the command line.",
    source: "the earlier command, which has none",
  },
  {
    rules: ["link-flags"],
    title: "Other -ldflags, in a link",
    fixture: "tiny-ldflags",
    key: `link ${m}/cmd/tiny`,
    changed: "`-ldflags=-s` in the place of `-ldflags=-w`.",
    source:
      "the earlier command; the program itself was compiled under another key, since its build info has the flags too",
  },
  {
    rules: ["link-flags"],
    title: "Other -ldflags, in the build info of a program",
    fixture: "tiny-ldflags",
    key: `build ${m}/cmd/tiny`,
    changed: "As above.",
    source: "the earlier command",
  },
  {
    rules: ["extlink"],
    title: "GO_EXTLINK_ENABLED was set",
    fixture: "tiny-extlink",
    key: `link ${m}/cmd/tiny`,
    changed: "`GO_EXTLINK_ENABLED=1` was set. `go env` does not know it: it is the environment's.",
    source: "the earlier environment, which has none: the line stands there without a value",
    byHand: 'env -u GO_EXTLINK_ENABLED sh -c \'printf "GO_EXTLINK_ENABLED=%s\\n" "$GO_EXTLINK_ENABLED"\'',
  },
  {
    rules: ["magic"],
    title: "A variable for work on the compiler",
    fixture: "env-magic",
    key: "build cmp",
    changed: "`GOCLOBBERDEADHASH=1` was set.",
    source: "the earlier environment, which has none: no line",
  },
  {
    rules: ["tags"],
    title: "-tags was added",
    fixture: "flag-tags",
    key: `build ${m}/internal/platform`,
    changed: "`-tags=extra` on the command line.",
    source: "the earlier command, which has none: `//go:build !extra` holds, and edition.go is built",
    byHand: `cd internal/platform\ngrep -l '^//go:build !extra' *.go\n${digestOf("edition.go")}`,
  },
  {
    rules: ["coverage"],
    title: "Another way to count coverage",
    fixture: "coverage-mode",
    key: `build ${m}/internal/set`,
    changed: "`-covermode=atomic` beside -cover.",
    source: "the earlier command, which has -cover alone: `set`, and no import that atomic counters need",
  },
  {
    rules: ["fuzz"],
    title: "-fuzz was added",
    fixture: "test-fuzz",
    key: "build cmp",
    changed: "`go test -c -fuzz=FuzzOf`, where `go test -c` had no -fuzz.",
    source: "the earlier command: no line `fuzz`",
  },
  {
    rules: ["profile"],
    title: "Another PGO profile",
    fixture: "pgo-profile-changed",
    key: "build cmp",
    changed: "cmd/app/default.pgo.",
    source:
      "the profile as it was: its digest is an input of `go tool preprofile`, and Go keeps that tool's output in the cache under the key below; the line names the output",
    byHand: [
      `digest=$(${digestOf("cmd/app/default.pgo")})`,
      "{",
      "printf 'go1.26.8'",
      "printf '%s\\n' 'preprocess PGO profile' 'preprofile preprofile version go1.26.8' \"input \\\"$digest\\\"\"",
      "} | sha256sum | cut -c1-64",
    ].join("\n"),
    prints: "key",
    there:
      "cut -d' ' -f3 \"$(go env GOCACHE)/$(printf %.2s $KEY)/$KEY-a\" | cut -c1-30 | tr a-f A-F | basenc --base16 -d | basenc --base64url",
  },
  {
    rules: ["c-compiler-command"],
    title: "CC changed",
    fixture: "env-cc",
    key: `build ${m}/internal/native`,
    changed: "`CC=cc` in the place of `CC=gcc`.",
    source: "the earlier environment",
  },
  {
    rules: ["c-compiler-version"],
    title: "Another C compiler behind the same name",
    fixture: "c-compiler-changed",
    key: `build ${m}/internal/native`,
    changed: "The program that CC names was updated.",
    source: "the line with its version that the earlier compiler printed, recorded beside the earlier run",
    there: "\"$(go env CC)\" -### -x c -c - 2>&1 | grep ' version ' | head -n 1",
  },
  {
    rules: ["go-line"],
    title: "The go line was raised",
    fixture: "go-directive-changed",
    key: `build ${m}/internal/set`,
    changed: "`go 1.22` in go.mod.",
    source: "the earlier go.mod",
    byHand: "grep '^go ' go.mod",
  },
  {
    rules: ["godebug-directive"],
    title: "A godebug line joined go.mod",
    fixture: "godebug-directive",
    key: `build ${m}/cmd/tool`,
    changed: "`godebug panicnil=1` in go.mod.",
    source:
      "the earlier go.mod, which has none: then the program's default GODEBUG is what Go's table (internal/godebugs/table.go) gives for `go 1.21`",
    byHand: "sed -n '/^go /p;/^godebug/p' go.mod",
    there: `go list -f '{{.DefaultGODEBUG}}' ./cmd/tool`,
  },
  {
    rules: ["module-version"],
    title: "A dependency was bumped",
    fixture: "module-version-changed",
    key: "build github.com/pkg/errors",
    changed: "`go get github.com/pkg/errors@v0.9.1`.",
    source:
      "the earlier go.mod, which names v0.9.0: its folder in the module cache, with its files; without a go.mod of its own Go takes it for one of Go 1.16",
    byHand: "awk '/pkg\\/errors/ {print $1 \"@\" $2}' go.mod",
  },
  {
    rules: ["module-graph"],
    title: "A module was tagged anew",
    fixture: "module-retagged",
    key: `build ${m}/cmd/app`,
    changed: "The checksum of github.com/pkg/errors v0.9.0 in go.sum.",
    source: "go.sum as it was",
    byHand: "grep '^github.com/pkg/errors v0.9.0 h1:' go.sum | cut -d' ' -f3",
  },
  {
    rules: ["module-replaced"],
    title: "A dependency was replaced, in the build info of a program",
    fixture: "module-replaced",
    key: `build ${m}/cmd/app`,
    changed: "A `replace` line in go.mod.",
    source: "the earlier go.mod and go.sum",
    byHand: "awk '$2 == \"v0.9.0\" {print $3}' go.sum",
  },
  {
    rules: ["vcs-stamp"],
    title: "A commit was made",
    fixture: "vcs-commit",
    key: `build ${m}/cmd/tool`,
    changed: "A commit that touches no Go file.",
    source:
      "git's answer in the earlier run: the commit, its time, and no tag, so that the version is counted from nothing",
    there: "git log -1 --format='%H %ct'",
    needs: "git",
    byHand: [
      'printf \'v0.0.0-%s-%.12s\\n\' "$(date -u -d "@$TIME" +%Y%m%d%H%M%S)" "$REVISION"',
      'date -u -d "@$TIME" +%Y-%m-%dT%H:%M:%SZ',
    ].join("\n"),
  },
  {
    rules: ["vet-flags"],
    title: "A check of go vet was switched off",
    fixture: "vet-flag",
    key: "vet unicode",
    changed: "`go vet -printf=false`.",
    source:
      "the earlier command, which names no check: then Go gives packages of the standard library `-unsafeptr=false`. `pkg` is the whole key of the build",
  },
  {
    rules: ["file-edited", "cgo-flags"],
    title: "Two causes in one action",
    fixture: "two-causes-one-package",
    key: `build ${m}/internal/native`,
    changed:
      "native.c was edited, and `CGO_CFLAGS='-O1 -g'` was set. With one of the two put back alone another key comes out.",
    source: "the file as it was, and Go's default of CGO_CFLAGS",
    byHand: `${digestOf("internal/native/native.c")}\nenv -u CGO_CFLAGS GOENV=off GOTOOLCHAIN=local go env CGO_CFLAGS`,
  },
  {
    rules: ["file-edited"],
    title: "An edit that took a `#cgo` line and an import",
    fixture: "cgo-directive-removed",
    key: `build ${m}/internal/native`,
    changed: "native.go lost `#cgo` lines and the import of strconv.",
    source:
      "the whole earlier text of native.go, from git or from the copy that the history keeps: what its `#cgo` lines and imports say",
    byHand: `${digestOf("internal/native/native.go")}\ngrep -e '#cgo' -e '"strconv"' internal/native/native.go`,
    prints: "other",
  },
];

/** Those that docs/how-it-works.md shows itself. */
export const firstProofs = shownProofs.slice(0, 3);
