import type { Finding, WouldSave } from "../doctor/finding.ts";
import type { PastCause } from "../doctor/machine.ts";

type Explains = (cause: PastCause, finding: Finding) => boolean;

const code =
  (...codes: readonly string[]): Explains =>
  (cause) =>
    codes.includes(cause.code);

/** Which causes of recorded runs a finding explains. What is not here can't be told from the history of one machine. */
const explained: Readonly<Partial<Record<Finding["code"], Explains>>> = {
  "checkout-path-unusual": code("directory-moved"),
  "checkout-times-new": (cause) => cause.code === "test-file-changed" && cause.isOnlyTimes,
  "gocache-read-only": code("cache-not-written"),
  "gocache-trim-deletes-most": code("cache-trimmed"),
  "gocacheprog-fails": code("cache-program-miss"),
  "go-build-forced": code("forced-rebuild"),
  "go-clean-cache": code("cache-cleaned", "test-expired"),
  "goflags-disagree": (cause, { evidence }) =>
    cause.code === "flag-changed" && evidence.includes(cause.subject.replace(/^--?/, "-")),
  "build-mains-without-output": code("link-not-cached"),
  "ldflags-time": (cause) => cause.code === "flag-changed" && cause.subject === "-ldflags",
  "same-target-two-flag-sets": code("link-target-replaced"),
  "test-count-one": (cause) => cause.code === "test-not-cacheable" && cause.subject === "-count",
  "test-variable-per-job": (cause, { evidence }) =>
    cause.code === "test-env-changed" && evidence.startsWith(`${cause.subject}:`),
  "test-writes-module": code("test-file-too-new"),
  "toolchain-switched": code("toolchain-changed", "goroot-moved"),
  "vcs-stamp-relinks": code("vcs-stamp-changed"),
};

/** What a finding would have saved in the recorded runs; null where no cause of theirs is explained by it. */
export function wouldSave(finding: Finding, causes: readonly PastCause[]): WouldSave | null {
  const mine = causes.filter((cause) => explained[finding.code]?.(cause, finding) === true);
  if (mine.length === 0) return null;
  const isTimed = mine.every(({ seconds }) => seconds !== null);
  return {
    missed: mine.reduce((sum, { missed }) => sum + missed, 0),
    seconds: isTimed ? mine.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0) : null,
  };
}
