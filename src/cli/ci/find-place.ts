import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { placeOfCause } from "../../report/cause-place.ts";
import type { Place } from "../../report/renderers/ci/github.ts";
import type { ReportCause } from "../../report/report.ts";

/**
 * Where in the workspace a cause's file lies. A cause names it from its module's root, which is a folder of the workspace at or above
 * where go ran. Null where there is no such file any more.
 * @param workspace the checkout's root, absolute
 * @param starts where go ran, absolute; tried one after the other
 */
export function findPlace(cause: ReportCause, workspace: string, starts: readonly string[]): Place | null {
  const place = placeOfCause(cause);
  if (place === null) return null;
  for (const start of starts) {
    for (let folder = resolve(start); isInside(folder, workspace); folder = dirname(folder)) {
      const path = join(folder, place.file);
      if (isInside(path, workspace) && isFile(path)) {
        const line = place.line ?? lineOf(path, place.word);
        return { file: relative(workspace, path).split(sep).join("/"), line };
      }
      if (folder === dirname(folder)) break;
    }
  }
  return null;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The first line that has a word; null where none has. */
function lineOf(path: string, word: string | null): number | null {
  if (word === null) return null;
  try {
    const lines = readFileSync(path, "utf8").split("\n");
    const at = lines.findIndex((line) => line.includes(word) && !line.startsWith("module "));
    return at < 0 ? null : at + 1;
  } catch {
    return null;
  }
}
