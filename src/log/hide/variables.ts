import { hideInText } from "./hide-in-text.ts";
import { hideInFlagText } from "./hide-in-words.ts";
import { type Place, shortenPlaces } from "./places.ts";
import { isSecretName } from "./secret-name.ts";
import type { Hidden, Hide } from "./token.ts";

/**
 * What may be shown of the value of a variable that a test reads: for names that are known to be harmless the value without its
 * secrets, with its places by their names; null for all others, whose value is a secret whatever it looks like.
 */
export function showVariable(
  name: string,
  value: string,
  hide: Hide,
  places: readonly Place[] = [],
): Hidden<string> | null {
  if (!isShownVariable(name)) return null;
  const found = wordLists.test(name) ? hideInFlagText(value, hide) : hideInText(value, hide);
  return { value: shortenPlaces(found.value, places), hidden: found.hidden };
}

/** The value of a variable that a test reads: as `showVariable` has it, else its token. Unset and empty are no secret. */
export function hideVariable(
  name: string,
  value: string,
  hide: Hide,
  places: readonly Place[] = [],
): Hidden<string> {
  if (value === "") return { value, hidden: 0 };
  return showVariable(name, value, hide, places) ?? { value: hide(value), hidden: 1 };
}

/** True for variables whose value helps to explain a test that ran again, and is nobody's secret: the table of docs/security.md. */
export function isShownVariable(name: string): boolean {
  return shown.has(name) || name.startsWith("LC_") || (goVariable.test(name) && !isSecretName(name));
}

const shown = new Set(
  (
    "TMPDIR TEMP TMP HOME PWD TZ LANG LANGUAGE PATH SHELL TERM CI GITHUB_ACTIONS GITLAB_CI BUILDKITE CIRCLECI " +
    "JENKINS_HOME TF_BUILD TRAVIS TEAMCITY_VERSION COLUMNS LINES NO_COLOR FORCE_COLOR SOURCE_DATE_EPOCH ZONEINFO XDG_CACHE_HOME " +
    "XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR CC CXX FC AR PKG_CONFIG PKG_CONFIG_PATH LD_LIBRARY_PATH UPDATE_GOLDEN"
  ).split(" "),
);

/** Go's own: what `go env` prints and the runtime reads. GOAUTH may hold a command with a password. */
const goVariable =
  /^(?:GO(?!AUTH$)(?:386|AMD64|ARM|ARM64|ARCH|BIN|CACHE|CACHEPROG|COVERDIR|DEBUG|ENV|EXE|EXPERIMENT|FIPS140|FLAGS|GC|HOSTARCH|HOSTOS|INSECURE|MAXPROCS|MEMLIMIT|MIPS|MIPS64|MOD|MODCACHE|NOPROXY|NOSUMDB|OS|PATH|PPC64|PRIVATE|PROXY|RACE|RISCV64|ROOT|SUMDB|TELEMETRY|TMPDIR|TOOLCHAIN|TOOLDIR|TRACEBACK|VCS|VERSION|WASM|WORK)|GO111MODULE|GO_EXTLINK_ENABLED|CGO_[A-Z]+)$/;

const wordLists = /^(GOFLAGS|CGO_[A-Z]+|CC|CXX|FC)$/;
