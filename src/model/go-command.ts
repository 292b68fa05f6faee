import type { Flag } from "./run.ts";

/** GOFLAGS as it is in effect: the raw text, and whether the environment or the file of `go env -w` sets it. */
export interface GoFlagsSetting {
  readonly text: string;
  readonly origin: "GOFLAGS" | "go env file";
}

/** One flag as it stands in the words of the command line. */
export interface FlagWord {
  /** Without dashes, and without the `test.` that go test accepts. */
  readonly name: string;
  /** `true` for a boolean flag without a value; else the text after `=` or the next word. */
  readonly value: string;
  /** Where it begins in `words`, and how many words it takes: 1 or 2. */
  readonly index: number;
  readonly count: number;
}

/** Go's own words, taken apart as the go command does it (cmd/go main.go, cmdflag, testflag.go, Go 1.22–1.26). */
export interface GoCommand {
  /** As typed, without the go word. */
  readonly words: readonly string[];
  /** `build`, `env`, `mod`, …; null where there is none (`go`, `go -C dir`). */
  readonly verb: string | null;
  /** The directory of a leading -C, as typed; null where there is none. */
  readonly chdir: string | null;
  /** The words of that -C: `["-C", "dir"]`, `["-C=dir"]` or `[]`. */
  readonly chdirWords: readonly string[];
  /**
   * The flags in effect, by name; the command line wins over GOFLAGS, the last one wins. A boolean flag that is
   * set back to its default `false` is not listed. A per-package flag (-gcflags, …) given for several patterns
   * adds up: its value then is all of them, a blank between.
   */
  readonly flags: readonly Flag[];
  /** Every flag of the command line that go (and not the program or the test) reads, in order. */
  readonly flagWords: readonly FlagWord[];
  /** Package patterns, or Go files, as typed; `[]` means the package in the current directory. */
  readonly packages: readonly string[];
  /** Arguments of the program (run) or of the test binary (after -args, or unknown to go test). */
  readonly rest: readonly string[];
  /** True for build, install, test, vet and run, if they don't only print their help. */
  readonly recorded: boolean;
  /** The index in `words` where an added flag may stand: after the verb and a leading -C. */
  readonly insertAt: number;
  /** The user's own -debug-actiongraph file, also from GOFLAGS. */
  readonly userGraph: string | null;
  readonly json: boolean;
  /** -a is in effect. */
  readonly force: boolean;
  /** -n is in effect: go only prints. */
  readonly dryRun: boolean;
  /** Go prints its help and does nothing. */
  readonly help: boolean;
  /** Names of flags that GOFLAGS sets and that this verb knows. */
  readonly fromGoFlags: readonly string[];
}

/**
 * Takes the words after `go` apart, without reading anything else.
 * What go would refuse is still parsed to something sensible: go itself gives the message.
 */
export function parseGoWords(words: readonly string[], goflags: GoFlagsSetting | null): GoCommand {
  const outer = leadingChdir(words, 0);
  const verbAt = outer === null ? 0 : outer.count;
  const verb = words[verbAt] ?? null;
  const inner = outer === null ? leadingChdir(words, verbAt + 1) : null;
  const chdir = outer ?? inner;
  const insertAt = Math.min(words.length, verbAt + 1 + (inner?.count ?? 0));
  const known = verb === null ? undefined : verbFlags[verb];
  const parsed =
    known === undefined || verb === null
      ? { flagWords: [], packages: [], rest: words.slice(insertAt), help: verb === "help" }
      : verb === "test"
        ? parseTestWords(words, insertAt, known)
        : parsePlainWords(words, insertAt, known, verb);
  const inherited = known === undefined ? [] : flagsOfGoflags(goflags, known);
  const flags = known === undefined ? [] : flagsInEffect(inherited, parsed.flagWords, known);
  const effective = (name: string) => flags.find((flag) => flag.name === `-${name}`)?.value ?? null;
  return {
    words,
    verb,
    chdir: chdir?.dir ?? null,
    chdirWords: chdir === null ? [] : words.slice(chdir.index, chdir.index + chdir.count),
    flags,
    flagWords: parsed.flagWords,
    packages: parsed.packages,
    rest: parsed.rest,
    recorded: known !== undefined && !parsed.help,
    insertAt,
    userGraph: effective("debug-actiongraph") || null,
    json: effective("json") === "true",
    force: effective("a") === "true",
    dryRun: effective("n") === "true",
    help: parsed.help,
    fromGoFlags: [...new Set(inherited.map((flag) => flag.name))],
  };
}

/**
 * The words of the command line that say how packages are built, in a form that `go list` takes (Go 1.22–1.26).
 * All that only concerns the run itself (-o, -v, -run, -count, -exec, -a, -n, -x, -json, -work, …) is left out.
 */
export function buildFlagWords(command: GoCommand): string[] {
  const words = command.flagWords.flatMap((flag) =>
    listFlags.has(flag.name) ? command.words.slice(flag.index, flag.index + flag.count) : [],
  );
  // go list has no -coverprofile, which turns coverage on.
  const sets = (name: string) => command.flags.some((flag) => flag.name === name);
  return sets("-coverprofile") && !sets("-cover") ? [...words, "-cover"] : words;
}

/**
 * The words of a go command that works out the keys of the same actions under gocachehash, and compiles, links and runs
 * nothing: the user's own with `-n -x`. Of Go 1.22–1.26 it gives every key of build, link and vet but those of test
 * mains; `go list` has no vet, and other keys for the mains of run and vet and for covered packages.
 */
export function replayWords(command: GoCommand): string[] {
  // Fixes that the cache holds could be applied even under -n (Go 1.26).
  if (command.flags.some((flag) => flag.name === "-fix")) return listWords(command);
  const dropped = new Set<number>();
  // -json is an input of vet's key, elsewhere it only turns the text of -x into events.
  const drops = (name: string) => replayDrops.has(name) || (name === "json" && command.verb !== "vet");
  for (const flag of command.flagWords) {
    if (!drops(flag.name)) continue;
    for (let index = flag.index; index < flag.index + flag.count; index++) dropped.add(index);
  }
  // Go test empties the profile's file even under -n; without a name it still turns coverage on.
  const covers = command.flags.some((flag) => flag.name === "-coverprofile");
  const added = ["-n", "-x", ...neutralWords(command), ...(covers ? ["-coverprofile="] : [])];
  const kept = (_: string, index: number) => !dropped.has(index + command.insertAt);
  return [
    ...command.words.slice(0, command.insertAt),
    ...added,
    ...command.words.slice(command.insertAt).filter(kept),
  ];
}

/**
 * Splits GOFLAGS as cmd/internal/quoted does: at blanks; a word that begins with a quote goes to the next such quote,
 * with no escapes; quotes further inside don't count. Null where a quote is not closed (go then stops).
 */
export function splitGoflags(text: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (isBlank(char)) {
      at++;
    } else if (char === '"' || char === "'") {
      const end = text.indexOf(char, at + 1);
      if (end < 0) return null;
      words.push(text.slice(at + 1, end));
      at = end + 1;
    } else {
      let end = at;
      while (end < text.length && !isBlank(text.charAt(end))) end++;
      words.push(text.slice(at, end));
      at = end;
    }
  }
  return words;
}

/** The keys of packages as `go list` sees them. */
function listWords(command: GoCommand): string[] {
  const withTests = command.verb === "vet" || command.verb === "test" ? ["-test"] : [];
  return goList(command, ["-deps", ...withTests], "{{.Stale}}");
}

/**
 * A `go list` that gives, a line each, a test main's import path, a tab and the file that go made for it: it stands in the
 * cache under the SHA-256 of its text (list/list.go, Go 1.22–1.26). To be run with a GOCACHE of its own, since it writes there.
 */
export function testMainWords(command: GoCommand): string[] {
  const format =
    '{{if and (eq .Name "main") (not .ForTest)}}{{.ImportPath}}\t{{range .GoFiles}}{{.}}{{end}}{{end}}';
  return goList(command, ["-test", "-e"], format);
}

function goList(command: GoCommand, flags: readonly string[], format: string): string[] {
  return [
    "list",
    ...command.chdirWords,
    ...flags,
    ...neutralWords(command),
    ...(command.fromGoFlags.includes("n") ? ["-n=false"] : []),
    ...(command.fromGoFlags.includes("json") ? ["-json=false"] : []),
    ...buildFlagWords(command),
    "-f",
    format,
    ...command.packages,
  ];
}

/** Flags that undo those of GOFLAGS that a replay can't have. */
function neutralWords(command: GoCommand): string[] {
  return command.fromGoFlags.flatMap((name) => neutralised[name] ?? []);
}

type Arity = "bool" | "value";
type VerbFlags = Readonly<Record<string, Arity>>;

interface ParsedWords {
  flagWords: FlagWord[];
  packages: string[];
  rest: string[];
  help: boolean;
}

// work/build.go AddBuildFlags and AddCoverFlags, base/flag.go
const buildFlags = table(
  "a n x v asan linkshared msan race trimpath work modcacherw buildvcs",
  "p asmflags compiler buildmode gcflags gccgoflags mod modfile overlay installsuffix ldflags pgo pkgdir tags toolexec " +
    "debug-actiongraph debug-runtime-trace debug-trace",
);
const coverFlags = table("cover", "covermode coverpkg");

// test/testflag.go: those that also go by the name of the test binary's own flag, `-test.run`
const testBinaryFlags = table(
  "artifacts benchmem failfast fullpath short v",
  "bench benchtime blockprofile blockprofilerate count coverprofile cpu cpuprofile fuzz fuzzminimizetime fuzztime list " +
    "memprofile memprofilerate mutexprofile mutexprofilefraction outputdir parallel run shuffle skip timeout trace",
);

const verbFlags: Readonly<Record<string, VerbFlags>> = {
  build: { ...buildFlags, ...coverFlags, ...table("json", "o") },
  install: { ...buildFlags, ...coverFlags, ...table("json", "") },
  run: { ...buildFlags, ...coverFlags, ...table("json", "exec") },
  test: { ...buildFlags, ...coverFlags, ...testBinaryFlags, ...table("c json", "o exec vet") },
  // Analyzers are boolean; these values are cmd/vet's own (go tool vet -flags). Another -vettool may have more.
  vet: {
    ...buildFlags,
    ...table(
      "json fix diff",
      "c vettool printf.funcs printfuncs unusedfuncs unusedresult.funcs unusedresult.stringmethods unusedstringmethods",
    ),
  },
};

/** Build flags that go list has as well and that can change a key or what is loaded. */
const listFlags = new Set(
  (
    "p asan asmflags buildmode buildvcs compiler gccgoflags gcflags installsuffix ldflags linkshared mod modcacherw modfile " +
    "msan overlay pgo pkgdir race tags toolexec trimpath cover covermode coverpkg"
  ).split(" "),
);

const replayDrops = new Set(
  "a n x work coverprofile debug-actiongraph debug-runtime-trace debug-trace".split(" "),
);

/** A flag of build, install, run, test and vet alike. @param name without dashes */
export function isBuildFlag(name: string): boolean {
  return buildFlags[name] !== undefined || coverFlags[name] !== undefined || name === "C";
}

/** A flag of go test that is none of the build. @param name without dashes */
export function isTestFlag(name: string): boolean {
  return !isBuildFlag(name) && verbFlags.test?.[name] !== undefined && name !== "json";
}

/** What undoes a flag of GOFLAGS in a replay. */
const neutralised: Readonly<Record<string, readonly string[]>> = {
  a: ["-a=false"],
  work: ["-work=false"],
  "debug-actiongraph": ["-debug-actiongraph="],
  "debug-runtime-trace": ["-debug-runtime-trace="],
  "debug-trace": ["-debug-trace="],
};

const perPackageFlags = new Set(["asmflags", "gccgoflags", "gcflags", "ldflags"]);

/** Boolean flags whose default is not `false`: -buildvcs is `auto`. */
const falseIsASetting = new Set(["buildvcs"]);

function table(booleans: string, values: string): Record<string, Arity> {
  const entries: Record<string, Arity> = {};
  for (const name of booleans.split(" ")) if (name !== "") entries[name] = "bool";
  for (const name of values.split(" ")) if (name !== "") entries[name] = "value";
  return entries;
}

function isBlank(char: string): boolean {
  return char === " " || char === "\t" || char === "\n" || char === "\r";
}

/** main.go handleChdirFlag: -C counts only as the very first flag, before or after the verb. */
function leadingChdir(
  words: readonly string[],
  index: number,
): { dir: string; index: number; count: number } | null {
  const word = words[index];
  if (word === undefined) return null;
  const dir = words[index + 1];
  if (word === "-C" || word === "--C") return dir === undefined ? null : { dir, index, count: 2 };
  if (word.startsWith("-C=") || word.startsWith("--C=")) {
    return { dir: word.slice(word.indexOf("=") + 1), index, count: 1 };
  }
  return null;
}

type Word =
  | { kind: "flag"; flag: FlagWord }
  | { kind: "unknown"; index: number; hasValue: boolean }
  | { kind: "word" }
  | { kind: "terminator" }
  | { kind: "help" };

/** One word, as cmdflag.ParseOne takes it. */
function readWord(words: readonly string[], index: number, known: VerbFlags, test: boolean): Word {
  let word = words[index] ?? "";
  if (word === "--") return { kind: "terminator" };
  if (word.startsWith("--")) word = word.slice(1);
  if (word === "-h" || word === "-help" || (test && word === "-?")) return { kind: "help" };
  if (word.length < 2 || word[0] !== "-" || word[1] === "-" || word[1] === "=") return { kind: "word" };
  const equals = word.indexOf("=");
  const typed = equals < 0 ? word.slice(1) : word.slice(1, equals);
  const name = test ? testFlagName(typed) : typed;
  const arity = Object.hasOwn(known, name) ? known[name] : undefined;
  if (arity === undefined) return { kind: "unknown", index, hasValue: equals >= 0 };
  if (equals >= 0) return { kind: "flag", flag: { name, value: word.slice(equals + 1), index, count: 1 } };
  if (arity === "bool") return { kind: "flag", flag: { name, value: "true", index, count: 1 } };
  const next = words[index + 1];
  return { kind: "flag", flag: { name, value: next ?? "", index, count: next === undefined ? 1 : 2 } };
}

function testFlagName(typed: string): string {
  const short = typed.startsWith("test.") ? typed.slice("test.".length) : typed;
  return Object.hasOwn(testBinaryFlags, short) ? short : typed;
}

/** build, install, vet, run: flags up to the first other word or `--`. */
function parsePlainWords(
  words: readonly string[],
  start: number,
  known: VerbFlags,
  verb: string,
): ParsedWords {
  const flagWords: FlagWord[] = [];
  let index = start;
  while (index < words.length) {
    const word = readWord(words, index, known, verb === "vet");
    if (word.kind === "help") return { flagWords, packages: [], rest: [], help: true };
    if (word.kind === "word") break;
    if (word.kind === "terminator") {
      index++;
      break;
    }
    // An unknown flag is an analyzer of vet, or one that go refuses: either way it takes no further word.
    if (word.kind === "flag") flagWords.push(word.flag);
    index += word.kind === "flag" ? word.flag.count : 1;
  }
  const others = words.slice(index);
  if (verb !== "run") return { flagWords, packages: others, rest: [], help: false };
  let files = 0;
  while (others[files]?.endsWith(".go")) files++;
  const end = files > 0 ? files : others[0]?.startsWith("-") ? 0 : 1;
  return { flagWords, packages: others.slice(0, end), rest: others.slice(end), help: false };
}

/** testflag.go testFlags: flags stand before and after the package list; what go test doesn't know goes to the test. */
function parseTestWords(words: readonly string[], start: number, known: VerbFlags): ParsedWords {
  const flagWords: FlagWord[] = [];
  const packages: string[] = [];
  const rest: string[] = [];
  let listed = false;
  let inList = false;
  let mayBeValue = false;
  let index = start;
  while (index < words.length) {
    const raw = words[index] ?? "";
    const word = readWord(words, index, known, true);
    const couldBeValue = mayBeValue;
    mayBeValue = false;
    if (word.kind === "help") return { flagWords, packages, rest, help: true };
    if (word.kind === "terminator") {
      rest.push(...words.slice(index));
      break;
    }
    if (word.kind === "word") {
      if (listed && !inList) {
        if (!couldBeValue) {
          rest.push(...words.slice(index));
          break;
        }
        rest.push(raw);
      } else {
        listed = true;
        inList = true;
        packages.push(raw);
      }
      index++;
      continue;
    }
    inList = false;
    if (word.kind === "flag") {
      flagWords.push(word.flag);
      index += word.flag.count;
      continue;
    }
    listed = true;
    if (raw === "-args" || raw === "--args") {
      rest.push(...words.slice(index + 1));
      break;
    }
    rest.push(raw);
    mayBeValue = !word.hasValue;
    index++;
  }
  return { flagWords, packages, rest, help: false };
}

/** base/goflags.go SetFromGOFLAGS: flags that the verb doesn't know are passed over. */
function flagsOfGoflags(goflags: GoFlagsSetting | null, known: VerbFlags): Flag[] {
  if (goflags === null) return [];
  const flags: Flag[] = [];
  for (const word of splitGoflags(goflags.text) ?? []) {
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(word);
    const name = match?.[1] === undefined ? "" : known === verbFlags.test ? testFlagName(match[1]) : match[1];
    if (!Object.hasOwn(known, name)) continue;
    const value = match?.[2] ?? (known[name] === "bool" ? "true" : undefined);
    if (value !== undefined) flags.push({ name, value, origin: goflags.origin });
  }
  return flags;
}

function flagsInEffect(inherited: readonly Flag[], typed: readonly FlagWord[], known: VerbFlags): Flag[] {
  const all: Flag[] = [
    ...inherited,
    ...typed.map(({ name, value }): Flag => ({ name, value, origin: "command line" })),
  ];
  const byName = new Map<string, Flag[]>();
  for (const flag of all) {
    const value = known[flag.name] === "bool" ? canonicalBoolean(flag.value) : flag.value;
    const earlier = perPackageFlags.has(flag.name) ? (byName.get(flag.name) ?? []) : [];
    const pattern = patternOf(value);
    byName.set(flag.name, [
      ...earlier.filter((other) => patternOf(other.value) !== pattern),
      { ...flag, value },
    ]);
  }
  const flags: Flag[] = [];
  for (const [name, values] of byName) {
    const last = values.at(-1);
    if (last === undefined) continue;
    const value = values.map((flag) => flag.value).join(" ");
    const off = known[name] === "bool" && value === "false" && !falseIsASetting.has(name);
    if (!off) flags.push({ name: `-${name}`, value, origin: last.origin });
  }
  return flags.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** strconv.ParseBool; other texts stay (-buildvcs=auto, -v=test2json). */
function canonicalBoolean(value: string): string {
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return "true";
  return /^(0|f|F|FALSE|false|False)$/.test(value) ? "false" : value;
}

/** The package pattern of a per-package flag, `""` for the packages named on the command line (load/flag.go). */
function patternOf(value: string): string {
  const text = value.trim();
  if (text === "" || text.startsWith("-")) return "";
  const equals = text.indexOf("=");
  return equals < 0 ? "" : text.slice(0, equals).trim();
}
