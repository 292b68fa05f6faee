import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import type { FindingCode } from "../../doctor/catalogue.ts";
import type { Sighting } from "../../doctor/finding.ts";
import { findGo } from "../../go/find-go.ts";
import { readSettings } from "../../go/settings.ts";
import type { Run } from "../../model/run.ts";
import type { DoctorExperiment, ExperimentState } from "../../report/doctor.ts";
import type { Report, ReportCause } from "../../report/report.ts";
import { countText, secondsText } from "../../report/wording/numbers.ts";
import { openHistory } from "../../store/history.ts";
import { stateDirectory } from "../../store/state-directory.ts";
import { groundOf } from "../record/ground.ts";
import { freeBytes } from "../record/scratch.ts";
import { copyTree } from "../verify/copy-checkout.ts";
import { inScratch } from "../verify/in-scratch.ts";
import { reportOfSelf } from "../verify/run-self.ts";
import { type SupposedCommand, supposedCommand } from "../verify/supposed-command.ts";

export interface ExperimentInput {
  /** Top of the checkout. */
  readonly root: string;
  readonly cwd: string;
  /** As the user's own. */
  readonly env: Readonly<Record<string, string>>;
  /** What is not begun when these minutes are over is left out, what runs then is ended. */
  readonly minutes: number;
  readonly quiet: boolean;
  readonly process: NodeJS.Process;
}

export interface ExperimentResult {
  readonly sightings: readonly Sighting[];
  readonly experiment: DoctorExperiment;
}

/** A checkout of more bytes is not copied. */
const mostBytes = 4e9;

/** What is otherwise in each state, in the order in which they are built. The first two are the same place twice. */
const states: readonly { readonly code: FindingCode; readonly name: string }[] = [
  { code: "experiment-not-repeatable", name: "the same again" },
  { code: "experiment-checkout-path", name: "another checkout path" },
  { code: "experiment-home", name: "another HOME and TMPDIR" },
  { code: "experiment-other-user", name: "another user" },
  // The last: times are not put back.
  { code: "experiment-fresh-clone", name: "the times of a fresh clone" },
];

/**
 * Builds the checkout in copies with a cache of their own: twice in the same place, then with one thing otherwise each, as build
 * validation scripts of other ecosystems do. Of the user's nothing is written; the copies go when it ends, also by a signal.
 */
export async function runExperiment(input: ExperimentInput): Promise<ExperimentResult> {
  const { process, quiet } = input;
  const result = await inScratch({
    process,
    stateFolder: stateDirectory(input.env, homedir()),
    quiet,
    name: "experiment",
    work: (scratch, signal, tell) => buildStates(input, scratch, signal, tell),
  });
  return "problem" in result ? stopped(result.problem, null) : result;
}

function stopped(problem: string, command: string | null): ExperimentResult {
  return { sightings: [], experiment: { command, states: [], problem } };
}

async function buildStates(
  input: ExperimentInput,
  scratch: string,
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<ExperimentResult> {
  const until = AbortSignal.timeout(input.minutes * 60_000);
  const either = AbortSignal.any([signal, until]);
  const { command, directory } = commandOf(input, join(scratch, "out"));
  const shown = [command.word, ...command.words].join(" ");
  const go = findGo(command.word, input.env);
  const settings = go.found ? await readSettings(go.path, input.env, null) : null;
  if (settings === null || "problem" in settings) return stopped("go can't be started", shown);
  const places = [join(scratch, "1", "checkout"), join(scratch, "2", "checkout")] as const;
  const copied = copyTree(input.root, places[0], Math.min(mostBytes, freeBytes(scratch) / 4));
  if (typeof copied !== "number") return stopped(copied.problem, shown);
  for (const name of ["gocache", "out", "tmp", "home", "other-tmp", "user", "state"])
    mkdirSync(join(scratch, name));
  const modules = settings.env.GOMODCACHE ?? "";
  const env = {
    ...input.env,
    ...command.env,
    GOMODCACHE: modules,
    GOENV: settings.env.GOENV ?? "off",
    GOCACHE: join(scratch, "gocache"),
    GOBIN: join(scratch, "out"),
    GOTMPDIR: join(scratch, "tmp"),
    XDG_STATE_HOME: join(scratch, "state"),
  };
  const kept = join(scratch, "state-first");
  const run = async (place: string, more: Record<string, string> = {}): Promise<Report | null> => {
    const cwd = join(place, directory);
    const options = { scratch, cwd, env: { ...env, PWD: cwd, ...more }, signal: either };
    const { report } = await reportOfSelf(input.process, command, options);
    return either.aborted ? null : report;
  };
  tell("building for the first time");
  const first = await run(places[0]);
  if (first === null) return stopped(until.aborted ? tooLong(input) : `${shown} could not be run`, shown);
  if (first.totals.actions === 0) return stopped(`${shown} builds nothing`, shown);
  // Each state is compared with this one, and with none of the others.
  cpSync(env.XDG_STATE_HOME, kept, { recursive: true });
  const sightings: Sighting[] = [];
  const done: ExperimentState[] = [];
  for (const { code, name } of states) {
    tell(name);
    rmSync(env.XDG_STATE_HOME, { recursive: true, force: true });
    cpSync(kept, env.XDG_STATE_HOME, { recursive: true });
    const report = await built(code);
    if (report === null) {
      const problem = until.aborted ? tooLong(input) : `${name}: ${shown} could not be run`;
      return { sightings, experiment: { command: shown, states: done, problem } };
    }
    const found = whatMissed(report);
    done.push({ name, actions: report.totals.actions, missed: found.missed, seconds: found.seconds });
    if (found.missed > 0) sightings.push(sightingOf(code, shown, report, found));
  }
  return { sightings, experiment: { command: shown, states: done, problem: null } };

  async function built(code: FindingCode): Promise<Report | null> {
    const [place, other] = places;
    switch (code) {
      case "experiment-checkout-path":
        copyTree(place, other, mostBytes);
        return run(other);
      case "experiment-home":
        return run(place, { HOME: join(scratch, "home"), TMPDIR: join(scratch, "other-tmp") });
      case "experiment-other-user": {
        const modes = new Map<string, number>();
        forEachPath(place, (path) => {
          const { mode } = lstatSync(path);
          modes.set(path, mode);
          chmodSync(path, mode & 0o700);
        });
        const home = join(scratch, "user");
        // Modules are not downloaded again: they are the same, and lie below another HOME.
        mkdirSync(join(home, "go/pkg"), { recursive: true });
        if (modules !== "") symlinkSync(modules, join(home, "go/pkg/mod"));
        const report = await run(place, { HOME: home, GOMODCACHE: join(home, "go/pkg/mod") });
        for (const [path, mode] of modes) if (existsSync(path)) chmodSync(path, mode);
        return report;
      }
      case "experiment-fresh-clone": {
        // No file is so young that Go would keep no result of a test that reads it.
        const now = new Date(Date.now() - 60_000);
        forEachPath(place, (path) => utimesSync(path, now, now));
        return run(place);
      }
      default:
        return run(place);
    }
  }
}

const tooLong = ({ minutes }: ExperimentInput): string =>
  `it was ended after ${countText(minutes, "minute")}`;

/** What the newest recorded run of this module with tests did, else the newest that built; without any all tests of the module. */
function commandOf(input: ExperimentInput, outputs: string): { command: SupposedCommand; directory: string } {
  const history = openHistory(stateDirectory(input.env, homedir()));
  const { module } = groundOf(input.cwd, null, input.env);
  const runs: Run[] = history.list(module).flatMap(({ id }) => history.load(id) ?? []);
  for (const verbs of [["test"], ["build", "install", "vet"]]) {
    for (const run of runs) {
      if (run.source !== "recorded" || run.directory === null || !verbs.includes(run.verb ?? "")) continue;
      const below = relative(input.root, run.directory);
      const command = supposedCommand(run, null, [], [], outputs);
      if (below.startsWith("..") || below.startsWith("/") || "problem" in command) continue;
      return { command, directory: below };
    }
  }
  const below = relative(input.root, input.cwd);
  return { command: { word: "go", words: ["test", "./..."], env: {} }, directory: below };
}

interface Missed {
  readonly missed: number;
  readonly seconds: number | null;
  readonly causes: readonly ReportCause[];
}

/** What ran though nothing changed that anybody means to build otherwise: not what runs every time. */
function whatMissed(report: Report): Missed {
  const counts = report.causes.map(({ class: kind, code }) => kind !== "forced" && !always.test(code));
  const actions = report.actions.filter(
    (action) =>
      !isOfTest(action) && action.verdict !== "hit" && action.causes.some((index) => counts[index] === true),
  );
  const seconds = actions.some((action) => action.seconds === null)
    ? null
    : actions.reduce((sum, action) => sum + (action.seconds ?? 0), 0);
  return {
    missed: actions.length,
    seconds,
    causes: report.causes.filter((_cause, index) => counts[index] === true),
  };
}

/** A test's binary is linked whenever it runs: its test counts. */
const isOfTest = ({ kind, package: name }: Report["actions"][number]): boolean =>
  kind === "link" && name.endsWith(".test");

const always = /^(link-not-cached|vet-not-cached|build-failed-before|test-not-cacheable)$/;

function sightingOf(
  code: FindingCode,
  command: string,
  report: Report,
  { missed, seconds, causes }: Missed,
): Sighting {
  const [first] = causes;
  const named = causes.slice(0, 3).map(({ summary }) => summary);
  const more = causes.length > 3 ? [`and ${countText(causes.length - 3, "more cause")}`] : [];
  const isFile = first?.code.startsWith("test-file-") === true && !first.subject.startsWith("/");
  return {
    code,
    file: isFile ? (first?.subject ?? null) : null,
    line: null,
    values: {
      missed: `${countText(missed, "action")} of ${report.totals.actions}`,
      work: seconds === null ? "" : `, ${secondsText(seconds)} of work`,
      causes: [...named, ...more].join("; "),
      advice: first?.advice?.text ?? "gocache-why explain tells what each cause means",
    },
    evidence: `${command}, really built: ${causes
      .map((cause) => `${cause.code} ${cause.subject}`)
      .join(", ")
      .slice(0, 300)}`,
  };
}

function forEachPath(folder: string, act: (path: string) => void): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) forEachPath(path, act);
    else if (entry.isFile()) act(path);
  }
  act(folder);
}
