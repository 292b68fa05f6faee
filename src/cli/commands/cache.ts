import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { assumeSettings } from "../../explore/assume-settings.ts";
import type { Assumption } from "../../explore/assumption.ts";
import {
  type ArchiveEntry,
  familiesOf,
  type ProvenSetting,
  provenSettings,
} from "../../explore/cache-families.ts";
import { worldOfLog } from "../../explore/world-of-log.ts";
import type { CacheNames } from "../../go/cache-names.ts";
import { type CacheSurvey, surveyCache } from "../../go/cache-survey.ts";
import { userEnvironment } from "../../go/environment.ts";
import { readSettings } from "../../go/settings.ts";
import { trimIntervalMs, trimLimitMs } from "../../go/trim-times.ts";
import type { CollectedLog } from "../../log/collect-blocks.ts";
import { createHide } from "../../log/hide-secrets.ts";
import { type GoCommand, parseGoWords } from "../../model/go-command.ts";
import { runOfLog } from "../../model/log-run.ts";
import { moduleFactsOf } from "../../model/module-facts.ts";
import type { Run, RunWithBlocks } from "../../model/run.ts";
import { type CacheContent, renderCache, renderCacheJson } from "../../report/renderers/cache.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import type { ReportOptions } from "../options.ts";
import { likelyGocache } from "../record/before-state.ts";
import { createBudget, groundOf } from "../record/explore-first-run.ts";
import { groundOf as placeOf } from "../record/ground.ts";
import { learnInputs } from "../record/learn-inputs.ts";
import { readOnlyCache } from "../record/read-only-cache.ts";
import { makeScratch, removeScratch } from "../record/scratch.ts";
import { viewFor } from "../view.ts";
import { writeText } from "../write-text.ts";

export interface CacheInput {
  readonly format: "terminal" | "json";
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
}

/** Tells what the GOCACHE holds: its families, sizes and ages, what Go will delete, how much of this module's build is there. */
export async function cache(input: CacheInput): Promise<number> {
  const { process, options } = input;
  const env = userEnvironment(process.env);
  const answer = await readSettings("go", env, null);
  const settings = "problem" in answer ? null : answer;
  const gocache = settings?.gocache ?? likelyGocache(env, null);
  const survey = surveyCache(gocache);
  const now = settings === null ? null : await buildHere(env, process, settings);
  const proven = now === null ? [] : provenOf(now, survey, process);
  const content = contentOf(gocache, survey, now?.run ?? null, proven, Date.now());
  const view = viewFor(options.output === null ? process.stdout : null, options, process.env);
  const text = input.format === "json" ? renderCacheJson(content) : renderCache(content, view);
  return writeText(text, { output: options.output, warnings: [], process });
}

/** What `go build ./...` would do here, without doing it; null outside a module. */
async function buildHere(
  env: Readonly<Record<string, string>>,
  process: NodeJS.Process,
  settings: {
    readonly goVersion: string;
    readonly gocache: string;
    readonly goroot: string;
    readonly gomodcache: string;
  },
): Promise<RunWithBlocks | null> {
  const ground = placeOf(process.cwd(), null, env);
  if (ground.module === null) return null;
  const command = parseGoWords(["build", "./..."], null);
  const log = await dryRun(command, env, process, settings);
  const found = runOfLog(log, "go build ./...", createHide(Buffer.alloc(32)));
  if ("error" in found) return null;
  const run = worldOfLog(found, {
    moduleRoots: ground.modules,
    modules: moduleFactsOf(ground.modules, ground.gowork, null, readText),
    goDirective: null,
    gocache: settings.gocache,
    goroot: settings.goroot,
    gomodcache: settings.gomodcache,
  });
  return { run, blocks: found.blocks };
}

/** Go is asked without touching the cache; an older go leaves what it makes for itself, as a plain `go build -n` does. */
async function dryRun(
  command: GoCommand,
  env: Readonly<Record<string, string>>,
  process: NodeJS.Process,
  { goVersion, gocache }: { readonly goVersion: string; readonly gocache: string },
): Promise<CollectedLog> {
  const ask = async (more: Readonly<Record<string, string>>) => {
    const { log } = await learnInputs("go", command, { ...env, ...more }, AbortSignal.timeout(patienceMs));
    return log;
  };
  const scratch = makeScratch(stateDirectory(env, homedir()));
  if (scratch === null) return ask({});
  try {
    const self = [process.execPath, ...process.execArgv, process.argv[1] ?? ""];
    return await ask(readOnlyCache({ goVersion, gocache, beforeMs: Date.now(), scratch, self }) ?? {});
  } finally {
    removeScratch(scratch);
  }
}

const patienceMs = 60_000;

/** Settings that no header tells, alone and with -trimpath. */
const switched =
  /^(-race|-msan|-asan|-trimpath|-cover|-gcflags=all=-N -l|without (-race|-trimpath|-gcflags|-cover))$/;

function provenOf(
  now: RunWithBlocks,
  survey: CacheSurvey,
  process: NodeJS.Process,
): readonly ProvenSetting[] {
  const names: CacheNames = { keys: new Set(survey.entries.map(({ key }) => key)), outputs: [] };
  const ground = groundOf(now, names);
  const singles = assumeSettings(now.run, ground.disk).filter(
    ({ label, group }) => switched.test(label) || group === "GOAMD64",
  );
  const trim = singles.find(({ group }) => group === "-trimpath");
  const level = singles.filter(({ group }) => /^GO[A-Z]+\d*$/.test(group));
  const sets: (readonly Assumption[])[] = singles.map((each) => [each]);
  for (const each of singles) {
    if (trim !== undefined && each.group !== trim.group) sets.push([each, trim]);
    for (const one of level) if (each.group.startsWith("-")) sets.push([one, each]);
  }
  const present = now.run.settings.flags
    .filter(({ name }) => ["-race", "-msan", "-asan", "-trimpath", "-gcflags", "-cover"].includes(name))
    .map(({ name, value }) => (value === "true" ? name : `${name}=${value}`));
  return provenSettings(ground, sets, present, createBudget(1, process)).map((each) => ({
    keys: each.keys,
    // Headers tell levels themselves.
    settings: each.settings.filter((setting) => !setting.startsWith("GO") && !setting.startsWith("without ")),
  }));
}

function contentOf(
  gocache: string,
  survey: CacheSurvey,
  run: Run | null,
  proven: readonly ProvenSetting[],
  nowMs: number,
): CacheContent {
  const archives = survey.entries.flatMap(({ key, size, putAtMs, header }): ArchiveEntry[] =>
    header === null || size === null ? [] : [{ key, size, putAtMs, ...header }],
  );
  const at = Math.max(nowMs, (survey.trimmedAtMs ?? 0) + trimIntervalMs);
  const old = survey.files.filter(({ usedAtMs }) => usedAtMs < at - trimLimitMs);
  const builds = run?.actions.filter(({ kind }) => kind === "build") ?? [];
  return {
    schemaVersion: 1,
    gocache,
    entries: survey.entries.length,
    bytes: survey.bytes,
    trimmedNext: {
      entries: old.filter(({ isEntry }) => isEntry).length,
      bytes: old.reduce((sum, file) => sum + file.bytes, 0),
      at: new Date(at).toISOString(),
    },
    families: familiesOf(archives, proven).map(({ oldestMs, newestMs, evidence, ...family }) => ({
      ...family,
      oldest: new Date(oldestMs).toISOString(),
      newest: new Date(newestMs).toISOString(),
      evidence,
    })),
    thisBuild:
      run === null
        ? null
        : { actions: builds.length, wouldHit: builds.filter(({ outcome }) => outcome === "hit").length },
  };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
