import type { CompilerFacts, ModuleFacts, Run, ToolFacts, VcsFacts } from "../model/run.ts";
import { splitQuotedWords } from "../util/go-quote.ts";
import type { BuildContext } from "./build-constraints.ts";

/** What lies outside all blocks in one run: settings, directories, module files, git, file digests. */
export interface OutsideValues {
  /** `go1.26.8` */
  readonly goVersion: string;
  /** 26 for Go 1.26. */
  readonly release: number;
  readonly goroot: string;
  readonly gomodcache: string;
  /** Main module path → directory. */
  readonly moduleRoots: Readonly<Record<string, string>>;
  /** `go` line of the main module or of go.work. */
  readonly goDirective: string | null;
  readonly modules: ModuleFacts | null;
  /** Null where there is no repository; undefined where nobody looked. */
  readonly vcs: VcsFacts | null | undefined;
  readonly compilers: CompilerFacts;
  /** Through -toolexec or -vettool; `{}` without them. */
  readonly tools: ToolFacts;
  /** Where go ran. */
  readonly directory: string;
  /** Go's own words as typed. */
  readonly words: readonly string[];
  readonly verb: string | null;
  /** Absolute path → short digest of the content that Go took: of the overlay's where one replaced the file. */
  readonly files: ReadonlyMap<string, string>;
  readonly context: BuildContext;
  /** A variable as Go uses it, defaults included; `""` where it has none. */
  env(name: string): string;
  /** A variable as the user wrote it; `""` where nobody set it. */
  raw(name: string): string;
  flag(name: string): string | null;
}

/** Files of this machine, for places that nobody edits and for what is still there. */
export interface Disk {
  /** A file's bytes, one character each; null where it can't be read. */
  readonly readFile: (path: string) => string | null;
  /** Names of the regular files in a directory; null where there is none. */
  readonly listDirectory: (path: string) => readonly string[] | null;
  /** Bytes of the content that a file had, by its short digest: from git, or from a copy that was kept. Null where neither has it. */
  readonly earlierText?: (content: string, path: string) => string | null;
}

/** Reads them from a run's record. A `Run` carries no block. */
export function outsideValuesOf(run: Run, disk: Disk): OutsideValues {
  const { env: recorded, envOrigin } = run.settings;
  const flags = new Map(run.settings.flags.map((flag) => [flag.name, flag.value]));
  const env = (name: string): string => recorded[name] ?? "";
  const goVersion = (run.goVersion ?? "").replace(/[ -]X:.*$/, "");
  const release = Number(/^go1\.(\d+)/.exec(goVersion)?.[1] ?? 99);
  const goroot = run.goroot ?? "";
  let tags: ReadonlySet<string> | null = null;
  return {
    goVersion,
    release,
    goroot,
    gomodcache: run.gomodcache ?? "",
    moduleRoots: run.moduleRoots,
    goDirective: ownDirective(run) ?? run.goDirective,
    modules: run.modules ?? null,
    vcs: run.vcs,
    compilers: run.compilers ?? {},
    tools: run.tools ?? {},
    directory: run.directory ?? "",
    words: run.command.slice(1),
    verb: run.verb,
    files: filesOf(run),
    context: {
      goos: run.goos ?? "",
      goarch: run.goarch ?? "",
      cgo: env("CGO_ENABLED") === "1",
      // The toolchain's own tags are read from its source only where files are chosen.
      get tags() {
        tags ??= tagsOf(run, flags, goroot, env, disk);
        return tags;
      },
      release,
    },
    env,
    raw: (name) => (envOrigin[name] === undefined ? "" : (run.rawEnvironment?.[name] ?? env(name))),
    flag: (name) => flags.get(name) ?? null,
  };
}

function filesOf(run: Run): ReadonlyMap<string, string> {
  const files = new Map<string, string>(run.files.map((file) => [file.path, file.hash]));
  for (const [path, hash] of Object.entries(run.overlay ?? {})) {
    if (hash === null) files.delete(path);
    else files.set(path, hash);
  }
  return files;
}

function tagsOf(
  run: Run,
  flags: ReadonlyMap<string, string>,
  goroot: string,
  env: (name: string) => string,
  disk: Disk,
): ReadonlySet<string> {
  const tags = new Set<string>((flags.get("-tags") ?? "").split(/[ ,]+/).filter((tag) => tag !== ""));
  for (const mode of ["race", "msan", "asan"]) if (isOn(flags.get(`-${mode}`))) tags.add(mode);
  for (const name of experimentsOf(goroot, env("GOEXPERIMENT"), disk)) tags.add(`goexperiment.${name}`);
  for (const tag of levelTags(run.goarch ?? "", env)) tags.add(tag);
  return tags;
}

/** With one main module its go.mod tells; a workspace has a line of its own. */
function ownDirective(run: Run): string | null {
  const roots = Object.keys(run.moduleRoots);
  if (roots.length !== 1) return null;
  return run.modules?.list.find((module) => module.path === roots[0])?.go ?? null;
}

export function isOn(value: string | null | undefined): boolean {
  return value !== null && value !== undefined && value !== "false" && value !== "0";
}

/** Words of a variable or flag as Go splits them. */
export function wordsOf(text: string): readonly string[] {
  return (splitQuotedWords(text) ?? []).map((word) => Buffer.from(word).toString("latin1"));
}

const baselines = new WeakMap<Disk, Map<string, readonly string[]>>();

/** Experiments in effect: those that a toolchain has by default (internal/buildcfg/exp.go), changed by GOEXPERIMENT. */
function experimentsOf(goroot: string, setting: string, disk: Disk): ReadonlySet<string> {
  const known: Map<string, readonly string[]> = baselines.get(disk) ?? new Map();
  baselines.set(disk, known);
  let base = known.get(goroot);
  if (base === undefined) {
    const text = disk.readFile(`${goroot}/src/internal/buildcfg/exp.go`) ?? "";
    const body = /baseline := goexperiment\.Flags\{([\s\S]*?)\n\t\}/.exec(text)?.[1] ?? "";
    base = [...body.matchAll(/^\s*(\w+):\s*(?!false)\S/gm)].map((found) => (found[1] ?? "").toLowerCase());
    known.set(goroot, base);
  }
  const names = new Set(base);
  for (const word of setting.split(",")) {
    if (word.startsWith("no")) names.delete(word.slice(2));
    else if (word !== "" && word !== "none") names.add(word);
  }
  return names;
}

/** `amd64.v1` … `amd64.v3` hold under GOAMD64=v3 (internal/buildcfg GOGOARCHTags). */
function levelTags(goarch: string, env: (name: string) => string): readonly string[] {
  if (goarch === "amd64") {
    const level = Number(/^v(\d)/.exec(env("GOAMD64"))?.[1] ?? 1);
    return Array.from({ length: level }, (_each, index) => `amd64.v${index + 1}`);
  }
  if (goarch === "386") return [`386.${env("GO386") || "sse2"}`];
  return [];
}
