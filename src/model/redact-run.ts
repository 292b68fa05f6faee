import {
  type Hide,
  hideInBlock,
  hideInFlagText,
  hideInLinkText,
  hideInText,
  hideInWords,
  hideShapes,
} from "../log/hide-secrets.ts";
import type { CacheTrace } from "./cache-trace.ts";
import type {
  Block,
  ModuleFacts,
  Problem,
  Run,
  RunAction,
  RunWithBlocks,
  Settings,
  VcsFacts,
} from "./run.ts";
import type { TestFacts, TestInputs } from "./test-inputs.ts";

/**
 * A run and its blocks without secrets: what is given here is nowhere in the result but as tokens. Every text of a run goes
 * through one of the rules, by what it is: words, the text of a flag, a path or a name, a message.
 * `hiddenValues` counts different values.
 * @param earlier a run that has been through this already: names that it has need not be looked into again, which is most of
 *   the work where little changed
 */
export function redactRun(
  { run, blocks }: RunWithBlocks,
  hide: Hide,
  earlier: Run | null = null,
): RunWithBlocks {
  const tokens = new Set<string>();
  const counted: Hide = (value) => {
    const token = hide(value);
    tokens.add(token);
    return token;
  };
  const names = createNames(counted, earlier === null ? [] : namesOf(earlier));
  const kept = new Map([...blocks].map(([digest, block]) => [digest, hideBlock(block, counted)]));
  const facts = redactFacts(run, counted, names);
  const redacted: Run = {
    ...run,
    id: names(run.id),
    command: hideInWords(run.command, counted).value,
    patterns: run.patterns.map(names),
    goVersion: nullable(run.goVersion, names),
    directory: nullable(run.directory, names),
    module: nullable(run.module, names),
    moduleRoots: entries(run.moduleRoots, names, names),
    goDirective: nullable(run.goDirective, names),
    gocache: nullable(run.gocache, names),
    goroot: nullable(run.goroot, names),
    gomodcache: nullable(run.gomodcache, names),
    settings: redactSettings(run.settings, counted),
    cache: { ...run.cache, targets: entries(run.cache.targets, names, (id) => id) },
    files: run.files.map((file) => ({ ...file, path: names(file.path) })),
    ...facts,
    actions: run.actions.map((action) => redactAction(action, counted, names)),
    problems: run.problems.map((problem): Problem => {
      return { ...problem, message: hideInText(problem.message, counted).value };
    }),
    hiddenValues: 0,
  };
  return { run: { ...redacted, hiddenValues: tokens.size }, blocks: kept };
}

/** A block without secrets; `hidden` where it had any, since its lines don't hash to its digest then. */
export function hideBlock(block: Block, hide: Hide): Block {
  const { lines, hidden } = hideInBlock(block.name, block.lines, hide);
  const name = hideShapes(block.name, hide);
  if (hidden + name.hidden === 0) return block;
  return { ...block, name: name.value, lines, hidden: block.hidden || hidden > 0 };
}

/** Settings without what may hold credentials and enters no key: GOAUTH, and the flags that go works out of all others. */
export function redactSettings(settings: Settings, hide: Hide): Settings {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings.env)) {
    if (name === "GOAUTH" || name === "GOGCCFLAGS") continue;
    env[name] = hideInSetting(name, value, hide);
  }
  const flags = settings.flags.map((flag) => {
    const found =
      flag.name === "-ldflags"
        ? hideInLinkText(flag.value, hide)
        : hideInFlagValue(flag.name, flag.value, hide);
    return found.hidden === 0 ? flag : { ...flag, value: found.value };
  });
  return { env, envOrigin: settings.envOrigin, flags };
}

function hideInFlagValue(name: string, value: string, hide: Hide): { value: string; hidden: number } {
  if (!holdsWords.test(name)) return hideInText(value, hide);
  return hideInFlagText(value, hide);
}

const holdsWords = /^-(gcflags|asmflags|gccgoflags|toolexec|exec|vettool|tags)$/;

function hideInSetting(name: string, value: string, hide: Hide): string {
  if (wordVariables.test(name)) return hideInFlagText(value, hide).value;
  return hideInText(value, hide).value;
}

/** Variables that Go splits into words. */
const wordVariables = /^(GOFLAGS|CGO_\w*FLAGS|CC|CXX|FC|AR|GCCGO|GOCACHEPROG|PKG_CONFIG)$/;

type Names = (text: string) => string;

/** Names, import paths and paths: a run has each many times. */
function createNames(hide: Hide, clean: Iterable<string>): Names {
  const known = new Map<string, string>();
  for (const name of clean) known.set(name, name);
  return (text) => {
    const earlier = known.get(text);
    if (earlier !== undefined) return earlier;
    const { value } = hideShapes(text, hide);
    known.set(text, value);
    return value;
  };
}

function* namesOf(run: Run): Generator<string> {
  for (const { key, package: name, variant, target } of run.actions) {
    yield key;
    yield name;
    if (variant !== null) yield variant;
    if (target !== null) yield target;
  }
  for (const { path } of run.files) yield path;
}

function nullable<T extends string>(text: T | null, names: Names): string | null {
  return text === null ? null : names(text);
}

function entries<V, W>(
  record: Readonly<Record<string, V>>,
  names: Names,
  of: (value: V) => W,
): Readonly<Record<string, W>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [names(name), of(value)]));
}

/** The facts that are there; absent ones stay absent, since that says that they were not looked up. */
function redactFacts(
  run: Run,
  hide: Hide,
  names: Names,
): Pick<
  Run,
  | "rawEnvironment"
  | "modules"
  | "vcs"
  | "compilers"
  | "tools"
  | "overlay"
  | "covered"
  | "unkeyed"
  | "cacheTrace"
> {
  return {
    ...(run.rawEnvironment === undefined
      ? {}
      : {
          rawEnvironment: Object.fromEntries(
            Object.entries(run.rawEnvironment).map(([name, value]) => [
              name,
              hideInSetting(name, value, hide),
            ]),
          ),
        }),
    ...(run.modules === undefined
      ? {}
      : { modules: run.modules === null ? null : redactModules(run.modules, names) }),
    ...(run.vcs === undefined ? {} : { vcs: run.vcs === null ? null : redactVcs(run.vcs, names) }),
    ...(run.compilers === undefined ? {} : { compilers: entries(run.compilers, names, names) }),
    ...(run.tools === undefined ? {} : { tools: entries(run.tools, names, names) }),
    ...(run.overlay === undefined ? {} : { overlay: entries(run.overlay, names, (hash) => hash) }),
    ...(run.covered === undefined ? {} : { covered: run.covered.map(names) }),
    ...(run.unkeyed === undefined
      ? {}
      : { unkeyed: run.unkeyed.map((file) => ({ ...file, key: names(file.key), path: names(file.path) })) }),
    ...(run.cacheTrace === undefined ? {} : { cacheTrace: redactTrace(run.cacheTrace, hide, names) }),
  };
}

/** What a program says of an error may repeat the address that it was given. */
function redactTrace(trace: CacheTrace, hide: Hide, names: Names): CacheTrace {
  return {
    ...trace,
    commands: trace.commands?.map(names) ?? null,
    errors: trace.errors.map(({ text, count }) => ({ text: hideInText(text, hide).value, count })),
    lookups: trace.lookups.map((lookup) => ({ ...lookup, key: names(lookup.key) })),
  };
}

function redactModules(modules: ModuleFacts, names: Names): ModuleFacts {
  return {
    ...modules,
    list: modules.list.map((module) => ({
      ...module,
      path: names(module.path),
      version: names(module.version),
      replace:
        module.replace === null
          ? null
          : { path: names(module.replace.path), version: names(module.replace.version) },
    })),
    godebug: entries(modules.godebug, names, names),
  };
}

function redactVcs(vcs: VcsFacts, names: Names): VcsFacts {
  return { ...vcs, tags: vcs.tags.map((tag) => ({ ...tag, name: names(tag.name) })) };
}

/** Explicit fields: object spread takes 5 ms for 1,000 actions in a process that has just started. */
function redactAction(action: RunAction, hide: Hide, names: Names): RunAction {
  const { key, package: path, variant, target, unverified, test } = action;
  const shown = names(key);
  if (
    shown === key &&
    (target === null || names(target) === target) &&
    unverified === null &&
    test === undefined
  ) {
    return action;
  }
  return {
    ...action,
    key: shown,
    package: names(path),
    variant: nullable(variant, names),
    target: nullable(target, names),
    unverified: unverified === null ? null : hideInText(unverified, hide).value,
    ...(test === undefined ? {} : { test: redactTest(test, hide, names) }),
  };
}

/** Values of variables are hidden where they are read (`hideVariable`); names and arguments here. */
function redactTest(test: TestFacts, hide: Hide, names: Names): TestFacts {
  const inputs = (side: TestInputs | null): TestInputs | null =>
    side === null
      ? null
      : {
          ...side,
          args: hideInWords(side.args, hide).value,
          inputs: side.inputs.map((input) => ({
            ...input,
            name: names(input.name),
            value: names(input.value),
          })),
        };
  return {
    ...test,
    tooNew: test.tooNew.map((file) => ({ ...file, path: names(file.path) })),
    asked: inputs(test.asked),
    kept: inputs(test.kept),
    unseen: test.unseen.map(names),
  };
}
