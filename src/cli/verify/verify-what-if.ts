import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import type { Explanation } from "../../causes/explain.ts";
import { type Hypothesis, takesAway } from "../../explore/what-if/hypothesis.ts";
import type { WhatIf } from "../../explore/what-if/what-if.ts";
import { findCheckout } from "../../go/git-head.ts";
import type { Digest, ShortId } from "../../model/ids.ts";
import type { Run } from "../../model/run.ts";
import type { Report, Warning } from "../../report/report.ts";
import type { Verified } from "../../report/what-if.ts";
import { freeBytes } from "../record/scratch.ts";
import { checkoutSource, copyTree, writeState } from "./copy-checkout.ts";
import { copyEntries } from "./copy-entries.ts";
import { inScratch } from "./in-scratch.ts";
import { reportOfSelf } from "./run-self.ts";
import { type SupposedCommand, supposedCommand } from "./supposed-command.ts";

export interface VerifyInput {
  readonly explanation: Explanation;
  readonly found: WhatIf;
  readonly hypotheses: readonly Hypothesis[];
  /** Bytes of a content that a file had in either run; null where nobody has kept it. */
  readonly textOf: (content: ShortId, path: string) => string | null;
  /** Where the modules lie that the user stands in. */
  readonly here: Readonly<Record<string, string>>;
  /** As the user's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Where a private folder can be made. */
  readonly stateFolder: string;
  readonly quiet: boolean;
  readonly process: NodeJS.Process;
}

/** What is copied is no larger, cache and checkout each. */
const mostBytes = 4e9;

type Problem = { readonly problem: string };

/**
 * Builds what is supposed, really: the earlier command and then the later one, each with what is supposed, in copies of the checkout as
 * it was, with a cache of their own that has what the user's had before. Nothing of the user's is written; the copies go when it ends,
 * also by a signal.
 */
export async function verifyWhatIf(
  input: VerifyInput,
): Promise<{ verified: Verified | null; warnings: readonly Warning[] }> {
  const { process, stateFolder, quiet } = input;
  const result = await inScratch({
    process,
    stateFolder,
    quiet,
    name: "verifying",
    work: (scratch, signal, tell) => build(input, scratch, signal, tell),
  });
  return "problem" in result ? refused(result.problem) : { verified: result, warnings: [] };
}

function refused(problem: string): { verified: null; warnings: readonly Warning[] } {
  return { verified: null, warnings: [{ code: "not-verified", message: `not verified: ${problem}` }] };
}

async function build(
  input: VerifyInput,
  scratch: string,
  signal: AbortSignal,
  tell: (text: string) => void,
): Promise<Verified | Problem> {
  const { explanation, hypotheses } = input;
  if (explanation.comparison === null) return { problem: "there is no earlier run" };
  const before = explanation.comparison.before.run;
  const now = explanation.comparison.now.run;
  const facts = [...explanation.causes.values()].map(({ fact }) => fact);
  const outputs = join(scratch, "out");
  const earlier = supposedCommand(before, null, hypotheses, facts, outputs);
  if ("problem" in earlier) return earlier;
  const later = supposedCommand(now, before, hypotheses, facts, outputs);
  if ("problem" in later) return later;
  const isStamped = [earlier, later].some((command) => !isStampOff(command));
  const source = checkoutSource(now, [now.moduleRoots, before.moduleRoots, input.here], (directory) =>
    isStamped ? findCheckout(directory) : null,
  );
  if ("problem" in source) return source;
  const { base } = source;
  const isSamePlace =
    sameRoots(before, now) ||
    hypotheses.some(({ kind }) => kind === "same-directory") ||
    isUndone("directory-moved");
  // The two places are of one depth, so that paths upwards lead to the same.
  const places = [
    join(scratch, "1", "checkout"),
    join(scratch, isSamePlace ? "1" : "2", "checkout"),
  ] as const;
  const room = freeBytes(scratch);
  const bytes = copyTree(base, places[0], Math.min(mostBytes, room / 3));
  if (typeof bytes !== "number") return bytes;
  if (!isSamePlace) copyTree(base, places[1], mostBytes);
  const top = isStamped ? findCheckout(base) : null;
  if (top !== null && top === base) {
    for (const place of new Set(places)) cloneGit(top, place, input.env);
  }
  tell("copying the cache");
  const gocache = join(scratch, "gocache");
  mkdirSync(gocache);
  mkdirSync(outputs);
  mkdirSync(join(scratch, "tmp"));
  if (now.gocache !== null) {
    const digests = new Set(
      [...before.actions, ...now.actions].flatMap(({ digest }): Digest[] =>
        digest === null ? [] : [digest],
      ),
    );
    copyEntries(
      now.gocache,
      gocache,
      digests,
      Date.parse(now.startedAt ?? ""),
      Math.min(mostBytes, room / 3),
    );
  }

  function isUndone(code: string): boolean {
    return facts.some((fact) => fact.code === code && hypotheses.some((each) => takesAway(each, fact)));
  }

  /** The later run, but for files whose change is undone. */
  function filesOfNow(): Run | Problem {
    const undone = facts.filter(
      (fact) => /^file-/.test(fact.code) && hypotheses.some((each) => takesAway(each, fact)),
    );
    if (undone.length === 0) return now;
    const isUndoneFile = (path: string, run: Run): boolean =>
      undone.some(({ subject }) =>
        Object.values(run.moduleRoots).some((root) => path === `${root}/${subject}`),
      );
    const moved = (path: string): string => {
      for (const [module, root] of Object.entries(before.moduleRoots))
        if (path.startsWith(`${root}/`)) return (now.moduleRoots[module] ?? root) + path.slice(root.length);
      return path;
    };
    return {
      ...now,
      files: [
        ...now.files.filter(({ path }) => !isUndoneFile(path, now)),
        ...before.files
          .filter(({ path }) => isUndoneFile(path, before))
          .map((file) => ({ ...file, path: moved(file.path) })),
      ],
    };
  }

  const rootsIn = (place: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(source.roots).map(([module, root]) => [module, join(place, relative(base, root))]),
    );

  async function go(
    command: SupposedCommand,
    run: Run,
    other: Run,
    place: string,
    text: string,
  ): Promise<Report | Problem> {
    const roots = rootsIn(place);
    const problem = writeState(run, other, roots, input.textOf);
    if (problem !== null) return problem;
    if (top !== null && top === base && run.head !== null) setHead(place, run.head, input.env);
    const cwd = run.directory === null ? null : inCopy(run.directory, run, roots);
    if (cwd === null) return { problem: "go ran outside of its module" };
    // What lies there is the real runs' output: go would find a program up to date.
    for (const { target } of [...run.actions, ...other.actions]) {
      const copy = target === null ? null : (inCopy(target, run, roots) ?? inCopy(target, other, roots));
      if (copy !== null && run === before) rmSync(copy, { force: true });
    }
    tell(text);
    const env = environmentFor(command, run, before.goVersion !== now.goVersion, input.env, scratch, cwd);
    const { exit, report } = await reportOfSelf(input.process, command, { scratch, cwd, env, signal });
    if (exit.exitCode !== (run.exitCode ?? 0) || report === null) {
      return { problem: `the build in copies ended with status ${exit.exitCode}: ${exit.lastLine}` };
    }
    return report;
  }

  const first = await go(earlier, before, now, places[0], "building as before");
  if ("problem" in first) return first;
  const present = filesOfNow();
  if ("problem" in present) return present;
  const second = await go(later, present, before, places[1], "building as now");
  return "problem" in second ? second : compared(input.found, second);
}

function compared(found: WhatIf, report: Report): Verified {
  const verdicts = new Map(report.actions.map((action) => [action.key, action]));
  const missed = report.actions.filter(({ verdict }) => missVerdicts.has(verdict));
  const predicted = new Map(found.actions.map(({ action, would }) => [action.key, would]));
  const keys = new Set([...predicted.keys(), ...missed.map(({ key }) => key)]);
  const otherwise = [...keys].sort().flatMap((key) => {
    const action = verdicts.get(key);
    const did = action === undefined ? "absent" : missVerdicts.has(action.verdict) ? "miss" : "hit";
    const would = predicted.get(key) ?? "hit";
    return (would === "miss") === (did === "miss") ? [] : [{ key, would, did }];
  });
  const seconds = missed.some((action) => action.seconds === null)
    ? null
    : missed.reduce((sum, action) => sum + (action.seconds ?? 0), 0);
  return {
    missed: missed.length,
    seconds: seconds === null ? null : Math.round(seconds * 1000) / 1000,
    otherwise: otherwise.slice(0, 50),
  };
}

const missVerdicts: ReadonlySet<string> = new Set(["key-changed", "entry-missing", "new"]);

function isStampOff({ words, env }: SupposedCommand): boolean {
  return [...words, ...(env.GOFLAGS ?? "").split(" ")].some((word) =>
    /^--?buildvcs=(false|0|f)$/i.test(word),
  );
}

function sameRoots(before: Run, now: Run): boolean {
  return Object.entries(now.moduleRoots).every(([module, root]) => before.moduleRoots[module] === root);
}

/** A path of a run, in the copy; null where it lies outside of the main modules. */
function inCopy(path: string, run: Run, roots: Readonly<Record<string, string>>): string | null {
  for (const [module, root] of Object.entries(run.moduleRoots)) {
    const copy = roots[module];
    if (copy !== undefined && (path === root || path.startsWith(`${root}/`)))
      return join(copy, relative(root, path));
  }
  return null;
}

/** The user's environment with the settings that go had from the user then, and places of our own. */
function environmentFor(
  command: SupposedCommand,
  run: Run,
  isOtherGo: boolean,
  env: Readonly<Record<string, string>>,
  scratch: string,
  cwd: string,
): Record<string, string> {
  const out: Record<string, string> = { ...env };
  for (const name of Object.keys(run.settings.env)) delete out[name];
  return {
    ...out,
    ...(run.gomodcache === null ? {} : { GOMODCACHE: run.gomodcache }),
    ...command.env,
    ...(isOtherGo && run.goVersion !== null ? { GOTOOLCHAIN: run.goVersion } : {}),
    // What `go env -w` had written then stands among the others.
    GOENV: "off",
    GOCACHE: join(scratch, "gocache"),
    GOBIN: join(scratch, "out"),
    XDG_STATE_HOME: join(scratch, "state"),
    GOTMPDIR: join(scratch, "tmp"),
    PWD: cwd,
  };
}

/** A repository that borrows all objects of the user's, which is only read. */
function cloneGit(top: string, place: string, env: Readonly<Record<string, string>>): void {
  const clone = `${place}.clone`;
  git(place, env, "clone", "--quiet", "--shared", "--no-checkout", top, clone);
  renameSync(join(clone, ".git"), join(place, ".git"));
  rmSync(clone, { recursive: true, force: true });
}

function setHead(place: string, commit: string, env: Readonly<Record<string, string>>): void {
  git(place, env, "update-ref", "--no-deref", "HEAD", commit);
  git(place, env, "read-tree", "HEAD");
}

function git(cwd: string, env: Readonly<Record<string, string>>, ...words: string[]): void {
  execFileSync("git", words, { cwd, env, stdio: "ignore", windowsHide: true });
}
