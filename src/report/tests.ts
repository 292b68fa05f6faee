import { testInputValue } from "../causes/classify-test.ts";
import { tokensIn } from "../log/hide/token.ts";
import { fileChanges, readFileState } from "../model/file-state.ts";
import { programOf, type Run, type RunAction } from "../model/run.ts";
import type { TestFacts, TestInput, TestInputs } from "../model/test-inputs.ts";
import { reportRun } from "./build-report.ts";
import { groupTestFiles } from "./group-test-files.ts";
import type { Report, ReportRun } from "./report.ts";
import { createPathNames, type PathNames } from "./test-paths.ts";
import { type Advice, adviceOf, type CauseFact, packageName } from "./wording.ts";

/** What the tests of a module depend on: `gocache-why tests`. As in `schema/tests.schema.json`. */
export interface Tests {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  readonly now: ReportRun;
  /** The runs of the same family before it that were looked at, newest first. */
  readonly before: readonly { readonly id: string; readonly startedAt: string | null }[];
  readonly totals: {
    readonly packages: number;
    /** Packages whose tests read a variable or a file of the module. */
    readonly dependent: number;
    /** Packages of which go kept no result in this run, for a known reason. */
    readonly notCacheable: number;
    /** Packages of whose test inputs no run has a record. */
    readonly unrecorded: number;
    readonly inputs: number;
    readonly changed: number;
    readonly volatile: number;
  };
  /** Volatile ones first, then by the seconds of the tests that ran since they changed. */
  readonly inputs: readonly TestsInput[];
  /** All test packages of the run, by import path. */
  readonly packages: readonly TestsPackage[];
  /** What would have more results found, most useful first. */
  readonly advice: readonly TestsAdvice[];
}

/** A variable, a file, or the files of one folder. */
export interface TestsInput {
  readonly kind: "env" | "file";
  /** Variable, or path: relative to the module's root where it lies below it; a folder of several files ends in `/`. */
  readonly name: string;
  /** How many files and folders it stands for: 1 for a variable. */
  readonly files: number;
  /** Import paths of the packages whose tests read it, sorted. */
  readonly packages: readonly string[];
  /** In how many of the runs it was not what it had been before. */
  readonly changed: number;
  /** In how many of the runs that could be told. */
  readonly compared: number;
  /** It changed in each of them, and they are two at least. */
  readonly volatile: boolean;
  /** What of it changed: `value`; of files `exists`, `size`, `mode`, `mtime`, `listing`, `other`. Sorted. */
  readonly what: readonly string[];
  /** Of several files those that changed, sorted, at most 20. */
  readonly changedFiles: readonly string[];
  /** Work of the test runs whose package it changed for; other inputs may have changed for them too. Null where it is not known. */
  readonly seconds: number | null;
  /** A variable's newest change; null where it did not change, and where a value is hidden. */
  readonly last: { readonly before: string | null; readonly now: string | null } | null;
}

export interface TestsPackage {
  /** Import path. */
  readonly package: string;
  /** Variables and files that its tests read; null where no run has a record of them. */
  readonly inputs: number | null;
  /** Why go kept no result in this run: a flag, `no package list`, …; empty where it did, or where that is not known. */
  readonly notCacheable: readonly string[];
  /** Files that were too new for go to keep a result. */
  readonly tooNew: readonly string[];
  /**
   * Its tests passed, and go kept no result, with no reason on record: most likely a file that they read or write in the
   * module was too new, since Go stores no trace of that.
   */
  readonly unkept: boolean;
  /** Its tests failed in this run. */
  readonly failed: boolean;
  /** Work of its tests in this run; 0 where the result was cached, null where the times are not known. */
  readonly seconds: number | null;
}

export interface TestsAdvice {
  readonly text: string;
  readonly caution: string | null;
  /** What it is about: variables, paths, flags. */
  readonly subjects: readonly string[];
  /** Import paths of the packages that it helps, sorted. */
  readonly packages: readonly string[];
}

/**
 * The inputs of all tests, over some runs of one family.
 * @param runs newest first; the first is the one that is told, the others are what it is compared with
 */
export function buildTests(runs: readonly [Run, ...Run[]], version: string): Tests {
  const [now, ...before] = runs;
  const actions = testActions(now);
  const paths = createPathNames(now);
  const ledger = createLedger(paths);
  runs.toReversed().forEach((run, step) => {
    for (const action of testActions(run)) ledger.add(action, step);
  });
  const names = new Set(actions.map((action) => action.package));
  ledger.settle(names);
  const inputs = rowsOf(ledger, names, paths).sort(byUse);
  const packages = actions
    .map((action) => packageOf(action, ledger, paths, now))
    .sort((a, b) => (a.package < b.package ? -1 : 1));
  return {
    schemaVersion: 1,
    tool: { name: "gocache-why", version },
    now: reportRun(now),
    before: before.map(({ id, startedAt }) => ({ id, startedAt })),
    totals: {
      packages: packages.length,
      dependent: packages.filter((each) => (each.inputs ?? 0) > 0).length,
      notCacheable: packages.filter(isNotCacheable).length,
      unrecorded: packages.filter((each) => each.inputs === null).length,
      inputs: inputs.length,
      changed: inputs.filter((input) => input.changed > 0).length,
      volatile: inputs.filter((input) => input.volatile).length,
    },
    inputs,
    packages,
    advice: adviceFor(inputs, packages, now.module),
  };
}

export function isNotCacheable(each: TestsPackage): boolean {
  return each.notCacheable.length > 0 || each.tooNew.length > 0 || each.unkept;
}

function testActions(run: Run): RunAction[] {
  return run.actions.filter((action) => action.kind === "test");
}

/** What is known of one variable or path over all packages and runs. */
interface Tally {
  /** Packages that read it, as far as their newest record tells; empty before `settle`. */
  readonly packages: Set<string>;
  readonly compared: Set<number>;
  readonly changed: Set<number>;
  readonly what: Set<string>;
  /** Test runs of packages that it changed for: step and package → seconds. */
  readonly work: Map<string, number | null>;
  last: { readonly before: string | null; readonly now: string | null } | null;
}

interface Ledger {
  add(action: RunAction, step: number): void;
  readonly variables: ReadonlyMap<string, Tally>;
  /** By absolute path. */
  readonly files: ReadonlyMap<string, Tally>;
  /** Notes for each input which of these packages read it. */
  settle(names: Iterable<string>): void;
  /** The newest record of a package's inputs, or null. */
  newest(name: string): TestInputs | null;
}

function createLedger(paths: PathNames): Ledger {
  const variables = new Map<string, Tally>();
  const files = new Map<string, Tally>();
  const filesAsNamed = new Map<string, Tally>();
  const known = new Map<string, TestInputs>();

  function tally({ kind, name }: Pick<TestInput, "kind" | "name">): Tally {
    if (kind === "env") return tallyIn(variables, name);
    const found = filesAsNamed.get(name) ?? tallyIn(files, steadyPath(name, paths));
    filesAsNamed.set(name, found);
    return found;
  }

  function tallyIn(table: Map<string, Tally>, key: string): Tally {
    const found = table.get(key);
    if (found !== undefined) return found;
    const fresh: Tally = {
      packages: new Set(),
      compared: new Set(),
      changed: new Set(),
      what: new Set(),
      work: new Map(),
      last: null,
    };
    table.set(key, fresh);
    return fresh;
  }

  function note(each: Tally, what: readonly string[], action: RunAction, step: number): void {
    each.compared.add(step);
    if (what.length === 0) return;
    each.changed.add(step);
    for (const word of what) each.what.add(word);
    if (action.outcome === "ran") each.work.set(`${step} ${action.package}`, action.seconds);
  }

  function compare(before: TestInputs, now: TestInputs, action: RunAction, step: number): void {
    const earlier = createLookup(before.inputs);
    const zones = { compared: false, changed: false };
    for (const [at, input] of now.inputs.entries()) {
      const value = earlier(input, at);
      // What one of the records lacks came or went with the test's own code.
      if (value === undefined) continue;
      const each = tally(input);
      if (input.kind === "env") {
        note(each, value === input.value ? [] : ["value"], action, step);
        if (value !== input.value) each.last = visibleChange(input.name, value, input.value);
        continue;
      }
      const changes =
        value === input.value ? [] : fileChanges(readFileState(value), readFileState(input.value));
      zones.compared = true;
      zones.changed ||= changes.includes("zone");
      note(
        each,
        changes.filter((change) => change !== "zone"),
        action,
        step,
      );
    }
    // Times are compared as they read in the local zone: a test that reads a file depends on TZ.
    if (zones.compared) {
      const zone = tally({ kind: "env", name: "TZ" });
      note(zone, zones.changed ? ["value"] : [], action, step);
    }
  }

  return {
    variables,
    files,
    newest: (name) => known.get(name) ?? null,
    add(action, step) {
      const facts: TestFacts | undefined = action.test;
      const asked = facts?.asked ?? facts?.kept ?? null;
      const before = known.get(action.package);
      if (before !== undefined && asked !== null) compare(before, asked, action, step);
      const kept = facts?.kept ?? facts?.asked ?? null;
      if (kept === null) return;
      known.set(action.package, kept);
    },
    settle(names) {
      for (const name of names) {
        for (const input of known.get(name)?.inputs ?? []) tally(input).packages.add(name);
      }
    },
  };
}

/** The value of an input in a list that has it most likely at the same place. */
function createLookup(inputs: readonly TestInput[]): (input: TestInput, at: number) => string | undefined {
  let all: Map<string, string> | null = null;
  return ({ kind, name }, at) => {
    const twin = inputs[at];
    if (twin?.kind === kind && twin.name === name) return twin.value;
    all ??= new Map(inputs.map((input) => [`${input.kind} ${input.name}`, input.value]));
    return all.get(`${kind} ${name}`);
  };
}

function visibleChange(name: string, before: string, now: string): Tally["last"] {
  const bytes = (text: string): string => Buffer.from(text).toString("latin1");
  const value = (text: string): string | null =>
    testInputValue(bytes(`env ${name} ${text}\n`), bytes(`env ${name}`));
  const change = { before: value(before), now: value(now) };
  return isHidden(change.before) || isHidden(change.now) ? null : change;
}

function isHidden(value: string | null): boolean {
  return value !== null && tokensIn(value).length > 0;
}

/** A path outside the module without the digits that os.MkdirTemp and t.TempDir draw by lot: the same in each run. */
function steadyPath(path: string, paths: PathNames): string {
  return paths.isOwn(path) ? path : path.replace(/\d{6,}/g, "*");
}

function rowsOf(ledger: Ledger, names: ReadonlySet<string>, paths: PathNames): TestsInput[] {
  const used = (each: Tally): boolean => each.packages.size > 0;
  const rows: TestsInput[] = [];
  for (const [name, each] of ledger.variables) {
    // Each test's result depends on GODEBUG since Go 1.23, and on TZ if it reads a file: worth a line when they changed.
    const isImplied = name === "GODEBUG" || (name === "TZ" && each.packages.size === 0);
    if (isImplied ? each.changed.size === 0 : !used(each)) continue;
    const readers = name === "TZ" && each.changed.size > 0 ? readersOfFiles(ledger) : [];
    rows.push(rowOf("env", name, [{ ...each, packages: new Set([...each.packages, ...readers]) }], []));
  }
  const files = new Map([...ledger.files].filter(([, each]) => used(each)));
  const folders = [...names].flatMap((name) => paths.folderOf(name) ?? []);
  for (const { path, items, isFolder } of groupTestFiles(
    new Map([...files].map(([path, each]) => [path, { path, each }])),
    folders,
  )) {
    const changed = items.filter((item) => item.each.changed.size > 0).map((item) => paths.shown(item.path));
    const shown = paths.shown(path);
    rows.push(
      rowOf(
        "file",
        isFolder ? `${shown.replace(/\/$/, "")}/` : shown,
        items.map((item) => item.each),
        isFolder ? changed : [],
      ),
    );
  }
  return rows;
}

function readersOfFiles(ledger: Ledger): readonly string[] {
  return [...ledger.files.values()].flatMap((each) => [...each.packages]);
}

/** More names than this say nothing more about a folder. */
const changedFilesShown = 20;

function rowOf(
  kind: TestsInput["kind"],
  name: string,
  tallies: readonly Tally[],
  changedFiles: readonly string[],
): TestsInput {
  const steps = (of: (each: Tally) => ReadonlySet<number>): number =>
    new Set(tallies.flatMap((each) => [...of(each)])).size;
  const changed = steps((each) => each.changed);
  const compared = steps((each) => each.compared);
  const work = new Map(tallies.flatMap((each) => [...each.work]));
  const packages = new Set(tallies.flatMap((each) => [...each.packages]));
  return {
    kind,
    name,
    files: tallies.length,
    packages: [...packages].sort(),
    changed,
    compared,
    volatile: compared > 1 && changed === compared,
    what: [...new Set(tallies.flatMap((each) => [...each.what]))].sort(),
    changedFiles: [...changedFiles].sort().slice(0, changedFilesShown),
    seconds: sumOf([...work.values()]),
    last: tallies.length === 1 ? (tallies[0]?.last ?? null) : null,
  };
}

function sumOf(seconds: readonly (number | null)[]): number | null {
  let sum = 0;
  for (const each of seconds) {
    if (each === null) return null;
    sum += each;
  }
  return Math.round(sum * 1e6) / 1e6;
}

function byUse(a: TestsInput, b: TestsInput): number {
  return (
    Number(b.volatile) - Number(a.volatile) ||
    Number(b.changed > 0) - Number(a.changed > 0) ||
    (b.seconds ?? -1) - (a.seconds ?? -1) ||
    b.changed - a.changed ||
    b.packages.length - a.packages.length ||
    (a.kind === b.kind ? (a.name < b.name ? -1 : 1) : a.kind === "env" ? -1 : 1)
  );
}

function packageOf(action: RunAction, ledger: Ledger, paths: PathNames, now: Run): TestsPackage {
  const known = ledger.newest(action.package);
  const own = known?.inputs.filter((input) => input.name !== "GODEBUG") ?? [];
  const names = new Set(
    own.map(({ kind, name }) => (kind === "env" ? `env ${name}` : steadyPath(name, paths))),
  );
  return {
    package: action.package,
    inputs: known === null ? null : names.size + known.omitted,
    notCacheable: action.test?.notCacheable ?? [],
    tooNew: (action.test?.tooNew ?? []).map((file) => paths.shown(file.path)).sort(),
    unkept: isUnkept(action, now),
    failed: action.failed,
    seconds: action.outcome === "hit" ? 0 : action.seconds,
  };
}

/** What `go test` can't have stored anywhere that we read is left out: a program keeps the cache, or other tests failed. */
function isUnkept({ outcome, failed, test }: RunAction, now: Run): boolean {
  const mayTell = now.exitCode === 0 && programOf(now) === null;
  if (!mayTell || outcome !== "ran" || failed || test === undefined) return false;
  return test.kept === null && test.notCacheable.length === 0 && test.tooNew.length === 0;
}

function adviceFor(
  inputs: readonly TestsInput[],
  packages: readonly TestsPackage[],
  module: string | null,
): readonly TestsAdvice[] {
  const found = new Map<string, { said: Advice; subjects: Set<string>; packages: Set<string> }>();
  const add = (fact: CauseFact, readers: readonly string[]): void => {
    const said = adviceOf(fact);
    if (said === null) return;
    const known = found.get(said.text) ?? { said, subjects: new Set<string>(), packages: new Set<string>() };
    known.subjects.add(fact.subject);
    for (const each of readers) known.packages.add(each);
    found.set(said.text, known);
  };
  for (const input of inputs.filter((each) => each.changed > 0)) {
    const changes = input.what.map((word) => ({ input: word, before: null, now: null, diff: null }));
    const fact = factOf(input.kind === "env" ? "test-env-changed" : "test-file-changed", input.name);
    add({ ...fact, changes }, input.packages);
  }
  for (const each of packages) {
    for (const reason of each.notCacheable) add(factOf("test-not-cacheable", reason), [each.package]);
    for (const path of each.tooNew) add(factOf("test-file-too-new", path), [each.package]);
    if (each.unkept)
      add(factOf("test-file-too-new", `a file in ${packageName(each.package, module)}`), [each.package]);
  }
  return [...found.values()].map((each) => ({
    text: each.said.text,
    caution: each.said.caution,
    subjects: [...each.subjects],
    packages: [...each.packages].sort(),
  }));
}

function factOf(code: CauseFact["code"], subject: string): CauseFact {
  return { code, subject, before: null, now: null, origin: null };
}
