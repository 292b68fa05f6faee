import { escapePath, prefixesOf } from "../keys/place-of-package.ts";
import { levelVariable } from "../model/go-release.ts";
import type { ShortId } from "../model/ids.ts";
import type { Flag, ModuleFacts, Run, RunWithBlocks, SourceFile } from "../model/run.ts";
import { type Segment, segmentBlock } from "../model/segments.ts";
import { takeQuoted, unquoteInner } from "../util/go-quote.ts";

/** What is known beside a log: of the machine and the checkout where it is looked into. */
export interface BesideWorld {
  /** Paths of the main modules, and where they lie here. */
  readonly moduleRoots: Readonly<Record<string, string>>;
  readonly modules: ModuleFacts | null;
  readonly goDirective: string | null;
  readonly gocache: string;
  readonly goroot: string | null;
  readonly gomodcache: string | null;
}

/**
 * A log says little of the settings outright, but its inputs show them: flags and variables in lists and in programs' build
 * info, directories in `dir` lines. A run of a log as it would have been recorded, as far as that goes.
 */
export function worldOfLog({ run, blocks }: RunWithBlocks, beside: BesideWorld): Run {
  const signs = signsOf({ run, blocks }, Object.keys(beside.moduleRoots));
  const { info, inputs } = signs;
  const names = [...new Set([...signs.modules, ...Object.keys(beside.moduleRoots)])];
  const moduleRoots = Object.fromEntries(
    names.flatMap((name) => {
      const root = signs.roots.get(name) ?? beside.moduleRoots[name];
      return root === undefined ? [] : [[name, root]];
    }),
  );
  const goarch = run.goarch ?? "";
  const level = levelVariable(goarch);
  const env: Record<string, string> = { GOOS: run.goos ?? "", GOARCH: goarch };
  const envOrigin: Record<string, "environment"> = {};
  const raw: Record<string, string> = {};
  env.CGO_ENABLED = info.get("CGO_ENABLED") ?? (inputs.has("CC") ? "1" : "0");
  if (level !== null) env[level] = afterEquals(inputs.get(`arch level ${level}`));
  const experiment = inputs.get("GOEXPERIMENT");
  env.GOEXPERIMENT = experiment === undefined ? "" : (takeWord(afterEquals(experiment)) ?? "");
  env.CC = signs.compiler.join(" ");
  for (const name of ["CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS", "CGO_FFLAGS"]) {
    const isC = !name.includes("CPP");
    const fallback = isC ? "-O2 -g" : "";
    const written = info.get(name);
    const value =
      written === undefined ? (signs.heads.get(name)?.join(" ") ?? fallback) : written || fallback;
    env[name] = value;
    if (value !== fallback || (written !== undefined && written !== "")) {
      envOrigin[name] = "environment";
      if (written !== undefined && written !== value) raw[name] = written;
    }
  }
  const line = inputs.get("CC id");
  const compiler = line === undefined ? null : takeWord(afterEquals(line));
  return {
    ...run,
    module: run.module ?? (names.join(",") || null),
    directory: run.directory ?? Object.values(moduleRoots)[0] ?? null,
    moduleRoots,
    modules: beside.modules,
    goDirective: signs.goLine ?? beside.goDirective,
    gocache: beside.gocache,
    goroot: afterEquals(inputs.get("GOROOT")) || beside.goroot,
    gomodcache: signs.gomodcache ?? beside.gomodcache,
    settings: { env, envOrigin, flags: flagsOf(signs) },
    rawEnvironment: raw,
    files: filesOf({ run, blocks }, moduleRoots),
    ...(compiler === null ? {} : { compilers: { CC: compiler } }),
  };
}

interface Signs {
  /** Entries of a program's build info: `-tags`, `CGO_CFLAGS`, … */
  readonly info: Map<string, string>;
  /** Input → its text, the first that was met. */
  readonly inputs: Map<string, string>;
  /** Main modules that the log itself names. */
  readonly modules: Set<string>;
  readonly roots: Map<string, string>;
  /** Words that all C compilers' lists of one kind begin with. */
  readonly heads: Map<string, readonly string[]>;
  readonly modes: Set<string>;
  compiler: readonly string[];
  gomodcache: string | null;
  goLine: string | null;
}

function signsOf({ run, blocks }: RunWithBlocks, known: readonly string[]): Signs {
  const signs: Signs = {
    info: new Map(),
    inputs: new Map(),
    modules: new Set((run.module ?? "").split(",").filter((each) => each !== "")),
    roots: new Map(),
    heads: new Map(),
    modes: new Set(),
    compiler: [],
    gomodcache: null,
    goLine: null,
  };
  const cut = [...blocks.values()].map((block) => ({ block, segments: segmentBlock(block) }));
  for (const { segments } of cut) {
    const path = segments.find(({ input }) => input === "modinfo mod path")?.text;
    const module = path === undefined ? undefined : /^mod\\t(.*)$/s.exec(path)?.[1];
    if (module !== undefined) signs.modules.add(module);
  }
  const main = [...signs.modules, ...known];
  for (const { block, segments } of cut) {
    const name = block.name.slice(block.name.indexOf(" ") + 1);
    for (const segment of segments) takeSign(segment, name, main, signs);
  }
  return signs;
}

function takeSign({ input, text }: Segment, name: string, main: readonly string[], signs: Signs): void {
  if (!signs.inputs.has(input)) signs.inputs.set(input, text);
  if (input.startsWith("modinfo build ")) {
    const key = input.slice("modinfo build ".length);
    const line = unquoteInner(text) ?? "";
    const value = line.slice(line.indexOf("=") + 1).replace(/\n$/, "");
    signs.info.set(key, value.startsWith('"') ? (takeWord(value) ?? value) : value);
    return;
  }
  switch (input) {
    case "dir":
      takeDirectory(Buffer.from(text.slice(4, -1), "latin1").toString(), name, main, signs);
      return;
    case "CC":
      signs.compiler = wordsOf(text);
      return;
    case "compile flags (mode)":
      for (const word of wordsOf(text)) signs.modes.add(word);
      return;
    case "go line":
      if (main.some((module) => name === module || name.startsWith(`${module}/`)))
        signs.goLine ??= text.slice(3).trim();
      return;
    default:
      if (/^CGO_\w*FLAGS$/.test(input)) {
        const words = wordsOf(text);
        const head = signs.heads.get(input) ?? words;
        const differs = head.findIndex((word, at) => words[at] !== word);
        signs.heads.set(input, differs < 0 ? head : head.slice(0, differs));
      }
  }
}

function takeDirectory(directory: string, name: string, main: readonly string[], signs: Signs): void {
  const path = name.replace(/_test$/, "");
  for (const module of main) {
    if (path !== module && !path.startsWith(`${module}/`)) continue;
    const tail = path.slice(module.length);
    if (directory.endsWith(tail)) signs.roots.set(module, directory.slice(0, directory.length - tail.length));
    return;
  }
  const at = directory.indexOf("@");
  if (at < 0) return;
  const head = directory.slice(0, at);
  for (const prefix of prefixesOf(path)) {
    if (head.endsWith(`/${escapePath(prefix)}`)) {
      signs.gomodcache ??= head.slice(0, head.length - escapePath(prefix).length - 1);
      return;
    }
  }
}

function flagsOf(signs: Signs): readonly Flag[] {
  const flags = new Map<string, string>();
  for (const word of signs.modes) if (/^-(race|msan|asan)$/.test(word)) flags.set(word, "true");
  if (signs.inputs.has("trimpath")) flags.set("-trimpath", "true");
  if (signs.inputs.has("cover mode")) flags.set("-cover", "true");
  for (const [key, value] of signs.info) {
    if (key.startsWith("-") && key !== "-compiler" && key !== "-pgo") flags.set(key, value);
  }
  if (flags.get("-buildmode") === "exe") flags.delete("-buildmode");
  return [...flags].map(([name, value]) => ({ name, value, origin: "command line" }));
}

function filesOf({ blocks }: RunWithBlocks, roots: Readonly<Record<string, string>>): readonly SourceFile[] {
  const files = new Map<string, SourceFile>();
  for (const block of blocks.values()) {
    if (!block.name.startsWith("build ")) continue;
    const name = block.name.slice("build ".length).replace(/_test$/, "");
    for (const [module, root] of Object.entries(roots)) {
      if (name !== module && !name.startsWith(`${module}/`)) continue;
      for (const line of block.lines) {
        const found = /^file (.*) (\S{20})\n$/s.exec(line);
        if (found === null) continue;
        const file = Buffer.from(found[1] ?? "", "latin1").toString();
        const path = `${root}${name.slice(module.length)}/${file}`;
        files.set(path, { path, size: 0, mtimeMs: 0, hash: found[2] as ShortId });
      }
    }
  }
  return [...files.values()];
}

function wordsOf(text: string): readonly string[] {
  const open = text.indexOf("[");
  return open < 0 ? [] : (takeQuoted(text.slice(open))?.values ?? []);
}

function afterEquals(text: string | undefined): string {
  return text === undefined ? "" : text.slice(text.indexOf("=") + 1).replace(/\n$/, "");
}

/** The text of a quoted word. */
function takeWord(text: string): string | null {
  return text.startsWith('"') && text.endsWith('"') ? unquoteInner(text.slice(1, -1)) : null;
}
