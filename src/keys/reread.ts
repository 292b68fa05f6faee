import { digestOf, shortId } from "../model/ids.ts";
import type { Segment } from "../model/segments.ts";
import { quote, quoteList } from "../util/go-quote.ts";
import { cgoWordsOf } from "./cgo-directives.ts";
import type { Draft } from "./draft.ts";
import { embeddedFiles } from "./embedded-files.ts";
import { isOn, type OutsideValues, wordsOf } from "./outside-values.ts";
import { classOf, filesOnDisk, type KnownFile, type PackageSource, sourceOf } from "./package-source.ts";
import { placeOfPackage } from "./place-of-package.ts";
import { bytes, isStandard } from "./rules/directory.ts";
import { assemblerModes } from "./rules/modes.ts";
import { earlierBuild, type ProofSite } from "./site.ts";
import { toolId } from "./tool-id.ts";

/**
 * Reads a package's directory again as it was for the earlier settings: which files Go takes, what they import, whether
 * cgo and assembly are among them. Null where the directory, or an import's output, is not known.
 * @param added absolute paths of files that came since
 */
export function reread(draft: Draft, site: ProofSite, added: ReadonlySet<string>): Draft | null {
  const standard = isStandard(draft);
  const place = placeOfPackage(site.package, standard, site.before);
  const dir = draft.text("dir")?.slice(4, -1) ?? null;
  const directory = dir === null ? place?.directory : Buffer.from(dir, "latin1").toString();
  if (directory === undefined) return null;
  const found = earlierFiles(directory, site, draft, added);
  if (found === null) return null;
  const { files, isRestored } = found;
  const source = sourceOf(files, site.before.context);
  const out = draft.copy();
  out.setNamed("file", [
    ...source.files.map(({ name, hash }) => segment("file", bytes(name), `${hash}\n`, " ")),
    ...(isRestored ? earlierEmbeds(source, directory, site) : embeddedOf(draft)),
  ]);
  const imports = importsOf(source, site.package, standard, draft.has("forcelibrary"), site.before);
  const lines = importLines([...imports, ...coverImports(draft)], site);
  if (lines === null) return null;
  out.setNamed("import", lines);
  writeAssembly(out, source, site.before);
  writeCgo(out, source, found, directory, site);
  return out;
}

/** Imports of a package that no block of now shows, from its source; null where it can't be read. */
export function importsFromSource(name: string, site: ProofSite): readonly string[] | null {
  for (const standard of [true, false]) {
    const place = placeOfPackage(name, standard, site.before);
    const files = place === null ? null : filesOnDisk(place.directory, site.disk);
    if (files === null || files.length === 0) continue;
    return importsOf(sourceOf(files, site.before.context), name, standard, false, site.before);
  }
  return null;
}

interface EarlierFiles {
  readonly files: readonly KnownFile[];
  /** A file that was edited is here with its earlier text, so that its imports, patterns and `#cgo` lines are those of then. */
  readonly isRestored: boolean;
}

/** The files of the earlier directory: on disk in places that nobody edits, else with the digests that were recorded. */
function earlierFiles(
  directory: string,
  site: ProofSite,
  draft: Draft,
  added: ReadonlySet<string>,
): EarlierFiles | null {
  const own = new Map<string, KnownFile>();
  let isRestored = false;
  const restored = (path: string, hash: string): string | null => {
    const text = site.disk.earlierText?.(hash, path) ?? null;
    if (text === null || shortId(digestOf(text)) !== hash) return null;
    isRestored = true;
    return text;
  };
  const present = directoryNow(directory, site);
  const placeNow = placeOfPackage(site.package, isStandard(draft), site.now);
  // Rules for files have written into the draft what they know: its digests count before any other.
  const isSamePlace = placeNow?.directory === present;
  for (const file of filesOnDisk(present, site.disk) ?? []) {
    if (added.has(`${directory}/${file.name}`)) continue;
    const path = `${directory}/${file.name}`;
    const recorded = site.before.files.get(path) ?? null;
    const hash = (isSamePlace ? hashInDraft(draft, file.name) : null) ?? recorded;
    const isEdited = recorded !== null && recorded !== shortId(digestOf(file.text ?? ""));
    own.set(file.name, { ...file, hash, text: (isEdited ? restored(path, recorded) : null) ?? file.text });
  }
  for (const [path, hash] of site.before.files) {
    if (!path.startsWith(`${directory}/`)) continue;
    const name = path.slice(directory.length + 1);
    if (name.includes("/") || own.has(name) || !draft.has(`file ${bytes(name)}`)) continue;
    own.set(name, { name, hash, text: restored(path, hash) });
  }
  return own.size === 0 ? null : { files: [...own.values()], isRestored };
}

/** A file that did not change needs no hashing: its digest stands among the inputs of now. */
function hashInDraft(draft: Draft, name: string): string | null {
  const text = draft.text(`file ${bytes(name)}`);
  return text === null ? null : text.slice(text.lastIndexOf(" ") + 1, -1);
}

/** Where the files of an earlier directory lie now: in the moved checkout. */
function directoryNow(directory: string, site: ProofSite): string {
  for (const [module, root] of Object.entries(site.before.moduleRoots)) {
    const now = site.now.moduleRoots[module];
    if (now !== undefined && (directory === root || directory.startsWith(`${root}/`))) {
      return now + directory.slice(root.length);
    }
  }
  return directory;
}

/** Embedded files as the earlier patterns chose them among the files that were recorded. */
function earlierEmbeds(source: PackageSource, directory: string, site: ProofSite): readonly Segment[] {
  const below = new Map<string, string>();
  for (const [path, hash] of site.before.files) {
    if (path.startsWith(`${directory}/`)) below.set(path.slice(directory.length + 1), hash);
  }
  const names = embeddedFiles(source.embedPatterns, [...below.keys()]);
  return names.map((name) => segment("file", bytes(name), `${below.get(name)}\n`, " "));
}

function embeddedOf(draft: Draft): readonly Segment[] {
  return draft
    .segments()
    .filter((each) => each.input.startsWith("file ") && classOf(each.input.slice(5)) >= 11);
}

/** Paths in the order in which Go loads them: sorted, then what cgo and the linker add (load/pkg.go, Go 1.21–1.27). */
export function importsOf(
  source: PackageSource,
  name: string,
  standard: boolean,
  isLibrary: boolean,
  values: OutsideValues,
): readonly string[] {
  const paths = [...source.imports];
  const add = (path: string): void => {
    if (!paths.includes(path)) paths.push(path);
  };
  if (source.usesCgo) {
    add("unsafe");
    if (!standard || name !== "runtime/cgo") add("runtime/cgo");
    if (!standard || !/^runtime\/(cgo|race|msan|asan)$/.test(name)) add("syscall");
  }
  if (source.isMain && !isLibrary) for (const path of linkerImports(values)) add(path);
  return paths.map((path) => (standard && path.startsWith("golang.org/x/") ? `vendor/${path}` : path));
}

/** load/pkg.go LinkerDeps. */
function linkerImports(values: OutsideValues): readonly string[] {
  const paths = ["runtime"];
  if (needsExternalLinker(values)) paths.push("runtime/cgo");
  if (values.context.goarch === "arm") paths.push("math");
  for (const mode of ["race", "msan", "asan"])
    if (isOn(values.flag(`-${mode}`))) paths.push(`runtime/${mode}`);
  if (["-cover", "-coverpkg", "-covermode"].some((name) => isOn(values.flag(name))))
    paths.push("runtime/coverage");
  return paths;
}

function needsExternalLinker(values: OutsideValues): boolean {
  const mode = values.flag("-buildmode") ?? "default";
  if (mode === "c-shared" || mode === "plugin" || isOn(values.flag("-linkshared"))) return true;
  const last = /.*-linkmode[= ](\w+)/s.exec(values.flag("-ldflags") ?? "")?.[1];
  return last === "external";
}

/** Packages that counters need are appended behind all imports, even a second time (load/pkg.go EnsureImport). */
function coverImports(draft: Draft): readonly string[] {
  const mode = draft.text("cover mode");
  return mode?.includes('"atomic"') === true ? ["sync/atomic"] : [];
}

/** `import Q CONTENT` with the outputs of the earlier run; null where one is not recorded. */
export function importLines(paths: readonly string[], site: ProofSite): readonly Segment[] | null {
  const lines: Segment[] = [];
  const seen = new Map<string, number>();
  for (const path of paths) {
    const content = path === "unsafe" ? "" : (earlierBuild(site, path)?.contentId ?? null);
    if (content === null) return null;
    const count = seen.get(path) ?? 0;
    seen.set(path, count + 1);
    const line = segment("import", path, `${content}\n`, " ");
    lines.push(count === 0 ? line : { ...line, input: `${line.input} #${count + 1}` });
  }
  return lines;
}

function segment(kind: string, name: string, tail: string, separator: string): Segment {
  return { input: `${kind} ${name}`, text: `${kind} ${name}${separator}${tail}` };
}

function writeAssembly(draft: Draft, source: PackageSource, values: OutsideValues): void {
  if (source.hasAssembly === draft.has("asm tool")) return;
  const has = source.hasAssembly;
  draft.set("asm tool", has ? `asm ${quote(toolId("asm", values))}` : null);
  draft.set("asm flags (mode)", has ? ` ${quoteList(assemblerModes(values))}` : null);
  draft.set("asm flags", has ? ` ${quoteList([])}\n` : null);
}

function writeCgo(
  draft: Draft,
  source: PackageSource,
  { files, isRestored }: EarlierFiles,
  directory: string,
  site: ProofSite,
): void {
  const values = site.before;
  const isSame = source.usesCgo === draft.has("cgo tool");
  if (isSame && !(isRestored && source.usesCgo)) return;
  if (!source.usesCgo) {
    for (const input of draft.inputs()) {
      if (/^(cgo tool|CGO_\w+|(CC|CXX|FC)( id( error)?)?)$/.test(input)) draft.set(input, null);
    }
    return;
  }
  const own = cgoWordsOf(files, values.context, directory);
  const list = (name: string, words: readonly string[]): string => {
    const variable = `CGO_${name}`;
    const head = isSame ? headOf(draft.words(variable) ?? [], variable, site) : wordsOf(values.env(variable));
    return ` ${quoteList([...head, ...words.map(bytes)])}`;
  };
  if (!isSame) {
    draft.set("cgo tool", `cgo ${quote(toolId("cgo", values))}\n`);
    draft.set("CC", `CC=${quoteList(wordsOf(values.env("CC")))}`);
  }
  draft.set("CGO_CPPFLAGS", list("CPPFLAGS", own.CPPFLAGS));
  draft.set("CGO_CFLAGS", list("CFLAGS", own.CFLAGS));
  draft.set("CGO_LDFLAGS", `${list("LDFLAGS", own.LDFLAGS)}\n`);
  if (draft.has("CGO_CXXFLAGS")) draft.set("CGO_CXXFLAGS", `${list("CXXFLAGS", own.CXXFLAGS)}\n`);
  const line = values.compilers.CC;
  if (!isSame && line !== undefined) draft.set("CC id", `CC ID=${quote(line)}\n`);
}

/** The variable's own words in a list, the earlier or the present ones: a file says nothing of the environment. */
function headOf(words: readonly string[], variable: string, site: ProofSite): readonly string[] {
  const heads = [site.before, site.now].map((values) => wordsOf(values.env(variable)).map(bytes));
  const fitting = heads.filter((head) => head.every((word, at) => words[at] === word));
  return fitting.sort((a, b) => b.length - a.length)[0] ?? [];
}
