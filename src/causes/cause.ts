import type { Origin } from "../model/run.ts";

/** Cause codes: scripts match on them, so they are never renamed, only added. */
export type CauseCode =
  | "file-edited"
  | "file-added"
  | "file-removed"
  | "pgo-profile-changed"
  | "overlay-changed"
  | "env-changed"
  | "flag-changed"
  | "coverage-changed"
  | "toolchain-changed"
  | "tool-changed"
  | "c-compiler-changed"
  | "goroot-moved"
  | "directory-moved"
  | "modcache-moved"
  | "module-version-changed"
  | "module-replaced"
  | "go-directive-changed"
  | "godebug-default-changed"
  | "module-graph-changed"
  | "vcs-stamp-changed"
  | "cache-dir-changed"
  | "cache-cleaned"
  | "cache-trimmed"
  | "cache-entry-missing"
  | "cache-entry-damaged"
  | "cache-not-written"
  | "cache-program-miss"
  | "forced-rebuild"
  | "link-not-cached"
  | "link-target-replaced"
  | "vet-not-cached"
  | "build-failed-before"
  | "output-not-reproducible"
  | "first-build"
  | "test-env-changed"
  | "test-file-changed"
  | "test-file-too-new"
  | "test-flag-changed"
  | "test-not-cacheable"
  | "test-expired";

export type CauseClass =
  | "file"
  | "env"
  | "flag"
  | "toolchain"
  | "directory"
  | "module"
  | "vcs"
  | "cache"
  | "forced"
  | "other"
  | "test-input";

export type EvidenceKind = "proven" | "observed" | "predicted" | "at-most" | "inferred";

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly detail: string;
  /** Of the roots whose key changed (`of`), those whose earlier key was regenerated; absent where no key changed. */
  readonly keys?: { readonly proven: number; readonly of: number };
}

/** One input that this cause changed, as people see it: `file errors.go`, `compile flags`, `vcs.revision`, … */
export interface InputChange {
  readonly input: string;
  readonly before: string | null;
  readonly now: string | null;
  /** Unified diff of a text file's edit, where it can be had. */
  readonly diff: string | null;
}

/**
 * How the present content of a file stands to what git has: it is HEAD's, the index's and not HEAD's, another one, or git has no
 * such file.
 */
export type ContentInGit = "committed" | "staged" | "modified" | "untracked";

/** What identifies a cause and what it changed, before anything is counted. */
export interface CauseFact {
  readonly code: CauseCode;
  readonly subject: string;
  readonly before: string | null;
  readonly now: string | null;
  readonly origin: Origin | null;
}

export type Verdict =
  | "hit"
  | "forced"
  | "new"
  | "key-changed"
  | "not-cacheable"
  | "entry-missing"
  | "unknown";

/** `code subject`: equal for equal causes. */
export function causeId(fact: { code: CauseCode; subject: string }): string {
  return `${fact.code} ${fact.subject}`;
}
