import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

export type FoundGo =
  | { readonly found: true; readonly path: string }
  /** `status` is what `env` exits with: 127 where there is no such command, 126 where it can't be run. */
  | { readonly found: false; readonly status: 126 | 127; readonly message: string };

/**
 * The program that a go word names (`go`, `go1.25.5`, `gotip`, a path), looked up on the user's PATH as execvp does.
 * @param word as typed; a word with a slash is a path, absolute or relative to the current directory.
 * @returns `path` as spelled on PATH (symlinks not followed), absolute where the PATH entry is.
 */
export function findGo(word: string, env: Readonly<Record<string, string | undefined>>): FoundGo {
  if (word.includes("/") || (process.platform === "win32" && word.includes("\\"))) {
    return found(firstRunnable([word], env), word);
  }
  const path = process.platform === "win32" ? (env.PATH ?? env.Path ?? "") : (env.PATH ?? "/bin:/usr/bin");
  const places = path
    .split(delimiter)
    // An empty entry is the current directory; `./` keeps it a path.
    .map((directory) => (isAbsolute(directory) ? join(directory, word) : `./${join(directory, word)}`));
  return found(firstRunnable(word === "" ? [] : places, env), word);
}

function found(result: string | "absent" | "refused", word: string): FoundGo {
  if (result === "absent") return { found: false, status: 127, message: `${word}: no such command` };
  if (result === "refused") return { found: false, status: 126, message: `${word}: permission denied` };
  return { found: true, path: result };
}

function firstRunnable(
  places: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string | "absent" | "refused" {
  const endings = process.platform === "win32" ? ["", ...(env.PATHEXT ?? ".EXE;.CMD").split(";")] : [""];
  let refused = false;
  for (const place of places) {
    for (const ending of endings) {
      const state = runnable(place + ending);
      if (state === "yes") return place + ending;
      refused ||= state === "refused";
    }
  }
  return refused ? "refused" : "absent";
}

function runnable(path: string): "yes" | "no" | "refused" {
  try {
    if (!statSync(path).isFile()) return "refused";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES" ? "refused" : "no";
  }
  try {
    accessSync(path, constants.X_OK);
    return "yes";
  } catch {
    return "refused";
  }
}
