import { escapePath } from "../keys/place-of-package.ts";
import type { Run } from "../model/run.ts";

/**
 * Where a checkout was when the cache was filled, from the names of its source files in archives. The texts lie back to back in
 * an archive (`example.com/m/a/src/m/a/a.go`), so a place is only a candidate: a key decides.
 * @param heads first bytes of archives, one character each
 * @returns module path → directories, the most frequent first
 */
export function earlierRoots(
  now: Run,
  sources: readonly { readonly module: string; readonly tail: string; readonly file: string }[],
  heads: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const head of heads) {
    for (const { module, tail, file } of sources) {
      const end = `${bytes(tail)}/${bytes(file)}`;
      for (let at = head.indexOf(end); at >= 0; at = head.indexOf(end, at + 1)) {
        for (const root of rootsEndingAt(head, at, module + tail)) {
          if (root === now.moduleRoots[module]) continue;
          const own = counts.get(module) ?? new Map<string, number>();
          counts.set(module, own.set(root, (own.get(root) ?? 0) + 1));
        }
      }
    }
  }
  return new Map(
    [...counts].map(([module, roots]) => [
      module,
      [...roots].sort((a, b) => b[1] - a[1]).map(([root]) => Buffer.from(root, "latin1").toString()),
    ]),
  );
}

/** A path ends at this place: where may it begin? Behind the package's name, behind another file's name, a mark, a control byte. */
function rootsEndingAt(head: string, end: number, name: string): readonly string[] {
  const before = head.slice(Math.max(0, end - longestPath), end);
  const text = before.slice(lastControl(before) + 1);
  const starts = new Set<number>();
  const behind = (mark: string): void => {
    const at = text.lastIndexOf(mark);
    if (at >= 0) starts.add(at + mark.length);
  };
  behind(bytes(name));
  behind(".go");
  // In programs texts of other kinds stand before.
  behind(">");
  behind('"');
  starts.add(text.indexOf("/"));
  return [...starts].flatMap((start) => {
    const root = text.slice(start);
    return /^(\/[^/]+)+$/.test(root) || /^[A-Z]:\\/.test(root) ? [root] : [];
  });
}

function lastControl(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) if (text.charCodeAt(at) < 32) return at;
  return -1;
}

const longestPath = 1024;

/** Where a module cache was: what stands before `/module@version/` of a module that is used now. */
export function earlierModuleCaches(now: Run, heads: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { path, version } of now.modules?.list ?? []) {
    if (version === "") continue;
    const mark = `/${escapePath(path)}@`;
    for (const head of heads) {
      const at = head.indexOf(mark);
      if (at < 0) continue;
      for (const place of rootsEndingAt(head, at, path)) {
        if (place !== now.gomodcache) counts.set(place, (counts.get(place) ?? 0) + 1);
      }
    }
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([place]) => place)
    .slice(0, 20);
}

function bytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}
