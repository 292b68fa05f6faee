import type { NamedCause } from "../keys/site.ts";
import type { Run, RunAction } from "../model/run.ts";
import type { Segment } from "../model/segments.ts";

/** One thing outside that may have been otherwise when the cache was filled. */
export interface Assumption {
  /** For people: `-race`, `go1.25.5`, `CGO_CFLAGS=-O3`, `without -trimpath`. */
  readonly label: string;
  /** Of two with the same group only one can be true: `toolchain`, `-race`, `CGO_CFLAGS`. */
  readonly group: string;
  /** The run as it would have been recorded then. */
  readonly patch: (run: Run) => Run;
  /** Causes by which an action is not what it was then. @param before the patched run, under all assumptions */
  readonly causesOf: (action: RunAction, before: Run) => readonly NamedCause[];
  /** Whether the action, or anything that it depends on, may be another under it. */
  readonly reaches: (action: RunAction) => boolean;
  /** Of what it reaches, it can only change keys of these, and of what depends on them. Null where any may be another. */
  readonly onlyWith: Touches | null;
  /** In most keys it shows by the files alone that are chosen: sources have to be read to see anything of it. */
  readonly showsInFiles: boolean;
  /** Keys that name it: where two stand in the same ones, neither is found alone. `own` are those of main modules' packages. */
  readonly standsIn: "every key" | "own keys" | "some keys";
  /** The cache itself shows a sign of it: a path, a version in an archive. */
  readonly isLikely: boolean;
  /** Words of go and variables that make it so; null where no go command can. */
  readonly asRun: GoChange | null;
}

/** Whether something changes an action by itself. The same function for the same thing: what follows from it is kept. */
export type Touches = (action: RunAction, inputs: readonly Segment[]) => boolean;

/** That an action has such an input. */
export function hasInput(input: RegExp): Touches {
  return (_, inputs) => inputs.some((segment) => input.test(segment.input));
}

/** What a go command needs to run under an assumption. */
export interface GoChange {
  /** Another go: its version, and the directory that it lies in. */
  readonly toolchain?: { readonly goVersion: string; readonly goroot: string };
  /** Flags: a value, or null to take it away. */
  readonly flags?: Readonly<Record<string, string | null>>;
  /** Variables: a value, or null to unset it. */
  readonly env?: Readonly<Record<string, string | null>>;
}

/** Whether an action is one of a main module's packages: nothing outside depends on these. */
export function isOwn(action: RunAction, run: Run): boolean {
  return Object.keys(run.moduleRoots).some(
    (path) => action.package === path || action.package.startsWith(`${path}/`),
  );
}
