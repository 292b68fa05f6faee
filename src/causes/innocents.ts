import type { Run } from "../model/run.ts";
import { type CauseFact, causeId } from "./cause.ts";
import type { Explanation } from "./explain.ts";
import { createFactBook, localCausesOf } from "./local-causes.ts";
import { type Outside, worldsOf } from "./world.ts";

/** Why a change cost no miss. */
export type InnocentReason =
  /** Go puts it into no key, whatever is built. */
  | "enters-no-key"
  /** Go puts it into keys of tests alone, and the command has none. */
  | "only-tests"
  /** Keys have it, and what it changed had been built before this run. */
  | "paid-earlier"
  /** A Go file beside those that are compiled: its name or its constraint leaves it out. */
  | "left-out"
  /** C code may include it from elsewhere, which no key has. */
  | "seen-by-c-alone"
  /** No key of this build has it. */
  | "in-no-key-here";

/** Something that changed between two runs, and that no action of the later one ran for. */
export interface Innocent {
  /** As a cause would have it. */
  readonly fact: CauseFact;
  /** Null where it is not known: some actions could not be looked into. */
  readonly reason: InnocentReason | null;
}

/** A file that git, or the records of the two runs, says changed between them. */
export interface ChangedFile {
  /** Absolute. */
  readonly path: string;
  readonly change: "edited" | "added" | "removed";
}

/**
 * What changed between the two runs of an explanation and cost no miss: settings of go that the user makes, flags, the Go
 * version, directories, files. Sorted by code and subject; [] without a baseline.
 */
export function innocentsOf(
  explanation: Explanation,
  outside: Outside,
  files: readonly ChangedFile[],
): readonly Innocent[] {
  const { comparison } = explanation;
  if (comparison === null) return [];
  const before = comparison.before.run;
  const now = comparison.now.run;
  const worlds = worldsOf(comparison, outside);
  const book = createFactBook();
  let isSure = explanation.unexplained.length === 0 && comparison.uncertain.length === 0;
  for (const pair of comparison.pairs.values()) {
    if (pair.now.outcome === "unknown") isSure = false;
    if (pair.before === null || pair.sameId === true) continue;
    const local = localCausesOf(pair.now, comparison, worlds, book);
    if (local === null || local.unknown.length > 0) isSure = false;
  }
  const found = new Map<string, Innocent>();
  const guilty = [...explanation.causes.values()].map(({ fact }) => fact);
  const isGuilty = (fact: CauseFact): boolean =>
    guilty.some((cause) => causeId(cause) === causeId(fact) || covers(cause, fact));
  const add = (fact: CauseFact, reason: InnocentReason): void => {
    const id = causeId(fact);
    if (isGuilty(fact) || found.has(id)) return;
    found.set(id, { fact, reason: isSure || reason === "enters-no-key" ? reason : null });
  };
  for (const fact of book.facts.values()) add(fact, "paid-earlier");
  const paid = [...book.facts.values()];
  for (const { fact, reason } of changedSettings(before, now)) {
    // What moved with it stands in keys, and is told already.
    if (!paid.some((each) => covers(each, fact))) add(fact, reason);
  }
  for (const each of changedFiles(files, now)) add(each.fact, each.reason);
  return [...found.values()].sort((a, b) => (causeId(a.fact) < causeId(b.fact) ? -1 : 1));
}

/** True where a change stands in the keys under the name of a cause that is told. */
function covers(cause: CauseFact, fact: CauseFact): boolean {
  const { code, subject } = fact;
  switch (code) {
    case "env-changed":
      // GODEBUG and PATH count for tests; GOTOOLCHAIN chooses the toolchain, GOWORK the modules.
      if (cause.subject === subject) return true;
      if (subject === "GOTOOLCHAIN" || subject === "GOROOT") return cause.code === "toolchain-changed";
      return subject === "GOWORK" && cause.code.startsWith("module-");
    case "flag-changed":
      if (cause.subject === subject) return true;
      if (subject === "-mod" || subject === "-modfile") return cause.code.startsWith("module-");
      return subject.startsWith("-cover") && cause.subject.startsWith("-cover");
    case "goroot-moved":
      return cause.code === "toolchain-changed";
    case "directory-moved":
      return cause.code === "test-env-changed" && cause.subject === "PWD";
    case "file-edited":
    case "file-added":
    case "file-removed":
      if (/(^|\/)go\.(mod|sum|work|work\.sum)$/.test(subject))
        return cause.origin === "go.mod" || cause.origin === "go.work" || cause.code.startsWith("module-");
      return cause.subject === subject;
    default:
      return false;
  }
}

function* changedSettings(before: Run, now: Run): Generator<Innocent & { reason: InnocentReason }> {
  const hasTests = now.verb === "test";
  for (const name of Object.keys({ ...before.settings.envOrigin, ...now.settings.envOrigin })) {
    // GOFLAGS is told flag by flag, a directory as what it is.
    if (/^(GOFLAGS|GOENV|GOCACHE|GOMODCACHE|GOROOT)$/.test(name)) continue;
    const was = settingOf(before, name);
    const is = settingOf(now, name);
    if (was === is) continue;
    const origin = now.settings.envOrigin[name] ?? before.settings.envOrigin[name] ?? null;
    const reason =
      name === "GODEBUG" && !hasTests
        ? "only-tests"
        : keylessVariables.has(name)
          ? "enters-no-key"
          : "in-no-key-here";
    yield { fact: { code: "env-changed", subject: name, before: was, now: is, origin }, reason };
  }
  const flags = new Set([...before.settings.flags, ...now.settings.flags].map((flag) => flag.name));
  for (const name of flags) {
    const was = before.settings.flags.find((flag) => flag.name === name);
    const is = now.settings.flags.find((flag) => flag.name === name);
    if (was?.value === is?.value) continue;
    const reason =
      keylessFlags.has(name) && !(hasTests && testFlags.has(name)) ? "enters-no-key" : "in-no-key-here";
    yield {
      fact: {
        code: "flag-changed",
        subject: name,
        before: was?.value ?? null,
        now: is?.value ?? null,
        origin: is?.origin ?? was?.origin ?? null,
      },
      reason,
    };
  }
  const places = [
    ["toolchain-changed", "go", before.goVersion, now.goVersion],
    ["goroot-moved", "GOROOT", before.goroot, now.goroot],
    ["modcache-moved", "GOMODCACHE", before.gomodcache, now.gomodcache],
    ["cache-dir-changed", "GOCACHE", before.gocache, now.gocache],
  ] as const;
  for (const [code, subject, was, is] of places) {
    if (was === null || is === null || was === is) continue;
    yield { fact: { code, subject, before: was, now: is, origin: null }, reason: "in-no-key-here" };
  }
  for (const [path, is] of Object.entries(now.moduleRoots)) {
    const was = before.moduleRoots[path];
    if (was === undefined || was === is) continue;
    const fact: CauseFact = {
      code: "directory-moved",
      subject: path,
      before: was,
      now: is,
      origin: "file system",
    };
    yield { fact, reason: "in-no-key-here" };
  }
}

/** An empty variable is as good as none (cfg.Getenv). */
function settingOf(run: Run, name: string): string | null {
  return (run.rawEnvironment?.[name] ?? run.settings.env[name]) || null;
}

/** Variables of go that decide where from and how, and are in no key (go help environment, work/exec.go; Go 1.21–1.27rc1). */
const keylessVariables = new Set([
  "GO111MODULE",
  "GOAUTH",
  "GOBIN",
  "GOCACHEPROG",
  "GOINSECURE",
  "GONOPROXY",
  "GONOSUMDB",
  "GOPATH",
  "GOPRIVATE",
  "GOPROXY",
  "GOSUMDB",
  "GOTELEMETRY",
  "GOTMPDIR",
  "GOTOOLCHAIN",
  "GOVCS",
  "PKG_CONFIG",
]);

/** Flags that are in no key of a build or a link (go help build, work/exec.go; Go 1.21–1.27rc1). */
const keylessFlags = new Set([
  "-C",
  "-debug-actiongraph",
  "-debug-runtime-trace",
  "-debug-trace",
  "-json",
  "-modcacherw",
  "-n",
  "-o",
  "-p",
  "-v",
  "-work",
  "-x",
]);

/** Those of them that a test's result is kept under, or its binary. */
const testFlags = new Set(["-json", "-o", "-v"]);

function* changedFiles(
  files: readonly ChangedFile[],
  now: Run,
): Generator<Innocent & { reason: InnocentReason }> {
  const roots = Object.values(now.moduleRoots);
  const packages = packageDirectories(now);
  for (const { path, change } of files) {
    const root = roots.find((each) => path.startsWith(`${each}/`));
    // What lies outside the modules is not the build's.
    if (root === undefined) continue;
    const fact: CauseFact = {
      code: `file-${change}`,
      subject: path.slice(root.length + 1),
      before: null,
      now: null,
      origin: "file system",
    };
    yield { fact, reason: reasonOfFile(path, packages, now.verb === "test") };
  }
}

function reasonOfFile(path: string, packages: ReadonlySet<string>, hasTests: boolean): InnocentReason {
  if (path.endsWith("_test.go")) return hasTests ? "in-no-key-here" : "only-tests";
  const directory = path.slice(0, path.lastIndexOf("/"));
  if (/\.(h|hh|hpp|hxx|inc|c|cc|cpp|cxx|m|s|S|sx)$/.test(path)) return "seen-by-c-alone";
  return path.endsWith(".go") && packages.has(directory) ? "left-out" : "in-no-key-here";
}

/** Directories of the packages of the main modules that were built. */
function packageDirectories(run: Run): ReadonlySet<string> {
  const found = new Set<string>();
  for (const action of run.actions) {
    for (const [path, root] of Object.entries(run.moduleRoots)) {
      if (action.package === path) found.add(root);
      else if (action.package.startsWith(`${path}/`)) found.add(root + action.package.slice(path.length));
    }
  }
  return found;
}
