import type { InputChange } from "../../causes/cause.ts";
import type { CauseFact, WordingContext } from "./context.ts";
import { isTimeOnly, noContext } from "./context.ts";
import { packageName } from "./names.ts";
import { countText } from "./numbers.ts";
import { stampChangeOf } from "./stamp.ts";
import type { Absent } from "./values.ts";
import {
  changeText,
  differOnlyInSpaces,
  shortenMiddle,
  stateChangeText,
  valueText,
  visibleText,
} from "./values.ts";

/**
 * What changed, in one line for people, before → now: `CGO_CFLAGS changed: "-O2 -g" → "-O1 -g"`. No full stop, long
 * values shortened, safe to print. It says nothing of cost.
 */
export function summaryOf(cause: CauseFact, context: WordingContext = noContext): string {
  const subject = visibleText(cause.subject);
  const name = visibleText(packageName(cause.subject, context.module));
  switch (cause.code) {
    case "file-edited":
      return `${subject} was edited`;
    case "file-added":
      return `${subject} was added`;
    case "file-removed":
      return `${subject} was removed`;
    case "pgo-profile-changed":
      return `the PGO profile ${subject} ${appearance(cause)}`;
    case "overlay-changed":
      return overlaySummary(cause, subject);
    case "env-changed":
      return valueSummary(cause, subject);
    case "flag-changed":
    case "test-flag-changed":
      return flagSummary(cause, subject);
    case "coverage-changed":
      return changed(cause, subject);
    case "toolchain-changed":
      return context.baseline === "reconstructed" && cause.before !== null && cause.now !== null
        ? `the cache was filled by ${valueText(cause.before)}; this is ${valueText(cause.now)}`
        : changed(cause, "Go");
    case "tool-changed":
      return changed(cause, `the tool ${subject}`);
    case "c-compiler-changed":
      return changed(cause, `the ${compilerNames[cause.subject] ?? "compiler"} behind ${subject}`);
    case "goroot-moved":
      return moved(cause, "GOROOT");
    case "directory-moved":
      return context.baseline === "reconstructed"
        ? withChange("the cache was filled from another directory", cause)
        : moved(cause, "the checkout");
    case "modcache-moved":
      return moved(cause, "GOMODCACHE");
    case "module-version-changed":
      return moduleVersionSummary(cause, subject);
    case "module-replaced":
      return withChange(`${subject} comes from another place`, cause);
    case "go-directive-changed":
      return changed(cause, `the go line of ${subject}`);
    case "godebug-default-changed":
      return changed(cause, `the GODEBUG default ${subject}`);
    case "module-graph-changed":
      return changed(cause, `the module list of ${subject}`);
    case "vcs-stamp-changed":
      return stampSummary(cause);
    case "cache-dir-changed":
      return cause.subject === "GOCACHEPROG" ? programText(cause) : moved(cause, "GOCACHE");
    case "cache-cleaned":
      return "GOCACHE was emptied: nothing of the earlier run is left";
    case "cache-trimmed":
      return `Go trimmed its cache: ${entries(cause, "entry", "entries")} unused for 5 days`;
    case "cache-entry-missing":
      return `${entries(cause, "entry is", "entries are")} missing from GOCACHE`;
    case "cache-entry-damaged":
      return cause.subject === "GOCACHEPROG"
        ? `the program of GOCACHEPROG said that it has ${entries(cause, "output", "outputs")}, and go could not use ${cause.direct === 1 ? "it" : "them"}`
        : `${entries(cause, "damaged entry", "damaged entries")} in GOCACHE: listed, but the file is gone or cut`;
    case "cache-not-written":
      return "GOCACHE kept nothing of the last run: it is read-only or full";
    case "cache-program-miss":
      return withChange("the program of GOCACHEPROG had no such entry", cause);
    case "forced-rebuild":
      return cause.subject === "-a"
        ? "-a rebuilds everything"
        : "gocacheverify=1 in GODEBUG rebuilds everything";
    case "link-not-cached":
      if (cause.subject.endsWith(".test") && cause.now === "test not told")
        return `${name} was linked for its test`;
      return cause.subject.endsWith(".test")
        ? `${name} was linked only to find its test cached`
        : cause.now === "output file missing"
          ? `the output file of ${name} was gone`
          : `nothing keeps the link of ${name}`;
    case "link-target-replaced":
      return `${subject} was overwritten since by something else`;
    case "vet-not-cached":
      return `up to Go 1.25 the vet of ${name} runs every time`;
    case "build-failed-before":
      return `${name} failed before, and failures are not kept`;
    case "output-not-reproducible":
      return `${name} gave another output from the same inputs`;
    case "first-build":
      return context.baseline === "none"
        ? `there is no earlier run of ${subject} to compare with`
        : `${name} was not built before`;
    case "test-env-changed":
      return testVariableSummary(cause, subject);
    case "test-file-changed":
      return testFileSummary(cause, subject);
    case "test-file-too-new":
      return `${subject} was less than 2 s old when its test read it`;
    case "test-not-cacheable":
      return notCacheableSummary(cause.subject, subject);
    case "test-expired":
      return "earlier test results expired: go clean -testcache was run";
  }
}

const compilerNames: Readonly<Record<string, string>> = {
  CC: "C compiler",
  CXX: "C++ compiler",
  FC: "Fortran compiler",
};

/** Variables whose unset form means "Go's default", so that unset is a value like any other. */
function valueSummary(cause: CauseFact, subject: string): string {
  const change = changeText(cause.before, cause.now, "unset");
  if (change === "") return `${subject} changed${unseen(cause)}`;
  return differOnlyInSpaces(cause.before, cause.now)
    ? `${subject} changed in spaces only: ${change}`
    : `${subject} changed: ${change}`;
}

function flagSummary(cause: CauseFact, subject: string): string {
  const { before, now } = cause;
  if (isOff(before) && now === "true") return `${subject} was added`;
  if (before === "true" && isOff(now)) return `${subject} was removed`;
  if (before === null && now !== null) return `${subject}=${valueText(now)} was added`;
  if (before !== null && now === null) return `${subject}=${valueText(before)} was removed`;
  const change = changeText(before, now);
  if (change === "") return `${subject} changed${unseen(cause)}`;
  return differOnlyInSpaces(before, now)
    ? `${subject} changed in spaces only: ${change}`
    : `${subject} changed: ${change}`;
}

function isOff(value: string | null): boolean {
  return value === null || value === "false";
}

function overlaySummary(cause: CauseFact, subject: string): string {
  if (cause.subject === "-overlay") return changed(cause, "-overlay");
  if (cause.before === null && cause.now !== null) return `-overlay now replaces ${subject}`;
  if (cause.before !== null && cause.now === null) return `-overlay no longer replaces ${subject}`;
  return `-overlay gives ${subject} another content`;
}

function moduleVersionSummary(cause: CauseFact, subject: string): string {
  if (cause.before === null && cause.now !== null) return `${subject} ${valueText(cause.now)} was added`;
  if (cause.before !== null && cause.now === null) return `${subject} ${valueText(cause.before)} was removed`;
  return changed(cause, subject);
}

function stampSummary(cause: CauseFact): string {
  const stamp = stampChangeOf(cause);
  if (stamp.switched !== null) return `the VCS stamp was switched ${stamp.switched}`;
  const parts: string[] = [];
  if (stamp.commit !== null) parts.push(`the commit changed: ${changeText(...stamp.commit)}`);
  if (stamp.dirty !== null) parts.push(`the checkout became ${stamp.dirty ? "dirty" : "clean"}`);
  if (parts.length > 0) return parts.join(", and ");
  return stamp.version === null
    ? changed(cause, "the VCS stamp")
    : `the version from git changed: ${changeText(...stamp.version)}`;
}

function testVariableSummary(cause: CauseFact, subject: string): string {
  const isHidden = (value: string | null): boolean => value?.startsWith("<hidden:") === true;
  if (isHidden(cause.before) || isHidden(cause.now)) {
    if (cause.before === null) return `${subject} was set (its value is hidden)`;
    return cause.now === null ? `${subject} was unset` : `${subject} changed (its value is hidden)`;
  }
  const change = changeText(cause.before, cause.now, "unset");
  const what = testVariables[cause.subject];
  if (change === "") return `${what ?? subject} changed${unseen(cause)}`;
  return what === undefined ? valueSummary(cause, subject) : `${what} changed: ${change}`;
}

/** What the variables mean that nobody thinks of as an input. */
const testVariables: Readonly<Record<string, string>> = {
  PWD: "the directory that go was started in (PWD)",
  TZ: "the time zone (TZ)",
};

function testFileSummary(cause: CauseFact, subject: string): string {
  if (isTimeOnly(cause)) return `${subject}: ${timeOnlyText(cause.contentInGit)}`;
  const inputs = new Set((cause.changes ?? []).map((change) => change.input));
  const only = inputs.size === 1 ? [...inputs][0] : undefined;
  const change = stateChangeText(cause.before, cause.now);
  const changed = (text: string): string => (change === "" ? text : `${text}: ${change}`);
  if (only === "mode") return changed(`${subject}: its permissions changed`);
  const listing = (cause.changes ?? []).find(({ input }) => input === "listing");
  if (listing !== undefined) return listingSummary(subject, listing);
  const exists = (cause.changes ?? []).find((change) => change.input === "exists");
  if (exists !== undefined) return `${subject} ${isOff(exists.now) ? "is gone" : "is there now"}`;
  return changed(`${subject} changed`);
}

/** Names up to three; of more than that how many there are. */
function listingSummary(subject: string, { before, now }: Pick<InputChange, "before" | "now">): string {
  const few = (names: string): string => {
    const all = names.split(", ");
    return all.length > 3 ? `${all.length} entries` : visibleText(shortenMiddle(all.join(", "), 48));
  };
  const were = (names: string): string => (names.includes(", ") ? "were" : "was");
  if (before === null && now === null) return `${subject}: the list of its entries changed`;
  if (before === null) return `${subject}: ${few(now ?? "")} ${were(now ?? "")} added`;
  if (now === null) return `${subject}: ${few(before)} ${were(before)} removed`;
  return `${subject}: ${few(before)} ${were(before)} removed, ${few(now)} added`;
}

/** Go compares sizes and times, never contents: an edit of equal size looks like a new time. */
function timeOnlyText(contentInGit: CauseFact["contentInGit"]): string {
  switch (contentInGit) {
    case "committed":
      return "only its time changed, same content as in git";
    case "staged":
      return "only its time changed, same content as staged in git";
    case "modified":
      return "its time changed, its size did not; its content is not what git has";
    case "untracked":
      return "only its time changed; git does not have it";
    case undefined:
      return "only its time changed";
  }
}

function notCacheableSummary(reason: string, shown: string): string {
  if (reason === "no package list") return "go test without a package list keeps no result";
  if (reason === "no result kept before") return "no result of the earlier run was kept";
  if (reason === "failed before") return "tests failed before, and failures are not kept";
  if (reason.startsWith("-"))
    return `no test result is kept with ${reason === "-count" ? "-count=1" : shown}`;
  return `the test result is not kept: ${shown}`;
}

function appearance(cause: CauseFact): string {
  if (cause.before === null && cause.now !== null) return "was added";
  if (cause.before !== null && cause.now === null) return "was removed";
  return "changed";
}

/** Two values that read the same have been hidden; two that are not known need no word. */
function unseen(cause: CauseFact): string {
  return cause.before === null ? "" : " (its values are hidden)";
}

/** `12 entries`, `1 entry`, or `entries` where the number is not known. */
function entries(cause: CauseFact, singular: string, plural: string): string {
  return cause.direct === undefined || cause.direct === 0
    ? plural
    : countText(cause.direct, singular, plural);
}

function changed(cause: CauseFact, what: string): string {
  return withChange(`${what} changed`, cause);
}

/** Go keeps what it stores in another place than a program, or in another program. */
function programText({ before, now }: CauseFact): string {
  return now === null
    ? `GOCACHEPROG is not set any more: what ${before ?? "its program"} has was not asked for`
    : withChange("GOCACHEPROG changed", { before, now });
}

function moved(cause: CauseFact, what: string): string {
  return withChange(`${what} moved`, cause);
}

function withChange(
  text: string,
  change: { before: string | null; now: string | null },
  absent: Absent = "none",
) {
  const values = changeText(change.before, change.now, absent);
  return values === "" ? text : `${text}: ${values}`;
}
