import { isCode, type KeyRule } from "../rule.ts";
import { writeGodebug } from "./godebug.ts";

/** The `go` line of a package's module; of the main module it also chooses the programs' default GODEBUG. */
export const goLine: KeyRule = {
  name: "go-line",
  fits: isCode("go-directive-changed"),
  apply(draft, site, { subject }) {
    if (draft.has("go line") && site.module === subject) {
      const isMain = site.before.moduleRoots[subject] !== undefined;
      const fact = site.before.modules?.list.find((module) => module.path === subject);
      const version = isMain ? (mainLine(site.before, subject) ?? null) : (fact?.go ?? null);
      if (version === null) return [];
      draft.set("go line", `go ${version}\n`);
    }
    return writeGodebug(draft, site);
  },
};

function mainLine(
  values: {
    readonly moduleRoots: Readonly<Record<string, string>>;
    readonly goDirective: string | null;
    readonly modules: {
      readonly list: readonly { readonly path: string; readonly go: string | null }[];
    } | null;
  },
  subject: string,
): string | null {
  const own = values.modules?.list.find((module) => module.path === subject);
  return own?.go ?? values.goDirective;
}
