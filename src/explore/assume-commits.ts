import type { Disk } from "../keys/outside-values.ts";
import type { NamedCause } from "../keys/site.ts";
import type { ShortId } from "../model/ids.ts";
import { moduleFactsOf } from "../model/module-facts.ts";
import type { ModuleFact, Run, RunAction, SourceFile } from "../model/run.ts";
import { type Assumption, isOwn } from "./assumption.ts";

/** How a main module's files were at one commit, where they are another now. */
export interface PastState {
  readonly revision: string;
  /** Unix seconds. */
  readonly time: number;
  /** 0 for HEAD, 1 for its first parent, … */
  readonly back: number;
  /** Path from the module's root → its content then; null where there was no such file. */
  readonly files: ReadonlyMap<string, { readonly hash: ShortId; readonly text: string } | null>;
}

/** Earlier commits of a main module's checkout, the newest first. One whose files are those of now is left out. */
export function assumeCommits(
  now: Run,
  module: string,
  past: readonly PastState[],
  disk: Disk,
): readonly Assumption[] {
  const root = now.moduleRoots[module] ?? "";
  const present = new Set(now.files.map(({ path }) => path));
  // A checkout that is dirty now was clean, or as dirty with files that git does not know.
  const stamps = now.vcs?.modified === true ? [false, true] : [false];
  return past
    .filter(({ files, back }) => files.size > 0 || back > 0)
    .flatMap((state) => stamps.map((modified) => ({ ...state, modified })))
    .map((state): Assumption => {
      const changed = [...state.files].filter(([path]) => /\.\w+$/.test(path));
      const readThen = (path: string): string | null => {
        const below = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null;
        const then = below === null ? undefined : state.files.get(below);
        return then === undefined ? disk.readFile(path) : (then?.text ?? null);
      };
      const isOtherModule = state.files.has("go.mod") || state.files.has("go.sum");
      const modules = isOtherModule
        ? moduleFactsOf({ [module]: root }, null, null, readThen)
        : (now.modules ?? null);
      const bumped = bumpedModules(now.modules?.list ?? [], modules?.list ?? [], module);
      const ownLine = (list: readonly ModuleFact[] | undefined): string | null =>
        list?.find((fact) => fact.path === module)?.go ?? null;
      const isOtherLine = isOtherModule && ownLine(now.modules?.list) !== ownLine(modules?.list);
      const isRestamped = now.vcs != null && (state.back > 0 || state.modified !== now.vcs.modified);
      const causesOf = (action: RunAction): readonly NamedCause[] => {
        const causes: NamedCause[] = filesOf(action, module, changed).map(([path, then]) => ({
          code:
            then === null ? "file-added" : present.has(`${root}/${path}`) ? "file-edited" : "file-removed",
          subject: path,
        }));
        for (const subject of bumped) causes.push({ code: "module-version-changed", subject });
        if (isOtherLine) causes.push({ code: "go-directive-changed", subject: module });
        if (isRestamped) causes.push({ code: "vcs-stamp-changed", subject: "vcs" });
        return causes;
      };
      return {
        label: commitLabel(state),
        group: `commit ${module}`,
        patch: (run) => runThen(run, module, state, changed, modules),
        causesOf,
        reaches: (action) => bumped.length > 0 || action.kind === "link" || isOwn(action, now),
        onlyWith: (action) => isOwn(action, now) || bumped.some((path) => isBelow(action.package, path)),
        showsInFiles: false,
        standsIn: "own keys",
        isLikely: false,
        // The stamp in programs would be that of the present commit.
        asRun: null,
      };
    });
}

/** `HEAD`, `the third commit before HEAD (abc1234)`. */
export function commitLabel({ back, revision }: Pick<PastState, "back" | "revision">): string {
  const short = revision.slice(0, 7);
  if (back === 0) return `HEAD (${short}), before the files were edited`;
  const ordinals = ["", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
  return `the ${ordinals[back] ?? `${back}th`} commit before HEAD (${short})`;
}

function runThen(
  run: Run,
  module: string,
  { revision, time, modified }: PastState & { readonly modified: boolean },
  changed: readonly (readonly [string, { readonly hash: ShortId } | null])[],
  modules: Run["modules"],
): Run {
  const root = run.moduleRoots[module] ?? "";
  const files = new Map<string, SourceFile>(run.files.map((file) => [file.path, file]));
  for (const [path, then] of changed) {
    const full = `${root}/${path}`;
    if (then === null) files.delete(full);
    else files.set(full, { path: full, size: 0, mtimeMs: 0, hash: then.hash });
  }
  const own = modules?.list.find((fact) => fact.path === module)?.go ?? null;
  return {
    ...run,
    files: [...files.values()],
    modules: modules ?? null,
    goDirective: own ?? run.goDirective,
    head: revision,
    // Tags of now may be younger than the commit: without a sign of that they are taken for older.
    ...(run.vcs == null ? {} : { vcs: { ...run.vcs, revision, time, modified } }),
  };
}

/** Those files that lie in a package's own folder. Test files only count for a package compiled with them. */
function filesOf<T>(
  action: RunAction,
  module: string,
  changed: readonly (readonly [string, T])[],
): readonly (readonly [string, T])[] {
  const name = action.package.replace(/_test$/, "");
  if (action.kind !== "build" || (name !== module && !name.startsWith(`${module}/`))) return [];
  const folder = name.slice(module.length + 1);
  const isTest = action.variant !== null || action.package.endsWith("_test");
  return changed.filter(([path]) => {
    const slash = path.lastIndexOf("/");
    const own = slash < 0 ? "" : path.slice(0, slash);
    if (path === "go.mod" || path === "go.sum") return false;
    return own === folder && (isTest || !path.endsWith("_test.go"));
  });
}

function isBelow(name: string, path: string): boolean {
  return name === path || name.startsWith(`${path}/`);
}

function bumpedModules(
  now: readonly ModuleFact[],
  then: readonly ModuleFact[],
  main: string,
): readonly string[] {
  const earlier = new Map(then.map((fact) => [fact.path, fact]));
  return now.flatMap(({ path, version, sum }) => {
    const other = earlier.get(path);
    return path !== main && other !== undefined && (other.version !== version || other.sum !== sum)
      ? path
      : [];
  });
}
