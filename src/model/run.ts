import type { Block, Problem } from "../log/block.ts";
import type { CacheTrace } from "./cache-trace.ts";
import type { Digest, ShortId } from "./ids.ts";
import type { TestFacts } from "./test-inputs.ts";

export type { Block, Problem } from "../log/block.ts";

/** Kinds of actions that Go looks up under a key. */
export type ActionKind = "build" | "link" | "vet" | "test";
export const actionKinds: readonly ActionKind[] = ["build", "link", "vet", "test"];

/** What one action did in one run. */
export interface RunAction {
  /** `build p`, `build p [q.test]`, `link p`, `vet p`, `test p`; unique in a run. */
  readonly key: string;
  readonly kind: ActionKind;
  readonly package: string;
  /** `[q.test]` where the package was compiled again for the tests of q, else null. */
  readonly variant: string | null;
  /** Short action ID, from the action graph or from the log's digest; null where neither has it. */
  readonly id: ShortId | null;
  /** Digest of the verified block with this ID; null where there is none. */
  readonly digest: Digest | null;
  /** Short content ID of the output, null where unknown (failed, log without a dependent). */
  readonly contentId: ShortId | null;
  /** `ran`: go started at least one process for it (or its helper nodes). */
  readonly outcome: "hit" | "ran" | "unknown";
  /** It ran and gave no output (a compile error, a failed link). */
  readonly failed: boolean;
  /** Wall seconds of its processes and of its helper nodes', added up; null without an action graph. */
  readonly seconds: number | null;
  /** When it and its helper nodes were running, of a hit when it was looked up, in seconds since the run's start; [] without a graph. */
  readonly intervals: readonly (readonly [number, number])[];
  /** A link's or install's output file, absolute; null where the output stayed in the work directory. */
  readonly target: string | null;
  /** Why its inputs could not be verified, in words; null where they were, or were not needed. */
  readonly unverified: string | null;
  /** Of a test, where its record has it. */
  readonly test?: TestFacts;
}

/** Where a setting came from; the words of `origin` in the report. */
export type Origin =
  | "command line"
  | "GOFLAGS"
  | "environment"
  | "go env file"
  | "go.mod"
  | "go.work"
  | "file system"
  | "git"
  | "cache"
  | "C toolchain";

/** One flag of the go command in effect, in canonical form: one dash, `-race` has the value `true`. */
export interface Flag {
  readonly name: string;
  readonly value: string;
  readonly origin: "command line" | "GOFLAGS" | "go env file";
}

/** Go's settings, as `go env -json` and the command line give them; empty in an imported log. */
export interface Settings {
  /** All of `go env -json`, and those of `watchedVariables` that are set in the environment. Redacted. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that are set by the user: in the process environment or in the go env file. */
  readonly envOrigin: Readonly<Record<string, "environment" | "go env file">>;
  readonly flags: readonly Flag[];
}

/** The program that keeps what go stores (GOCACHEPROG, Go 1.24 and later); null where that is GOCACHE. */
export function programOf({ settings }: { readonly settings: Pick<Settings, "env"> }): string | null {
  return settings.env.GOCACHEPROG || null;
}

/** A source file of the main modules as it was before go was started. */
export interface SourceFile {
  /** Absolute path. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Short SHA-256 of the content: the form in `file` lines. */
  readonly hash: ShortId;
}

/** What is noted about the cache before go is started. */
export interface CacheState {
  /** The first line of trim.txt, unix seconds; null where absent. */
  readonly trimmedAt: number | null;
  /** False where the directory did not exist or held no entries. */
  readonly present: boolean;
  /** Short link action ID that each known output file carried before the run; null: no such file or no build ID. */
  readonly targets: Readonly<Record<string, ShortId | null>>;
  /** Actions that ran and gave an output, and had no entry afterwards: GOCACHE can't be written to. Only where there are any. */
  readonly unwritten?: readonly ShortId[];
  /** Of a run whose cache is elsewhere: which index entries it had before go was started, as `packListing` packs them. */
  readonly listed?: string;
}

/** One module that go.mod, go.work or a vendor folder decides about, as their text says. */
export interface ModuleFact {
  readonly path: string;
  /** `""` where only a `replace` line names it. */
  readonly version: string;
  /** `h1:…` of the module (of its replacement, where that has a version) in go.sum; null where it has none. */
  readonly sum: string | null;
  /** What stands in its place: a path, and a version where it is no directory. */
  readonly replace: { readonly path: string; readonly version: string } | null;
  /** The `go` line of its own go.mod where it lies in a directory of the user's; null where it has none. */
  readonly go: string | null;
}

/** What the module files say: of all main modules together. */
export interface ModuleFacts {
  readonly list: readonly ModuleFact[];
  /** `godebug` lines of go.mod (of go.work in a workspace): key → value. */
  readonly godebug: Readonly<Record<string, string>>;
  /** Packages come from the vendor folder. */
  readonly vendored: boolean;
}

/** What git says about the checkout: what a stamp is made of. */
export interface VcsFacts {
  readonly revision: string;
  /** Time of the commit, unix seconds. */
  readonly time: number;
  readonly modified: boolean;
  /** Tags of this commit and of those that it descends from. */
  readonly tags: readonly { readonly name: string; readonly commit: string }[];
}

/** `CC`, `CXX`, `FC` → the line with its version that the program prints about itself. */
export type CompilerFacts = Readonly<Record<string, string>>;

/** Name of a tool (`compile`, `vet`) → what it says of itself through the program of -toolexec, or -vettool in its place. */
export type ToolFacts = Readonly<Record<string, string>>;

/** Absolute path of a file that -overlay replaces → short digest of the content given instead; null where it is taken away. */
export type OverlayFacts = Readonly<Record<string, ShortId | null>>;

/** A file that a package is compiled with, and that is in no key of Go's: a change of it brings a stale hit. */
export interface UnkeyedFile {
  /** The action that is compiled with it. */
  readonly key: string;
  /** Absolute. */
  readonly path: string;
  /** Its content when the package was compiled last, as far as runs that were recorded tell; short SHA-256. */
  readonly built: ShortId;
  /** Its content after this run; null where it is gone. */
  readonly now: ShortId | null;
}

/** One recorded go command. Plain data: this, and nothing else, is what the history keeps. */
export interface Run {
  readonly formatVersion: 1;
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string | null;
  /** Seconds on the clock from start to end of the go command. */
  readonly clockSeconds: number | null;
  readonly source: "recorded" | "imported" | "snapshot";
  /** Names the key of its tokens where that is not the history's own: tokens of two runs compare only where this is the same. */
  readonly hiddenUnder?: string;
  /** The go word and go's own words as typed, redacted. */
  readonly command: readonly string[];
  /** `build`, `install`, `test`, `vet`, `run`; null where unknown. */
  readonly verb: string | null;
  /** Package patterns, resolved to the module's root, sorted: part of the family. */
  readonly patterns: readonly string[];
  readonly exitCode: number | null;
  readonly interrupted: boolean;
  readonly goVersion: string | null;
  readonly goos: string | null;
  readonly goarch: string | null;
  /** Where go ran (after -C), absolute. */
  readonly directory: string | null;
  /** Path of the main module; in a workspace all of them joined by `,`. */
  readonly module: string | null;
  /** Directory of each main module: module path → absolute directory. */
  readonly moduleRoots: Readonly<Record<string, string>>;
  /** The `go` line of the main module's go.mod (of the first, in a workspace of go.work); null where unknown. */
  readonly goDirective: string | null;
  readonly head: string | null;
  readonly gocache: string | null;
  readonly goroot: string | null;
  readonly gomodcache: string | null;
  readonly settings: Settings;
  readonly cache: CacheState;
  readonly files: readonly SourceFile[];
  /** Variables as the user wrote them, where `go env` shows them otherwise: CGO_CFLAGS with its spaces. */
  readonly rawEnvironment?: Readonly<Record<string, string>>;
  /** Absent in records of older versions, and where nothing new was to be learned. */
  readonly modules?: ModuleFacts | null;
  readonly vcs?: VcsFacts | null;
  readonly compilers?: CompilerFacts;
  /** Only where -toolexec or -vettool is in effect. */
  readonly tools?: ToolFacts;
  /** Only where -overlay is in effect. */
  readonly overlay?: OverlayFacts;
  /** Of `go test -coverpkg` from Go 1.26 on: the packages whose build each test result depends on, in Go's order. */
  readonly covered?: readonly string[];
  /** Only where there are any. */
  readonly unkeyed?: readonly UnkeyedFile[];
  /** Of a run whose cache program was traced. */
  readonly cacheTrace?: CacheTrace;
  readonly actions: readonly RunAction[];
  /** True where the outcomes and times come from an action graph. */
  readonly hasGraph: boolean;
  readonly problems: readonly Problem[];
  /** How many values were replaced by tokens before anything was kept. */
  readonly hiddenValues: number;
}

/** A run and the blocks of its actions (and of no other's). */
export interface RunWithBlocks {
  readonly run: Run;
  readonly blocks: ReadonlyMap<Digest, Block>;
}

/** Environment variables that enter keys and that `go env -json` does not print (work/exec.go `magic`, test caching). */
export const watchedVariables = [
  "GOCLOBBERDEADHASH",
  "GOSSAFUNC",
  "GOSSADIR",
  "GOCOMPILEDEBUG",
  "GO_EXTLINK_ENABLED",
  "GODEBUG",
] as const;
