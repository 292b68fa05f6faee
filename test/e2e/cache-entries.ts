import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** All files of a cache, relative to it. */
export function cacheFiles(cache: string): Set<string> {
  const files = new Set<string>();
  for (const folder of readdirSync(cache)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of readdirSync(join(cache, folder))) files.add(`${folder}/${name}`);
  }
  return files;
}

/**
 * The entries that were added since `before`, and takes them out again. Left out are module indexes, since it depends on
 * the age of a folder whether go makes one.
 */
export function takeAddedEntries(cache: string, before: ReadonlySet<string>): string[] {
  const added = [...cacheFiles(cache)].filter((name) => !before.has(name));
  const entries = added.filter((name) => {
    const text = name.endsWith("-a") ? contentOf(cache, name) : null;
    return text !== null && !text.startsWith("go index v");
  });
  for (const name of added) rmSync(join(cache, name), { recursive: true });
  return entries.sort();
}

/** The beginning of what an entry names; empty for an executable, which lies in a folder. */
function contentOf(cache: string, entry: string): string {
  const [, , output = ""] = readFileSync(join(cache, entry), "latin1").split(" ");
  try {
    return readFileSync(join(cache, output.slice(0, 2), `${output}-d`), "latin1").slice(0, 100);
  } catch {
    return "";
  }
}
