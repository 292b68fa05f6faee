/** What decides which files of a package are built (go/build, Go 1.21–1.27). */
export interface BuildContext {
  readonly goos: string;
  readonly goarch: string;
  readonly cgo: boolean;
  /** -tags and the tags that flags imply: race, msan, asan; `goexperiment.x`. */
  readonly tags: ReadonlySet<string>;
  /** Minor version: 26 for Go 1.26; `go1.1` to `go1.26` hold. */
  readonly release: number;
}

const knownOs = new Set(
  "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos".split(
    " ",
  ),
);
const unixOs = new Set(
  "aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris".split(" "),
);
const knownArch = new Set(
  "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm".split(
    " ",
  ),
);

/** Whether Go takes the file into its package under this context: by name, `//go:build` line and `import "C"`. */
export function fileMatches(name: string, text: string, context: BuildContext): boolean {
  const base = name.slice(name.lastIndexOf("/") + 1);
  if (!nameMatches(base, context)) return false;
  const header = headerOf(text);
  const constraint = /^\/\/go:build[ \t]+(.*)$/m.exec(header)?.[1];
  if (constraint !== undefined) {
    if (!expressionHolds(constraint, context)) return false;
  } else if (!plusLinesHold(header, context)) return false;
  if (!context.cgo && base.endsWith(".go") && importsC(text)) return false;
  return context.cgo || !/\.(c|cc|cpp|cxx|m|f|F|for|f90)$/.test(base);
}

/**
 * `// +build` lines count where there is no `//go:build` line: all lines have to hold; in a line one of the words, in a word
 * all of its tags (go/build shouldBuild, still so in Go 1.26).
 */
function plusLinesHold(header: string, context: BuildContext): boolean {
  if (!header.includes("+build")) return true;
  const lines = [...header.matchAll(/^[ \t]*\/\/[ \t]*\+build[ \t]+(.*)$/gm)];
  return lines.every(([, words = ""]) =>
    words
      .trim()
      .split(/\s+/)
      .some((word) =>
        word
          .split(",")
          .every((tag) => (tag.startsWith("!") ? !tagHolds(tag.slice(1), context) : tagHolds(tag, context))),
      ),
  );
}

/** `name_GOOS`, `name_GOARCH`, `name_GOOS_GOARCH` before the ending; `_test` is cut first (go/build goodOSArchFile). */
function nameMatches(base: string, context: BuildContext): boolean {
  const stem = base.replace(/\..*$/, "");
  const cut = stem.indexOf("_");
  if (cut < 0) return true;
  const words = stem.slice(cut).split("_");
  if (words.at(-1) === "test") words.pop();
  const last = words.at(-1) ?? "";
  const before = words.at(-2) ?? "";
  if (words.length >= 2 && knownOs.has(before) && knownArch.has(last)) {
    return tagHolds(before, context) && tagHolds(last, context);
  }
  if (words.length >= 1 && (knownOs.has(last) || knownArch.has(last))) return tagHolds(last, context);
  return true;
}

/** What stands before the package clause: comments and blank lines. */
function headerOf(text: string): string {
  const clause = /^(package|#include|#ifdef|#define|TEXT|DATA)\b/m.exec(text);
  return clause === null ? text.slice(0, 20_000) : text.slice(0, clause.index);
}

function importsC(text: string): boolean {
  return /^\s*(import\s+)?(_\s+)?"C"\s*(;.*|\/\/.*)?$/m.test(text) && /^\s*import\b/m.test(text);
}

function tagHolds(tag: string, context: BuildContext): boolean {
  if (tag === context.goos || tag === context.goarch) return true;
  if (tag === "linux" && context.goos === "android") return true;
  if (tag === "solaris" && context.goos === "illumos") return true;
  if (tag === "darwin" && context.goos === "ios") return true;
  if (tag === "unix") return unixOs.has(context.goos);
  if (tag === "cgo") return context.cgo;
  if (tag === "gc") return true;
  const release = /^go1\.(\d+)$/.exec(tag);
  if (release !== null) return Number(release[1]) <= context.release;
  return context.tags.has(tag);
}

/** `//go:build` expressions: `!`, `&&`, `||`, brackets, tags (go/build/constraint). A malformed one holds. */
export function expressionHolds(expression: string, context: BuildContext): boolean {
  const tokens = expression.match(/&&|\|\||[!()]|[\p{L}\p{N}_.]+/gu) ?? [];
  let at = 0;
  const primary = (): boolean => {
    const token = tokens[at++];
    if (token === "!") return !primary();
    if (token === "(") {
      const value = either();
      at++;
      return value;
    }
    return token === undefined || tagHolds(token, context);
  };
  const both = (): boolean => {
    let value = primary();
    while (tokens[at] === "&&") {
      at++;
      const right = primary();
      value = value && right;
    }
    return value;
  };
  const either = (): boolean => {
    let value = both();
    while (tokens[at] === "||") {
      at++;
      const right = both();
      value = value || right;
    }
    return value;
  };
  return either();
}
