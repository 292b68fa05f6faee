import type { Severity } from "./finding.ts";

/** Codes of findings: scripts match on them, so they are never renamed, only added. */
export type FindingCode = CiCode | "not-parsed" | "silenced-without-reason";

type CiCode =
  | "build-cache-not-saved"
  | "cache-flags-differ"
  | "cache-key-constant"
  | "cache-key-exact-only"
  | "cache-key-no-go-version"
  | "cache-key-no-modules"
  | "cache-key-no-platform"
  | "cache-path-outside-project"
  | "gocache-outside-ci-cache"
  | "setup-go-cache-frozen"
  | "setup-go-cache-shared";

/** What is said about a code, whatever the checkout. `{name}` stands for a value of the sighting. */
export interface FindingInfo {
  /** error: the cache does not work; warning: costs misses again and again; note: costs little, or may be meant. */
  readonly severity: Severity;
  /** A heading of a few words. */
  readonly title: string;
  readonly message: string;
  /** What Go, or the CI system, does: why it costs. */
  readonly why: string;
  readonly fix: string;
  /** When the fix is unsafe, or what it costs; null where it is neither. */
  readonly caution: string | null;
}

/** Every code. The Record's type holds it complete. */
export const findingCatalogue: Readonly<Record<FindingCode, FindingInfo>> = {
  "build-cache-not-saved": {
    severity: "warning",
    title: "only modules are cached",
    message:
      "This cache holds downloaded modules and no compiled packages: job {job} compiles all of them in every run",
    why: "Modules and compiled packages lie in two places, GOMODCACHE and GOCACHE. A cache of the first spares downloads, and no compilation.",
    fix: "Add Go's build cache to its paths: {example}",
    caution:
      "Compiled packages change more often than modules: the key needs Go's version, and a restore prefix so that a new key begins with the last cache.",
  },
  "cache-flags-differ": {
    severity: "warning",
    title: "one cache for builds with different settings",
    message: "Jobs {jobs} share this cache and build with different settings: {settings}",
    why: "Packages that were compiled with other flags are other entries. Where a key is written once, the cache holds those of the job that saved it first; where each job writes it, those of the last.",
    fix: "Give each its own key: {example}",
    caution: null,
  },
  "cache-key-constant": {
    severity: "warning",
    title: "a key that never changes",
    message: "The key {key} stays the same for every commit: what the first run saved is never replaced",
    why: "A saved cache is immutable here: when a run restores it under its own key, it saves nothing. Every later change of code or modules is compiled again in every run.",
    fix: "Save under a key that moves, and restore by its beginning: {example}",
    caution:
      "A cache for each commit uses up the storage that the CI system grants, and older ones are evicted earlier; a hash of go.sum in place of the commit saves less often.",
  },
  "cache-key-exact-only": {
    severity: "warning",
    title: "a key without a restore prefix",
    message: "When {key} becomes another, nothing is restored: the run begins with an empty cache",
    why: "A new key finds an old cache only by a prefix or a fallback key. Nearly all that it holds would still hit.",
    fix: "Name what to fall back to: {example}",
    caution:
      "Restored caches grow by what is added each time; Go deletes entries that were not used for five days.",
  },
  "cache-key-no-go-version": {
    severity: "warning",
    title: "a key without Go's version",
    message: "The key {key} stays the same when Go's version changes",
    why: "No result of one Go version serves another. The cache of the other version is restored, everything is compiled, and since the key is taken nothing is saved.",
    fix: "Put Go's version into the key: {example}",
    caution: null,
  },
  "cache-key-no-modules": {
    severity: "warning",
    title: "a key without the modules",
    message: "The key {key} stays the same when modules change",
    why: "A saved cache is immutable here. Packages of modules that were added or updated since are compiled in every run until the key changes.",
    fix: "Put a hash of go.sum into the key: {example}",
    caution: null,
  },
  "cache-key-no-platform": {
    severity: "warning",
    title: "one key for several platforms",
    message: "The key {key} is the same on {platforms}",
    why: "Compiled packages of one platform don't serve another. The one that ends first saves the cache; the others restore it and compile everything.",
    fix: "Put the platform into the key: {example}",
    caution: null,
  },
  "cache-path-outside-project": {
    severity: "error",
    title: "a GitLab cache path outside the project",
    message: "{path} lies outside the project's directory: GitLab does not cache it",
    why: "The runner archives paths below the project's directory alone; others are left out, with a warning in the job's log.",
    fix: "Move the cache into the project and cache it there: {example}",
    caution:
      "Add the folder to .gitignore: untracked files make the VCS stamp of programs say that the checkout is modified.",
  },
  "gocache-outside-ci-cache": {
    severity: "error",
    title: "GOCACHE lies outside what CI keeps",
    message: "GOCACHE is {gocache}, and no path of the cache covers it: compiled packages are not kept",
    why: "The cache of the CI system keeps the paths that it names. Go writes where GOCACHE says.",
    fix: "{example}",
    caution: null,
  },
  "not-parsed": {
    severity: "note",
    title: "not read",
    message: "This could not be read: {reason}",
    why: "What a parser does not understand is left out: nothing is guessed about it.",
    fix: "Check the file with its own tool; if that accepts it, please report it to gocache-why.",
    caution: null,
  },
  "setup-go-cache-frozen": {
    severity: "note",
    title: "setup-go's cache is saved once per go.mod",
    message:
      "setup-go saves its cache once for each Go version and {hashed}: packages changed since then are compiled in every run",
    why: "Its key is made of platform, Go version and a hash of {hashed}; it has no restore prefix, and on a hit nothing is saved.",
    fix: "Turn its cache off and use one with a moving key and a restore prefix: {example}",
    caution:
      "It pays where the module's own packages are many; where dependencies are most of the build, setup-go's cache serves well.",
  },
  "setup-go-cache-shared": {
    severity: "warning",
    title: "jobs share setup-go's one cache",
    message: "Jobs {jobs} have the same setup-go cache, and whichever ends first fills it: {settings}",
    why: "The key of setup-go's cache names neither the job nor its flags. It is saved once; a job that needs other packages, or the same with other flags, compiles them in every run.",
    fix: "Turn the cache off where little is built, and give jobs that build otherwise caches of their own: {example}",
    caution: null,
  },
  "silenced-without-reason": {
    severity: "note",
    title: "silenced without a reason",
    message: "{code} is to be ignored, and no reason is given: it is still told",
    why: "A reason tells the next reader whether it still holds.",
    fix: "Add it: {example}",
    caution: null,
  },
};

/** A sentence of the catalogue with its values. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
