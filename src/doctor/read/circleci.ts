import { type GoUse, readScript } from "../go-use.ts";
import type {
  ActionStep,
  CacheKey,
  CacheUse,
  Job,
  KeyParts,
  PipelineRead,
  Placed,
  Unread,
} from "../pipeline.ts";
import { cacheContents } from "./cache-contents.ts";
import { goOfImage, joinParts, partsOfFiles, partsOfText } from "./github.ts";
import { filledIn, type ShellCommand, type ShellWord } from "./shell.ts";
import { at, entriesOf, itemsOf, linesOf, readYaml, textAt, textsOf, type Yaml } from "./yaml.ts";

/** Reads .circleci/config.yml: jobs, and the commands of the file itself. Orbs are not to be had. */
export function readCircleci(file: string, text: string): PipelineRead {
  const read = readYaml(file, text);
  if ("problem" in read) return { jobs: [], unread: [{ file, line: read.line, reason: read.problem }] };
  const unread: Unread[] = [];
  const [root] = read.documents;
  const jobs = entriesOf(at(root, "jobs")).map(([name, { value, line }]) =>
    readJob(name, value, line, file, root ?? null, unread),
  );
  return { jobs, unread };
}

interface State {
  readonly file: string;
  readonly root: Yaml | null;
  readonly unread: Unread[];
  readonly variables: ReadonlyMap<string, Placed>;
  readonly goVersion: string | null;
  readonly caches: CacheUse[];
  readonly uses: GoUse[];
  readonly commands: ShellCommand[];
  readonly actions: ActionStep[];
}

function readJob(
  name: string,
  job: Yaml,
  line: number,
  file: string,
  root: Yaml | null,
  unread: Unread[],
): Job {
  const executor = textAt(job, "executor") ?? textAt(job, "executor", "name");
  const shared = executor === null ? null : at(root, "executors", executor.text);
  const docker = itemsOf(at(job, "docker") ?? at(shared, "docker"))[0];
  const image = textAt(docker, "image");
  const variables = new Map([
    ...placedOf(at(shared, "environment")),
    ...placedOf(at(docker, "environment")),
    ...placedOf(at(job, "environment")),
  ]);
  const goVersion = image === null ? null : goOfImage(image.text);
  const state: State = {
    file,
    root,
    unread,
    variables,
    goVersion,
    caches: [],
    uses: [],
    commands: [],
    actions: [],
  };
  for (const step of itemsOf(at(job, "steps"))) readStep(step, new Map(), state, 0);
  return {
    system: "circleci",
    file,
    line,
    name,
    platforms: null,
    goVersions: goVersion === null ? null : [goVersion],
    goVersionTexts: goVersion === null ? [] : [goVersion],
    runsOnMain: true,
    variables,
    caches: state.caches,
    uses: state.uses,
    commands: state.commands,
    actions: state.actions,
  };
}

type Parameters = ReadonlyMap<string, string>;

function readStep(step: Yaml, parameters: Parameters, state: State, depth: number): void {
  if (step.kind === "text") {
    readCommand(step.text, null, step.line, parameters, state, depth);
    return;
  }
  for (const [name, { value, line }] of entriesOf(step)) {
    if (name === "run") readRun(value, parameters, state);
    else if (name === "restore_cache") readRestore(value, line, parameters, state);
    else if (name === "save_cache") readSave(value, line, parameters, state);
    else if (name === "when" || name === "unless") {
      for (const inner of itemsOf(at(value, "steps"))) readStep(inner, parameters, state, depth);
    } else readCommand(name, value, line, parameters, state, depth);
  }
}

/** A command of the file's own, with its parameters; any other comes from an orb. */
function readCommand(
  name: string,
  given: Yaml | null,
  line: number,
  outer: Parameters,
  state: State,
  depth: number,
): void {
  const command = at(state.root, "commands", name);
  if (command === null || depth > 6) {
    state.actions.push({ file: state.file, line, name, inputs: placedOf(given) });
    return;
  }
  const parameters = new Map<string, string>();
  for (const [parameter, { value }] of entriesOf(at(command, "parameters"))) {
    const set = textAt(given, parameter) ?? textAt(value, "default");
    if (set !== null) parameters.set(parameter, fillParameters(set.text, outer));
  }
  for (const step of itemsOf(at(command, "steps"))) readStep(step, parameters, state, depth + 1);
}

function readRun(run: Yaml, parameters: Parameters, state: State): void {
  const script = run.kind === "text" ? run : textAt(run, "command");
  if (script === null || /pwsh|powershell|cmd/.test(textAt(run, "shell")?.text ?? "")) return;
  const variables = new Map([...state.variables, ...placedOf(at(run, "environment"))]);
  const text = script.source.text.replace(/<<\s*([\w.-]+)\s*>>/g, (whole, name: string) => {
    const value = parameters.get(name.replace(/^parameters\./, ""));
    return value !== undefined && value.length <= whole.length
      ? value.padEnd(whole.length)
      : whole.replace(/[^\n]/g, filledIn);
  });
  const directory = textAt(run, "working_directory")?.text ?? ".";
  const read = readScript({ ...script.source, text }, shellVariables(variables), directory);
  state.uses.push(...read.uses);
  state.commands.push(...read.commands);
  if (read.problem !== null) {
    state.unread.push({ file: state.file, line: read.problem.line, reason: read.problem.message });
  }
}

/** Keys are tried in order; each finds the newest cache whose key begins with it. */
function readRestore(value: Yaml, line: number, parameters: Parameters, state: State): void {
  const keys = [...textsOf(at(value, "key")), ...textsOf(at(value, "keys"))].map((key) =>
    keyOf(key, parameters, state),
  );
  const [first = null, ...rest] = keys;
  state.caches.push({
    file: state.file,
    line,
    does: "restore",
    by: "cache",
    key: first,
    fallbacks: rest,
    isPrefix: true,
    paths: [],
    holds: { builds: false, modules: false, isUnclear: true },
    isFrozen: true,
  });
}

function readSave(value: Yaml, line: number, parameters: Parameters, state: State): void {
  const key = textAt(value, "key");
  const paths = linesOf(at(value, "paths")).map((path) => ({
    ...path,
    text: fillParameters(path.text, parameters),
  }));
  state.caches.push({
    file: state.file,
    line,
    does: "save",
    by: "cache",
    key: key === null ? null : keyOf(key, parameters, state),
    fallbacks: [],
    isPrefix: false,
    paths,
    holds: cacheContents(paths, state.variables),
    isFrozen: true,
  });
}

function keyOf({ text, line }: Placed, parameters: Parameters, state: State): CacheKey {
  const filled = fillParameters(text, parameters);
  const parts: KeyParts[] = [partsOfText(filled.replace(/\{\{[\s\S]*?\}\}|<<[\s\S]*?>>/g, " "))];
  const none = partsOfText("");
  for (const [, expression = ""] of filled.matchAll(/\{\{\s*([\s\S]*?)\s*\}\}/g)) {
    const file = /^checksum\s+["']?([^"']+)["']?$/.exec(expression)?.[1];
    const variable = /^\.Environment\.(\w+)$/.exec(expression)?.[1];
    if (file !== undefined) {
      // A file that a step made may hold anything.
      const known = partsOfFiles([file], true);
      parts.push(known.modules || known.sources || known.goVersion ? known : { ...none, isUnclear: true });
    } else if (expression === "arch" || expression === ".Arch") parts.push({ ...none, platform: true });
    else if (/^\.?(?:Revision|BuildNum|epoch|CheckoutKey)$/i.test(expression))
      parts.push({ ...none, perRun: true });
    else if (expression === ".Branch") parts.push({ ...none, branch: true });
    else if (variable !== undefined) {
      const set = state.variables.get(variable);
      const own = set === undefined ? null : partsOfText(set.text);
      if (variable === "CIRCLE_JOB" || /^CACHE_?(?:VERSION|V)$/i.test(variable)) parts.push(none);
      else if (/SHA1?$|BUILD_NUM$|WORKFLOW_ID$/.test(variable)) parts.push({ ...none, perRun: true });
      else
        parts.push(
          own === null
            ? { ...none, isUnclear: true }
            : { ...own, goVersion: own.goVersion || /GO/.test(variable) },
        );
    } else parts.push({ ...none, isUnclear: true });
  }
  if (/<<[\s\S]*?>>/.test(filled)) parts.push({ ...none, isUnclear: true });
  return { text: filled, line, parts: joinParts(parts) };
}

function fillParameters(text: string, parameters: Parameters): string {
  return text.replace(
    /<<\s*(?:parameters\.)?([\w-]+)\s*>>/g,
    (whole, name: string) => parameters.get(name) ?? whole,
  );
}

function placedOf(map: Yaml | null): Map<string, Placed> {
  return new Map(
    entriesOf(map).flatMap(([name, { value }]) =>
      value.kind === "text" ? [[name, { text: value.text, line: value.line }] as const] : [],
    ),
  );
}

/** Variables as a script sees them; one that holds a reference is not told. */
export function shellVariables(variables: ReadonlyMap<string, Placed>): ReadonlyMap<string, ShellWord> {
  return new Map(
    [...variables].map(
      ([name, { text }]) => [name, { text, isKnown: !/[$<{]/.test(text), calls: [] }] as const,
    ),
  );
}
