import type { GoUse } from "./go-use.ts";
import type { ShellCommand } from "./read/shell.ts";

export type CiSystem = "github" | "gitlab" | "circleci" | "buildkite" | "jenkins";

/** A text and where it stands. */
export interface Placed {
  readonly text: string;
  readonly line: number;
}

/** What a cache's key depends on, as far as its text tells. */
export interface KeyParts {
  readonly platform: boolean;
  readonly goVersion: boolean;
  /** A hash of go.sum, go.mod or go.work. */
  readonly modules: boolean;
  /** A hash of sources: another key with nearly every commit. */
  readonly sources: boolean;
  /** The commit, the run or the time: another key in every run, or nearly. */
  readonly perRun: boolean;
  readonly branch: boolean;
  /** It holds something that the file does not tell. */
  readonly isUnclear: boolean;
}

export interface CacheKey extends Placed {
  readonly parts: KeyParts;
}

/** One cache that a job restores, saves, or both. */
export interface CacheUse {
  readonly file: string;
  /** Of the step. */
  readonly line: number;
  readonly does: "restore" | "save" | "both";
  readonly by: "setup-go" | "cache";
  /** Null where the system makes it, and nothing of it can be told. */
  readonly key: CacheKey | null;
  /** Keys, or beginnings of keys, that are tried next. */
  readonly fallbacks: readonly CacheKey[];
  /** True where `key` alone finds every cache whose key begins with it. */
  readonly isPrefix: boolean;
  readonly paths: readonly Placed[];
  readonly holds: CacheContents;
  /** True where what is saved under a key is never written again. */
  readonly isFrozen: boolean;
}

/** What the paths of a cache hold of Go's. */
export interface CacheContents {
  readonly builds: boolean;
  readonly modules: boolean;
  /** A path is known only when the job runs. */
  readonly isUnclear: boolean;
}

/** A step that is no script: an action, an orb's command, a plugin. */
export interface ActionStep {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly inputs: ReadonlyMap<string, Placed>;
}

export interface Job {
  readonly system: CiSystem;
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** Labels of the machines that it may run on; null where the file does not tell. */
  readonly platforms: readonly string[] | null;
  /** Go versions that it may run with, as written; empty where it installs none; null where the file does not tell. */
  readonly goVersions: readonly string[] | null;
  /** The same as the file writes them: `${{ matrix.go }}`, `1.24`, `file:go.mod`. */
  readonly goVersionTexts: readonly string[];
  /** False where it runs for pull requests alone: what it saves, the main branch does not see. */
  readonly runsOnMain: boolean;
  /** Variables that the file sets for the whole job. */
  readonly variables: ReadonlyMap<string, Placed>;
  readonly caches: readonly CacheUse[];
  readonly uses: readonly GoUse[];
  readonly commands: readonly ShellCommand[];
  readonly actions: readonly ActionStep[];
}

/** Something in a file that could not be read. */
export interface Unread {
  readonly file: string;
  readonly line: number | null;
  readonly reason: string;
}

export interface PipelineRead {
  readonly jobs: readonly Job[];
  readonly unread: readonly Unread[];
}
