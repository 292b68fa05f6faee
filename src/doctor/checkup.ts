import type { GoUse } from "./go-use.ts";
import type { Job, Unread } from "./pipeline.ts";
import type { Dockerfile, DockerRun } from "./read/dockerfile.ts";
import type { GoSource } from "./read/go-source.ts";
import type { Makefile } from "./read/makefile.ts";
import type { ShellCommand } from "./read/shell.ts";

/** All that was read of the checkout: what checks look at. */
export interface Checkup {
  readonly files: readonly string[];
  readonly jobs: readonly Job[];
  readonly makefiles: readonly Makefile[];
  readonly dockerfiles: readonly Dockerfile[];
  /** Test files, and files with cgo. */
  readonly sources: readonly GoSource[];
  /** Folders of go.mod files, `.` for the root. */
  readonly modules: readonly string[];
  /** Folders of programs, in all modules. */
  readonly mains: () => readonly string[];
  /** Each go command of a file, with what runs it. */
  readonly sites: readonly GoSite[];
  /** All other commands, as well. */
  readonly places: readonly CommandPlace[];
  readonly unread: readonly Unread[];
  /** The patterns of .dockerignore; null where there is none. */
  readonly dockerignore: string | null;
}

export type Where =
  | { readonly kind: "job"; readonly job: Job }
  | { readonly kind: "make"; readonly target: string; readonly file: string }
  | { readonly kind: "script" }
  | { readonly kind: "docker"; readonly run: DockerRun };

export interface GoSite {
  readonly use: GoUse;
  readonly where: Where;
}

/** A script, a recipe, a job or a RUN: commands that run one after the other. */
export interface CommandPlace {
  readonly file: string;
  readonly where: Where;
  readonly commands: readonly ShellCommand[];
  readonly uses: readonly GoUse[];
}

/** A folder from the root: `a/b`, `.`; null where it lies outside or is not known. */
export function folderOf(directory: string | null): string | null {
  if (directory === null || directory.startsWith("/")) return null;
  const parts: string[] = [];
  for (const part of directory.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length === 0 ? "." : parts.join("/");
}

/** The nearest folder with a go.mod, upwards; null where there is none. */
export function moduleOf(folder: string, modules: readonly string[]): string | null {
  const above = modules.filter(
    (module) => module === "." || folder === module || folder.startsWith(`${module}/`),
  );
  return above.sort((one, other) => other.length - one.length)[0] ?? null;
}
