/** Patterns of the `//go:embed` lines of a Go file: words, or Go strings (go/build parseGoEmbed, Go 1.21–1.27). */
export function embedPatternsOf(text: string): readonly string[] {
  if (!text.includes("//go:embed")) return [];
  return [...text.matchAll(/^[ \t]*\/\/go:embed[ \t]+(.*)$/gm)].flatMap(([, words = ""]) =>
    [...words.matchAll(/"([^"]*)"|`([^`]*)`|([^\s"`]\S*)/g)].map(
      ([, quoted, raw, plain]) => quoted ?? raw ?? plain ?? "",
    ),
  );
}

/**
 * The files that patterns choose, sorted as Go hashes them (load/pkg.go resolveEmbed, Go 1.21–1.27): a pattern names files,
 * or a directory for all that is in it but names that begin with `.` or `_`, unless `all:` stands before it.
 * @param names of all files below the package's directory, relative to it
 */
export function embeddedFiles(patterns: readonly string[], names: readonly string[]): readonly string[] {
  const chosen = new Set<string>();
  for (const pattern of patterns) {
    const takesAll = pattern.startsWith("all:");
    const glob = expressionOf(takesAll ? pattern.slice("all:".length) : pattern);
    for (const name of names) {
      const parts = name.split("/");
      for (let depth = 1; depth <= parts.length; depth++) {
        if (!glob.test(parts.slice(0, depth).join("/"))) continue;
        const below = parts.slice(depth);
        if (takesAll || !below.some((part) => /^[._]/.test(part))) chosen.add(name);
      }
    }
  }
  return [...chosen].sort();
}

/** path.Match: `*` and `?` stand for no slash, `[a-z]` and `[^a-z]` for one character. */
function expressionOf(glob: string): RegExp {
  const source = glob.replace(/\\.|\[\^?(?:\\.|[^\]])*\]|[\s\S]/g, (part) => {
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    if (part.length > 1) return part;
    return part.replace(/[.+^${}()|[\]\\]/, "\\$&");
  });
  return new RegExp(`^(?:${source})$`);
}
