/**
 * What is right about one step of a history, from git and `go list -deps -json` alone. Shares no code with the tool.
 *
 * @typedef {{ Path: string, Version?: string, Main?: boolean, GoVersion?: string, Replace?: { Path: string, Version?: string } }} Module
 * @typedef {{
 *   ImportPath: string, Name: string, Dir: string, Standard?: boolean, Module?: Module,
 *   Imports?: string[], ImportMap?: Record<string, string>, Deps?: string[], DepOnly?: boolean,
 * } & Record<string, unknown>} Package
 * @typedef {{
 *   root: string,
 *   commit: string,
 *   packages: ReadonlyMap<string, Package>,
 *   blobs: ReadonlyMap<string, string>,
 *   outputs: ReadonlyMap<string, string>,
 *   readFile: (path: string) => string,
 * }} State
 */

const fileLists = [
  "GoFiles",
  "CgoFiles",
  "CFiles",
  "CXXFiles",
  "MFiles",
  "HFiles",
  "FFiles",
  "SFiles",
  "SwigFiles",
  "SwigCXXFiles",
  "SysoFiles",
  "EmbedFiles",
];

/**
 * For each action (`build P`, `link P`) the causes (`code subject`) that it has to name if it runs.
 *
 * An action's own causes are changed files of its package, its module's version, its module's `go` line, and for a main
 * package the commit and the versions of all modules that it is made of. To these come the causes of each dependency
 * whose output is another (by the build IDs of plain go's two action graphs).
 * @param {State} before
 * @param {State} now
 * @returns {Map<string, Set<string>>}
 */
export function deriveCauses(before, now) {
  /** @type {Map<string, Set<string>>} */
  const known = new Map();
  const derived = new Map();
  for (const name of now.packages.keys()) {
    derived.set(`build ${name}`, causesOf(name));
    const main = now.packages.get(name);
    if (main?.Name === "main" && !main.DepOnly) {
      const all = new Set(causesOf(name));
      for (const dependency of main.Deps ?? []) addChanged(all, dependency);
      derived.set(`link ${name}`, all);
    }
  }
  return derived;

  /** @param {string} name @returns {Set<string>} */
  function causesOf(name) {
    const found = known.get(name);
    if (found !== undefined) return found;
    const causes = new Set(ownCauses(name, before, now));
    known.set(name, causes);
    // A package that was not there has what brought it in, and no more.
    if (before.packages.has(name))
      for (const each of importsOf(now.packages.get(name))) addChanged(causes, each);
    return causes;
  }

  /** @param {Set<string>} causes @param {string} dependency */
  function addChanged(causes, dependency) {
    if (!now.packages.has(dependency) || !before.packages.has(dependency)) return;
    if (before.outputs.get(dependency) === now.outputs.get(dependency)) return;
    for (const cause of causesOf(dependency)) causes.add(cause);
  }
}

/** @param {string} name @param {State} before @param {State} now @returns {Iterable<string>} */
function ownCauses(name, before, now) {
  const is = now.packages.get(name);
  const was = before.packages.get(name);
  if (is === undefined) return [];
  if (was === undefined) return broughtInBy(name, before, now, new Set());
  const causes = new Set(changedFiles(was, is, before, now));
  const moved = moduleChange(was.Module, is.Module);
  if (moved !== null) causes.add(moved);
  else if (is.Module?.GoVersion !== was.Module?.GoVersion)
    causes.add(`go-directive-changed ${is.Module?.Path}`);
  if (is.Name === "main") {
    if (before.commit !== now.commit) causes.add("vcs-stamp-changed vcs");
    for (const cause of moduleListChanges(was, is, before, now)) causes.add(cause);
  }
  return causes;
}

/** @param {Package} was @param {Package} is @param {State} before @param {State} now */
function changedFiles(was, is, before, now) {
  const earlier = filesOf(was, before.root);
  const later = filesOf(is, now.root);
  const causes = [];
  for (const file of later) {
    if (!earlier.has(file)) causes.push(`file-added ${file}`);
    else if (before.blobs.get(file) !== now.blobs.get(file)) causes.push(`file-edited ${file}`);
  }
  for (const file of earlier) if (!later.has(file)) causes.push(`file-removed ${file}`);
  return causes;
}

/** Files below the checkout that are compiled into the package. @param {Package} from @param {string} root */
function filesOf(from, root) {
  /** @type {Set<string>} */
  const files = new Set();
  if (from.Dir !== root && !from.Dir.startsWith(`${root}/`)) return files;
  for (const list of fileLists)
    for (const file of /** @type {string[]} */ (from[list] ?? []))
      files.add(`${from.Dir}/${file}`.slice(root.length + 1));
  return files;
}

/** @param {Module | undefined} was @param {Module | undefined} is */
function moduleChange(was, is) {
  if (was === undefined || is === undefined || is.Main) return null;
  const place = (/** @type {Module} */ module) =>
    module.Replace === undefined ? "" : `${module.Replace.Path}@${module.Replace.Version ?? ""}`;
  if (place(was) !== place(is)) return `module-replaced ${is.Path}`;
  return was.Version === is.Version ? null : `module-version-changed ${is.Path}`;
}

/**
 * The build info of a program names each module that it is made of.
 * @param {Package} was @param {Package} is @param {State} before @param {State} now
 */
function moduleListChanges(was, is, before, now) {
  const earlier = modulesOf(was, before);
  const later = modulesOf(is, now);
  /** @type {Set<string>} */
  const causes = new Set();
  for (const [path, { module, packages }] of later) {
    const old = earlier.get(path);
    const change = old === undefined ? null : moduleChange(old.module, module);
    if (change !== null) causes.add(change);
    if (old === undefined)
      for (const each of packages)
        for (const cause of broughtInBy(each, before, now, new Set())) causes.add(cause);
  }
  for (const [path, { packages }] of earlier)
    if (!later.has(path))
      for (const each of packages)
        for (const cause of broughtInBy(each, now, before, new Set())) causes.add(cause);
  return causes;
}

/** @param {Package} main @param {State} state */
function modulesOf(main, state) {
  /** @type {Map<string, { module: Module, packages: string[] }>} */
  const modules = new Map();
  for (const name of main.Deps ?? []) {
    const module = state.packages.get(name)?.Module;
    if (module === undefined || module.Main) continue;
    const known = modules.get(module.Path);
    if (known === undefined) modules.set(module.Path, { module, packages: [name] });
    else known.packages.push(name);
  }
  return modules;
}

/**
 * What made a package part of the build: the edited or added file that imports it, the bumped module whose packages do, and
 * what made its other new importers part of it; `first-build` where nobody imports it.
 * @param {string} name @param {State} before @param {State} now @param {Set<string>} seen
 * @returns {Set<string>}
 */
function broughtInBy(name, before, now, seen) {
  /** @type {Set<string>} */
  const causes = new Set();
  if (seen.has(name)) return causes;
  seen.add(name);
  let imported = false;
  for (const [importer, is] of now.packages) {
    if (!importsOf(is).includes(name)) continue;
    imported = true;
    const was = before.packages.get(importer);
    if (was === undefined) {
      for (const cause of broughtInBy(importer, before, now, seen)) causes.add(cause);
      continue;
    }
    if (importsOf(was).includes(name)) continue;
    const moved = moduleChange(was.Module, is.Module);
    if (moved !== null) causes.add(moved);
    for (const cause of changedFiles(was, is, before, now)) {
      const [code, file = ""] = cause.split(" ");
      const text = code === "file-removed" ? before.readFile(file) : now.readFile(file);
      if (text.includes(`"${name}"`)) causes.add(cause);
    }
  }
  if (!imported) causes.add(`first-build ${name}`);
  return causes;
}

/** Import paths of the packages that stand behind the import lines. @param {Package | undefined} of */
function importsOf(of) {
  return (of?.Imports ?? []).map((each) => of?.ImportMap?.[each] ?? each);
}
