import { accessSync, constants, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { isGoWord } from "../go-word.ts";
import { shimWord } from "../shim-word.ts";

export interface Shims {
  /** The directory to be put in front of PATH. */
  readonly directory: string;
}

/**
 * Puts programs named `go`, `go1.x` and `gotip`, as far as PATH has such, into a directory: each starts this tool around the real
 * one where a cached verb is asked for, and is the real one for all else.
 * @param scratch private, and of no longer life than the command
 * @param start the words that start this tool: node and its script
 * @returns null where such programs can't be run from there (a noexec mount, a colon in its path)
 */
export function makeShims(
  scratch: string,
  path: string,
  start: readonly [node: string, script: string],
): Shims | null {
  const directory = join(scratch, "bin");
  if (directory.includes(delimiter)) return null;
  mkdirSync(directory, { mode: 0o700 });
  for (const name of new Set(["go", ...goNames(path)])) {
    const file = join(directory, name);
    writeFileSync(file, shimText(name, directory, scratch, start), { mode: 0o700 });
    try {
      accessSync(file, constants.X_OK);
    } catch {
      return null;
    }
  }
  return { directory };
}

/** PATH as the go command is to see it: without the shims, and else as it is. */
export function withoutShims(path: string, directory: string): string {
  return path
    .split(delimiter)
    .filter((entry) => entry !== directory)
    .join(delimiter);
}

function goNames(path: string): string[] {
  return path.split(delimiter).flatMap((folder) => {
    if (!isAbsolute(folder)) return [];
    try {
      return readdirSync(folder).filter((name) => name.startsWith("go") && isGoWord(name));
    } catch {
      return [];
    }
  });
}

/**
 * What is cheap stays cheap: only build, install, test, vet and run wait for node. Variables are named so that none of the user's
 * is written to. A shell corrects PWD (and bash counts SHLVL) before its first line, and tests are cached under what they read:
 * what the shell itself was given is kept where the system shows it. Go never sees the shims: what it starts for a test may
 * hash PATH, and in front of PATH of what `go run`, `go tool` and `go generate` start it puts its own bin folder anyway
 * (base.AppendPATH, Go 1.26), so that go commands of such programs can't be seen.
 * A go command that another one starts as another version of itself (GOTOOLCHAIN) belongs to that one.
 */
function shimText(
  name: string,
  directory: string,
  scratch: string,
  [node, script]: readonly [string, string],
): string {
  return `#!/bin/sh
# Made by gocache-why run, for the time of one command: what go builds below it is recorded.
_gocache_why_path=":$PATH:"
while :; do
  case $_gocache_why_path in
  *:${quoted(directory)}:*) _gocache_why_path="\${_gocache_why_path%%:${quoted(directory)}:*}:\${_gocache_why_path#*:${quoted(directory)}:}" ;;
  *) break ;;
  esac
done
_gocache_why_path=\${_gocache_why_path#:}
_gocache_why_path=\${_gocache_why_path%:}
case $1 in
build | install | test | vet | run | -C | -C=* | --C | --C=*)
  if [ -z "$GOTOOLCHAIN_INTERNAL_SWITCH_VERSION" ] && [ -x ${quoted(node)} ] && [ -r ${quoted(script)} ] && [ -d ${quoted(scratch)} ]; then
    { cat /proc/$$/environ >${quoted(`${scratch}/environment.`)}$$; } 2>/dev/null
    exec ${quoted(node)} ${quoted(script)} ${shimWord} ${quoted(scratch)} ${quoted(name)} "$@"
  fi
  ;;
esac
PATH=$_gocache_why_path
exec ${quoted(name)} "$@"
`;
}

/** As one word of sh. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
