import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readActionGraph } from "../../src/go/action-graph.ts";
import { createFileStates } from "../../src/go/file-states.ts";
import { goProcessEnvironment } from "../../src/go/go-process-environment.ts";
import { evaluateTestLog, type TestInputsResult } from "../../src/go/test-inputs.ts";
import { openTestResults } from "../../src/go/test-results.ts";
import { localTimeZone } from "../../src/go/time-zone.ts";
import { type NotCacheable, testArguments } from "../../src/keys/test-arguments.ts";
import { coverMetaDigest, coverProfileKey, testIdOf, testResultKey } from "../../src/keys/test-key.ts";
import { parseGoWords } from "../../src/model/go-command.ts";
import type { GraphNode } from "../../src/model/graph-node.ts";
import type { Digest } from "../../src/model/ids.ts";
import { splitQuotedWords } from "../../src/util/go-quote.ts";

/** What go said of one package of `go test`, and what comes out when its keys are made again. */
export interface RecomputedTest {
  readonly package: string;
  /** Go's word at the end: `cached`, `ok` for a test that ran and passed; `FAIL`, `no test files`. */
  readonly said: "cached" | "ok" | "FAIL" | "no test files";
  /** Under which ID an entry of the cache is the recomputed key; null where there is none. */
  readonly found: "link" | "binary" | null;
  /** That entry was there before the command was started. */
  readonly older: boolean;
  /** Under -coverprofile or -coverpkg: the profile's key is an entry, too; null where it is not asked for. */
  readonly profile: boolean | null;
  readonly inputs: TestInputsResult | null;
  readonly testId: Digest | null;
}

export interface RecomputedRun {
  readonly notCacheable: readonly NotCacheable[];
  readonly tests: readonly RecomputedTest[];
  readonly graph: readonly GraphNode[];
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `go test` with an action graph, and makes the key of each package's result again from the graph, the cache and the files.
 * @param words the words after `go`, `test` first
 * @param env the whole environment of go, GOCACHE included
 */
export function recomputeTestKeys(
  words: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>>,
): RecomputedRun {
  const folder = mkdtempSync(join(tmpdir(), "gocache-why-graph-"));
  try {
    const graphFile = join(folder, "graph.json");
    const go = (args: readonly string[]) =>
      spawnSync("go", args, { cwd: directory, env, encoding: "utf8", maxBuffer: 1 << 30 });
    const goflags = env.GOFLAGS ? ({ text: env.GOFLAGS, origin: "GOFLAGS" } as const) : null;
    const command = parseGoWords(words, goflags);
    const goEnv: Record<string, string> = JSON.parse(go(["env", ...command.chdirWords, "-json"]).stdout);
    const started = Date.now();
    const run = go([
      ...words.slice(0, command.insertAt),
      `-debug-actiongraph=${graphFile}`,
      ...words.slice(command.insertAt),
    ]);
    const graph = readActionGraph(graphFile);
    if ("problem" in graph) throw new Error(`${graph.message}\n${run.stderr}`);
    const listed = go([
      "list",
      ...command.chdirWords,
      "-f",
      "{{.ImportPath}}\t{{.Dir}}\t{{.Root}}",
      ...command.packages,
    ]);
    const salt = (goEnv.GOVERSION ?? "").replace(/[ -]X:.*$/, "");
    const { args, notCacheable } = testArguments(command, goflags, salt);
    const exec = splitQuotedWords(command.flags.find(({ name }) => name === "-exec")?.value ?? "") ?? [];
    const minor = Number(/^go1\.(\d+)/.exec(salt)?.[1]);
    const sets = (name: string) => command.flags.some((flag) => flag.name === name);
    const coverMeta = minor >= 26 && sets("-coverpkg") ? coverMetaOf(graph.nodes, salt) : null;
    const results = openTestResults(env.GOCACHE ?? null);
    const files = createFileStates();
    const zone = localTimeZone({ tz: env.TZ, goroot: goEnv.GOROOT ?? null });
    const variable = goProcessEnvironment(env, goEnv);
    const ends = endings(run.stdout);
    const tests = listed.stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t") as [string, string, string])
      .map(([path, packageDirectory, root]): RecomputedTest => {
        const said = ends.get(path);
        if (said === undefined) throw new Error(`go says nothing of ${path}\n${run.stdout}\n${run.stderr}`);
        const nothing = {
          package: path,
          said,
          found: null,
          older: false,
          profile: null,
          inputs: null,
          testId: null,
        };
        const link = graph.nodes.find(
          ({ mode, package: name }) => mode === "link" && name === `${path}.test`,
        );
        let last: RecomputedTest = nothing;
        for (const kind of ["link", "binary"] as const) {
          const binary = kind === "link" ? link?.actionId : link?.buildId?.split("/").at(-1);
          if (!binary) continue;
          const testId = testIdOf({ salt, binary, args, exec });
          const log = results.readTestLog(testId);
          if (log === null) continue;
          const inputs = evaluateTestLog(log.chunks(), {
            salt,
            hashesGodebug: minor >= 23,
            packageDirectory,
            root,
            env: variable,
            describeEnv: (_, value) => (value === undefined ? "unset" : JSON.stringify(value)),
            zone,
            files,
          });
          last = { ...nothing, inputs, testId };
          const result =
            inputs.digest === null ? null : results.readResult(testResultKey(testId, inputs.digest));
          if (inputs.digest === null || result === null || !result.accepted) continue;
          const asksProfile = minor >= 25 && (sets("-coverprofile") || coverMeta !== null);
          const profile = asksProfile
            ? results.storedAtMs(coverProfileKey(testId, inputs.digest, coverMeta)) !== null
            : null;
          return { ...last, found: kind, older: result.putAtMs < started, profile };
        }
        return last;
      });
    return { notCacheable, tests, graph: graph.nodes, stdout: run.stdout, stderr: run.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function coverMetaOf(graph: readonly GraphNode[], salt: string): Digest | null {
  const node = graph.find(({ mode }) => mode === "write coverage meta-data file");
  return node === undefined
    ? null
    : coverMetaDigest(
        salt,
        node.deps.flatMap((id) => graph[id]?.actionId ?? []),
      );
}

/** The last word on each package, also from the stream of -json. */
function endings(stdout: string): ReadonlyMap<string, RecomputedTest["said"]> {
  const text = stdout.startsWith("{")
    ? stdout
        .trim()
        .split("\n")
        .map((line): string => JSON.parse(line).Output ?? "")
        .join("")
    : stdout;
  const found = new Map<string, RecomputedTest["said"]>();
  // Before such a line -v=test2json puts a control character.
  const lines = text.replaceAll("\u0016", "");
  for (const [, word, path = "", rest = ""] of lines.matchAll(
    /^(ok {2}|FAIL|\? {3}|)\t(\S+)(?:\t| )(.*)$/gm,
  )) {
    if (word?.startsWith("ok")) found.set(path, rest.startsWith("(cached)") ? "cached" : "ok");
    else if (word === "FAIL") found.set(path, "FAIL");
    else found.set(path, "no test files");
  }
  return found;
}
