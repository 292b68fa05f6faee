import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openObjects } from "../../scripts/fixtures/objects.mjs";
import { type Explanation, explain, explainFirst } from "../../src/causes/explain.ts";
import type { Outside } from "../../src/causes/world.ts";
import { assembleRun, type RecordedParts } from "../../src/cli/record/assemble-run.ts";
import { familyPatterns } from "../../src/cli/record/ground.ts";
import { createLogReader } from "../../src/cli/record/learn-inputs.ts";
import { coveredPackages, learnTests, type TestsInput } from "../../src/cli/record/learn-tests.ts";
import { type Comparison, compareRuns } from "../../src/compare/compare-runs.ts";
import { createSavings } from "../../src/explore/what-if/savings.ts";
import { parseActionGraph } from "../../src/go/action-graph.ts";
import type { FileStates, Status } from "../../src/go/file-states.ts";
import type { KeyRule } from "../../src/keys/rule.ts";
import { createHide } from "../../src/log/hide-secrets.ts";
import type { KnownAction } from "../../src/model/actions.ts";
import { parseGoWords } from "../../src/model/go-command.ts";
import { type Digest, type ShortId, shortId } from "../../src/model/ids.ts";
import { runOfLog } from "../../src/model/log-run.ts";
import { moduleFactsOf } from "../../src/model/module-facts.ts";
import type { Run, RunWithBlocks, SourceFile, VcsFacts } from "../../src/model/run.ts";
import { buildReport } from "../../src/report/build-report.ts";
import type { Report } from "../../src/report/report.ts";

const directory = join(import.meta.dirname, "../../testdata/fixtures");
const objects = openObjects(join(directory, "objects"));

/** One run of a fixture, as `scripts/make-fixtures.mjs` writes it. */
interface FixtureRun {
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly goenv: string;
  readonly startedAtMs: number;
  readonly clockSeconds: number;
  readonly exitCode: number;
  readonly goVersion: string;
  readonly moduleRoots: Readonly<Record<string, string>>;
  readonly head: string | null;
  readonly cache: {
    readonly gocache: string;
    readonly present: boolean;
    readonly trimmedAt: number | null;
    readonly keys: string;
    readonly contents?: string;
    readonly targets: Readonly<Record<string, string | null>>;
    /** Short IDs of entries whose object is gone or of another size. */
    readonly damaged?: readonly string[];
    /** Short IDs of packages that were compiled, and had no entry after the run. */
    readonly unwritten?: readonly string[];
  };
  readonly graph: string | null;
  readonly replay: string;
  readonly env: string;
  readonly files: string;
  readonly sources?: string;
  readonly cachedSources?: string;
  readonly git?: VcsFacts | null;
  readonly compilers?: Readonly<Record<string, string>>;
  readonly tools?: Readonly<Record<string, string>>;
  readonly overlay?: Readonly<Record<string, ShortId | null>>;
  /** `p.test` → short hash of its generated `_testmain.go`; of go test alone. */
  readonly testMains?: Readonly<Record<string, string>>;
  /** Of go test: what results depend on, as it was after the run. */
  readonly tests?: {
    readonly environment: Readonly<Record<string, string>>;
    readonly expire: string | null;
    readonly entries: string;
    readonly states: string;
  };
}

export interface Fixture {
  readonly scenario: string;
  readonly about: string;
  readonly go: string;
  readonly expect: readonly {
    readonly code: string;
    readonly subject: string;
    readonly roots: readonly string[] | null;
  }[];
  /** Changed too, but paid for before the recorded run. */
  readonly innocent?: readonly { readonly code: string; readonly subject: string }[];
  /** Warnings, and what each of them names. */
  readonly warns?: readonly { readonly code: string; readonly about: string }[];
  /** Actions that ran, each with all the causes that it names, as `code subject`. */
  readonly needs?: readonly { readonly key: string; readonly causes: readonly string[] }[];
  readonly truth: {
    readonly ran: readonly string[];
    readonly hit: number;
    readonly failed: readonly string[];
  };
  readonly before: FixtureRun | null;
  readonly now: FixtureRun;
}

/** All fixtures of all Go versions: `go1.26.8/file-edited`. */
export function fixtureNames(): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith("go"))
    .flatMap((version) =>
      readdirSync(join(directory, version)).map((file) => `${version}/${file.replace(/\.json$/, "")}`),
    )
    .sort();
}

export function readFixture(name: string): Fixture {
  return JSON.parse(readFileSync(join(directory, `${name}.json`), "utf8"));
}

export function readObject(name: string): Buffer {
  return objects.get(name);
}

/** The run as the tool would have recorded it. */
export function runOfFixture(fixture: FixtureRun, id: string, before: RunWithBlocks | null): RunWithBlocks {
  const goEnv: Record<string, string> = JSON.parse(readObject(fixture.env).toString());
  const words = fixture.command.slice(1);
  const inFile = fixture.goenv.split("\n").flatMap((line) => /^([A-Z_]\w*)=/.exec(line)?.[1] ?? []);
  const goflags =
    goEnv.GOFLAGS === undefined || goEnv.GOFLAGS === ""
      ? null
      : {
          text: goEnv.GOFLAGS,
          origin: inFile.includes("GOFLAGS") ? ("go env file" as const) : ("GOFLAGS" as const),
        };
  const command = parseGoWords(words, goflags);
  const log = createLogReader();
  log.parser.push(readObject(fixture.replay));
  const collected = log.finish();
  const roots = Object.values(fixture.moduleRoots);
  const gowork = goworkOf(fixture);
  const ground = {
    directory: fixture.directory,
    gomod: roots[0] === undefined ? null : `${roots[0]}/go.mod`,
    gowork,
    modules: fixture.moduleRoots,
    module: Object.keys(fixture.moduleRoots).join(",") || null,
  };
  const envOrigin: Record<string, "environment" | "go env file"> = {};
  for (const name of inFile) envOrigin[name] = "go env file";
  for (const name of Object.keys(fixture.environment)) envOrigin[name] = "environment";
  const known = new Map<ShortId, KnownAction>();
  for (const action of before?.run.actions ?? []) {
    if (action.id !== null && action.digest !== null)
      known.set(action.id, { key: action.key, digest: action.digest });
  }
  const noted = JSON.parse(readObject(fixture.files).toString()) as SourceFile[];
  const graph = fixture.graph === null ? null : parseActionGraph(readObject(fixture.graph).toString());
  const settings = {
    goVersion: fixture.goVersion,
    goos: goEnv.GOOS ?? "",
    goarch: goEnv.GOARCH ?? "",
    goroot: goEnv.GOROOT ?? "",
    gomodcache: goEnv.GOMODCACHE ?? "",
    gocache: goEnv.GOCACHE ?? "",
    gomod: ground.gomod,
    gowork,
    env: { ...goEnv, ...fixture.environment },
    envOrigin,
    goflags,
  };
  const hide = createHide(Buffer.alloc(32));
  const run = assembleRun({
    id,
    word: fixture.command[0] ?? "go",
    command,
    exit: {
      exitCode: fixture.exitCode,
      signal: null,
      interrupted: false,
      startedAt: new Date(fixture.startedAtMs).toISOString(),
      startedAtMs: fixture.startedAtMs,
      clockSeconds: fixture.clockSeconds,
      startError: null,
    },
    ground,
    patterns: familyPatterns(command, ground),
    settings,
    graph,
    log: collected,
    known,
    cache: {
      trimmedAt: fixture.cache.trimmedAt,
      present: fixture.cache.present,
      // The tool notes an output file that it knows also where it is gone.
      targets: { ...goneTargets(before), ...(fixture.cache.targets as Record<string, ShortId | null>) },
    },
    files: noted.map((file) => ({ ...file, path: `${fixture.directory}/${file.path}` })),
    problems: collected.problems,
    hide,
    facts: factsOf(fixture),
    ...testsOf(fixture, { graph, command, settings, ground, baseline: before?.run ?? null, hide }),
    earlier: before?.run ?? null,
    isStored: (digest) => fixture.cache.unwritten?.includes(shortId(digest)) !== true,
    unkeyed: { env: fixture.environment, readFile: bytesIn(fixture) },
    testMains: new Map(Object.entries(fixture.testMains ?? {}) as [string, ShortId][]),
  });
  return {
    // go.mod is not where it was when the run was recorded.
    run: { ...run.run, goDirective: goLineOf(fixture) },
    blocks: new Map<Digest, never>([...((before?.blocks as never) ?? []), ...(run.blocks as never)]),
  };
}

/** What became of the tests, from what the cache and the checkout had after the run. */
function testsOf(
  { tests, exitCode }: FixtureRun,
  known: Omit<TestsInput, "graph" | "env" | "exitCode"> & { graph: TestsInput["graph"] | null },
): Pick<RecordedParts, "tests" | "covered"> {
  const { graph, settings } = known;
  if (tests === undefined || graph === null) return {};
  const gocache = mkdtempSync(join(tmpdir(), "gocache-why-tests-"));
  try {
    const entries = JSON.parse(readObject(tests.entries).toString()) as Record<string, string>;
    for (const [name, content] of Object.entries(entries)) {
      mkdirSync(dirname(join(gocache, name)), { recursive: true });
      writeFileSync(join(gocache, name), content, "latin1");
    }
    if (tests.expire !== null) writeFileSync(join(gocache, "testexpire.txt"), tests.expire);
    // Time zones are read from where this machine has the toolchain.
    const goroot = gorootOf(settings.goVersion.slice("go".length)) ?? settings.goroot;
    const input = {
      ...known,
      graph,
      exitCode,
      env: tests.environment,
      settings: { ...settings, gocache, goroot },
      files: recordedStates(JSON.parse(readObject(tests.states).toString())),
    };
    return { tests: learnTests(input), covered: coveredPackages(input) };
  } finally {
    rmSync(gocache, { recursive: true, force: true });
  }
}

/** Files of the checkout as they were recorded; of no other is anything known. */
function recordedStates(
  states: Record<string, { size: number; mode: number; mtime: string; names?: string[] }>,
): FileStates {
  const status = (operation: string, path: string): Status => {
    const found = states[path];
    if (found === undefined) return `${operation} ${path}: no such file or directory`;
    return { size: BigInt(found.size), mode: found.mode, mtime: BigInt(found.mtime) };
  };
  return {
    stat: (path) => status("stat", path),
    lstat: (path) => status("lstat", path),
    list: (path) => states[path]?.names ?? `open ${path}: no such file or directory`,
    realpath: (path) => (states[path] === undefined ? null : path),
  };
}

function bytesIn(fixture: FixtureRun): (path: string) => Buffer | null {
  const sources = sourcesOf(fixture);
  return (path) => {
    const text = sources.get(path);
    return text === undefined ? null : Buffer.from(text, "latin1");
  };
}

/** The report that the tool gives on a fixture. */
export function reportOfFixture(fixture: Fixture): Report {
  const before = fixture.before === null ? null : runOfFixture(fixture.before, "before", null);
  const now = runOfFixture(fixture.now, "now", before);
  const options = {
    version: "0.0.0",
    command: now.run.command,
    exitCode: now.run.exitCode,
    all: false,
    warnings: [],
  };
  if (before === null) {
    return buildReport(explainFirst(now), now.run, { ...options, baseline: { status: "none", note: null } });
  }
  const outside = outsideOfFixture(fixture);
  const explanation = explain(compareRuns(before, now), outside);
  return buildReport(explanation, now.run, {
    ...options,
    baseline: { status: "compared", note: null },
    savings: createSavings(explanation, outside),
  });
}

/** Explains a fixture by some of the rules for keys, with its cache or another; null where it has no baseline. */
export function explainFixture(
  fixture: Fixture,
  rules?: readonly KeyRule[],
  heldBefore?: Outside["heldBefore"],
): Explanation | null {
  if (fixture.before === null) return null;
  const before = runOfFixture(fixture.before, "before", null);
  const now = runOfFixture(fixture.now, "now", before);
  const outside = outsideOfFixture(fixture);
  return explain(
    compareRuns(before, now),
    heldBefore === undefined ? outside : { ...outside, heldBefore },
    rules,
  );
}

/** Scenarios of which the logs and graphs alone tell the causes: what a machine without the tool can hand over. */
export const explainedFromLogs = [
  "go1.26.8/file-edited",
  "go1.26.8/go-directive-changed",
  "go1.26.8/vet-flag-more",
] as const;

/** Nothing but the two records is known. */
export const noOutside: Outside = {
  readFile: () => null,
  modifiedAt: () => null,
  heldBefore: () => null,
  contentOf: () => null,
};

/** The two runs as their logs and graphs alone tell them. */
export function compareLogsOfFixture(fixture: Fixture): Comparison {
  const read = (run: FixtureRun, name: string): RunWithBlocks => {
    const log = createLogReader();
    log.parser.push(readObject(run.replay));
    const graph = parseActionGraph(run.graph === null ? "[]" : readObject(run.graph).toString());
    const found = runOfLog(log.finish(), name, createHide(Buffer.alloc(32)), { graph });
    if ("error" in found) throw new Error(found.error);
    return found;
  };
  if (fixture.before === null) throw new Error("it has no baseline");
  return compareRuns(read(fixture.before, "before.log"), read(fixture.now, "now.log"));
}

/** What the tool would have looked up beside the run. */
function factsOf(
  fixture: FixtureRun,
): Pick<Run, "rawEnvironment" | "modules" | "vcs" | "compilers" | "tools" | "overlay"> {
  const written = fixture.goenv.split("\n").flatMap((line): [string, string][] => {
    const at = line.indexOf("=");
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  });
  const sources = sourcesOf(fixture);
  const read = (path: string): string | null => sources.get(path) ?? null;
  return {
    rawEnvironment: { ...Object.fromEntries(written), ...fixture.environment },
    modules: moduleFactsOf(fixture.moduleRoots, goworkOf(fixture), null, read),
    ...(fixture.git === undefined ? {} : { vcs: fixture.git }),
    ...(fixture.tools === undefined ? {} : { tools: fixture.tools }),
    ...(fixture.overlay === undefined ? {} : { overlay: fixture.overlay }),
    compilers: Object.fromEntries(
      Object.entries(fixture.compilers ?? {}).map(([name, text]) => [name, text.split("\n")[0] ?? ""]),
    ),
  };
}

const read = new Map<string, ReadonlyMap<string, string>>();

/** Absolute path → bytes of the module's files as they were before the run. */
function sourcesOf(fixture: FixtureRun): ReadonlyMap<string, string> {
  if (fixture.sources === undefined) return new Map();
  const id = `${fixture.directory} ${fixture.sources} ${fixture.cachedSources} ${fixture.environment.GOMODCACHE}`;
  const known = read.get(id);
  if (known !== undefined) return known;
  const texts = new Map<string, string>();
  const add = (name: string, root: string): void => {
    const object = JSON.parse(readObject(name).toString()) as Record<string, string>;
    for (const [path, text] of Object.entries(object)) texts.set(`${root}/${path}`, text);
  };
  add(fixture.sources, fixture.directory);
  const cache = "/tmp/gocache-why-fixtures/gomodcache";
  if (fixture.cachedSources !== undefined) {
    add(fixture.cachedSources, cache);
    if (fixture.environment.GOMODCACHE !== undefined)
      add(fixture.cachedSources, fixture.environment.GOMODCACHE);
  }
  read.set(id, texts);
  return texts;
}

const gorootForm =
  /^\/tmp\/gocache-why-fixtures\/.*?(?:toolchain@v0\.0\.1-|goroot\/)go([\d.]+\d)(?:\.linux-amd64)?(?=\/|$)/;
const goroots = new Map<string, string | null>();

/** This machine's GOROOT of a version; null where it has none. */
export function gorootOf(version: string): string | null {
  const known = goroots.get(version);
  if (known !== undefined) return known;
  let found: string | null = null;
  try {
    const ask = (name: string, env: NodeJS.ProcessEnv): string =>
      execFileSync("go", ["env", name], {
        encoding: "utf8",
        env,
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    const local = { ...process.env, GOTOOLCHAIN: "local" };
    const managed = join(ask("GOMODCACHE", local), `golang.org/toolchain@v0.0.1-go${version}.linux-amd64`);
    if (ask("GOVERSION", local) === `go${version}`) found = ask("GOROOT", local);
    else if (existsSync(join(managed, "src/fmt"))) found = managed;
  } catch {
    found = null;
  }
  goroots.set(version, found);
  return found;
}

const unread = new Set<string>();

/** Whether an answer about this fixture was lacking since its toolchain is not on this machine: then less is proven. */
export function lacksToolchain(fixture: Fixture): boolean {
  return unread.has(`${fixture.go} ${fixture.scenario}`);
}

/** A path of the recording machine on this one. */
function localPath(path: string, fixture: Fixture): string | null {
  const match = gorootForm.exec(path);
  if (match === null) return null;
  const goroot = gorootOf(match[1] ?? "");
  if (goroot === null) unread.add(`${fixture.go} ${fixture.scenario}`);
  return goroot === null ? null : goroot + path.slice(match[0].length);
}

const texts = new Map<string, string | null>();
const listings = new Map<string, readonly string[] | null>();

/** What the recording machine had: its cache before the run, and the module's files as they were. */
export function outsideOfFixture(fixture: Fixture): Outside {
  const keys = readObject(fixture.now.cache.keys);
  const contents = fixture.now.cache.contents === undefined ? null : readObject(fixture.now.cache.contents);
  const held = new Map<string, string | null>();
  for (let at = 0; at < keys.length; at += 15) {
    const content = contents?.subarray(at, at + 15) ?? null;
    const isKnown = content?.some((byte) => byte !== 0) === true;
    held.set(keys.subarray(at, at + 15).toString("hex"), isKnown ? content.toString("base64url") : null);
  }
  const damaged = new Set(
    fixture.now.cache.damaged?.map((id) => Buffer.from(id, "base64url").toString("hex")),
  );
  const contentOf = (digest: string): ShortId | null =>
    (held.get(digest.slice(0, 30)) as ShortId | null | undefined) ?? null;
  const sources = sourcesOf(fixture.now);
  const earlier = fixture.before === null ? new Map<string, string>() : sourcesOf(fixture.before);
  const isCached = (path: string): boolean => /\/gomodcache\/github|\/modcache\/github/.test(path);
  const readText = (path: string): string | null => {
    const own = sources.get(path) ?? (isCached(path) ? earlier.get(path) : undefined);
    if (own !== undefined) return own;
    const local = localPath(path, fixture);
    if (local === null) return null;
    const known = texts.get(local);
    if (known !== undefined) return known;
    let text: string | null = null;
    try {
      text = readFileSync(local, "latin1");
    } catch {
      text = null;
    }
    texts.set(local, text);
    return text;
  };
  const modified = modifiedTimes(fixture.now);
  return {
    readFile: readText,
    modifiedAt: (path) => modified.get(path) ?? null,
    heldBefore: (digest) => (held.has(digest.slice(0, 30)) && !damaged.has(digest.slice(0, 30)) ? 1 : null),
    indexedBefore: (digest) => held.has(digest.slice(0, 30)),
    contentOf,
    outputOf: contentOf,
    earlierText: (_content, path) => earlier.get(path) ?? null,
    listDirectory(path) {
      const names = [...sources.keys(), ...(isCached(path) ? earlier.keys() : [])].flatMap((each) =>
        each.startsWith(`${path}/`) && !each.slice(path.length + 1).includes("/")
          ? each.slice(path.length + 1)
          : [],
      );
      if (names.length > 0) return [...new Set(names)];
      const local = localPath(path, fixture);
      if (local === null) return null;
      const known = listings.get(local);
      if (known !== undefined) return known;
      let list: readonly string[] | null = null;
      try {
        list = readdirSync(local, { withFileTypes: true }).flatMap((entry) =>
          entry.isFile() ? entry.name : [],
        );
      } catch {
        list = null;
      }
      listings.set(local, list);
      return list;
    },
  };
}

function goLineOf(fixture: FixtureRun): string | null {
  const [root = ""] = Object.values(fixture.moduleRoots);
  const file = goworkOf(fixture) ?? `${root}/go.mod`;
  return /^\s*go\s+(\S+)/m.exec(sourcesOf(fixture).get(file) ?? "")?.[1] ?? null;
}

function goworkOf(fixture: FixtureRun): string | null {
  const { GOWORK: file = "" } = JSON.parse(readObject(fixture.env).toString()) as Record<string, string>;
  return file === "" || file === "off" ? null : file;
}

/** When the module's files were written, and of each folder of them its latest file. */
function modifiedTimes(run: FixtureRun): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { path, mtimeMs } of JSON.parse(readObject(run.files).toString()) as SourceFile[]) {
    for (let at = `${run.directory}/${path}`; at.length >= run.directory.length; at = dirname(at)) {
      times.set(at, Math.max(mtimeMs, times.get(at) ?? 0));
    }
  }
  return times;
}

function goneTargets(before: RunWithBlocks | null): Record<string, null> {
  const paths = before?.run.actions.flatMap(({ target }) => target ?? []) ?? [];
  return Object.fromEntries(paths.map((path) => [path, null]));
}
