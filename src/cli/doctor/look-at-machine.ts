import { homedir } from "node:os";
import type { HistoryFacts, Machine } from "../../doctor/machine.ts";
import { findGo } from "../../go/find-go.ts";
import {
  cachePlace,
  checkoutTimes,
  goflagsPlaces,
  ownGoVersion,
  tryCacheProgram,
} from "../../go/machine-facts.ts";
import { readSettings } from "../../go/settings.ts";
import { splitGoflags } from "../../model/go-command.ts";
import { explainRuns } from "../../report/explain-runs.ts";
import { pastCauses } from "../../report/past-causes.ts";
import type { Report } from "../../report/report.ts";
import { openHistory } from "../../store/history.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { groundOf } from "../record/ground.ts";

/** Runs of the history that are looked into: each is compared with the one before it. */
const mostRuns = 12;

/** What is there of go, its cache, the checkout's times and the recorded runs; what can't be seen is left out. */
export async function lookAtMachine(
  cwd: string,
  env: Readonly<Record<string, string>>,
  root: string,
  tracked: readonly string[],
): Promise<Machine> {
  const go = findGo("go", env);
  const settings = go.found ? await readSettings(go.path, env, null) : null;
  const history = readHistory(cwd, env);
  const checkout = tracked.length === 0 ? null : checkoutTimes(root, tracked);
  // go env fails where the program can't be started: the environment tells of it then.
  const isRead = settings !== null && !("problem" in settings);
  const program = (isRead ? settings.env.GOCACHEPROG : env.GOCACHEPROG) ?? "";
  const words = splitGoflags(program) ?? [];
  const cacheProgram =
    words.length === 0 ? null : { command: program, problem: await tryCacheProgram(words, env) };
  if (!go.found || !isRead) {
    return { gocache: null, goflags: [], toolchain: null, cacheProgram, checkout, history };
  }
  const own = await ownGoVersion(go.path, env);
  const place = settings.gocache.startsWith("/") ? cachePlace(settings.gocache, Date.now()) : null;
  return {
    gocache: place === null ? null : { ...place, isCi: env.CI !== undefined },
    goflags: goflagsPlaces(env, settings.env.GOENV, settings.goroot),
    toolchain: own === null ? null : { own, used: settings.goVersion, line: settings.gomod ?? "go.mod" },
    cacheProgram,
    checkout,
    history,
  };
}

function readHistory(cwd: string, env: Readonly<Record<string, string>>): HistoryFacts | null {
  const history = openHistory(stateDirectory(env, homedir()));
  const { module, directory } = groundOf(cwd, null, env);
  const reports: Report[] = [];
  const directories = new Map<string, number>();
  let runs = 0;
  for (const { id } of history.list(module).slice(0, mostRuns)) {
    const run = history.load(id);
    if (run === null) continue;
    runs++;
    for (const path of Object.values(run.moduleRoots))
      directories.set(path, (directories.get(path) ?? 0) + 1);
    const before = history.previous(run);
    if (before === null) continue;
    const parts = [before, run].map((each) => ({ run: each, blocks: history.blocks(each) }));
    const [earlier, later] = parts;
    if (earlier !== undefined && later !== undefined) reports.push(explainRuns(earlier, later));
  }
  if (runs === 0) return null;
  return {
    runs,
    directory: Object.values(groundOf(cwd, null, env).modules)[0] ?? directory,
    directories: [...directories].map(([path, count]) => ({ path, runs: count })),
    causes: pastCauses(reports),
  };
}
