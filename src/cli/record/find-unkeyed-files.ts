import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Block, Run, RunAction, UnkeyedFile } from "../../model/run.ts";
import { splitQuotedWords, takeQuoted } from "../../util/go-quote.ts";
import { shortHashOf } from "./before-state.ts";

/** What these are found by: packages' own inputs, and where pkg-config looks. */
export interface UnkeyedQuestion {
  readonly actions: readonly RunAction[];
  /** The verified block of an action; undefined where it was not asked for. */
  readonly blockOf: (action: RunAction) => Block | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly baseline: Run | null;
  /** Bytes of a file; null where there is none. The machine's own files where it is left out. */
  readonly readFile?: (path: string) => Buffer | null;
}

/** More files than these of one run are not watched. */
const mostFiles = 300;

/**
 * Files that a package is compiled with and that are in no key of Go's: C headers outside of its folder, assembly included from
 * elsewhere, and what pkg-config answers from (work/exec.go buildActionID, Go 1.21–1.27: only files of the folder are hashed). Each
 * with the content that it had when its package was last compiled, as far as that is known, and the one that it has now.
 */
export function findUnkeyedFiles(question: UnkeyedQuestion): readonly UnkeyedFile[] {
  const { actions, blockOf, baseline } = question;
  const sources: Sources = { env: question.env, read: remembered(question.readFile ?? readRegular) };
  const earlier = new Map((baseline?.actions ?? []).map((action) => [action.key, action]));
  const found: UnkeyedFile[] = [];
  for (const action of actions) {
    if (action.kind !== "build" || found.length >= mostFiles) continue;
    const block = blockOf(action);
    const known = baseline?.unkeyed?.filter((file) => file.key === action.key) ?? [];
    const isSame = earlier.get(action.key)?.id === action.id;
    const paths =
      block === undefined ? (isSame ? known.map(({ path }) => path) : []) : pathsOf(block, sources);
    for (const path of paths) {
      const content = sources.read(path);
      const now = content === null ? null : shortHashOf(content);
      const was = known.find((file) => file.path === path);
      // Compiled now, or found under a key that nobody has watched: it is as new as the file.
      const isStale = action.outcome === "hit" && isSame && was !== undefined;
      const built = isStale ? was.built : now;
      if (built !== null) found.push({ key: action.key, path, built, now });
    }
  }
  return found;
}

interface Sources {
  readonly env: Readonly<Record<string, string>>;
  readonly read: (path: string) => Buffer | null;
}

function remembered(read: Sources["read"]): Sources["read"] {
  const known = new Map<string, Buffer | null>();
  return (path) => {
    const earlier = known.get(path);
    if (earlier !== undefined) return earlier;
    const fresh = read(path);
    known.set(path, fresh);
    return fresh;
  };
}

function readRegular(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

function pathsOf(block: Block, sources: Sources): readonly string[] {
  const directory = lineOf(block, "dir ")?.slice("dir ".length, -1);
  const hasCgo = lineOf(block, 'cgo "') !== undefined;
  const hasAssembly = lineOf(block, 'asm "') !== undefined;
  if (directory === undefined || !(hasCgo || hasAssembly)) return [];
  const folder = Buffer.from(directory, "latin1").toString();
  const names = block.lines.flatMap((line) => /^file (.*) \S{20}\n$/s.exec(line)?.[1] ?? []);
  const search = hasCgo ? includeFolders(block, folder) : [];
  const paths = new Set<string>();
  const seen = new Set<string>();
  const stack: string[] = [];
  for (const name of names) {
    const isRead = hasCgo ? !isPlainGo(name) : /\.[sS]$/.test(name);
    if (isRead || (hasCgo && name.endsWith(".go"))) stack.push(join(folder, name));
  }
  for (let path = stack.pop(); path !== undefined && seen.size < mostFiles; path = stack.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = sources.read(path)?.toString("latin1");
    if (text === undefined) continue;
    const isGo = path.endsWith(".go");
    if (isGo && !text.includes('import "C"')) continue;
    for (const name of includedNames(text, isGo)) {
      const included = [dirname(path), ...search]
        .map((each) => resolve(each, name))
        .find((each) => sources.read(each) !== null);
      if (included === undefined) continue;
      if (dirname(included) !== folder) paths.add(included);
      stack.push(included);
    }
    if (isGo) for (const each of pkgConfigFiles(text, sources)) paths.add(each);
  }
  return [...paths].sort();
}

function isPlainGo(name: string): boolean {
  return name.endsWith(".go") || !/\.(?:c|cc|cpp|cxx|m|h|hh|hpp|hxx|s|S|sx)$/.test(name);
}

/** `#include "x.h"` of a C file, or of the comment before `import "C"`; one in angle brackets is the system's. */
function includedNames(text: string, isGo: boolean): readonly string[] {
  const form = isGo
    ? /^[ \t]*(?:\/\/[ \t]*)?#[ \t]*include[ \t]*"([^"\n]+)"/gm
    : /^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm;
  return [...text.matchAll(form)].flatMap(([, name]) => name ?? []);
}

/** Folders of `-I` and `-iquote`, from the variables and from `#cgo` lines: go writes both into the key. */
function includeFolders(block: Block, folder: string): readonly string[] {
  const words = block.lines
    .filter((line) => /^(?:CC|CXX)=\[/.test(line))
    .flatMap((line) => [...line.matchAll(/\[[^\]]*\]/g)].flatMap(([list]) => takeQuoted(list)?.values ?? []));
  const folders: string[] = [];
  words.forEach((word, at) => {
    const direct = /^-(?:I|iquote)(.+)$/s.exec(word)?.[1];
    const next = word === "-I" || word === "-iquote" ? words[at + 1] : undefined;
    const found = direct ?? next;
    if (found !== undefined) folders.push(resolve(folder, Buffer.from(found, "latin1").toString()));
  });
  return folders;
}

/** Where pkg-config looks on Linux and macOS where nothing else is said. */
const systemFolders = [
  "/usr/local/lib/pkgconfig",
  "/usr/local/share/pkgconfig",
  "/usr/lib/pkgconfig",
  "/usr/lib/x86_64-linux-gnu/pkgconfig",
  "/usr/lib/aarch64-linux-gnu/pkgconfig",
  "/usr/lib64/pkgconfig",
  "/usr/share/pkgconfig",
  "/opt/homebrew/lib/pkgconfig",
];

/** The .pc files of `#cgo pkg-config:` lines, and of those that they require. */
function pkgConfigFiles(text: string, { env, read }: Sources): readonly string[] {
  const split = (list: string | undefined): string[] => (list ?? "").split(":").filter((each) => each !== "");
  const folders = [
    ...split(env.PKG_CONFIG_PATH),
    ...(env.PKG_CONFIG_LIBDIR ? split(env.PKG_CONFIG_LIBDIR) : systemFolders),
  ];
  const names = [...text.matchAll(/^[ \t]*(?:\/\/[ \t]*)?#cgo\b[^\n:]*\bpkg-config:(.*)$/gm)].flatMap(
    ([, list = ""]) => splitQuotedWords(list.trim()) ?? [],
  );
  const found = new Set<string>();
  for (let name = names.pop(); name !== undefined && found.size < 50; name = names.pop()) {
    if (name.startsWith("-")) continue;
    const path = folders.map((each) => join(each, `${name}.pc`)).find((each) => read(each) !== null);
    if (path === undefined || found.has(path)) continue;
    found.add(path);
    const required = [...(read(path)?.toString() ?? "").matchAll(/^Requires(?:\.private)?:(.*)$/gm)];
    names.push(
      ...required.flatMap(([, list = ""]) => list.split(/[ ,]+/).filter((word) => /^[A-Za-z]/.test(word))),
    );
  }
  return [...found];
}

function lineOf(block: Block, start: string): string | undefined {
  return block.lines.find((line) => line.startsWith(start));
}
