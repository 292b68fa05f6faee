import { testInputValue } from "../causes/classify-test.ts";
import type { Comparison } from "../compare/compare-runs.ts";
import { type FileState, fileChanges, readFileState } from "../model/file-state.ts";
import type { RunAction, RunWithBlocks } from "../model/run.ts";
import { segmentBlock } from "../model/segments.ts";
import type { TestFacts, TestInputs } from "../model/test-inputs.ts";
import { textOf } from "../util/go-quote.ts";
import { createPathNames } from "./test-paths.ts";
import { packageName } from "./wording.ts";

/** What a package's test depends on, and what of that Go does not see. */
export interface WhyTest {
  /** How many variables its key holds, without GODEBUG, which each test's has; null where no record has them. */
  readonly variables: number | null;
  /** How many files and folders of the module; null where no record has them. */
  readonly files: number | null;
  /** Those of them that were not what they had been, sorted. */
  readonly changed: readonly ChangedTestInput[];
  /** False where its imports were not recorded, so that nothing is said of programs and the network. */
  readonly importsKnown: boolean;
  /** Possible stale results: a change there leaves the test cached. */
  readonly unseen: readonly UnseenInput[];
  /** What to do about it; null where there is nothing unseen. */
  readonly advice: string | null;
}

export interface ChangedTestInput {
  readonly kind: "env" | "file";
  /** Variable, or path: relative to the module's root where it lies below it. */
  readonly name: string;
  /** `value`; of files `exists`, `size`, `mode`, `mtime`, `listing`, `other`. */
  readonly what: readonly string[];
  /** A variable's value (null where unset) or a token, of TZ the zone (`+0100 CET`); of a file what changed: `12 bytes`, `mode 755`, its time. */
  readonly before: string | null;
  readonly now: string | null;
}

export interface UnseenInput {
  readonly kind: "file" | "program" | "network" | "clock";
  /** Paths, names of programs, or the imported packages that it is deduced from; sorted. */
  readonly names: readonly string[];
  readonly evidence: { readonly kind: "inferred"; readonly detail: string };
}

/**
 * @param comparison null where there is no earlier run
 * @returns null where the run has no test of the package
 */
export function buildWhyTest(
  now: RunWithBlocks,
  comparison: Comparison | null,
  name: string,
): WhyTest | null {
  const action = now.run.actions.find((each) => each.kind === "test" && each.package === name);
  if (action === undefined) return null;
  const facts = action.test;
  const inputs = facts?.kept ?? facts?.asked ?? null;
  const imports = importsOf(now, name);
  const found = unseenOf(now, name, { facts, inputs, imports });
  const own = inputs?.inputs.filter((input) => input.name !== "GODEBUG") ?? [];
  const files = new Set(own.filter((input) => input.kind !== "env").map((input) => input.name));
  const variables = own.filter((input) => input.kind === "env");
  return {
    variables: inputs === null ? null : variables.length,
    files: inputs === null ? null : files.size + inputs.omitted,
    changed: comparison === null ? [] : changedInputs(comparison, action, now),
    importsKnown: imports !== null,
    unseen: found,
    advice: found.length === 0 ? null : adviceFor(now, name),
  };
}

function adviceFor({ run }: RunWithBlocks, name: string): string {
  const short = packageName(name, run.module);
  const pattern = name === run.module ? "." : short === name ? name : `./${short}`;
  return `go test -count=1 ${pattern} runs it whatever is cached.`;
}

function changedInputs(comparison: Comparison, action: RunAction, now: RunWithBlocks): ChangedTestInput[] {
  const paths = createPathNames(now.run);
  const found = new Map<string, ChangedTestInput>();
  for (const { input, before, now: present } of comparison.inputs(action.key)?.deltas ?? []) {
    const [, kind = "", bytes = ""] = /^(env|stat|open|chdir) (.*)$/s.exec(input) ?? [];
    // What one side lacks came or went with the test's own code.
    if (kind === "" || before === null || present === null) continue;
    const word = textOf(bytes);
    if (kind === "env") {
      const sides = { before: testInputValue(before, input), now: testInputValue(present, input) };
      found.set(input, { kind: "env", name: word, what: ["value"], ...sides });
      continue;
    }
    const was = readFileState(testInputValue(before, input) ?? "");
    const is = readFileState(testInputValue(present, input) ?? "");
    const changes = fileChanges(was, is);
    // Times count as they read in the local zone: of a test that reads a file, TZ is an input.
    if (changes.includes("zone")) found.set("env TZ", zoneChange(was, is));
    const what = changes.filter((change) => change !== "zone");
    if (what.length === 0) continue;
    const sides = { before: stateText(what[0], was), now: stateText(what[0], is) };
    found.set(word, { kind: "file", name: paths.shown(word), what, ...sides });
  }
  return [...found.values()].sort((a, b) =>
    a.kind === b.kind ? (a.name < b.name ? -1 : 1) : a.kind === "env" ? -1 : 1,
  );
}

function zoneChange(before: FileState, now: FileState): ChangedTestInput {
  const sides = { before: before.found?.zone ?? null, now: now.found?.zone ?? null };
  return { kind: "env", name: "TZ", what: ["value"], ...sides };
}

function stateText(what: string | undefined, { found }: FileState): string | null {
  if (found === null) return null;
  switch (what) {
    case "exists":
      return found.isDirectory ? "a directory" : "a file";
    case "size":
      return `${found.size} bytes`;
    case "mode":
      return `mode ${(found.mode & 0o777).toString(8)}`;
    case "mtime":
      return `${found.clock} ${found.zone}`;
    default:
      return null;
  }
}

/** What a package and its tests import, and through which packages of the main modules. */
type Imports = ReadonlyMap<string, string>;

/** Imported package → the package of the main modules that imports it; null where no inputs of the package were recorded. */
function importsOf(now: RunWithBlocks, name: string): Imports | null {
  const { run, blocks } = now;
  const direct = new Map<string, Set<string>>();
  for (const action of run.actions) {
    const block = action.digest === null ? undefined : blocks.get(action.digest);
    if (action.kind !== "build" || block === undefined) continue;
    if (action.variant !== null && action.variant !== `[${name}.test]`) continue;
    const own = action.package === `${name}_test` ? name : action.package;
    const names = direct.get(own) ?? new Set<string>();
    for (const { input } of segmentBlock(block)) {
      const imported = /^import (\S+)$/.exec(input)?.[1];
      if (imported !== undefined) names.add(imported);
    }
    direct.set(own, names);
  }
  if (!direct.has(name)) return null;
  const isOwn = (each: string): boolean =>
    Object.keys(run.moduleRoots).some((module) => each === module || each.startsWith(`${module}/`));
  const found = new Map<string, string>();
  const queue = [name];
  const seen = new Set(queue);
  for (const importer of queue) {
    for (const imported of [...(direct.get(importer) ?? [])].sort()) {
      if (!found.has(imported)) found.set(imported, importer);
      if (!isOwn(imported) || seen.has(imported)) continue;
      seen.add(imported);
      queue.push(imported);
    }
  }
  return found;
}

function unseenOf(now: RunWithBlocks, name: string, { facts, inputs, imports }: Known): UnseenInput[] {
  const path = inputs?.inputs.find((input) => input.kind === "env" && input.name === "PATH");
  const startsPrograms = path !== undefined || imports?.has("os/exec") === true;
  const searched = (path === undefined ? null : variableValue("PATH", path.value))?.split(":") ?? [];
  const isProgram = (file: string): boolean => {
    const folder = file.slice(0, file.lastIndexOf("/"));
    return startsPrograms && (searched.includes(folder) || /\/s?bin$/.test(folder));
  };
  const asked = facts?.unseen ?? [];
  const files = asked.filter((file) => !isProgram(file) && !isNoise(file, now));
  const found: UnseenInput[] = [];
  if (files.length > 0)
    found.push(unseen("file", files, "its test log has them, and they lie outside the module"));
  if (startsPrograms) {
    const programs = asked.filter(isProgram).map((file) => file.slice(file.lastIndexOf("/") + 1));
    const signs = [
      ...(path === undefined ? [] : ["it reads PATH"]),
      ...(imports?.has("os/exec") ? [importText("os/exec", imports, now, name)] : []),
    ];
    found.push(unseen("program", programs, signs.join("; ")));
  }
  const network = networkPackages.filter((each) => imports?.has(each));
  const [first] = network;
  if (first !== undefined && imports !== null) {
    found.push(unseen("network", network, importText(first, imports, now, name)));
  }
  // Most tests come to the time package somehow: it is worth a word only where nothing else is known.
  if (found.length === 0 && imports?.get("time") === name) {
    found.push(unseen("clock", ["time"], importText("time", imports, now, name)));
  }
  return found;
}

interface Known {
  readonly facts: TestFacts | undefined;
  readonly inputs: TestInputs | null;
  readonly imports: Imports | null;
}

const networkPackages = ["net/http", "net", "net/rpc", "net/smtp", "crypto/tls"];

function unseen(kind: UnseenInput["kind"], names: readonly string[], detail: string): UnseenInput {
  return { kind, names: [...new Set(names)].sort(), evidence: { kind: "inferred", detail } };
}

/** `it imports net/http`, `internal/fetch, which it comes to, imports net/http` */
function importText(imported: string, imports: Imports, { run }: RunWithBlocks, name: string): string {
  const importer = imports.get(imported) ?? name;
  return importer === name
    ? `it imports ${imported}`
    : `${packageName(importer, run.module)}, which it needs, imports ${imported}`;
}

/** Devices, what changes only with a key (Go's own files, modules' files), and what the test made for itself. */
function isNoise(file: string, { run }: RunWithBlocks): boolean {
  const below = (folder: string | null): boolean =>
    folder !== null && (file === folder || file.startsWith(`${folder}/`));
  if (/^\/(dev|proc\/self)\//.test(file)) return true;
  if ([run.goroot, run.gomodcache, run.gocache].some(below)) return true;
  // os.MkdirTemp and t.TempDir end a name by lot.
  return /\d{6,}(\/|$)/.test(file);
}

/** Null where it was not set. */
function variableValue(name: string, value: string): string | null {
  const bytes = (text: string): string => Buffer.from(text).toString("latin1");
  return testInputValue(bytes(`env ${name} ${value}\n`), bytes(`env ${name}`));
}
