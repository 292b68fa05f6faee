import { digestOf, shortId } from "../model/ids.ts";
import { type BuildContext, fileMatches } from "./build-constraints.ts";
import { embedPatternsOf } from "./embedded-files.ts";
import type { Disk } from "./outside-values.ts";

/** What Go makes of a package's directory under one context. */
export interface PackageSource {
  /** In the order in which Go hashes them, without embedded files: name → short digest. */
  readonly files: readonly { readonly name: string; readonly hash: string }[];
  /** As written, sorted, each once; `C` left out. */
  readonly imports: readonly string[];
  /** Patterns of `//go:embed` lines, unquoted. */
  readonly embedPatterns: readonly string[];
  readonly usesCgo: boolean;
  readonly hasAssembly: boolean;
  readonly isMain: boolean;
}

/** One file that a directory had: its digest, and its text where that can be had. */
export interface KnownFile {
  readonly name: string;
  readonly hash: string | null;
  readonly text: string | null;
}

/** Classes of files in the order of the `file` lines (work/exec.go, Go 1.21–1.27). */
const classes: readonly RegExp[] = [
  /\.go$/,
  /^$/,
  /\.c$/,
  /\.(cc|cpp|cxx)$/,
  /\.(f|F|for|f90)$/,
  /\.m$/,
  /\.(h|hh|hpp|hxx)$/,
  /\.(s|S|sx)$/,
  /\.syso$/,
  /\.swig$/,
  /\.swigcxx$/,
];
const cgoClass = 1;
const assemblyClass = 7;

/** Place of a file name in Go's order; embedded files come last. Cgo files stand behind the plain Go files. */
export function classOf(name: string, isCgo = false): number {
  if (isCgo) return cgoClass;
  const found = name.includes("/") ? -1 : classes.findIndex((form) => form.test(name));
  return found < 0 ? classes.length : found;
}

/** The files that go/build chooses, and what they import (go/build Import, load/pkg.go, Go 1.21–1.27). */
export function sourceOf(files: readonly KnownFile[], context: BuildContext): PackageSource {
  const chosen: { name: string; hash: string; rank: number }[] = [];
  const late: { name: string; hash: string }[] = [];
  const imports = new Set<string>();
  const embedPatterns = new Set<string>();
  let isMain = false;
  let usesCgo = false;
  for (const { name, hash, text } of files) {
    if (/^[_.]/.test(name) || name.endsWith("_test.go")) continue;
    const rank = classOf(name);
    if (rank >= classes.length) continue;
    const body = text ?? "";
    if (!fileMatches(name, body, context)) continue;
    const facts = rank === 0 ? goFacts(body) : null;
    const isCgo = facts?.imports.has("C") === true;
    if (isCgo && !context.cgo) continue;
    usesCgo ||= isCgo;
    if (facts?.name === "main") isMain = true;
    if (facts?.name === "documentation") continue;
    for (const path of facts?.imports ?? []) if (path !== "C") imports.add(path);
    if (rank === 0) for (const pattern of embedPatternsOf(body)) embedPatterns.add(pattern);
    const file = { name, hash: hash ?? shortId(digestOf(body)) };
    // Assembly for the C preprocessor counts only beside cgo.
    if (/\.(S|sx)$/.test(name)) late.push(file);
    else chosen.push({ ...file, rank: isCgo ? cgoClass : rank });
  }
  if (usesCgo) for (const file of late) chosen.push({ ...file, rank: assemblyClass });
  chosen.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
  return {
    files: chosen,
    imports: [...imports].sort(),
    embedPatterns: [...embedPatterns],
    usesCgo,
    hasAssembly: chosen.some((file) => file.rank === assemblyClass),
    isMain,
  };
}

/** Package name and import paths of a Go file: what stands before its first declaration. */
export function goFacts(text: string): { name: string | null; imports: ReadonlySet<string> } {
  const imports = new Set<string>();
  const token =
    /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|;|package\s+([\p{L}_][\p{L}\p{N}_]*)|import\b|[()]|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`|[\p{L}_.][\p{L}\p{N}_]*|[\x80-\xff]/uy;
  let name: string | null = null;
  let inBlock = false;
  let pending = false;
  for (;;) {
    const found = token.exec(text);
    if (found === null) break;
    const [whole, clause, quoted, raw] = found;
    if (/^(\s|\/\/|\/\*|;)/.test(whole)) continue;
    if (name === null) {
      if (clause === undefined) {
        if (whole === "\xef" || whole === "\xbb" || whole === "\xbf") continue;
        break;
      }
      name = clause;
    } else if (whole === "import") pending = true;
    else if (whole === "(") {
      if (!pending) break;
      inBlock = true;
    } else if (whole === ")") {
      inBlock = false;
      pending = false;
    } else if (quoted !== undefined || raw !== undefined) {
      if (!pending) break;
      imports.add(quoted ?? raw ?? "");
      if (!inBlock) pending = false;
    } else if (!pending) break;
  }
  return { name, imports };
}

const listed = new WeakMap<Disk, Map<string, readonly KnownFile[] | null>>();

/** The source files of a directory on disk, read once; null where there is no such directory. */
export function filesOnDisk(directory: string, disk: Disk): readonly KnownFile[] | null {
  const known: Map<string, readonly KnownFile[] | null> = listed.get(disk) ?? new Map();
  listed.set(disk, known);
  const settled = known.get(directory);
  if (settled !== undefined) return settled;
  const names = disk.listDirectory(directory);
  const files =
    names === null
      ? null
      : names
          .filter(
            (name) => classOf(name) < classes.length && !name.endsWith("_test.go") && !/^[_.]/.test(name),
          )
          .map((name): KnownFile => ({ name, hash: null, text: disk.readFile(`${directory}/${name}`) }));
  known.set(directory, files);
  return files;
}
