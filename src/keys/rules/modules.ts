import type { ModuleFact } from "../../model/run.ts";
import type { Segment } from "../../model/segments.ts";
import { type Draft, infoLine } from "../draft.ts";
import type { OutsideValues } from "../outside-values.ts";
import { escapePath } from "../place-of-package.ts";
import { isCode, type KeyRule } from "../rule.ts";
import type { ProofSite } from "../site.ts";
import { bytes, writeDirectory } from "./directory.ts";

/** Another version of a module: its directory, its go line, its files; its name, version and sum in the build info. */
export const moduleVersion: KeyRule = {
  name: "module-version",
  fits: isCode("module-version-changed"),
  apply: moveModule,
  choosesFiles: true,
};

/** A `replace` line, a `use` of go.work, or vendoring: another directory for the module's packages. */
export const moduleReplaced: KeyRule = {
  name: "module-replaced",
  fits: isCode("module-replaced"),
  apply: moveModule,
  choosesFiles: true,
};

/** A module that was tagged anew: its checksum in the build info. */
export const moduleGraph: KeyRule = {
  name: "module-graph",
  fits: isCode("module-graph-changed"),
  apply: (draft, site) => {
    for (const fact of site.before.modules?.list ?? []) writeEntry(draft, fact, site.before);
    return [draft];
  },
};

function moveModule(draft: Draft, site: ProofSite, cause: { readonly subject: string }): readonly Draft[] {
  const fact = site.before.modules?.list.find((module) => module.path === cause.subject);
  if (draft.has("modinfo")) {
    if (fact === undefined) return [];
    writeEntry(draft, fact, site.before);
  }
  if (draft.kind !== "build" || site.module !== cause.subject) return [draft];
  return writeDirectory(draft, site).flatMap((each) => withGoLine(each, site, fact));
}

/** Writes an entry of the module list anew. */
function writeEntry(draft: Draft, fact: ModuleFact, values: OutsideValues): void {
  if (!draft.has(`modinfo dep ${fact.path}`)) return;
  const entries = entriesOf(draft);
  entries.set(fact.path, entryOf(fact, values));
  writeEntries(draft, entries);
}

/**
 * The module list of a program as it is for other packages: of each module that has one among them an entry, sorted by path
 * (load/pkg.go setBuildInfo, Go 1.18–1.27). Gives null where the list is the same, or a module is not known.
 * @param modules paths, the program's own module left out
 */
export function withModuleList(
  draft: Draft,
  modules: ReadonlySet<string>,
  values: OutsideValues,
): Draft | null {
  const present = entriesOf(draft);
  const isSame = present.size === modules.size && [...modules].every((path) => present.has(path));
  if (isSame || !draft.has("modinfo")) return null;
  const entries = new Map<string, readonly Segment[]>();
  for (const path of [...modules].sort()) {
    const fact = values.modules?.list.find((module) => module.path === path);
    const entry = present.get(path) ?? (fact === undefined ? undefined : entryOf(fact, values));
    if (entry === undefined) return null;
    entries.set(path, entry);
  }
  const out = draft.copy();
  writeEntries(out, entries);
  return out;
}

/** `dep PATH VERSION SUM`, or with `=>` and what stands in its place, and an empty line (runtime/debug BuildInfo.String). */
function entryOf(fact: ModuleFact, values: OutsideValues): readonly Segment[] {
  const { path, version, replace } = fact;
  const sum = values.modules?.vendored === true ? "" : (fact.sum ?? "");
  const input = `modinfo dep ${path}`;
  if (replace === null) return [{ input, text: infoLine(`dep\t${bytes(path)}\t${version}\t${sum}\n`) }];
  const isDirectory = replace.version === "";
  const other = `=>\t${bytes(replace.path)}\t${isDirectory ? "(devel)" : replace.version}\t${isDirectory ? "" : sum}\n`;
  return [
    { input, text: infoLine(`dep\t${bytes(path)}\t${version}\n`) },
    { input: `modinfo replace ${path}`, text: infoLine(other) },
    { input: `modinfo end of ${path}`, text: infoLine("\n") },
  ];
}

/** Module path → its segments in the draft. */
function entriesOf(draft: Draft): Map<string, readonly Segment[]> {
  const entries = new Map<string, readonly Segment[]>();
  let owner: string | null = null;
  for (const segment of draft.segments()) {
    const path = /^modinfo dep (.*)$/s.exec(segment.input)?.[1];
    if (path !== undefined) entries.set(path, [segment]);
    else if (owner !== null && isInside(segment))
      entries.set(owner, [...(entries.get(owner) ?? []), segment]);
    owner = path ?? (isInside(segment) ? owner : null);
  }
  return entries;
}

function isInside({ input, text }: Segment): boolean {
  return input.startsWith("modinfo replace ") || (input.startsWith("modinfo ") && text === "\\n");
}

function writeEntries(draft: Draft, entries: ReadonlyMap<string, readonly Segment[]>): void {
  const old = new Set([...entriesOf(draft).values()].flat());
  const segments = draft.segments();
  const kept = segments.filter((segment) => !old.has(segment));
  const first = segments.findIndex((segment) => old.has(segment));
  const after = kept.findIndex((segment) => /^modinfo (build |end$| #|$)/.test(segment.input));
  const place = first >= 0 ? first : after;
  draft.replaceAll([...kept.slice(0, place), ...[...entries.values()].flat(), ...kept.slice(place)]);
}

/** The go line of the module's go.mod: in its directory, else beside its download. None: `go ` and nothing. */
function withGoLine(draft: Draft, site: ProofSite, fact: ModuleFact | undefined): readonly Draft[] {
  if (!draft.has("go line") || fact === undefined) return [draft];
  const source = fact.replace ?? { path: fact.path, version: fact.version };
  const lines = new Set<string>();
  if (fact.go !== null) lines.add(fact.go);
  if (source.version !== "") {
    const download = `${site.before.gomodcache}/cache/download/${escapePath(source.path)}/@v/${source.version}.mod`;
    const own = `${site.before.gomodcache}/${escapePath(source.path)}@${escapePath(source.version)}/go.mod`;
    const text = site.disk.readFile(download) ?? site.disk.readFile(own);
    if (text !== null) lines.add(/^\s*go\s+(\S+)/m.exec(text)?.[1] ?? "");
  }
  const out = [...lines].map((line) => {
    const other = draft.copy();
    other.set("go line", `go ${line}\n`);
    return other;
  });
  const empty = draft.copy();
  empty.set("go line", "go \n");
  // Without a go.mod Go takes the module for one of Go 1.16 (modload, Go 1.21–1.27).
  const oldest = draft.copy();
  oldest.set("go line", "go 1.16\n");
  return [...out, draft, empty, oldest];
}
