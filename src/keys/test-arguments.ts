import type { FlagWord, GoCommand, GoFlagsSetting } from "../model/go-command.ts";
import { splitGoflags } from "../model/go-command.ts";
import { minorOf } from "../model/go-release.ts";
import { goDuration } from "../util/go-duration.ts";

/** What of a go test command goes to the test binary and into the key of its result. */
export interface TestArguments {
  /** `-test.x=y` in the order and form in which Go hashes them; of no use where `notCacheable` has something. */
  readonly args: readonly string[];
  /** Why Go neither looks for a result nor keeps one; `[]` where it does. Each subject once, in Go's order of looking. */
  readonly notCacheable: readonly NotCacheable[];
}

export interface NotCacheable {
  /** Subject of `test-not-cacheable`: `-count`, `-args`, `no package list`, … */
  readonly flag: string;
  readonly reason: string;
}

/**
 * The arguments of the test binary as testflag.go testFlags and test.go tryCacheWithID of Go 1.21–1.27 see them.
 *
 * `-test.paniconexit0`, `-test.testlogfile` and the directories for coverage are given to the binary, too, but not hashed.
 * Not visible in the words: a package outside of every module, and a `go_GOOS_GOARCH_exec` in PATH when cross-compiling, which acts
 * like -exec.
 * @param goflags as for `parseGoWords`
 * @param goVersion `go1.26.8`; what is no release is taken for the newest
 */
export function testArguments(
  command: GoCommand,
  goflags: GoFlagsSetting | null,
  goVersion: string,
): TestArguments {
  const minor = minorOf(goVersion);
  const all = [...injected(command, goflags), ...command.flagWords.flatMap(passed)];
  const args: string[] = [];
  const notCacheable = new Map<string, string>();
  const refuse = (flag: string, reason: string): void => {
    if (!notCacheable.has(flag)) notCacheable.set(flag, reason);
  };
  if (command.packages.length === 0)
    refuse("no package list", "go test without a package list caches nothing");
  if (command.packages.some((name) => name.endsWith(".go")))
    refuse("file arguments", "Go files on the command line belong to no module");
  const sort = (name: string, argument: string): void => {
    const kind = kindOf(name, minor);
    if (kind === "hashed") args.push(argument);
    // It returns before the log is begun (testing.go M.Run, Go 1.21–1.27), and without a log nothing is kept.
    if (name === "list" && !argument.endsWith("="))
      refuse("-list", "the test binary only prints names and keeps no account of what it reads");
    if (kind === "refused")
      refuse(`-${name}`, `-${name} is not one of the flags with which Go ${minor} keeps results`);
  };
  for (const { name, value } of all) sort(name, `-test.${name}=${value}`);
  for (const word of command.rest) {
    const found = /^-test\.([^=]*)=/s.exec(word);
    if (found !== null) sort(found[1] ?? "", word);
    else if (unknownFlag(word, command)) refuse(nameOfFlag(word), "go test doesn't know this flag");
    else refuse("-args", "arguments for the test binary itself");
  }
  if (command.flags.some(({ name, value }) => name === "-exec" && value.trim() !== ""))
    refuse("-exec", "Go can't see what a test reads that runs under another program");
  return { args, notCacheable: [...notCacheable].map(([flag, reason]) => ({ flag, reason })) };
}

/** Flags with which a result is kept: the version from which on, and whether the value is part of the key. */
const cacheable: Readonly<Record<string, { readonly since: number; readonly hashed: boolean }>> = {
  benchtime: { since: 0, hashed: true },
  cpu: { since: 0, hashed: true },
  list: { since: 0, hashed: true },
  parallel: { since: 0, hashed: true },
  run: { since: 0, hashed: true },
  short: { since: 0, hashed: true },
  timeout: { since: 0, hashed: true },
  failfast: { since: 0, hashed: true },
  v: { since: 0, hashed: true },
  fullpath: { since: 23, hashed: true },
  skip: { since: 25, hashed: true },
  coverprofile: { since: 25, hashed: false },
  outputdir: { since: 25, hashed: false },
};

function kindOf(name: string, minor: number): "hashed" | "passed" | "refused" {
  const known = Object.hasOwn(cacheable, name) ? cacheable[name] : undefined;
  if (known === undefined || minor < known.since) return "refused";
  return known.hashed ? "hashed" : "passed";
}

interface Argument {
  readonly name: string;
  readonly value: string;
}

/** What stands before the words of the command line: -json's own -v, GOFLAGS (by name), the default timeout. */
function injected(command: GoCommand, goflags: GoFlagsSetting | null): readonly Argument[] {
  const typed = new Set(command.flagWords.map((flag) => flag.name));
  const inherited = ofGoflags(goflags);
  const out: Argument[] = [];
  if (command.json) out.push({ name: "v", value: "test2json" });
  const values = new Map(inherited.map(({ name, value }) => [bare(name), value]));
  for (const flag of [...new Set(inherited.map(({ name }) => name))].sort()) {
    const name = bare(flag);
    if (typed.has(name) || (name === "v" && command.json)) continue;
    // `run` and `test.run` share a value, and each is passed on.
    out.push({ name, value: values.get(name) ?? "" });
  }
  if (!typed.has("timeout") && !values.has("timeout")) out.push({ name: "timeout", value: "10m0s" });
  return out;
}

/** GOFLAGS' flags for the test binary by the name that they have there, values in Go's form. */
function ofGoflags(goflags: GoFlagsSetting | null): readonly Argument[] {
  const words = goflags === null ? [] : (splitGoflags(goflags.text) ?? []);
  return words.flatMap((word) => {
    const found = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word);
    const name = found?.[1] ?? "";
    const form = Object.hasOwn(forms, bare(name)) ? forms[bare(name)] : undefined;
    if (form === undefined) return [];
    const value = found?.[2] ?? (form === inBoolean ? "true" : "");
    return [{ name, value: form(value) }];
  });
}

function passed({ name, value }: FlagWord): readonly Argument[] {
  const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
  return form === undefined ? [] : [{ name, value: form(value) }];
}

function bare(name: string): string {
  return name.startsWith("test.") ? name.slice("test.".length) : name;
}

const asTyped = (value: string): string => value;

/** strconv.ParseBool; other texts (`test2json`) stay. */
const inBoolean = (value: string): string => {
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return "true";
  return /^(0|f|F|FALSE|false|False)$/.test(value) ? "false" : value;
};

/** strconv.ParseInt with base 0. */
const inNumber = (value: string): string => {
  const found = /^([+-]?)(0[xX]|0[oO]|0[bB]|0(?=[0-7_]))?_?([0-9a-fA-F_]+)$/.exec(value);
  if (found === null) return value;
  const [, sign, prefix = "", digits = ""] = found;
  try {
    const number = BigInt(`${prefix === "0" ? "0o" : prefix}${digits.replaceAll("_", "")}`);
    return `${sign === "-" && number !== 0n ? "-" : ""}${number}`;
  } catch {
    return value;
  }
};

/** The flags that go test passes on (passFlagToTest), and how Go prints their values. */
const forms: Readonly<Record<string, (value: string) => string>> = {
  ...Object.fromEntries(
    (
      "bench benchtime blockprofile blockprofilerate coverprofile cpu cpuprofile fuzz fuzzminimizetime fuzztime list memprofile " +
      "memprofilerate mutexprofile mutexprofilefraction outputdir run shuffle skip trace"
    )
      .split(" ")
      .map((name) => [name, asTyped]),
  ),
  ...Object.fromEntries(
    "artifacts benchmem failfast fullpath short v".split(" ").map((name) => [name, inBoolean]),
  ),
  count: inNumber,
  parallel: inNumber,
  timeout: (value) => goDuration(value) ?? value,
};

/** What stands before -args and begins with a dash is a flag that go test doesn't know. */
function unknownFlag(word: string, command: GoCommand): boolean {
  const end = command.words.findIndex((one) => one === "-args" || one === "--args" || one === "--");
  const before = end < 0 ? command.words : command.words.slice(0, end);
  return /^--?[^-=]/.test(word) && before.includes(word);
}

function nameOfFlag(word: string): string {
  return `-${word.replace(/^--?/, "").replace(/=.*$/s, "")}`;
}
