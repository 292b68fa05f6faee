import {
  type CacheLookup,
  type CacheTrace,
  type CacheTraffic,
  cacheFlaws,
  cacheTraceEnds,
  exchangeResults,
} from "../model/cache-trace.ts";
import type { Digest, ShortId } from "../model/ids.ts";
import { isDigest } from "../model/ids.ts";
import {
  type ActionKind,
  actionKinds,
  type CacheState,
  type Flag,
  type ModuleFact,
  type ModuleFacts,
  type Origin,
  type Problem,
  type Run,
  type RunAction,
  type Settings,
  type SourceFile,
  type UnkeyedFile,
  type VcsFacts,
} from "../model/run.ts";
import type {
  TestCoverage,
  TestFacts,
  TestInput,
  TestInputKind,
  TestInputs,
  TooNewFile,
} from "../model/test-inputs.ts";

/** What a snapshot holds once it is unpacked. */
export interface SnapshotBody {
  readonly run: Run;
  /** Each different line of the blocks once. */
  readonly lines: readonly string[];
  /** Digest, name, 1 where values are hidden, places of its lines. */
  readonly blocks: readonly (readonly [Digest, string, 0 | 1, readonly number[]])[];
}

/**
 * Reads the body of a snapshot out of any value: only the fields that are known are taken over, each if it is of its type and within
 * its bounds; nothing is believed that JSON can be made to say.
 * @throws {Error} where a field is not what it has to be; the message names the field
 */
export function readSnapshotBody(value: unknown): SnapshotBody {
  return body(value, "snapshot");
}

/** Gives a value of a type, made of known parts of another; or throws. */
type Read<T> = (value: unknown, path: string) => T;

/** One reader for each field: a field that a type gets has to be read here too. */
type Fields<T> = { readonly [K in keyof T]-?: Read<T[K]> };

function fail(path: string, what: string): never {
  throw new Error(`${path} is ${what}`);
}

/** Longer texts are in no run: the build info of a program with a thousand modules has a tenth of it. */
const longestText = 1 << 22;

const text: Read<string> = (value, path) => {
  if (typeof value !== "string") fail(path, "no text");
  return value.length <= longestText ? value : fail(path, "too long");
};

const name: Read<string> = (value, path) => {
  const found = text(value, path);
  return found !== "" ? found : fail(path, "empty");
};

const number: Read<number> = (value, path) =>
  typeof value === "number" && Number.isFinite(value) ? value : fail(path, "no number");

const count: Read<number> = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail(path, "no count");

const time: Read<number> = (value, path) => {
  const seconds = number(value, path);
  return seconds >= 0 ? seconds : fail(path, "no time");
};

const flag: Read<boolean> = (value, path) =>
  typeof value === "boolean" ? value : fail(path, "neither true nor false");

const digest: Read<Digest> = (value, path) => {
  const found = text(value, path);
  return isDigest(found) ? found : fail(path, "no digest");
};

const shortId: Read<ShortId> = (value, path) => {
  const found = text(value, path);
  return /^[\w-]{20}$/.test(found) ? (found as ShortId) : fail(path, "no ID");
};

const date: Read<string> = (value, path) => {
  const found = text(value, path);
  return dateForm.test(found) && !Number.isNaN(Date.parse(found)) ? found : fail(path, "no time");
};

/** RFC 3339, as a report has it. */
const dateForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value, path) =>
    value === null ? null : read(value, path);

const oneOf =
  <T extends string | number>(...words: readonly T[]): Read<T> =>
  (value, path) =>
    words.includes(value as T) ? (value as T) : fail(path, `none of ${words.join(", ")}`);

const list =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) fail(path, "no list");
    // One path for all: a million of them would be most of the work.
    const inside = `${path}[]`;
    return (value as unknown[]).map((item) => read(item, inside));
  };

/** Names and values. Names that mean something to JavaScript are no names of variables, modules or files. */
const record =
  <T>(read: Read<T>): Read<Readonly<Record<string, T>>> =>
  (value, path) =>
    Object.fromEntries(
      Object.entries(objectOf(value, path)).map(([name, item]) => {
        if (name in Object.prototype) fail(path, "damaged");
        return [name, read(item, `${path}.${name}`)];
      }),
    );

function objectOf(value: unknown, path: string): object {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value
    : fail(path, "no object");
}

const object =
  <T>(fields: Fields<T>): Read<T> =>
  (value, path) => {
    const given = objectOf(value, path);
    const made: Record<string, unknown> = {};
    for (const name of Object.keys(fields) as (keyof T & string)[]) {
      const item = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
      const found = fields[name](item, `${path}.${name}`);
      if (found !== undefined) made[name] = found;
    }
    return made as T;
  };

/** A field that need not be there. */
const optional =
  <T>(read: Read<T>): Read<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : read(value, path);

/** Fields of which some may be absent; they stay absent then. */
function objectWith<T>(fields: { readonly [K in keyof T]-?: Read<T[K] | undefined> }): Read<T> {
  return object(fields as unknown as Fields<T>);
}

const interval: Read<readonly [number, number]> = (value, path) => {
  const [from = 0, to = 0, ...more] = list(time)(value, path);
  return more.length === 0 && from <= to ? [from, to] : fail(path, "no interval");
};

const testInput = object<TestInput>({
  kind: oneOf<TestInputKind>("env", "chdir", "stat", "open"),
  name: text,
  value: text,
});

const testInputs = objectWith<TestInputs>({
  digest,
  salt: text,
  binary: text,
  args: list(text),
  inputs: list(testInput),
  order: orNull(list(count)),
  omitted: count,
  coverage: optional(object<TestCoverage>({ profile: flag, covers: orNull(digest) })),
});

const only =
  (wanted: true): Read<true> =>
  (value, path) =>
    value === wanted ? wanted : fail(path, "not true");

const testFacts = objectWith<TestFacts>({
  notCacheable: list(text),
  tooNew: list(objectWith<TooNewFile>({ path: text, ageMs: number, inferred: optional(only(true)) })),
  expired: flag,
  asked: orNull(testInputs),
  paid: list(text),
  kept: orNull(testInputs),
  unseen: list(text),
  proven: orNull(digest),
  untold: optional(only(true)),
});

const actionFields = objectWith<RunAction>({
  key: text,
  kind: oneOf<ActionKind>(...actionKinds),
  package: name,
  variant: orNull(text),
  id: orNull(shortId),
  digest: orNull(digest),
  contentId: orNull(shortId),
  outcome: oneOf<RunAction["outcome"]>("hit", "ran", "unknown"),
  failed: flag,
  seconds: orNull(time),
  intervals: list(interval),
  target: orNull(text),
  unverified: orNull(text),
  test: optional(testFacts),
});

const action: Read<RunAction> = (value, path) => {
  const found = actionFields(value, path);
  return found.key.startsWith(`${found.kind} `) ? found : fail(`${path}.key`, "none of its kind");
};

/** A run has each action once: what is asked for by its key is one. */
const actions: Read<readonly RunAction[]> = (value, path) => {
  const found = list(action)(value, path);
  return new Set(found.map(({ key }) => key)).size === found.length
    ? found
    : fail(path, "not of different keys");
};

const settings = object<Settings>({
  env: record(text),
  envOrigin: record(oneOf("environment", "go env file")),
  flags: list(
    object<Flag>({
      name: text,
      value: text,
      origin: oneOf<Flag["origin"] & Origin>("command line", "GOFLAGS", "go env file"),
    }),
  ),
});

const moduleFact = object<ModuleFact>({
  path: text,
  version: text,
  sum: orNull(text),
  replace: orNull(object<NonNullable<ModuleFact["replace"]>>({ path: text, version: text })),
  go: orNull(text),
});

const vcs = object<VcsFacts>({
  revision: text,
  time: number,
  modified: flag,
  tags: list(object<VcsFacts["tags"][number]>({ name: text, commit: text })),
});

const problem = object<Problem>({
  code: oneOf<Problem["code"]>(
    "unproven-block",
    "unfinished-block",
    "damaged-line",
    "orphan-line",
    "graph-missing",
    "graph-unreadable",
    "replay-failed",
    "block-missing",
    "newer-go",
    "may-be-unstored",
    "tests-not-run",
  ),
  message: text,
});

const answer = oneOf(...exchangeResults);

const traffic = object<CacheTraffic>({
  requests: count,
  hits: count,
  misses: count,
  errors: count,
  flawed: count,
  unanswered: count,
  bytes: count,
  seconds: time,
});

const cacheTrace = object<CacheTrace>({
  commands: orNull(list(text)),
  end: oneOf(...cacheTraceEnds),
  status: (value, path) => (typeof value === "string" ? text(value, path) : orNull(count)(value, path)),
  gets: traffic,
  puts: traffic,
  waitSeconds: time,
  errors: list(object<CacheTrace["errors"][number]>({ text, count })),
  lookups: list(
    objectWith<CacheLookup>({
      key: text,
      got: orNull(answer),
      flaw: optional(oneOf(...cacheFlaws)),
      gotBytes: count,
      gotSeconds: time,
      put: orNull(answer),
      putBytes: count,
      putSeconds: time,
    }),
  ),
});

const run = objectWith<Run>({
  formatVersion: oneOf(1),
  id: name,
  startedAt: orNull(date),
  clockSeconds: orNull(time),
  source: oneOf<Run["source"]>("recorded", "imported", "snapshot"),
  hiddenUnder: optional(text),
  command: list(text),
  verb: orNull(text),
  patterns: list(text),
  exitCode: orNull(count),
  interrupted: flag,
  goVersion: orNull(text),
  goos: orNull(text),
  goarch: orNull(text),
  directory: orNull(text),
  module: orNull(text),
  moduleRoots: record(text),
  goDirective: orNull(text),
  head: orNull(text),
  gocache: orNull(text),
  goroot: orNull(text),
  gomodcache: orNull(text),
  settings,
  cache: objectWith<CacheState>({
    trimmedAt: orNull(number),
    present: flag,
    targets: record(orNull(shortId)),
    unwritten: optional(list(shortId)),
    listed: optional(text),
  }),
  files: list(object<SourceFile>({ path: text, size: count, mtimeMs: number, hash: shortId })),
  rawEnvironment: optional(record(text)),
  modules: optional(
    orNull(object<ModuleFacts>({ list: list(moduleFact), godebug: record(text), vendored: flag })),
  ),
  vcs: optional(orNull(vcs)),
  compilers: optional(record(text)),
  tools: optional(record(text)),
  overlay: optional(record(orNull(shortId))),
  covered: optional(list(text)),
  unkeyed: optional(
    list(object<UnkeyedFile>({ key: text, path: text, built: shortId, now: orNull(shortId) })),
  ),
  cacheTrace: optional(cacheTrace),
  actions,
  hasGraph: flag,
  problems: list(problem),
  hiddenValues: count,
});

const block: Read<SnapshotBody["blocks"][number]> = (value, path) => {
  if (!Array.isArray(value)) fail(path, "no list");
  const [first, name, hidden, places] = value as unknown[];
  return [digest(first, path), text(name, path), oneOf<0 | 1>(0, 1)(hidden, path), list(count)(places, path)];
};

const body = object<SnapshotBody>({ run, lines: list(text), blocks: list(block) });
