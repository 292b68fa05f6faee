import { quote } from "../../util/go-quote.ts";
import type { Draft } from "../draft.ts";
import { isOn } from "../outside-values.ts";
import { placeOfPackage } from "../place-of-package.ts";
import { isCode, type KeyRule } from "../rule.ts";
import type { ProofSite } from "../site.ts";

/** Another checkout directory: the `dir` line, `#cgo` paths below it, a profile's path. */
export const directory: KeyRule = {
  name: "directory",
  fits: isCode("directory-moved"),
  apply(draft, site, { subject }) {
    const from = site.now.moduleRoots[subject];
    const to = site.before.moduleRoots[subject];
    if (from === undefined || to === undefined) return [];
    const moved = (text: string): string =>
      text === bytes(from)
        ? bytes(to)
        : text
            .replaceAll(`${bytes(from)}/`, `${bytes(to)}/`)
            .replace(bytes(from), (found) => (text.endsWith(found) ? bytes(to) : found));
    const dir = draft.text("dir");
    if (dir !== null) draft.set("dir", `dir ${moved(dir.slice(4, -1))}\n`);
    for (const name of ["CGO_CPPFLAGS", "CGO_CFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS"]) {
      const words = draft.words(name);
      const own = words === null ? [] : words.map((word) => word.replaceAll(bytes(from), bytes(to)));
      if (words !== null) draft.setWords(name, own);
    }
    const profile = draft.text("modinfo build -pgo");
    if (profile !== null)
      draft.set(
        "modinfo build -pgo",
        profile.replace(escaped(from), () => escaped(to)),
      );
    return [draft];
  },
};

/** Another module cache: the `dir` line of the packages in it. */
export const moduleCache: KeyRule = {
  name: "module-cache",
  fits: isCode("modcache-moved"),
  apply(draft, site) {
    const dir = draft.text("dir");
    if (dir !== null)
      draft.set(
        "dir",
        dir.replace(bytes(site.now.gomodcache), () => bytes(site.before.gomodcache)),
      );
    return [draft];
  },
};

/** The same Go elsewhere: only links have its directory. */
export const goroot: KeyRule = {
  name: "goroot",
  fits: isCode("goroot-moved"),
  apply(draft, site) {
    if (draft.has("GOROOT")) draft.set("GOROOT", `GOROOT=${bytes(site.before.goroot)}\n`);
    return [draft];
  },
};

export function isStandard(draft: Draft): boolean {
  return draft.text("package kind")?.startsWith("standard true") === true;
}

/** The line that tells where a package's source came from, as the earlier module files and flags have it. */
export function writeDirectory(draft: Draft, site: ProofSite): readonly Draft[] {
  const place = placeOfPackage(site.package, false, site.before);
  if (place === null) return [];
  const isTrimmed = isOn(site.before.flag("-trimpath"));
  if (isTrimmed) {
    draft.set("dir", null);
    draft.set("module path", `module ${bytes(place.module ?? "")}@`);
    draft.set("module version", `${bytes(place.kind === "main" ? "" : place.version)}\n`);
    return [draft];
  }
  draft.set("module version", null);
  draft.set("module path", null);
  draft.set("dir", `dir ${bytes(place.directory)}\n`);
  return [draft];
}

export function bytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function escaped(text: string): string {
  return quote(bytes(text)).slice(1, -1);
}
