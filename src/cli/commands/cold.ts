import { readFileSync } from "node:fs";
import { explainFirst } from "../../causes/explain.ts";
import { missedBuilds } from "../../explore/find-filling.ts";
import { worldOfLog } from "../../explore/world-of-log.ts";
import { readCacheNames } from "../../go/cache-names.ts";
import { userEnvironment } from "../../go/environment.ts";
import { readSettings } from "../../go/settings.ts";
import { moduleFactsOf } from "../../model/module-facts.ts";
import type { Run, RunWithBlocks } from "../../model/run.ts";
import { buildReport } from "../../report/build-report.ts";
import type { Report } from "../../report/report.ts";
import { openRuns } from "../open-runs.ts";
import type { ReportOptions } from "../options.ts";
import { likelyGocache } from "../record/before-state.ts";
import { deliver } from "../record/deliver.ts";
import { exploreFirstRun } from "../record/explore-first-run.ts";
import { groundOf } from "../record/ground.ts";
import { say } from "../say.ts";

export interface ColdInput {
  /** A raw log, a snapshot, a run's id; the newest run where it is left out. */
  readonly log: string | undefined;
  readonly deep: boolean;
  readonly options: ReportOptions;
  readonly process: NodeJS.Process;
  readonly version: string;
}

/** What was the cache that is there filled with, that a run, or a log of one, missed so much of it? Nothing earlier is asked for. */
export async function cold(input: ColdInput): Promise<number> {
  const { process, options } = input;
  const problem = await deliver(await coldReport(input), options, process.stdout, process);
  if (problem === null) return 0;
  await say(process, problem);
  return 1;
}

/** The report on a run by what the cache that is there tells of it. */
export async function coldReport(input: ColdInput): Promise<Report> {
  const { process, options } = input;
  const runs = openRuns(process, options.shown, options.quiet);
  const opened = await runs.open(input.log ?? "@1");
  const now = opened.run.source === "imported" ? await placed(opened, process) : opened;
  const { explanation, note } = await exploreFirstRun({
    now,
    names: readCacheNames(now.run.gocache ?? ""),
    noted: null,
    deep: input.deep,
    quiet: options.quiet,
    process,
    env: userEnvironment(process.env),
    // A log has no command that could be asked again, and an environment may be another now.
    asked: null,
  });
  return buildReport(explanation ?? explainFirst(now), now.run, {
    version: input.version,
    command: now.run.command,
    exitCode: null,
    baseline: {
      status: explanation === null ? "none" : "reconstructed",
      note: note ?? (explanation === null ? nothingThere(now.run) : null),
    },
    all: options.all,
    warnings: [],
  });
}

function nothingThere(run: Run): string {
  return missedBuilds({ now: run }).length === 0
    ? "no package was compiled, so that nothing is asked of the cache"
    : `${run.gocache ?? "the cache"} held nothing before`;
}

/** A log says nothing of the cache and the checkout: those are meant that are here. */
async function placed(opened: RunWithBlocks, process: NodeJS.Process): Promise<RunWithBlocks> {
  const env = userEnvironment(process.env);
  const ground = groundOf(process.cwd(), null, env);
  const answer = await readSettings("go", env, null);
  const settings = "problem" in answer ? null : answer;
  const run = worldOfLog(opened, {
    moduleRoots: ground.modules,
    modules: ground.gomod === null ? null : moduleFactsOf(ground.modules, ground.gowork, null, readText),
    goDirective: null,
    gocache: settings?.gocache ?? likelyGocache(env, null),
    goroot: settings?.goroot ?? null,
    gomodcache: settings?.gomodcache ?? null,
  });
  return { run, blocks: opened.blocks };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
