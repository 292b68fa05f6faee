import { splitQuotedWords } from "../util/go-quote.ts";
import { type BuildContext, fileMatches } from "./build-constraints.ts";
import { goFacts, type KnownFile } from "./package-source.ts";

/** What a package's `#cgo` lines add to the compiler's lists (go/build saveCgo, Go 1.21–1.27). */
export interface CgoWords {
  readonly CPPFLAGS: readonly string[];
  readonly CFLAGS: readonly string[];
  readonly CXXFLAGS: readonly string[];
  readonly LDFLAGS: readonly string[];
}

export function cgoWordsOf(files: readonly KnownFile[], context: BuildContext, directory: string): CgoWords {
  const found: Record<keyof CgoWords, string[]> = { CPPFLAGS: [], CFLAGS: [], CXXFLAGS: [], LDFLAGS: [] };
  for (const { name, text } of files) {
    if (!name.endsWith(".go") || text === null || !text.includes("#cgo")) continue;
    if (!fileMatches(name, text, context) || !goFacts(text).imports.has("C")) continue;
    const head = text.slice(0, text.search(/^\s*import\s+"C"/m));
    for (const [, line = ""] of head.matchAll(/^[ \t]*(?:\/\/)?[ \t]*#cgo[ \t]+(.*)$/gm)) {
      const colon = line.indexOf(":");
      const words = line.slice(0, colon).trim().split(/\s+/);
      const verb = words.pop() as keyof CgoWords | undefined;
      const list = verb === undefined ? undefined : found[verb];
      if (colon < 0 || list === undefined) continue;
      if (words.length > 0 && !words.some((word) => holds(word, context))) continue;
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Go's own placeholder
      const placeholder = "${SRCDIR}";
      for (const word of splitQuotedWords(line.slice(colon + 1).trim()) ?? []) {
        list.push(absolute(word.replaceAll(placeholder, directory), directory));
      }
    }
  }
  return found;
}

/** `linux`, `linux,amd64`, `!windows`. */
function holds(condition: string, context: BuildContext): boolean {
  return condition.split(",").every((tag) => fileMatches("x.go", `//go:build ${tag}\npackage x`, context));
}

/** `-Iinclude` is made absolute (go/build makePathsAbsolute). */
function absolute(word: string, directory: string): string {
  const found = /^(-[IL])(?!\/)(.+)$/.exec(word);
  return found === null ? word : `${found[1]}${directory}/${(found[2] ?? "").replace(/^\.\//, "")}`;
}
