import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { explain, explainFirst } from "../../src/causes/explain.ts";
import type { Outside } from "../../src/causes/world.ts";
import { assembleRun } from "../../src/cli/record/assemble-run.ts";
import { familyPatterns } from "../../src/cli/record/before-state.ts";
import { createLogReader } from "../../src/cli/record/learn-inputs.ts";
import { createHide } from "../../src/cli/record/redact-run.ts";
import { compareRuns } from "../../src/compare/compare-runs.ts";
import { parseActionGraph } from "../../src/go/action-graph.ts";
import type { KnownAction } from "../../src/model/actions.ts";
import { parseGoWords } from "../../src/model/go-command.ts";
import type { Digest, ShortId } from "../../src/model/ids.ts";
import type { RunWithBlocks, SourceFile } from "../../src/model/run.ts";
import { buildReport } from "../../src/report/build-report.ts";
import type { Report } from "../../src/report/report.ts";

const directory = join(import.meta.dirname, "../../testdata/fixtures");

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
    readonly targets: Readonly<Record<string, string | null>>;
  };
  readonly graph: string | null;
  readonly replay: string;
  readonly env: string;
  readonly files: string;
  readonly sources?: string;
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
  return gunzipSync(readFileSync(join(directory, "objects", `${name}.gz`)));
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
  const ground = {
    directory: fixture.directory,
    gomod: roots[0] === undefined ? null : `${roots[0]}/go.mod`,
    gowork: null,
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
  const noted = before === null ? [] : (JSON.parse(readObject(fixture.files).toString()) as SourceFile[]);
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
    settings: {
      goVersion: fixture.goVersion,
      goos: goEnv.GOOS ?? "",
      goarch: goEnv.GOARCH ?? "",
      goroot: goEnv.GOROOT ?? "",
      gomodcache: goEnv.GOMODCACHE ?? "",
      gocache: goEnv.GOCACHE ?? "",
      gomod: ground.gomod,
      gowork: null,
      env: { ...goEnv, ...fixture.environment },
      envOrigin,
      goflags,
    },
    graph: fixture.graph === null ? null : parseActionGraph(readObject(fixture.graph).toString()),
    blocks: collected.blocks,
    known,
    cache: {
      trimmedAt: fixture.cache.trimmedAt,
      present: fixture.cache.present,
      targets: fixture.cache.targets as Record<string, ShortId | null>,
    },
    files: noted.map((file) => ({ ...file, path: `${fixture.directory}/${file.path}` })),
    problems: collected.problems,
    hide: createHide(Buffer.alloc(32)),
  });
  return {
    run: run.run,
    blocks: new Map<Digest, never>([...((before?.blocks as never) ?? []), ...(run.blocks as never)]),
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
  return buildReport(explain(compareRuns(before, now), outsideOfFixture(fixture)), now.run, {
    ...options,
    baseline: { status: "compared", note: null },
  });
}

/** What the recording machine had: its cache before the run, and the module's files as they were. */
function outsideOfFixture(fixture: Fixture): Outside {
  const keys = readObject(fixture.now.cache.keys);
  const held = new Set<string>();
  for (let at = 0; at < keys.length; at += 15) held.add(keys.subarray(at, at + 15).toString("hex"));
  const sources: Record<string, string> =
    fixture.now.sources === undefined ? {} : JSON.parse(readObject(fixture.now.sources).toString());
  return {
    readFile: (path) => sources[path.replace(`${fixture.now.directory}/`, "")] ?? null,
    modifiedAt: () => null,
    heldBefore: (digest) => (held.has(digest.slice(0, 30)) ? 1 : null),
    contentOf: () => null,
  };
}
