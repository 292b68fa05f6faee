import type { AdviceSaves } from "../report.ts";
import type { CauseFact, WordingContext } from "./context.ts";
import { goMinor, isTimeOnly, noContext } from "./context.ts";
import { countText, numberText, secondsText } from "./numbers.ts";
import { stampChangeOf } from "./stamp.ts";
import { differOnlyInSpaces } from "./values.ts";

/** What would have avoided it, and what that costs elsewhere. */
export interface Advice {
  /** One sentence or two, concrete: what to set, where. */
  readonly text: string;
  /** When it does harm, in a few words that stand in brackets behind the text; null where it can't. */
  readonly caution: string | null;
}

/** Advice for a cause, or null where it would be noise: an edited file is meant to be compiled. */
export function adviceOf(cause: CauseFact, context: WordingContext = noContext): Advice | null {
  switch (cause.code) {
    case "file-edited":
    case "file-added":
    case "file-removed":
    case "overlay-changed":
    case "module-version-changed":
    case "module-replaced":
    case "go-directive-changed":
    case "godebug-default-changed":
    case "module-graph-changed":
    case "build-failed-before":
    case "first-build":
    case "test-expired":
      return null;
    case "pgo-profile-changed":
      return advice(
        "Renew the profile rarely; -pgo=off leaves it out while developing.",
        "the program is slower then",
      );
    case "env-changed":
      return variableAdvice(cause);
    case "flag-changed":
      return flagAdvice(cause);
    case "coverage-changed":
      return advice("Use the same -coverpkg and -covermode in every run.");
    case "toolchain-changed":
      return toolchainAdvice(cause);
    case "tool-changed":
      return advice(
        "A -toolexec or -vettool program should answer -V=full alike until what it does changes.",
      );
    case "c-compiler-changed":
      return advice("Pin the image or package that brings the C compiler.");
    case "goroot-moved":
      return trimpathAdvice("Install Go in the same directory", context);
    case "directory-moved":
      return trimpathAdvice("Check out to one fixed path", context);
    case "modcache-moved":
      return trimpathAdvice("Keep GOMODCACHE at one path", context);
    case "vcs-stamp-changed":
      return stampAdvice(cause);
    case "cache-dir-changed":
      if (cause.subject === "GOCACHEPROG")
        return advice("Set GOCACHEPROG alike in both: with it and without it go has two caches.");
      return advice(
        "Give both the same GOCACHE; in CI, save and restore that directory.",
        "machines must not share it over a network file system",
      );
    case "cache-cleaned":
      return advice(
        "Keep GOCACHE between runs; in CI, check that it is restored to where go env GOCACHE points.",
      );
    case "cache-trimmed":
      return advice(
        "In CI, touch the files of a restored cache before the build: their old times make Go delete them.",
      );
    case "cache-entry-missing":
      return advice("In CI, check that the cache is saved after the build and restored whole.");
    case "cache-entry-damaged":
      if (cause.subject === "GOCACHEPROG")
        return advice(
          "Look into that program's log: it answered with outputs that are not on this machine, or not whole.",
        );
      return advice(
        "Check the disk and the restore; go clean -cache starts afresh.",
        "the next build is a full one then",
      );
    case "cache-not-written":
      return advice("Make GOCACHE writable and free some space, or point GOCACHE elsewhere.");
    case "cache-program-miss":
      return advice("Look into that program's log: was the entry stored, is its server reachable?");
    case "forced-rebuild":
      return advice(
        cause.subject === "-a"
          ? "Leave -a out: Go finds by itself what has to be rebuilt."
          : "Leave gocacheverify out of GODEBUG: it is for testing Go itself.",
      );
    case "link-not-cached":
      return linkAdvice(cause, context);
    case "link-target-replaced":
      return advice("Give each set of flags, and each branch, an output file of its own with -o.");
    case "vet-not-cached":
      return vetAdvice(context);
    case "output-not-reproducible":
      return advice(
        "Look for times, random names or temporary paths in generated code, cgo or -toolexec programs.",
      );
    case "test-env-changed":
      return testVariableAdvice(cause);
    case "test-file-changed":
      return testFileAdvice(cause);
    case "test-file-too-new":
      return advice("If the test writes it, use t.TempDir(); else write it earlier than the tests start.");
    case "test-flag-changed":
      return advice("Each set of test flags has results of its own; use the same one to find them cached.");
    case "test-not-cacheable":
      return notCacheableAdvice(cause.subject);
  }
}

/** Text and caution in one line: `-buildvcs=false avoids it (not for releases: they would lack commit and version).` */
export function adviceText(advice: Advice): string {
  return advice.caution === null ? advice.text : `${advice.text.replace(/[.]$/, "")} (${advice.caution}).`;
}

/** What it would have saved: `It would have saved 5 of 8 misses here, 3.9 s.`, `With -trimpath all 13 misses would have been hits, 1.7 s.` */
export function savesText({ missed, of, seconds, with: fix }: AdviceSaves): string {
  const what =
    missed < of
      ? `${numberText(missed)} of ${countText(of, "miss", "misses")}`
      : of === 1
        ? "the one miss"
        : `all ${numberText(of)} misses`;
  const work = seconds === null ? "" : `, ${secondsText(seconds)}`;
  if (fix === null) return `It would have saved ${what} here${work}.`;
  return `With ${fix} ${what} would have been ${missed === 1 ? "a hit" : "hits"}${work}.`;
}

function advice(text: string, caution: string | null = null): Advice {
  return { text, caution };
}

function variableAdvice(cause: CauseFact): Advice | null {
  const name = cause.subject;
  if (name === "GOOS" || name === "GOARCH")
    return advice("Each target has entries of its own; both stay cached.");
  if (debugVariables.has(name)) return advice(`Unset ${name} when done: with it, every package is compiled.`);
  if (name.startsWith("CGO_") && differOnlyInSpaces(cause.before, cause.now)) {
    return advice("Only programs hold the spaces, in their build info; write the value alike everywhere.");
  }
  const fromEnvironment = cause.origin === "environment";
  if (cause.before === null) {
    return fromEnvironment
      ? advice(`Set ${name} in all places alike, or in none.`)
      : advice(`Set ${name} in all places alike, or in none: go env -u ${name} drops it.`);
  }
  const value = shellValue(cause.before);
  if (value === null) return advice(`Set ${name} alike in CI and shells.`);
  // What go env -w writes counts only where the environment does not set the variable.
  return fromEnvironment
    ? advice(`Set it alike in CI and shells: ${name}=${value}`)
    : advice(`Set it alike in CI and shells: go env -w ${name}=${value}`);
}

/** They are read by the compiler only, and count for every package. */
const debugVariables = new Set(["GOSSAFUNC", "GOSSADIR", "GOCOMPILEDEBUG", "GOCLOBBERDEADHASH"]);

/** A value as a shell takes it, or null where it is too long for a line of advice, hidden, or can't be quoted simply. */
function shellValue(value: string): string | null {
  if (value.length > 40 || /['\p{Cc}…<>‹›]|hidden/u.test(value)) return null;
  return /^[\w./:=,@%+-]+$/.test(value) ? value : `'${value}'`;
}

function flagAdvice(cause: CauseFact): Advice | null {
  const keepBoth = "both stay cached once built";
  switch (cause.subject) {
    case "-race":
      return advice(
        "Race builds have entries of their own: keep both warm, or run them in a job of their own.",
      );
    case "-msan":
    case "-asan":
      return advice(
        `Builds with ${cause.subject} have entries of their own: keep both warm, or give them a job of their own.`,
      );
    case "-trimpath":
      return advice("Use it everywhere or nowhere, through GOFLAGS=-trimpath for instance.", trimpathCaution);
    case "-ldflags":
      return ldflagsAdvice(cause);
    case "-gcflags":
    case "-asmflags":
    case "-tags":
      return advice(`Use the same ${cause.subject} in editor, CI and hooks; ${keepBoth}.`);
    case "-cover":
    case "-coverprofile":
    case "-covermode":
    case "-coverpkg":
      return advice(
        "Coverage builds have entries of their own: run tests always with coverage, or in a job of its own.",
      );
    case "-buildvcs":
    case "-pgo":
    case "-mod":
    case "-modfile":
      return null;
    default:
      return advice(`Use the same ${cause.subject} everywhere; ${keepBoth}.`);
  }
}

function ldflagsAdvice(cause: CauseFact): Advice {
  const sets = `${cause.before ?? ""} ${cause.now ?? ""}`;
  return /(^|[\s"'=])-X\b/.test(sets)
    ? advice(
        "Give -X a value that stays the same while developing; with -trimpath programs are linked again, not compiled.",
        "releases need the real value",
      )
    : advice("Use the same -ldflags everywhere; only programs are affected.");
}

function toolchainAdvice(cause: CauseFact): Advice {
  const version = cause.now;
  return version !== null && /^go1\.\d+(\.\d+|rc\d+|beta\d+)*$/.test(version)
    ? advice(
        `Use one Go everywhere, with GOTOOLCHAIN=${version} for instance, and put its version into the CI cache's key.`,
      )
    : advice("Use one Go everywhere, and put its version into the CI cache's key.");
}

const trimpathCaution = "it shortens file names in stack traces, and debuggers need a path mapping";

function trimpathAdvice(fixed: string, context: WordingContext): Advice {
  if (context.flags.includes("-trimpath")) {
    return advice(`${fixed}: -trimpath does not help where cgo flags hold the path (\${SRCDIR}, -I).`);
  }
  return advice(`${fixed}, or build with -trimpath everywhere.`, trimpathCaution);
}

function stampAdvice(cause: CauseFact): Advice {
  const stamp = stampChangeOf(cause);
  if (stamp.switched !== null) {
    return advice(
      "Set -buildvcs explicitly: without git, or where git refuses the directory, there is no stamp.",
    );
  }
  if (stamp.commit === null && stamp.dirty === null && stamp.version !== null) {
    return advice("Fetch the same tags in every clone; shallow ones often lack them.");
  }
  return advice(
    "-buildvcs=false avoids it in development and CI checks.",
    "not for releases: they would lack commit and version",
  );
}

/** What `now` says of a link whose output file was deleted (causes/verdict.ts). */
const outputGone = "output file missing";

function linkAdvice(cause: CauseFact, context: WordingContext): Advice | null {
  if (cause.subject.endsWith(".test") || cause.now === outputGone) return null;
  const minor = goMinor(context.goVersion);
  if (context.verb === "run") {
    return minor !== null && minor < 24
      ? advice("Go 1.24 and later keep what go run links; until then go build -o bin/ does.")
      : null;
  }
  if (context.flags.includes("-o"))
    return advice("Nothing keeps the output; -o with a real file or directory would.");
  return advice("Nothing keeps the output; -o bin/ would.", "it skips packages that no program imports");
}

function vetAdvice(context: WordingContext): Advice {
  return context.verb === "test"
    ? advice(
        "Go 1.26 keeps vet results; until then go test -vet=off leaves it out.",
        "run go vet elsewhere then",
      )
    : advice("Go 1.26 keeps vet results.");
}

function testVariableAdvice(cause: CauseFact): Advice {
  switch (cause.subject) {
    case "PWD":
      return advice("Start tests always from the same directory; make -C and cd change it.");
    case "PATH":
      return advice(
        "Give shells and CI jobs the same PATH: a test that starts a program by name depends on it.",
      );
    case "TZ":
      return advice("Set TZ alike everywhere, TZ=UTC for instance: tests see file times in local time.");
    case "GODEBUG":
      return advice("Set GODEBUG alike everywhere: from Go 1.23 on every test result depends on it.");
    case "TMPDIR":
      return advice("Give jobs a fixed TMPDIR.");
    default:
      return advice(`Give ${cause.subject} the same value in shells and CI jobs.`);
  }
}

function testFileAdvice(cause: CauseFact): Advice | null {
  const inputs = new Set((cause.changes ?? []).map((change) => change.input));
  if (isTimeOnly(cause)) {
    // An edit is what tests are to notice.
    if (cause.contentInGit === "modified") return null;
    if (cause.contentInGit === "untracked")
      return advice("Write it only when its content changes, or let the test write it to t.TempDir().");
    return advice(
      "A fresh clone gives new times: set those of the test data, folders included, by git's blob ids.",
      "never one fixed time for all: Go would serve stale results",
    );
  }
  if (inputs.size === 1 && inputs.has("mode"))
    return advice("Use the same umask wherever the repository is checked out.");
  if (inputs.has("listing")) return advice("If a test leaves files there, let it use t.TempDir().");
  return null;
}

function notCacheableAdvice(reason: string): Advice | null {
  switch (reason) {
    case "-count":
      return advice(
        "Without -count=1 unchanged tests are cached.",
        "tests of the network, the clock or outside files need it",
      );
    case "no package list":
      return advice("With a dot, go test . is cached.");
    case "failed before":
      return null;
    case "-skip":
    case "-coverprofile":
      return advice(`From Go 1.25 on results with ${reason} are cached.`);
    case "-fullpath":
      return advice("From Go 1.23 on results with -fullpath are cached.");
    case "-args":
      return advice("Arguments after -args are never cached; variables that the test reads are.");
    default:
      return reason.startsWith("-") ? advice(`Leave ${reason} out where cached results will do.`) : null;
  }
}
