/** Packages as a tree of modules and folders: what can be read where there are a thousand of them. */
export interface Folder<T> {
  /** Import path of the folder: unique in the tree; `std` for the standard library. */
  readonly path: string;
  /** What it is called below its parent. */
  readonly name: string;
  readonly folders: readonly Folder<T>[];
  /** What lies in this very folder. */
  readonly items: readonly T[];
  /** All that lies in or below it. */
  readonly count: number;
}

/**
 * Folds items by module, then by folder. Folders that hold nothing but one folder are one with it.
 * @param module `Run.module`: one path, several joined by `,`, or null
 */
export function foldPackages<T>(
  items: readonly T[],
  packageOf: (item: T) => string,
  module: string | null,
): readonly Folder<T>[] {
  const modules = new Map<string, T[]>();
  for (const item of items) {
    const name = moduleOf(packageOf(item), module);
    const list = modules.get(name);
    if (list === undefined) modules.set(name, [item]);
    else list.push(item);
  }
  return [...modules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, mine]) => folderOf(path, path, mine, packageOf, path === "std"));
}

/**
 * The module that a package is likely to be of, as import paths are written: `std`, `github.com/a/b`, `golang.org/x/b`. No
 * more than a name to fold by: nothing is claimed of it.
 */
export function moduleOf(path: string, module: string | null): string {
  for (const own of module?.split(",") ?? []) {
    if (
      own !== "" &&
      (path === own || path.startsWith(`${own}/`) || path.startsWith(`${own}_test`) || path === `${own}.test`)
    )
      return own;
  }
  const parts = path.split("/");
  const [host = ""] = parts;
  if (!host.includes(".") || /\.test$/.test(host)) return "std";
  const depth = /^(?:github|gitlab|bitbucket|codeberg)\.(?:com|org)$|^golang\.org$/.test(host) ? 3 : 2;
  const versioned = /^v\d+$/.test(parts[depth] ?? "") ? depth + 1 : depth;
  return parts.slice(0, versioned).join("/");
}

function folderOf<T>(
  path: string,
  name: string,
  items: readonly T[],
  packageOf: (item: T) => string,
  isStd = false,
): Folder<T> {
  const start = isStd ? "" : `${path}/`;
  const here: T[] = [];
  const below = new Map<string, T[]>();
  for (const item of items) {
    const full = packageOf(item);
    const first = full.startsWith(start) ? (full.slice(start.length).split("/", 1)[0] ?? "") : "";
    const list = below.get(first);
    if (first === "") here.push(item);
    else if (list === undefined) below.set(first, [item]);
    else list.push(item);
  }
  const [only] = below;
  if (here.length === 0 && below.size === 1 && only !== undefined && !isStd) {
    const [first, mine] = only;
    return folderOf(start + first, `${name}/${first}`, mine, packageOf);
  }
  return {
    path,
    name,
    folders: [...below]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([first, mine]) => folderOf(start + first, first, mine, packageOf)),
    items: here,
    count: items.length,
  };
}
