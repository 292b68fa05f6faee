import type { LogEvent } from "./log-event.ts";

/** How far a build has come, as its log tells while it runs. */
export interface BuildProgress {
  /** Compiles and links that are done. What was in the cache is not counted. */
  readonly ran: number;
  /** Import path of what was begun last and is not done; null where nothing is. */
  readonly current: string | null;
}

export interface ProgressCounter {
  /** Takes the next event of the log, in the log's order. */
  take(event: LogEvent): void;
  now(): BuildProgress;
}

/**
 * Counts the actions of a running build by the subkeys that Go logs (work/exec.go cacheSrcFiles, work/buildid.go useCache and
 * updateBuildID, Go 1.21–1.27). Of a package that is compiled, `srcfiles` (or the first of `cgo compile …`) comes before the compiler
 * is started and `stdout` when it is done; of one that was in the cache `stdout` comes alone. `link-stdout` has the key of the main
 * package: it comes after the link, or, where the output file was up to date, together with a `stdout` that comes after the link's key.
 */
export function createProgressCounter(): ProgressCounter {
  /** Packages by their keys: looked up, and not known to be hits or done. */
  const asked = new Map<string, string>();
  /** Begun and not done, the last one at the end. */
  const running = new Map<string, string>();
  /** Keys of main packages by their import paths, where the package is there to be linked. */
  const built = new Map<string, string>();
  let ran = 0;

  function takeSum(name: string, key: string): void {
    const [, kind, path] = /^(build|link) (.*)$/s.exec(name) ?? [];
    if (path === undefined) return;
    if (kind === "build") {
      asked.set(key, pathOf(path));
      return;
    }
    const main = built.get(pathOf(path));
    if (main !== undefined) running.set(linkOf(main), pathOf(path));
  }

  function takeSubkey(key: string, description: string): void {
    if (description === "srcfiles" || description.startsWith("cgo compile ")) {
      const path = asked.get(key);
      if (path !== undefined && !running.has(key)) running.set(key, path);
    } else if (description === "stdout") {
      const path = asked.get(key);
      if (running.delete(key)) ran++;
      if (path !== undefined) built.set(path, key);
      asked.delete(key);
    } else if (description === "link-stdout" && running.delete(linkOf(key))) ran++;
  }

  return {
    take(event) {
      if (event.type === "sum") takeSum(event.name, keyOf(event.digest));
      else if (event.type === "subkey") takeSubkey(keyOf(event.parent), event.description);
    },
    now: () => ({ ran, current: [...running.values()].at(-1) ?? null }),
  };
}

/** Enough of a digest for a count that is looked at and gone; V8 copies so few characters, so that the chunk of the log is let go. */
function keyOf(digest: string): string {
  return digest.slice(0, 12);
}

function linkOf(main: string): string {
  return `link ${main}`;
}

/** A path as text: what an event has are bytes. */
function pathOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
