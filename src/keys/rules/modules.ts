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

function moveModule(draft: Draft, site: ProofSite, cause: { readonly subject: string }): readonly Draft[] {
  const fact = site.before.modules?.list.find((module) => module.path === cause.subject);
  if (draft.has("modinfo")) {
    if (fact === undefined) return [];
    writeEntry(draft, fact, site.before);
  }
  if (draft.kind !== "build" || site.module !== cause.subject) return [draft];
  return writeDirectory(draft, site).flatMap((each) => withGoLine(each, site, fact));
}

/** `dep PATH VERSION SUM`, or with `=>` and what stands in its place (runtime/debug BuildInfo.String). */
function writeEntry(draft: Draft, fact: ModuleFact, values: OutsideValues): void {
  const { path, version, replace } = fact;
  if (!draft.has(`modinfo dep ${path}`)) return;
  const vendored = values.modules?.vendored === true;
  const sum = vendored ? "" : (fact.sum ?? "");
  if (replace === null) {
    draft.set(`modinfo dep ${path}`, infoLine(`dep\t${bytes(path)}\t${version}\t${sum}\n`));
    draft.replaceAll(withoutReplacement(draft, path));
    return;
  }
  const entry = infoLine(`dep\t${bytes(path)}\t${version}\n`);
  const other = infoLine(
    `=>\t${bytes(replace.path)}\t${replace.version === "" ? "(devel)" : replace.version}\t${replace.version === "" ? "" : sum}\n`,
  );
  const segments = withoutReplacement(draft, path).flatMap((segment) => {
    if (segment.input !== `modinfo dep ${path}`) return segment;
    return [
      { input: segment.input, text: entry },
      { input: `modinfo replace ${path}`, text: other },
      { input: `modinfo end of ${path}`, text: infoLine("\n") },
    ];
  });
  draft.replaceAll(segments);
}

/** A replacement ends in an empty line of its own. */
function withoutReplacement(draft: Draft, path: string): readonly Segment[] {
  const list = draft.segments();
  const at = list.findIndex((segment) => segment.input === `modinfo replace ${path}`);
  return at < 0 ? list : list.filter((_each, index) => index !== at && index !== at + 1);
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
