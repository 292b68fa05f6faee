import type { InputDelta } from "../compare/compare-runs.ts";
import { type BuildContext, fileMatches } from "../keys/build-constraints.ts";
import { digestOf, shortId } from "../model/ids.ts";
import type { Run } from "../model/run.ts";
import type { CauseFact } from "./cause.ts";
import { isBelow, type Place } from "./place.ts";
import { firstAnswer, type Row } from "./row.ts";
import { type Attribution, causes, follows, type Site } from "./site.ts";
import type { FileSetter } from "./world.ts";

/** A file of a package was edited, came or went. */
export function classifyFile(name: string, delta: InputDelta, site: Site): Attribution | null {
  return firstAnswer(fileRows, name, delta, site);
}

/**
 * By the file's name. Files of the toolchain and of cached modules never change by themselves: there, and wherever a
 * build constraint decides, the setting that chose the files is the cause.
 */
export const fileRows: readonly Row[] = [
  {
    name: "another version of the module",
    says: (_delta, { module }) => (module === null ? null : causes(module)),
  },
  {
    name: "the standard library of another Go",
    says: (_delta, { placeNow, worlds }) =>
      placeNow.kind === "standard" && worlds.toolchain !== null ? causes(worlds.toolchain) : null,
  },
  // Go writes it from the names of the tests (load/test.go).
  { name: "the main of a test", form: /^_testmain\.go$/, says: () => follows },
  {
    // What it gives counts by content alone, wherever the other file lies (work/buildid.go fileHash, Go 1.21–1.27).
    name: "replaced by an overlay",
    says: (delta, site, name) =>
      isOverlaid(name, site)
        ? causes({ ...fileFact("overlay-changed", name, delta, site), origin: "command line" })
        : null,
  },
  {
    name: "edited",
    says: (delta, site, name) =>
      delta.before !== null && delta.now !== null ? causes(fileFact("file-edited", name, delta, site)) : null,
  },
  {
    name: "chosen by a setting",
    says: (delta, site, name) => {
      const { setters, inferred } = settersOf(name, delta, site);
      return setters.length === 0
        ? null
        : { type: "causes", facts: setters.map(({ fact }) => fact), inferred };
    },
  },
  {
    name: "embedded by an edited pattern",
    says: (delta, site, name) => (delta.now !== null && isOldEmbed(name, site) ? follows : null),
  },
  {
    name: "added",
    says: (delta, site, name) =>
      delta.now === null ? null : causes(fileFact("file-added", name, delta, site)),
  },
  {
    name: "embedded no more by an edited pattern",
    says: (_delta, site, name) => (isEmbed(name) && readSource(name, site) !== null ? follows : null),
  },
  {
    name: "left out by its own edited constraint",
    says: (delta, site, name) =>
      readSource(name, site) === null ? null : causes(fileFact("file-edited", name, delta, site)),
  },
  { name: "removed", says: (delta, site, name) => causes(fileFact("file-removed", name, delta, site)) },
];

function fileFact(
  code: "file-edited" | "file-added" | "file-removed" | "overlay-changed",
  name: string,
  delta: InputDelta,
  site: Site,
): CauseFact {
  const subject = subjectOf(name, site);
  return { code, subject, before: hashOf(delta.before), now: hashOf(delta.now), origin: "file system" };
}

/** One of the runs had another file in its place, or none; the other run did not, or had a third. */
function isOverlaid(name: string, { placeBefore, placeNow, worlds }: Site): boolean {
  const replacement = (run: Run, directory: string | null) => run.overlay?.[`${directory}/${name}`];
  return (
    replacement(worlds.before.run, placeBefore.directory) !== replacement(worlds.now.run, placeNow.directory)
  );
}

/** `file NAME HASH\n` → `HASH`. */
export function hashOf(text: string | null): string | null {
  return text === null ? null : text.slice(text.lastIndexOf(" ") + 1, -1);
}

/** Relative to the main module (or its workspace), else `module@version/path` or `$GOROOT/src/…`. */
function subjectOf(name: string, site: Site): string {
  const { placeNow: place, worlds, action } = site;
  if (place.kind === "standard") return `$GOROOT/src/${action.package.replace(/_test$/, "")}/${name}`;
  const roots = [...worlds.now.modules.roots.entries()];
  const directory = place.directory;
  if (directory !== null) {
    const path = `${directory}/${name}`;
    for (const root of workspaceRoots(roots.map(([, root]) => root))) {
      if (isBelow(directory, root)) return path.slice(root.length + 1);
    }
    if (place.kind === "modcache" && place.module !== null) {
      return `${place.module}@${place.version}/${directory.slice(directory.lastIndexOf("@") + 1).replace(/^[^/]*\/?/, "")}${
        directory.slice(directory.lastIndexOf("@")).includes("/") ? "/" : ""
      }${name}`;
    }
  }
  const module = place.module;
  if (module === null) return `${action.package}/${name}`;
  const inner =
    action.package === module ? "" : action.package.slice(module.length + 1).replace(/_test$/, "");
  const relative = inner === "" ? name : `${inner}/${name}`;
  if (place.kind === "main") return relative;
  return place.version === null ? `${module}/${relative}` : `${module}@${place.version}/${relative}`;
}

/** With several main modules paths are told from the folder that holds them all. */
function workspaceRoots(roots: readonly (string | null)[]): readonly string[] {
  const known = roots.filter((root): root is string => root !== null);
  if (known.length < 2) return known;
  let common = known[0] ?? "";
  for (const root of known) {
    while (!isBelow(root, common)) common = common.slice(0, Math.max(0, common.lastIndexOf("/")));
  }
  return common === "" ? known : [common];
}

function isEmbed(name: string): boolean {
  return !/\.(go|c|cc|cpp|cxx|m|h|hh|hpp|hxx|f|F|for|f90|s|S|sx|swig|swigcxx|syso)$/.test(name);
}

/** An embedded file that was there before the earlier run: the pattern changed, and the edited file tells it. */
function isOldEmbed(name: string, site: Site): boolean {
  const directory = site.placeNow.directory;
  const since = site.worlds.before.run.startedAt;
  const hasEdit = site.inputs.deltas.some(
    (delta) => /^file .*\.go$/s.test(delta.input) && delta.before !== null,
  );
  if (!isEmbed(name) || !hasEdit || directory === null || since === null) return false;
  const modified = site.worlds.outside.modifiedAt(`${directory}/${name}`);
  return modified !== null && modified < Date.parse(since);
}

function readSource(name: string, site: Site): string | null {
  const directory = site.placeNow.directory ?? site.placeBefore.directory;
  return directory === null ? null : site.worlds.outside.readFile(`${directory}/${name}`);
}

interface Chosen {
  readonly setters: readonly FileSetter[];
  /** The file could not be looked into: its name and place alone tell. */
  readonly inferred: boolean;
}

const nobody: Chosen = { setters: [], inferred: false };

/** The changed settings that took the file in or out, by its build constraint. */
function settersOf(name: string, delta: InputDelta, site: Site): Chosen {
  const { worlds } = site;
  const candidates = worlds.fileSetters;
  if (candidates.length === 0) return nobody;
  const text = readSource(name, site);
  if (text === null && delta.now === null && isHere(site)) return nobody;
  const isSame = text !== null && shortId(digestOf(text)) === hashOf(delta.now ?? delta.before);
  if (text !== null && !isSame && delta.now === null) return nobody;
  if (text === null || !isSame) return settersByName(name, site, candidates);
  const [inside, outside] =
    delta.now !== null
      ? [worlds.now.context, worlds.before.context]
      : [worlds.before.context, worlds.now.context];
  const matches = (context: BuildContext): boolean => fileMatches(name, text, context);
  const alone = candidates.filter((setter) => !matches(setter.apply(inside, outside)));
  if (alone.length > 0) return { setters: alone, inferred: false };
  if (!matches(outside)) return { setters: candidates, inferred: false };
  // The constraint does not tell; in a place that nobody edits it still was a setting.
  return isImmutable(site.placeNow) ? settersByName(name, site, candidates) : nobody;
}

/** The package's directory is on this machine, so that a file that is not there is gone. */
function isHere(site: Site): boolean {
  const directory = site.placeNow.directory;
  return directory !== null && site.worlds.outside.modifiedAt(directory) !== null;
}

function isImmutable(place: Place): boolean {
  return place.kind === "standard" || place.kind === "modcache" || place.kind === "vendor";
}

/** Where the file's text can't be had: what its name tells, else each setting that may choose files. */
function settersByName(name: string, site: Site, candidates: readonly FileSetter[]): Chosen {
  const told = candidates.filter((setter) => nameTells(name, setter.fact));
  const setters = told.length > 0 ? told : candidates;
  return { setters, inferred: setters.length > 1 || !isImmutable(site.placeNow) };
}

/** A file name alone can tell of GOOS, GOARCH and cgo. */
function nameTells(name: string, fact: CauseFact): boolean {
  const stem = name.replace(/\.[^.]*$/, "");
  const word = (value: string | null): boolean =>
    value !== null && value !== "" && stem.split("_").includes(value);
  if (fact.subject === "GOOS" || fact.subject === "GOARCH") return word(fact.before) || word(fact.now);
  if (fact.subject === "CGO_ENABLED")
    return /\.(c|cc|cpp|cxx|m|h)$/.test(name) || /(^|_)(no)?cgo(_|$)/.test(stem);
  return fact.subject === "-race" && /(^|_)(no)?race(_|$)/.test(stem);
}
