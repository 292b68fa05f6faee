/** Files that tests read, as one row of a table: one file, or what lies in a folder. */
export interface FileGroup<T> {
  /** Absolute path of the file, or of the folder that all of them are in. */
  readonly path: string;
  readonly items: readonly T[];
  /** True where it stands for more than the file with this path. */
  readonly isFolder: boolean;
}

/** More files than this below one folder are one row. */
const mostFiles = 10;

/**
 * Puts files of one folder together where they would be a long list: `testdata/` for its 214 files. Folders of packages keep
 * apart what is below them, since each has tests of its own.
 * @param files absolute path → what is known of it
 * @param packageFolders absolute paths
 */
export function groupTestFiles<T>(
  files: ReadonlyMap<string, T>,
  packageFolders: Iterable<string>,
): readonly FileGroup<T>[] {
  const borders = withAncestors(packageFolders);
  const root: Folder<T> = { item: null, children: new Map() };
  for (const [path, item] of files) place(root, path, item);
  return rowsBelow(root, "", borders);
}

interface Folder<T> {
  item: { readonly value: T } | null;
  readonly children: Map<string, Folder<T>>;
}

function place<T>(root: Folder<T>, path: string, value: T): void {
  let folder = root;
  for (const part of path.split("/").filter(Boolean)) {
    const known = folder.children.get(part);
    const next: Folder<T> = known ?? { item: null, children: new Map() };
    if (known === undefined) folder.children.set(part, next);
    folder = next;
  }
  folder.item = { value };
}

function rowsBelow<T>(folder: Folder<T>, path: string, borders: ReadonlySet<string>): FileGroup<T>[] {
  const own: FileGroup<T>[] =
    folder.item === null
      ? []
      : [{ path: path === "" ? "/" : path, items: [folder.item.value], isFolder: false }];
  if (folder.children.size === 0) return own;
  const below = [...folder.children].map(([name, child]) => ({
    isFile: child.children.size === 0,
    rows: rowsBelow(child, `${path}/${name}`, borders),
  }));
  if (!borders.has(path)) {
    const rows = [...own, ...below.flatMap((each) => each.rows)];
    return rows.reduce((sum, row) => sum + row.items.length, 0) > mostFiles ? [asOne(path, rows)] : rows;
  }
  const files = below.filter((each) => each.isFile).flatMap((each) => each.rows);
  const folders = below.filter((each) => !each.isFile).flatMap((each) => each.rows);
  return [...own, ...(files.length > mostFiles ? [asOne(path, files)] : files), ...folders];
}

function asOne<T>(path: string, rows: readonly FileGroup<T>[]): FileGroup<T> {
  return { path, items: rows.flatMap((row) => row.items), isFolder: true };
}

/** Folders and all above them; the root is the empty path. */
function withAncestors(folders: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>([""]);
  for (const folder of folders) {
    let path = folder;
    while (path !== "" && !found.has(path)) {
      found.add(path);
      path = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    }
  }
  return found;
}
