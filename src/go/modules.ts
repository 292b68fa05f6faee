import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * The main modules: module path → absolute directory, in the order of go.work, else the one of go.mod.
 * Reads the files as they are, without go. A directory whose go.mod can't be read is left out.
 * @param gomod absolute path of go.mod, null outside a module
 * @param gowork absolute path of go.work, null where none applies
 */
export function readModules(gomod: string | null, gowork: string | null): Record<string, string> {
  const directories =
    gowork === null
      ? gomod === null
        ? []
        : [dirname(gomod)]
      : directives(readText(gowork), "use").map((path) => resolve(dirname(gowork), path));
  const modules: Record<string, string> = {};
  for (const directory of directories) {
    // With -modfile the path is not `go.mod`; GOMOD stays the real one.
    const file = gowork === null && gomod !== null ? gomod : resolve(directory, "go.mod");
    const path = directives(readText(file), "module")[0];
    if (path !== undefined) modules[path] = directory;
  }
  return modules;
}

/** First arguments of a directive, of its single and block forms (golang.org/x/mod/modfile). */
function directives(text: string, verb: string): string[] {
  const found: string[] = [];
  let inBlock = false;
  for (const raw of text.split("\n")) {
    const line = withoutComment(raw).trim();
    if (inBlock) {
      if (line === ")") inBlock = false;
      else if (line !== "") found.push(firstToken(line));
      continue;
    }
    if (!line.startsWith(verb) || !/^[\s("`]/.test(line.slice(verb.length))) continue;
    const rest = line.slice(verb.length).trim();
    if (rest === "(") inBlock = true;
    else found.push(firstToken(rest));
  }
  return found;
}

/** `//` begins a comment, but not inside a quoted token. */
function withoutComment(line: string): string {
  const match = /^(?:[^"`/]|"(?:[^"\\]|\\.)*"|`[^`]*`|\/(?!\/)|["`])*/.exec(line);
  return match?.[0] ?? line;
}

function firstToken(text: string): string {
  const raw = /^`([^`]*)`/.exec(text)?.[1];
  if (raw !== undefined) return raw;
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0];
  if (quoted === undefined) return /^\S*/.exec(text)?.[0] ?? "";
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
