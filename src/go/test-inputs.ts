import { createHash, type Hash } from "node:crypto";
import { isAbsolute, join } from "node:path/posix";
import { type Digest, digestOf } from "../model/ids.ts";
import type { TestInputKind } from "../model/test-inputs.ts";
import { bytesOfText, textOfBytes } from "../util/byte-text.ts";
import { type FileStates, isDirectory, isRegular, type Status } from "./file-states.ts";
import type { TimeZone } from "./time-zone.ts";

/** A test's log as Go stores it, in one piece or in chunks; or what an earlier evaluation made of one. */
export type TestLog = Uint8Array | Iterable<Uint8Array> | EarlierInputs;

/** The inputs of an earlier evaluation, whose log has been overwritten since. */
export interface EarlierInputs {
  readonly entries: readonly { readonly op: TestInputKind; readonly name: string }[];
  /** As `TestInputsResult.order`; null: the digest can't be had again. */
  readonly order: readonly number[] | null;
}

export interface TestInputsQuestion {
  /** Go version that salts every key: `go1.26.8`. */
  readonly salt: string;
  /** GODEBUG is an input of every test (Go 1.23+). */
  readonly hashesGodebug: boolean;
  /** The directory of the package: where the test starts. */
  readonly packageDirectory: string;
  /** The directory of the package's module, GOROOT for the standard library; `""` for none. Files outside are not hashed. */
  readonly root: string;
  /** A variable as the go command itself sees it (see `goProcessEnvironment`); undefined where it is not set. */
  readonly env: (name: string) => string | undefined;
  /** What may be kept of a variable's value: it becomes the entry's `value`. */
  readonly describeEnv: (name: string, value: string | undefined) => string;
  /** The zone in which Go prints the times of files. */
  readonly zone: TimeZone;
  readonly files: FileStates;
  /** What was said of inputs so far, in evaluations with the same salt, variables, zone and files: the tests of a module read much the same. */
  readonly known?: KnownStates | undefined;
  /** Against which moment files are too new, in milliseconds since the epoch; the present unless given. */
  readonly atMs?: number;
  /**
   * Takes the digest that it gives in place of that of what is there now: to ask what the key would be with the earlier value.
   * Undefined: nothing is put in its place. For files see `lineDigest`, for variables `variableDigest`.
   */
  readonly instead?: (op: TestInputKind, name: string) => Digest | undefined;
}

/** By the input's operation and name. */
export type KnownStates = Map<string, InputState>;

interface InputState {
  readonly digest: Digest;
  readonly value: string;
  /** Nanoseconds since the epoch, of an opened regular file; else null. */
  readonly mtime: bigint | null;
}

export interface TestInput {
  readonly op: TestInputKind;
  /** As Go hashes it: of files the absolute path, cleaned where the test gave a relative one. Text in the sense of `textOfBytes`. */
  readonly name: string;
  /**
   * Of a variable what `describeEnv` makes of it. Of a file Go's own lines, without the last newline:
   * `stat 12 1a4 2026-11-21 07:45:11.859 +0000 UTC false` or `err stat /x: no such file or directory`; for `stat` and `chdir` a second one
   * where lstat says other things; for an opened directory a line `file NAME stat …` for each of up to 200 entries, and of a larger one
   * `1500 entries, sha256 <digest of the whole>`.
   */
  readonly value: string;
  /** How often it is in the log. */
  readonly count: number;
}

export interface TestInputsResult {
  /** What Go looks up the result under; null where Go would look nothing up, or where it can't be had (see `order`). */
  readonly digest: Digest | null;
  /** In the order in which the test came to them, each once; 10,000 at the most. */
  readonly entries: readonly TestInput[];
  /** Lines of the log that `entries` has no place for. */
  readonly omitted: number;
  /** For each hashed line its index in `entries`; null where that is longer than 50,000 lines or `omitted` is not 0. */
  readonly order: readonly number[] | null;
  /** Different files outside the root; counted again after the first 100,000. */
  readonly skipped: number;
  /** The first 50 of these that were asked for, sorted. */
  readonly outside: readonly string[];
  /** Opened files that changed less than two seconds before, 1,000 at the most: Go keeps no result then. */
  readonly tooNew: readonly { readonly name: string; readonly ageMs: number }[];
  /** What is wrong with the log, so that Go would not use it; null where nothing is. */
  readonly malformed: string | null;
}

/**
 * Makes again what Go makes of a test's log: the digest of all that the test read, as it is now (test/test.go
 * computeTestInputsID, Go 1.21–1.27). Holds as much of a log as is different in it, up to a bound: 12 million lines are no more.
 */
export function evaluateTestLog(log: TestLog, question: TestInputsQuestion): TestInputsResult {
  const evaluation = createEvaluation(question);
  const malformed = "order" in log ? evaluateEarlier(log, evaluation) : evaluateLines(log, evaluation);
  const tooNew = [...evaluation.tooNew].map(([name, ageMs]) => ({ name, ageMs }));
  const unknown = "order" in log && log.order === null;
  const digest = evaluation.end();
  return {
    digest: malformed !== null || tooNew.length > 0 || unknown ? null : digest,
    entries: evaluation.entries,
    omitted: evaluation.omitted(),
    order: evaluation.order(),
    skipped: evaluation.skipped(),
    outside: [...evaluation.outside].sort(),
    tooNew,
    malformed,
  };
}

/**
 * The digest of a file's line made again from an entry's value.
 * Null for a variable, whose value is not kept.
 */
export function lineDigest(salt: string, op: TestInputKind, value: string): Digest | null {
  if (op === "env") return null;
  const bytes = bytesOfText(value);
  if (op === "open") {
    const whole = /\n\d+ entries, sha256 ([0-9a-f]{64})$/.exec(bytes)?.[1];
    return whole === undefined ? digestOf(`${salt}${bytes}\n`) : (whole as Digest);
  }
  const end = bytes.indexOf("\n");
  if (end >= 0) return digestOf(`${salt}${bytes}\n`);
  return digestOf(`${salt}${bytes}\n${lstatLine(bytes)}\n`);
}

/** The digest of a variable's line; undefined: not set, which is not the same as empty (hashGetenv, Go 1.21–1.27). */
export function variableDigest(salt: string, value: string | undefined): Digest {
  return digestOf(value === undefined ? `${salt}\0` : `${salt}\x01${bytesOfText(value)}`);
}

const maxEntries = 10_000;
const maxSkipped = 100_000;
const maxKnown = 100_000;
const maxOrder = 50_000;
const maxLines = 200_000;
const maxListed = 200;
const maxOutside = 50;
const maxTooNew = 1000;
const maxLineLength = 1 << 20;
const tooNewMs = 2000;

/** One line of the hash, and where it is kept. */
interface Line {
  readonly text: string;
  /** Null for a line that is not hashed, -1 for one that has no place. */
  readonly index: number | null;
}

interface Evaluation {
  readonly directory: string;
  readonly hashesGodebug: boolean;
  readonly entries: { op: TestInputKind; name: string; value: string; count: number }[];
  /** Name → age in milliseconds. */
  readonly tooNew: Map<string, number>;
  readonly outside: Set<string>;
  add(line: Line): void;
  line(op: TestInputKind, name: string): Line;
  end(): Digest;
  omitted(): number;
  skipped(): number;
  order(): readonly number[] | null;
}

/** Names are byte strings here. */
function createEvaluation(question: TestInputsQuestion): Evaluation {
  const { salt, files, instead, atMs = Date.now() } = question;
  const format = rememberTimes(question.zone);
  const isInside = insideOf(bytesOfText(question.root), files);
  const hash: Hash = createHash("sha256").update(salt, "latin1");
  const entries: Evaluation["entries"] = [];
  const places = new Map<string, number>();
  const tooNew: Evaluation["tooNew"] = new Map();
  const skippedNames = new Set<string>();
  const outside = new Set<string>();
  const unset = variableDigest(salt, undefined);
  let pending: string[] = [];
  let order: number[] | null = [];
  let omitted = 0;
  let skipped = 0;

  const lookUp = (op: TestInputKind, name: string, isTold: boolean): InputState => {
    if (op === "env") {
      const variable = textOfBytes(name);
      const value = question.env(variable);
      const told = isTold ? question.describeEnv(variable, value) : "";
      return { digest: value === undefined ? unset : variableDigest(salt, value), value: told, mtime: null };
    }
    const described =
      op === "open" ? describeOpened(salt, name, files, format) : describe(name, files, format);
    const value = textOfBytes(described);
    const status = op === "open" ? files.stat(name) : "";
    const mtime = typeof status !== "string" && isRegular(status) ? status.mtime : null;
    return { digest: lineDigest(salt, op, value) as Digest, value, mtime };
  };
  const stateOf = (op: TestInputKind, name: string, place: string, isTold: boolean): InputState => {
    const known = question.known?.get(place);
    if (known !== undefined) return known;
    const state = lookUp(op, name, isTold);
    if (isTold && question.known !== undefined) {
      if (question.known.size >= maxKnown) question.known.clear();
      question.known.set(own(place), state);
    }
    return state;
  };
  const noteAge = (name: string, mtime: bigint): void => {
    const ageMs = atMs - Number(mtime / 1000n) / 1000;
    if (ageMs < tooNewMs && tooNew.size < maxTooNew) tooNew.set(textOfBytes(name), ageMs);
  };
  const flush = (): void => {
    hash.update(pending.join(""), "latin1");
    pending = [];
  };
  return {
    directory: bytesOfText(question.packageDirectory),
    hashesGodebug: question.hashesGodebug,
    entries,
    tooNew,
    outside,
    line(op, name) {
      if ((op === "stat" || op === "open") && !isInside(name)) {
        if (!skippedNames.has(name)) {
          if (skippedNames.size >= maxSkipped) skippedNames.clear();
          skippedNames.add(name);
          skipped++;
          if (outside.size < maxOutside) outside.add(textOfBytes(name));
        }
        return { text: "", index: null };
      }
      const place = `${op} ${name}`;
      let index = places.get(place) ?? -1;
      // What has no place need not be put into words: hiding secrets in a million values takes ten seconds.
      const isTold = index >= 0 || entries.length < maxEntries;
      const { digest, value, mtime } = stateOf(op, name, place, isTold);
      if (mtime !== null) noteAge(name, mtime);
      const text = `${op} ${name} ${instead?.(op, textOfBytes(name)) ?? digest}\n`;
      if (index < 0 && entries.length < maxEntries) {
        index = entries.push({ op, name: textOfBytes(own(name)), value, count: 0 }) - 1;
        places.set(own(place), index);
      }
      return { text, index };
    },
    add({ text, index }) {
      if (index === null) return;
      const entry = entries[index];
      if (entry === undefined) {
        omitted++;
        order = null;
      } else {
        entry.count++;
        order?.push(index);
        if (order !== null && order.length > maxOrder) order = null;
      }
      pending.push(text);
      if (pending.length >= 1024) flush();
    },
    end() {
      flush();
      return hash.digest("hex") as Digest;
    },
    omitted: () => omitted,
    skipped: () => skipped,
    order: () => order,
  };
}

/** What of an earlier evaluation can be asked again. Names were made absolute then. */
function evaluateEarlier({ entries, order }: EarlierInputs, evaluation: Evaluation): string | null {
  const lines: Line[] = [];
  for (const index of order ?? entries.keys()) {
    const entry = entries[index];
    if (entry === undefined) return `there is no entry ${index}`;
    lines[index] ??= evaluation.line(entry.op, bytesOfText(entry.name));
    evaluation.add(lines[index]);
  }
  return null;
}

/** Go takes a log only whole: with its first line, and up to a newline. */
function evaluateLines(log: Uint8Array | Iterable<Uint8Array>, evaluation: Evaluation): string | null {
  const reader = createLineReader(evaluation);
  let rest = "";
  let first = true;
  for (const chunk of log instanceof Uint8Array ? [log] : log) {
    const text = rest + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    let at = 0;
    if (first) {
      if (text.length < magic.length && magic.startsWith(text)) {
        rest = text;
        continue;
      }
      if (!text.startsWith(magic)) return "it does not begin as a test log";
      first = false;
      at = magic.length;
    }
    for (let end = text.indexOf("\n", at); end >= 0; end = text.indexOf("\n", at)) {
      const problem = end === at ? null : reader(text.slice(at, end));
      if (problem !== null) return problem;
      at = end + 1;
    }
    rest = text.slice(at);
    if (rest.length > maxLineLength) return "a line is longer than a megabyte";
  }
  if (first) return "it does not begin as a test log";
  return rest === "" ? null : "its last line has no end";
}

const magic = "# test log\n";

/** Takes a line of the log without its newline; says what is wrong with it. */
function createLineReader(evaluation: Evaluation): (line: string) => string | null {
  let directory = evaluation.directory;
  let known = 0;
  // Lines with a relative path, by the directory; all others under "".
  const lines = new Map<string, Map<string, Line>>();
  const remembered = (op: TestInputKind, place: string, text: string, make: () => Line): Line => {
    const earlier = lines.get(place)?.get(text);
    if (earlier !== undefined) return earlier;
    const line = make();
    // A variable that has no place is asked for again as fast as it is found here.
    if (line.index === -1 && op === "env") return line;
    if (known++ >= maxLines) {
      known = 0;
      lines.clear();
    }
    const same = lines.get(place) ?? new Map<string, Line>();
    lines.set(place, same.set(own(text), line));
    return line;
  };
  if (evaluation.hashesGodebug) evaluation.add(evaluation.line("env", "GODEBUG"));
  return (text) => {
    const blank = text.indexOf(" ");
    const op = blank < 0 ? undefined : operations.get(text.slice(0, blank));
    if (op === undefined) return `a line is none that Go writes: ${textOfBytes(text.slice(0, 200))}`;
    const name = text.slice(blank + 1);
    if (op === "chdir") directory = own(name);
    const isRelative = (op === "stat" || op === "open") && !isAbsolute(name);
    const path = () => (op === "env" ? name : own(isRelative ? joined(directory, name) : name));
    evaluation.add(remembered(op, isRelative ? directory : "", text, () => evaluation.line(op, path())));
    return null;
  };
}

/** A copy: a part of a text keeps the whole chunk in memory. */
function own(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

const operations: ReadonlyMap<string, TestInputKind> = new Map([
  ["getenv", "env"],
  ["chdir", "chdir"],
  ["stat", "stat"],
  ["open", "open"],
]);

/** filepath.Join: node's keeps a slash at the end. */
function joined(directory: string, name: string): string {
  const path = join(directory, name);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** search.InDir (Go 1.21–1.27): by the names, else by where symbolic links of either lead. */
function insideOf(root: string, files: FileStates): (path: string) => boolean {
  if (root === "") return () => false;
  const resolved = files.realpath(root);
  const roots = resolved === null || resolved === root ? [root] : [root, resolved];
  const isBelow = (path: string): boolean =>
    roots.some(
      (one) =>
        path.startsWith(one) && (path.length === one.length || one.endsWith("/") || path[one.length] === "/"),
    );
  return (path) => {
    if (isBelow(path)) return true;
    const target = files.realpath(path);
    return target !== null && target !== path && isBelow(target);
  };
}

type Format = (mtime: bigint) => string;

/** Many files have one time. */
function rememberTimes(zone: TimeZone): Format {
  const known = new Map<bigint, string>();
  return (mtime) => {
    let text = known.get(mtime);
    if (text === undefined) {
      text = zone.format(mtime);
      if (known.size >= maxSkipped) known.clear();
      known.set(mtime, text);
    }
    return text;
  };
}

/** hashWriteStat and its error, without the newline. */
function statLine(status: Status, format: Format): string {
  if (typeof status === "string") return `err ${status}`;
  const { size, mode, mtime } = status;
  return `stat ${size} ${mode.toString(16)} ${format(mtime)} ${isDirectory(status)}`;
}

/** hashStat: the file, and the link that may lead to it. */
function describe(name: string, files: FileStates, format: Format): string {
  const line = statLine(files.stat(name), format);
  const own = statLine(files.lstat(name), format);
  return own === lstatLine(line) ? line : `${line}\n${own}`;
}

/** What lstat says where it says what stat said. */
function lstatLine(line: string): string {
  return line.replace(/^err stat /, "err lstat ");
}

/** hashOpen: the file without its content; of a directory its entries, too. */
function describeOpened(salt: string, name: string, files: FileStates, format: Format): string {
  const status = files.stat(name);
  const line = statLine(status, format);
  if (typeof status === "string" || !isDirectory(status)) return line;
  const names = files.list(name);
  if (typeof names === "string") return `${line}\nerr ${names}`;
  const entries = names.map(
    (entry) => `\nfile ${entry} ${statLine(files.lstat(`${name}/${entry}`), format)}`,
  );
  const whole = `${line}${entries.join("")}`;
  if (names.length <= maxListed) return whole;
  return `${line}\n${names.length} entries, sha256 ${digestOf(`${salt}${whole}\n`)}`;
}
