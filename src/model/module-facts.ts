import type { ModuleFact, ModuleFacts } from "./run.ts";

/**
 * What go.mod, go.sum, go.work and vendor/modules.txt say, by their text alone. No version is chosen here: a module that only
 * a dependency requires stands in go.mod too (`// indirect`, Go 1.17+).
 * @param read text of a file, null where there is none
 * @param vendor the -mod flag: `vendor`, `mod`, …; null where it is not given
 */
export function moduleFactsOf(
  moduleRoots: Readonly<Record<string, string>>,
  gowork: string | null,
  vendor: string | null,
  read: (path: string) => string | null,
): ModuleFacts {
  const list = new Map<string, ModuleFact>();
  const sums = new Map<string, string>();
  const godebug: Record<string, string> = {};
  const replacements = new Map<string, { path: string; version: string }>();
  const work = gowork === null ? null : read(gowork);
  const roots = Object.entries(moduleRoots);
  const sumFiles = [
    ...roots.map(([, root]) => `${root}/go.sum`),
    ...(gowork === null ? [] : [`${gowork}.sum`]),
  ];
  for (const path of sumFiles) {
    for (const line of (read(path) ?? "").split("\n")) {
      const [module = "", version = "", sum = ""] = line.trim().split(/\s+/);
      if (sum !== "") sums.set(`${module}@${version}`, sum);
    }
  }
  const required = new Map<string, string>();
  for (const [path, root] of roots) {
    const text = read(`${root}/go.mod`) ?? "";
    list.set(path, { path, version: "", sum: null, replace: null, go: goLine(text) });
    for (const words of directives(text, "require")) required.set(words[0] ?? "", words[1] ?? "");
    for (const words of directives(text, "replace")) addReplacement(words, replacements);
    if (work === null) addGodebug(text, godebug);
  }
  if (work !== null) {
    for (const words of directives(work, "replace")) addReplacement(words, replacements);
    addGodebug(work, godebug);
  }
  const [, first = ""] = roots[0] ?? [];
  for (const path of new Set([...required.keys(), ...replacedPaths(replacements)])) {
    if (list.has(path)) continue;
    const version = required.get(path) ?? "";
    const replace = replacements.get(`${path}@${version}`) ?? replacements.get(path) ?? null;
    const source = replace === null ? { path, version } : replace;
    const own =
      replace !== null && replace.version === "" ? read(`${resolvePath(first, replace.path)}/go.mod`) : null;
    list.set(path, {
      path,
      version,
      sum: sums.get(`${source.path}@${source.version}`) ?? null,
      replace,
      go: own === null ? null : goLine(own),
    });
  }
  const goVersion = goLine(read(`${first}/go.mod`) ?? "") ?? "1.0";
  const hasVendor = read(`${first}/vendor/modules.txt`) !== null;
  const vendored =
    vendor === null
      ? hasVendor && roots.length === 1 && Number(/^1\.(\d+)/.exec(goVersion)?.[1] ?? 0) >= 14
      : vendor === "vendor";
  return { list: [...list.values()], godebug, vendored };
}

function replacedPaths(replacements: ReadonlyMap<string, unknown>): readonly string[] {
  return [...replacements.keys()].map((key) => key.replace(/@.*$/, ""));
}

function addReplacement(words: readonly string[], to: Map<string, { path: string; version: string }>): void {
  const arrow = words.indexOf("=>");
  if (arrow < 1) return;
  const [path = "", version] = words.slice(0, arrow);
  const [other = "", otherVersion = ""] = words.slice(arrow + 1);
  to.set(version === undefined ? path : `${path}@${version}`, { path: other, version: otherVersion });
}

function addGodebug(text: string, to: Record<string, string>): void {
  for (const [word = ""] of directives(text, "godebug")) {
    const at = word.indexOf("=");
    if (at > 0) to[word.slice(0, at)] = word.slice(at + 1);
  }
}

function goLine(text: string): string | null {
  return /^\s*go\s+(\d\S*)/m.exec(text)?.[1] ?? null;
}

/** The words behind a directive, of its single and block forms. */
function directives(text: string, verb: string): readonly (readonly string[])[] {
  const found: string[][] = [];
  let inBlock = false;
  for (const raw of text.split("\n")) {
    const line = raw.replace(/(^|\s)\/\/.*$/, "").trim();
    if (line === "") continue;
    if (inBlock) {
      if (line === ")") inBlock = false;
      else found.push(wordsOf(line));
    } else if (line.startsWith(verb) && /^[\s(]/.test(line.slice(verb.length))) {
      const rest = line.slice(verb.length).trim();
      if (rest === "(") inBlock = true;
      else found.push(wordsOf(rest));
    }
  }
  return found;
}

function wordsOf(line: string): string[] {
  return line.split(/\s+/).map((word) => word.replace(/^["`](.*)["`]$/, "$1"));
}

function resolvePath(root: string, path: string): string {
  if (path.startsWith("/")) return path.replace(/\/$/, "");
  const parts = root.split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
