import { quote, unquoteInner } from "../../util/go-quote.ts";
import type { Draft } from "../draft.ts";
import type { OutsideValues } from "../outside-values.ts";
import { goFacts } from "../package-source.ts";
import { isCode, type KeyRule } from "../rule.ts";
import type { ProofSite } from "../site.ts";

/** A `godebug` line of go.mod. */
export const godebugDirective: KeyRule = {
  name: "godebug-directive",
  fits: isCode("godebug-default-changed"),
  apply: (draft, site) => writeGodebug(draft, site),
};

/** The default GODEBUG of a program, in its build info and (Go 1.24+) in its link. */
export function writeGodebug(draft: Draft, site: ProofSite): readonly Draft[] {
  if (!draft.has("defaultgodebug") && !draft.has("modinfo")) return [draft];
  const value = defaultGodebug(site.before, site, draft);
  if (value === null) return [];
  draft.setInfo("DefaultGODEBUG", value === "" ? null : value);
  if (draft.kind === "link") {
    draft.set("defaultgodebug", site.before.release >= 24 ? `defaultgodebug ${quote(value)}\n` : null);
  }
  return [draft];
}

/** Go's table of defaults, the `godebug` lines, the program's `//go:debug` lines (load/godebug.go, Go 1.21–1.27). */
function defaultGodebug(values: OutsideValues, site: ProofSite, draft: Draft): string | null {
  const table = site.disk.readFile(`${values.goroot}/src/internal/godebugs/table.go`);
  let version = values.goDirective;
  if (table === null || version === null) return null;
  const own = new Map<string, string>();
  const fips = values.env("GOFIPS140");
  if (values.release >= 24 && fips !== "" && fips !== "off") own.set("fips140", "on");
  for (const [key, value] of Object.entries(values.modules?.godebug ?? {})) own.set(key, value);
  for (const [key, value] of directives(site, draft)) own.set(key, value);
  const chosen = own.get("default");
  if (chosen !== undefined) {
    own.delete("default");
    version = chosen.replace(/^go/, "");
  }
  const minor = Number(/^1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
  const all = new Map<string, string>();
  if (!Number.isNaN(minor)) {
    for (const [, fields = ""] of table.matchAll(/^\t\{(Name: .*)\},/gm)) {
      const name = /Name: "([^"]*)"/.exec(fields)?.[1];
      const changed = /Changed: (\d+)/.exec(fields)?.[1];
      const old = /Old: "([^"]*)"/.exec(fields)?.[1] ?? "";
      if (name !== undefined && minor < Number(changed ?? 0)) all.set(name, old);
    }
  }
  for (const [key, value] of own) all.set(key, value);
  return [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

/** `//go:debug key=value` lines of the program's own files, as they are on disk. */
function directives(site: ProofSite, draft: Draft): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const dir = draft.text("dir");
  const directory = dir === null ? null : (unquoteInner(dir.slice(4, -1)) ?? null);
  if (directory === null) return found;
  for (const name of draft.names("file")) {
    const text = name.endsWith(".go") ? (site.disk.readFile(`${directory}/${name}`) ?? "") : "";
    if (!text.includes("//go:debug") || goFacts(text).name !== "main") continue;
    for (const [, key = "", value = ""] of text.matchAll(/^\/\/go:debug[ \t]+([^=\s]+)=(\S*)/gm))
      found.set(key, value);
  }
  return found;
}
