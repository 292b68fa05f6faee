import { listText } from "./wording/names.ts";
import { visibleText } from "./wording/values.ts";

export interface PackagePlace {
  /** Import paths that the run has. */
  readonly packages: Iterable<string>;
  /** Main modules: path → directory. Those where the user stands go before those of the run. */
  readonly roots: readonly (readonly [path: string, directory: string])[];
  /** What `./x` stands for: an absolute path; null where the reference is none. */
  readonly directory: string | null;
  /** How the run is called in the message. */
  readonly run: string;
}

/**
 * The package that a person means by an import path, `./rel/path`, a path from the module's root or a unique ending.
 * @returns its import path, or one line that says why there is none, with names that are near
 */
export function findPackage(reference: string, place: PackagePlace): string | { error: string } {
  const packages = [...new Set(place.packages)].sort();
  const has = new Set(packages);
  const name = reference.replace(/\/+$/, "") || reference;
  if (place.directory !== null) {
    const inDirectory = importPaths(place.directory, place.roots);
    const found = inDirectory.find((path) => has.has(path));
    return found ?? nothing(reference, inDirectory[0] ?? name, packages, place.run);
  }
  if (has.has(name)) return name;
  const below = place.roots.map(([path]) => `${path}/${name}`).find((path) => has.has(path));
  if (below !== undefined) return below;
  const ending = packages.filter((path) => path.endsWith(`/${name}`));
  if (ending.length === 1) return ending[0] ?? name;
  if (ending.length > 1) {
    return {
      error: `${shown(reference)} may be ${listText(ending.map(shown), 6).replace(/ and (?=[^ ]+$)/, " or ")}: write more of it`,
    };
  }
  return nothing(reference, name, packages, place.run);
}

function importPaths(directory: string, roots: PackagePlace["roots"]): string[] {
  return roots
    .filter(([, root]) => directory === root || directory.startsWith(`${root}/`))
    .sort((a, b) => b[1].length - a[1].length)
    .map(([path, root]) => `${path}${directory.slice(root.length)}`);
}

function nothing(
  reference: string,
  path: string,
  packages: readonly string[],
  run: string,
): { error: string } {
  const near = nearNames(path, packages);
  const names = near.length === 0 ? "" : `; near: ${listText(near.map(shown), 4)}`;
  return { error: `${run} has no package ${shown(reference)}${names}` };
}

/** Names with the same last part, else those that take the fewest edits: four at the most. */
function nearNames(path: string, packages: readonly string[]): string[] {
  const last = lastOf(path);
  const limit = Math.max(2, Math.floor(last.length / 3));
  return packages
    .map((name) => ({ name, edits: Math.min(edits(lastOf(name), last), name.includes(last) ? 1 : 99) }))
    .filter((each) => each.edits <= limit)
    .sort(
      (a, b) => a.edits - b.edits || edits(a.name, path) - edits(b.name, path) || (a.name < b.name ? -1 : 1),
    )
    .slice(0, 4)
    .map(({ name }) => name);
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).slice(0, 60);
}

/** Levenshtein distance of two short texts. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function shown(name: string): string {
  return visibleText(name);
}
